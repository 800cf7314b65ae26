//! The address of an embedding API.

use std::ffi::OsStr;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use url::{Host, Position, Url};

use crate::text::excerpt;

/// Characters of an address that somebody else chose.
const LONGEST_SHOWN: usize = 200;

/// The whole address that texts are posted to.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint(Url);

impl Endpoint {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where a redirect to `location` leads, for people; nothing where that is no web address.
    pub fn leads_to(&self, location: &str) -> Option<String> {
        let url = self.0.join(location).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.has_host())
            .then(|| excerpt(&shown(&url), LONGEST_SHOWN))
    }

    /// Whether the API runs on this machine, where no proxy reaches it.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Whether an address is of this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl FromStr for Endpoint {
    type Err = String;

    /// `http://host` becomes `http://host/v1/embeddings`, `http://host/base` becomes `http://host/base/embeddings`, and
    /// what ends in `/embeddings` stays. A query stays too.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str =
            "expected an address such as http://127.0.0.1:8000 or https://api.example.com/v1";
        let mut url = Url::parse(text).map_err(|problem| format!("{problem}; {EXPECTED}"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("not an http or https address; {EXPECTED}"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address must not contain a user name or password: \
                        put the key into the environment variable that --key-env names"
                .into());
        }
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        let path = match path.as_str() {
            "" => "/v1/embeddings".into(),
            whole if whole.ends_with("/embeddings") => path,
            base => format!("{base}/embeddings"),
        };
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

/// Without what may hold a secret: user name, password, query and fragment.
pub fn shown(url: &Url) -> String {
    url[..Position::BeforeUsername].to_owned() + &url[Position::BeforeHost..Position::AfterPath]
}

/// Takes an address from the command line. Clap's own messages would repeat a value that is refused, and a password in it.
#[derive(Clone)]
pub struct AddressParser<T>(PhantomData<T>);

impl<T> AddressParser<T> {
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: FromStr<Err = String> + Clone + Send + Sync + 'static> TypedValueParser for AddressParser<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        let parsed = value.to_str().ok_or_else(|| "is not UTF-8".to_owned()).and_then(str::parse);
        parsed.map_err(|problem: String| {
            let arg = arg.map_or("<URL>".to_owned(), ToString::to_string);
            let message = format!("invalid value for '{arg}': {problem}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn the_path_is_completed() {
        for (given, whole) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1/embeddings"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1/embeddings"),
            ("https://api.example.com/v1", "https://api.example.com/v1/embeddings"),
            ("https://api.example.com/v1beta/openai/", "https://api.example.com/v1beta/openai/embeddings"),
            ("https://api.example.com/v1/embeddings", "https://api.example.com/v1/embeddings"),
            (
                "https://x.example/d/e/embeddings?api-version=1#a",
                "https://x.example/d/e/embeddings?api-version=1",
            ),
        ] {
            assert_eq!(given.parse::<Endpoint>().unwrap().as_str(), whole);
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for given in ["", "127.0.0.1:8000", "localhost:8000", "ftp://host", "file:///tmp", "http://"] {
            assert!(given.parse::<Endpoint>().is_err(), "{given}");
        }
    }

    #[test]
    fn no_secret_is_taken_or_shown() {
        let error = "https://user:secret@host/v1".parse::<Endpoint>().unwrap_err();
        assert!(error.contains("--key-env") && !error.contains("secret"), "{error}");
        let shown = "https://host/v1?key=secret".parse::<Endpoint>().unwrap().to_string();
        assert_eq!(shown, "https://host/v1/embeddings");
    }

    #[test]
    fn a_redirect_is_shown_without_secrets() {
        let endpoint: Endpoint = "https://host/v1".parse().unwrap();
        for (location, shown) in [
            ("/v2/embeddings?key=secret#secret", Some("https://host/v2/embeddings")),
            ("http://user:secret@[::1]:81/x", Some("http://[::1]:81/x")),
            ("file:///etc/passwd", None),
            ("gopher://127.0.0.1/x", None),
            ("http:///", None),
        ] {
            assert_eq!(endpoint.leads_to(location).as_deref(), shown, "{location}");
        }
        let long = endpoint.leads_to(&"a".repeat(1_000_000)).unwrap();
        assert_eq!(long.chars().count(), 201);
    }
}
