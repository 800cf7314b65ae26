//! Where a bundle is: a file, or an address of the web.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use url::Url;

use crate::api::shown;
use crate::download::WebFile;
use crate::input;

/// Of a bundle's JSON, or of a file beside it.
const MAX_BYTES: u64 = 4 << 30;

/// The same from a website, which may not be the reader's own: what a page would download.
const MAX_WEB_BYTES: u64 = 512 << 20;

/// An address of a bundle, for errors.
pub const EXAMPLE: &str = "https://example.org/exemplar/bundle.json";

/// A file of a bundle.
#[derive(Clone, Debug)]
pub enum Location {
    File(PathBuf),
    Web(WebFile),
}

impl Location {
    /// What the command line names: `http://…` and `https://…` are addresses, everything without a scheme is a path.
    pub fn new(given: &Path) -> Result<Self> {
        let is_scheme =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let Some(address) =
            given.to_str().filter(|text| text.split_once("://").is_some_and(|it| is_scheme(it.0)))
        else {
            return Ok(Self::from(given));
        };
        // The text itself is not repeated: it may hold a password.
        let mut url = Url::parse(address).map_err(|problem| {
            anyhow!("the bundle's address is none: {problem}; expected one such as {EXAMPLE}")
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            bail!(
                "{}: a bundle's address begins with http or https; give the path of one on this machine",
                shown(&url)
            );
        }
        if !url.username().is_empty() || url.password().is_some() {
            bail!(
                "{}: the address must not contain a user name or password; download the bundle, and give its path",
                shown(&url)
            );
        }
        url.set_fragment(None);
        Ok(Self::Web(WebFile::new(url)))
    }

    /// The file of this name beside it, or in a folder beside it.
    pub fn beside(&self, name: &str) -> Self {
        match self {
            Self::File(path) => Self::File(path.with_file_name(name)),
            Self::Web(file) => Self::Web(file.beside(name)),
        }
    }

    /// All of it, within bounds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where it is not there.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::File(path) => input::bytes(path, MAX_BYTES),
            Self::Web(file) => file.read(|source| input::read(source, MAX_WEB_BYTES))?.ok_or_else(|| {
                let problem = format!("it has more than the {} MB that are read", MAX_WEB_BYTES >> 20);
                io::Error::new(ErrorKind::FileTooLarge, problem)
            }),
        }
    }

    /// As much of it as `read` takes, which may be called twice.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where it is not there.
    pub fn read<T>(&self, read: impl Fn(&mut dyn Read) -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::File(path) => read(&mut File::open(path)?),
            Self::Web(file) => file.read(read),
        }
    }
}

impl From<&Path> for Location {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Web(file) => f.write_str(&shown(&file.url)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Location;

    #[test]
    fn what_has_no_scheme_is_a_path() {
        for path in ["bundle.json", "/a/b.json", "http:/a", "./a://b", r"C:\bundle.json", "localhost:8080/a"]
        {
            let location = Location::new(Path::new(path)).unwrap();
            assert!(matches!(&location, Location::File(file) if file == Path::new(path)), "{path}");
        }
    }

    #[test]
    fn addresses_are_shown_without_what_may_be_secret() {
        let location = Location::new(Path::new("HTTPS://a.example/x/bundle.json?token=secret#y")).unwrap();
        assert_eq!(location.to_string(), "https://a.example/x/bundle.json");
        assert_eq!(location.beside("b.bin").to_string(), "https://a.example/x/b.bin");
        for (given, told) in [
            (
                "ftp://a.example/bundle.json",
                "ftp://a.example/bundle.json: a bundle's address begins with http",
            ),
            ("file:///x/bundle.json", "file:///x/bundle.json: a bundle's address begins with http"),
            ("https://", "expected one such as https://"),
            (
                "https://user:secret@a.example/b.json",
                "https://a.example/b.json: the address must not contain",
            ),
            ("ftp://user:secret@a.example/b.json", "give the path"),
        ] {
            let error = Location::new(Path::new(given)).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("secret"), "{error}");
        }
    }
}
