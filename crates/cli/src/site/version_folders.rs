//! Which version of the documents a page is of, by its folder.

use std::path::Path;

use anyhow::{Result, bail};

/// The folders that hold versions of the documents, as paths within the site. One may be within another.
#[derive(Clone, Debug, Default)]
pub struct VersionFolders(Vec<String>);

impl VersionFolders {
    /// Of folders as `--versions` names them.
    pub fn new(folders: &[String]) -> Self {
        Self(folders.iter().map(|folder| trimmed(folder).to_owned()).collect())
    }

    /// Whether `site` has all of them.
    pub fn check(&self, site: &Path) -> Result<()> {
        match self.0.iter().find(|folder| !site.join(folder).is_dir()) {
            None => Ok(()),
            Some(folder) => bail!(
                "--versions {folder}: {} has no such folder; name folders within it that hold a version each",
                site.display()
            ),
        }
    }

    /// The version of the page at this path: the innermost of the folders that it is in.
    pub fn of(&self, path: &str) -> Option<&str> {
        let holds = |folder: &&str| {
            folder.is_empty() || path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'))
        };
        self.0.iter().map(String::as_str).filter(holds).max_by_key(|folder| folder.len())
    }
}

fn trimmed(folder: &str) -> &str {
    let folder = folder.trim_matches('/');
    folder.strip_prefix("./").or(folder.strip_prefix('.').filter(|rest| rest.is_empty())).unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::VersionFolders;

    #[test]
    fn the_innermost_folder_is_a_pages_version() {
        let versions = VersionFolders::new(&["/docs/", "./docs/next", "docs/1.0"].map(String::from));
        for (path, version) in [
            ("docs/a/index.html", Some("docs")),
            ("docs/next/a.html", Some("docs/next")),
            ("docs/1.0/index.html", Some("docs/1.0")),
            ("docs/1.0.1/index.html", Some("docs")),
            ("docs.html", None),
            ("blog/docs/1.0/a.html", None),
        ] {
            assert_eq!(versions.of(path), version, "{path}");
        }
        let versions = VersionFolders::new(&[".", "1.0"].map(String::from));
        assert_eq!((versions.of("a.html"), versions.of("1.0/a.html")), (Some(""), Some("1.0")));
    }
}
