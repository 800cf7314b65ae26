//! The address of an engine.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Url;

use super::table::is_identifier;
use crate::api::{is_loopback, shown};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    ClickHouse,
    PostgreSql,
}

impl EngineKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::ClickHouse => "ClickHouse",
            Self::PostgreSql => "PostgreSQL",
        }
    }
}

/// `http://host:8123/database` or `https://…`, ClickHouse's HTTP interface, or `postgresql://host:5432/database`. Without a user and a
/// password, which come from the environment.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineUrl {
    pub kind: EngineKind,
    /// Scheme, host and port.
    pub url: Url,
    pub database: String,
}

impl EngineUrl {
    /// Its name or address, without the brackets of IPv6.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether the engine runs on this machine, where nobody listens on the way. Of a scheme that is none of the web's, the address is
    /// no more than a text.
    pub fn is_loopback(&self) -> bool {
        match self.host().parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => is_loopback(&self.url),
        }
    }
}

impl FromStr for EngineUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected http://host:8123/database or https://… for ClickHouse, or postgresql://host:5432/database";
        let mut url = Url::parse(text).map_err(|problem| format!("{problem}; {EXPECTED}"))?;
        let kind = match url.scheme() {
            "http" | "https" => EngineKind::ClickHouse,
            "postgresql" | "postgres" => EngineKind::PostgreSql,
            _ => return Err(format!("no address of an engine; {EXPECTED}")),
        };
        if !url.has_host() || url.host_str() == Some("") {
            return Err(format!("the address names no host; {EXPECTED}"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err("the address must not contain a user name, a password or a query: put user and password into the \
                        environment variables EXEMPLAR_ENGINE_USER and EXEMPLAR_ENGINE_PASSWORD"
                .into());
        }
        let database = match url.path().trim_matches('/') {
            "" if kind == EngineKind::ClickHouse => "default",
            "" => "postgres",
            name if is_identifier(name) => name,
            _ => return Err(format!("the database must be one name of letters, digits and _; {EXPECTED}")),
        };
        let database = database.to_owned();
        url.set_path("");
        url.set_fragment(None);
        Ok(Self { kind, url, database })
    }
}

impl fmt::Display for EngineUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", shown(&self.url).trim_end_matches('/'), self.database)
    }
}

#[cfg(test)]
mod tests {
    use super::{EngineKind, EngineUrl};

    #[test]
    fn an_address_names_an_engine_and_a_database() {
        for (given, kind, database, shown) in [
            ("http://127.0.0.1:8123", EngineKind::ClickHouse, "default", "http://127.0.0.1:8123/default"),
            ("https://ch.example/site/", EngineKind::ClickHouse, "site", "https://ch.example/site"),
            (
                "postgresql://localhost:5432/site",
                EngineKind::PostgreSql,
                "site",
                "postgresql://localhost:5432/site",
            ),
            ("postgres://[::1]", EngineKind::PostgreSql, "postgres", "postgres://[::1]/postgres"),
        ] {
            let read: EngineUrl = given.parse().unwrap();
            assert_eq!((read.kind, read.database.as_str()), (kind, database));
            assert_eq!(read.to_string(), shown);
            assert_eq!(read.is_loopback(), !given.contains("example"));
        }
    }

    #[test]
    fn what_names_none_or_holds_a_secret_is_refused() {
        for given in [
            "",
            "127.0.0.1:8123",
            "mysql://host/a",
            "http://",
            "postgresql:///a",
            "http://h/a/b",
            "http://h/a'",
        ] {
            assert!(given.parse::<EngineUrl>().is_err(), "{given}");
        }
        for given in ["http://u:secret@h/a", "postgresql://secret@h/a", "http://h/a?password=secret"] {
            let error = given.parse::<EngineUrl>().unwrap_err();
            assert!(error.contains("EXEMPLAR_ENGINE_PASSWORD") && !error.contains("secret"), "{error}");
        }
    }
}
