//! Where a site's texts come from.

mod addresses;
mod base_path;
mod block;
mod boilerplate;
mod bounds;
pub mod charset;
mod content;
mod csv;
mod date;
mod display;
mod feed;
mod files;
mod folder;
mod found;
mod front_matter;
mod globs;
mod heading;
mod html;
mod image;
mod items;
mod json_feed;
mod left_out;
mod list_page;
mod markdown;
mod marks;
mod mdx_and_shortcodes;
mod options;
mod page_text;
mod pages;
pub mod parse;
pub mod pins;
mod site_wide;
mod sitemap;
mod slugger;
mod source;
mod text_stats;
mod version_folders;
mod versions;
mod visible;
mod weights;
mod xml;
mod yaml;

#[cfg(test)]
mod damaged_files_tests;

use std::fmt::Write;

use exemplar_search::bundle::Article;

pub use addresses::{Addresses, in_url};
pub use block::{Block, join};
pub use files::{MAX_PAGE_BYTES, all_below as all_files_below, below as files_below};
pub use folder::EXTENSIONS as PAGE_EXTENSIONS;
pub use left_out::LeftOut;
pub use pages::{Pages, Stamp};
pub use source::SourceArgs;

use crate::text::{excerpt, printable_line};

/// An article of the site and the text to embed for it.
#[derive(Debug)]
pub struct Document {
    pub article: Article,
    /// The whole main text, without the title.
    pub blocks: Vec<Block>,
}

/// What a source held.
#[derive(Debug, Default)]
pub struct Reading {
    /// In a stable order, ids differing.
    pub documents: Vec<Document>,
    /// Pages that are no article of their own.
    pub left_out: Vec<(String, LeftOut)>,
    /// Pages that could not be read, each with the problem.
    pub unreadable: Vec<(String, String)>,
    /// Articles that say more of themselves than a bundle takes, each with what was cut.
    pub bounded: Vec<(String, &'static str)>,
    /// Where the site is on its host, with a slash at both ends, if its pages tell.
    pub base_path: Option<String>,
}

/// Names shown for each reason; the rest is counted.
const NAMES_SHOWN: usize = 3;

/// Articles named that were cut to bounds.
const BOUNDED_SHOWN: usize = 20;

impl Reading {
    /// What was left out and why, a line a reason, and each page that could not be read.
    pub fn summary(&self) -> String {
        let reasons = self.left_out.iter().map(|(name, reason)| (reason.describe(), name.as_str()));
        let mut lines = grouped("left out", reasons.collect());
        for group in self.bounded.chunk_by(|a, b| a.0 == b.0).take(BOUNDED_SHOWN) {
            let cut: Vec<_> = group.iter().map(|(_, what)| *what).collect();
            let name = group.first().map_or("", |(name, _)| name.as_str());
            let _ = write!(
                lines,
                "\n  cut to bounds: {} of {}",
                cut.join(", "),
                printable_line(&excerpt(name, 200))
            );
        }
        if let Some(root) = self.base_path.as_deref().filter(|root| *root != "/") {
            let _ = write!(
                lines,
                "\n  the site is at {} on its host, by its canonical addresses",
                printable_line(root)
            );
        }
        for (name, problem) in &self.unreadable {
            let _ = write!(lines, "\n  cannot read {}: {problem}", printable_line(name));
        }
        lines
    }
}

/// A line for each reason, with how many pages it holds for and some of their names.
pub fn grouped(label: &str, mut reasons: Vec<(&str, &str)>) -> String {
    let mut lines = String::new();
    reasons.sort_unstable();
    for group in reasons.chunk_by(|a, b| a.0 == b.0) {
        let names: Vec<_> = group.iter().take(NAMES_SHOWN).map(|(_, name)| printable_line(name)).collect();
        let more = match group.len().saturating_sub(NAMES_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let reason = group.first().map_or("", |(reason, _)| reason);
        let _ = write!(lines, "\n  {label} {:>4}: {reason} ({}{more})", group.len(), names.join(", "));
    }
    lines
}
