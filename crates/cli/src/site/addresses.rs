//! Makes the address of a page from the path of its file within the site.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What a relative path must not hold when it stands in a URL. A colon would make `a:b.html` an unknown protocol.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// How a site's server or generator addresses its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Addresses {
    /// As the site's own links have it; posts/ for posts/index.html
    #[default]
    Site,
    /// posts/tides.html, and posts/index.html
    Files,
    /// posts/tides/, and posts/ for posts/index.html
    Folders,
    /// posts/tides, and posts/ for posts/index.html
    Bare,
    /// The page's own address (<link rel=canonical>), or as files
    Canonical,
}

/// Names of files that stand for their folder: `_index.md` is Hugo's, `README.md` is what code hosts show.
const INDEXES: &[&str] = &["index", "_index", "README"];

/// How the site's own links are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whether `posts/tides.html` has its extension.
    has_extension: bool,
    /// Whether `posts/`, for `posts/index.html`, has its slash.
    has_slash: bool,
}

impl Default for Written {
    fn default() -> Self {
        Self { has_extension: true, has_slash: true }
    }
}

impl Written {
    /// What most of the links have, of pages at their paths.
    pub fn by<'a>(pages: impl Iterator<Item = (&'a str, &'a [String])> + Clone) -> Self {
        let (mut files, mut folders) = (HashSet::new(), HashSet::new());
        for (path, _) in pages.clone() {
            match path.strip_suffix("/index.html") {
                Some(folder) => folders.insert(folder.rsplit('/').next().unwrap_or(folder)),
                None => files.insert(path.rsplit('/').next().unwrap_or(path).trim_end_matches(".html")),
            };
        }
        let (mut with_extension, mut bare, mut with_slash, mut without_slash) = (0, 0, 0, 0);
        for href in pages.flat_map(|(_, hrefs)| hrefs) {
            let path = href.split(['#', '?']).next().unwrap_or_default();
            if path.contains("://") || path.starts_with("//") {
                continue;
            }
            let (path, ends_in_slash) = path.strip_suffix('/').map_or((path, false), |path| (path, true));
            let name = percent_decode_str(path.rsplit('/').next().unwrap_or(path)).decode_utf8_lossy();
            with_slash += usize::from(ends_in_slash && folders.contains(&*name));
            without_slash += usize::from(!ends_in_slash && folders.contains(&*name));
            bare += usize::from(!ends_in_slash && files.contains(&*name));
            with_extension +=
                usize::from(name.strip_suffix(".html").is_some_and(|stem| files.contains(stem)));
        }
        Self { has_extension: with_extension >= bare, has_slash: with_slash >= without_slash }
    }
}

impl Addresses {
    /// The relative URL of the page whose file is at `path`, which has `/` between folders and any extension.
    pub fn url(self, path: &str) -> String {
        self.url_in(path, Written::default())
    }

    /// [`Addresses::url`] in a site whose links are known.
    pub fn url_in(self, path: &str, written: Written) -> String {
        let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        let is_markdown = !extension.to_ascii_lowercase().starts_with("htm");
        let below = |name: &str| match folder {
            "" => name.to_owned(),
            _ => format!("{folder}/{name}"),
        };
        let is_index = INDEXES.contains(&stem);
        let as_file = || match (is_markdown, is_index) {
            (true, true) => below("index.html"),
            (true, false) => below(&format!("{stem}.html")),
            (false, _) => path.to_owned(),
        };
        let path = match self {
            Self::Files | Self::Canonical => as_file(),
            // A relative address must not be empty, which would be that of the page that shows it.
            _ if is_index && folder.is_empty() => "./".to_owned(),
            Self::Site if is_index && !written.has_slash => folder.to_owned(),
            _ if is_index => format!("{folder}/"),
            Self::Site if written.has_extension => as_file(),
            Self::Folders => below(&format!("{stem}/")),
            Self::Site | Self::Bare => below(stem),
        };
        in_url(&path)
    }
}

/// A relative path as it stands in a URL.
pub fn in_url(path: &str) -> String {
    utf8_percent_encode(path, IN_PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::Addresses::{self, Bare, Canonical, Files, Folders, Site};
    use super::Written;

    #[test]
    fn a_path_becomes_the_address_that_the_site_has() {
        for (path, addresses, expected) in [
            ("posts/100% #1.html", Files, "posts/100%25%20%231.html"),
            ("a:b.htm", Canonical, "a%3Ab.htm"),
            ("posts/tides.md", Files, "posts/tides.html"),
            ("posts/_index.md", Files, "posts/index.html"),
            ("README.md", Files, "index.html"),
            ("posts/tides.html", Folders, "posts/tides/"),
            ("posts/index.html", Folders, "posts/"),
            ("index.html", Folders, "./"),
            ("v1.2/tides.md", Bare, "v1.2/tides"),
            ("v1.2/index.md", Bare, "v1.2/"),
            ("LICENSE", Bare, "LICENSE"),
            ("posts/tides.html", Site, "posts/tides.html"),
            ("posts/index.html", Site, "posts/"),
            ("index.html", Site, "./"),
            ("posts/tides.md", Site, "posts/tides.html"),
            ("README.md", Site, "./"),
        ] {
            assert_eq!(Addresses::url(addresses, path), expected, "{path}");
        }
    }

    #[test]
    fn a_sites_own_links_tell_its_addresses() {
        let site = |hrefs: &[&str]| {
            let hrefs: Vec<_> = hrefs.iter().map(|href| (*href).to_owned()).collect();
            let paths = ["index.html", "tides.html", "v1.2.html", "posts/moon/index.html", "日本.html"];
            let written = Written::by(paths.iter().map(|path| (*path, hrefs.as_slice())));
            ["tides.html", "posts/moon/index.html", "index.html"].map(|path| Site.url_in(path, written))
        };
        let as_files = ["tides.html", "posts/moon/", "./"];
        assert_eq!(site(&[]), as_files);
        assert_eq!(
            site(&["/tides.html#x", "../v1.2.html", "/posts/moon/", "https://e.org/tides", "/tides"]),
            as_files
        );
        assert_eq!(
            site(&["/tides", "/v1.2?a", "posts/moon", "/%E6%97%A5%E6%9C%AC"]),
            ["tides", "posts/moon", "./"]
        );
        assert_eq!(site(&["/tides", "/posts/moon/"]), ["tides", "posts/moon/", "./"]);
    }
}
