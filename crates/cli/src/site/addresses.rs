//! Makes the address of a page from the path of its file within the site.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

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
    /// posts/tides.html
    #[default]
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

impl Addresses {
    /// The relative URL of the page whose file is at `path`, which has `/` between folders and any extension.
    pub fn url(self, path: &str) -> String {
        let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        let is_markdown = !extension.to_ascii_lowercase().starts_with("htm");
        let below = |name: &str| match folder {
            "" => name.to_owned(),
            _ => format!("{folder}/{name}"),
        };
        let is_index = INDEXES.contains(&stem);
        let path = match self {
            Self::Files | Self::Canonical if is_markdown && is_index => below("index.html"),
            Self::Files | Self::Canonical if is_markdown => below(&format!("{stem}.html")),
            Self::Files | Self::Canonical => path.to_owned(),
            // A relative address must not be empty, which would be that of the page that shows it.
            _ if is_index && folder.is_empty() => "./".to_owned(),
            _ if is_index => format!("{folder}/"),
            Self::Folders => below(&format!("{stem}/")),
            Self::Bare => below(stem),
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
    use super::Addresses::{self, Bare, Canonical, Files, Folders};

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
        ] {
            assert_eq!(Addresses::url(addresses, path), expected, "{path}");
        }
    }
}
