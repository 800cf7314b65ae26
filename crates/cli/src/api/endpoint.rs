//! The address of an embedding API.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// The whole address that texts are posted to.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint(Url);

impl Endpoint {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the API runs on this machine, where no proxy reaches it.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
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
            return Err("no user name or password may stand in the address: \
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
    /// Without the query, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        shown.fmt(f)
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
}
