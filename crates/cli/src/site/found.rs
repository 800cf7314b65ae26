//! A page of a site, at its place in the folder.

use super::html::Page;
use super::sitemap::Entry;

pub struct Found {
    pub path: String,
    pub page: Page,
    /// What the sitemap says of it.
    pub listed: Option<Entry>,
}
