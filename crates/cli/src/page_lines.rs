//! The two lines of HTML that put the search box onto a page.

use std::path::Path;

use crate::bundle_file::BUNDLE;
use crate::site::{SourceArgs, in_url};
use crate::web_files::COMPONENT;

/// Where pages find the search.
pub struct PageLines {
    /// The output folder's address from the site's root, with a slash at the end.
    folder: String,
    /// The site's root on its host, with a slash at both ends.
    root: String,
    /// Folders from the place that articles' addresses are relative to down to the site's root.
    below_base: usize,
    /// The site's host, if `--base-url` says it.
    host: Option<String>,
    /// Whether `--base-url` or the pages say where the root is.
    knows_root: bool,
    /// Folders that hold versions of the documents.
    versions: Vec<String>,
}

impl PageLines {
    /// Of a build that writes `folder`, which is taken to be at the site's root where it is not within the site.
    /// `base_path` is where the site is on its host, where `--base-url` does not say it.
    pub fn of(source: &SourceArgs, base_path: Option<&str>, folder: &Path) -> Self {
        let within = source.site_folder().and_then(|site| {
            let (site, folder) = (site.canonicalize().ok()?, folder.canonicalize().ok()?);
            Some(folder.strip_prefix(site).ok()?.to_owned())
        });
        let within = within.unwrap_or_else(|| folder.file_name().unwrap_or_default().into());
        let parts: Vec<_> = within.iter().map(|part| part.to_string_lossy()).collect();
        let known = source.base_url().or(base_path);
        let base_url = known.unwrap_or("/");
        let whole = url::Url::parse(base_url).ok();
        let path = whole.as_ref().map_or(base_url, url::Url::path);
        let names: Vec<_> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
        let root = format!("/{}", names.iter().map(|name| format!("{name}/")).collect::<String>());
        let folder = parts.iter().map(|part| format!("{}/", in_url(part))).collect();
        let is_relative = !base_url.starts_with('/') && !base_url.contains("://");
        Self {
            folder,
            root,
            below_base: if is_relative { names.len() } else { 0 },
            host: whole.as_ref().and_then(|url| url.host_str()).map(String::from),
            knows_root: known.is_some(),
            versions: source.versions().iter().map(|folder| in_url(folder)).collect(),
        }
    }

    /// The site's host, if `--base-url` says it.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Whether [`PageLines::anywhere`] is right, rather than supposed.
    pub fn knows_root(&self) -> bool {
        self.knows_root
    }

    /// For the page of this address, which is relative to the site's root: they hold wherever the site is.
    pub fn at(&self, address: &str) -> [String; 2] {
        let depth = address.trim_start_matches("./").matches('/').count();
        let up = |folders| if folders == 0 { "./".to_owned() } else { "../".repeat(folders) };
        self.lines(&up(depth), &up(depth + self.below_base))
    }

    /// For any page of the site.
    pub fn anywhere(&self) -> [String; 2] {
        let base = if self.below_base > 0 { "/" } else { &self.root };
        self.lines(&self.root, base)
    }

    fn lines(&self, root: &str, base: &str) -> [String; 2] {
        let attribute = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;");
        let versions = match self.versions.as_slice() {
            [] => String::new(),
            folders => format!(" versions=\"{}\"", attribute(&folders.join(" "))),
        };
        let (search, base) = (attribute(&format!("{root}{}", self.folder)), attribute(base));
        [
            format!("<script type=\"module\" src=\"{search}{COMPONENT}\"></script>"),
            format!(
                "<exemplar-search bundle=\"{search}{BUNDLE}\" base=\"{base}\"{versions}></exemplar-search>"
            ),
        ]
    }
}
