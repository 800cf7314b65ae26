//! Decides whose requests are answered. A browser lets every page on the web send requests to this machine: under a name of the
//! page's own that leads here (DNS rebinding), or across origins. Neither gets an answer, so only pages that are served here can read
//! the site or use the API's key.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::middleware::Next;

use super::reply::failure;

/// The names under which this server may be asked.
pub struct Guard {
    /// The address that it listens on. Where that is every address of the machine, each of them is a name: a page cannot make its
    /// own name an address.
    pub listens_on: IpAddr,
    /// `--allow-host`
    pub names: Vec<String>,
}

/// Lets a request through that came from a page of this server, or from no page.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response<Body> {
    match guard.refusal(request.method(), request.uri(), request.headers()) {
        Some(refusal) => failure(StatusCode::FORBIDDEN, refusal.code, &refusal.message),
        None => next.run(request).await,
    }
}

#[derive(Debug)]
struct Refusal {
    code: &'static str,
    message: String,
}

impl Guard {
    fn refusal(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Refusal> {
        let asked = match self.asked(uri, headers) {
            Ok(asked) => asked,
            Err(refusal) => return Some(refusal),
        };
        if let Some(origin) = headers.get(header::ORIGIN) {
            let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
            let origin = origin.and_then(|(_, origin)| authority(origin));
            // A proxy in front may have put another name into `Host`.
            let is_ours = |origin: &Authority| {
                origin.as_str().eq_ignore_ascii_case(asked.as_str()) || self.names.contains(&name(origin))
            };
            if !origin.as_ref().is_some_and(is_ours) {
                return Some(foreign_page());
            }
        }
        (!is_from_here(method, headers)).then(foreign_page)
    }

    /// The host and port that were asked for.
    fn asked(&self, uri: &Uri, headers: &HeaderMap) -> Result<Authority, Refusal> {
        let no_host = || Refusal { code: "host", message: "send one Host header".into() };
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(no_host()) };
        let host = host.to_str().ok().and_then(authority).ok_or_else(no_host)?;
        for asked in [Some(&host), uri.authority()].into_iter().flatten() {
            let name = name(asked);
            if !self.is_own(&name) {
                let message = format!(
                    "this server does not answer to the name {name}: if it is yours, start it with --allow-host {name}"
                );
                return Err(Refusal { code: "host", message });
            }
        }
        Ok(host)
    }

    fn is_own(&self, name: &str) -> bool {
        let leads_here = match name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) => {
                address.is_loopback() || address == self.listens_on || self.listens_on.is_unspecified()
            }
            Err(_) => name == "localhost" || name.ends_with(".localhost"),
        };
        leads_here || self.names.iter().any(|own| own == name)
    }
}

/// Whether the browser says that the request came from a page of this server, or from a person: who followed a link or typed
/// the address. What is no browser says nothing.
fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    let says = |name: &'static str| headers.get(HeaderName::from_static(name)).map(HeaderValue::as_bytes);
    match says("sec-fetch-site") {
        None | Some(b"same-origin" | b"none") => true,
        Some(_) => {
            *method == Method::GET
                && says("sec-fetch-mode") == Some(b"navigate")
                && says("sec-fetch-dest") == Some(b"document")
        }
    }
}

fn foreign_page() -> Refusal {
    let message = "this server answers only its own pages: open the page at this server's own address, \
                   or name your proxy with --allow-host";
    Refusal { code: "foreign-page", message: message.into() }
}

/// Host and port, without a user.
fn authority(text: &str) -> Option<Authority> {
    text.parse().ok().filter(|_| !text.contains('@'))
}

/// Without the port, as it is compared.
fn name(authority: &Authority) -> String {
    authority.host().trim_end_matches('.').to_ascii_lowercase()
}

/// Reads `--allow-host`.
///
/// # Errors
///
/// What else there is than a name.
pub fn host_name(text: &str) -> Result<String, String> {
    match authority(text) {
        Some(host) if host.port().is_none() && host.as_str() == text => Ok(name(&host)),
        _ => Err("expected a name alone, such as search.example.org".into()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, Method, Uri};

    use super::{Guard, host_name};

    fn refusal(guard: &Guard, method: &str, uri: &str, headers: &[(&str, &str)]) -> Option<&'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        let (method, uri): (Method, Uri) = (method.parse().unwrap(), uri.parse().unwrap());
        guard.refusal(&method, &uri, &map).map(|refusal| refusal.code)
    }

    fn guard(listens_on: &str) -> Guard {
        Guard { listens_on: listens_on.parse().unwrap(), names: vec!["search.example.org".into()] }
    }

    #[test]
    fn only_own_names_are_answered_to() {
        let (local, one, every) = (guard("127.0.0.1"), guard("192.0.2.7"), guard("::"));
        for (host, by_local, by_one, by_every) in [
            ("localhost:8080", true, true, true),
            ("LOCALHOST.", true, true, true),
            ("docs.localhost:1", true, true, true),
            ("127.0.0.1:8080", true, true, true),
            ("[::1]", true, true, true),
            ("search.example.org", true, true, true),
            ("192.0.2.7:8080", false, true, true),
            ("192.0.2.8", false, false, true),
            ("evil.test:8080", false, false, false),
            ("localhost.evil.test", false, false, false),
            ("127.0.0.1.evil.test", false, false, false),
            ("localhost@evil.test", false, false, false),
            ("evil.test@localhost", false, false, false),
            ("", false, false, false),
        ] {
            for (guard, expected) in [(&local, by_local), (&one, by_one), (&every, by_every)] {
                let refused = refusal(guard, "GET", "/", &[("host", host)]);
                assert_eq!(refused.is_none(), expected, "{host} {}", guard.listens_on);
            }
        }
        assert_eq!(refusal(&local, "GET", "/", &[]), Some("host"));
        assert_eq!(
            refusal(&local, "GET", "/", &[("host", "localhost"), ("host", "localhost")]),
            Some("host")
        );
        assert_eq!(refusal(&local, "GET", "http://evil.test/", &[("host", "localhost")]), Some("host"));
    }

    #[test]
    fn only_own_pages_are_answered() {
        let guard = guard("127.0.0.1");
        let asked = |method, more: &[(&str, &str)]| {
            let headers = [&[("host", "localhost:8080")], more].concat();
            refusal(&guard, method, "/v1/embeddings", &headers).is_none()
        };
        assert!(asked("POST", &[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]));
        assert!(asked("POST", &[]));
        assert!(asked(
            "POST",
            &[("origin", "https://search.example.org"), ("sec-fetch-site", "same-origin")]
        ));
        for origin in
            ["http://localhost:3000", "http://evil.test", "null", "", "http://localhost:8080@evil.test"]
        {
            assert!(!asked("POST", &[("origin", origin)]), "{origin}");
        }
        let clicked = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let framed = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        for site in ["cross-site", "same-site"] {
            assert!(!asked("POST", &[("sec-fetch-site", site)]));
            assert!(!asked("GET", &[("sec-fetch-site", site), ("sec-fetch-mode", "no-cors")]));
            assert!(asked("GET", &[&[("sec-fetch-site", site)], &clicked[..]].concat()));
            assert!(!asked("POST", &[&[("sec-fetch-site", site)], &clicked[..]].concat()));
            assert!(!asked("GET", &[&[("sec-fetch-site", site)], &framed[..]].concat()));
        }
        assert!(asked("GET", &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")]));
    }

    #[test]
    fn a_host_is_allowed_by_its_name_alone() {
        assert_eq!(host_name("Search.Example.org."), Ok("search.example.org".into()));
        for text in ["", "http://a.test", "a.test:80", "a.test/", "u@a.test", "a b"] {
            assert!(host_name(text).is_err(), "{text}");
        }
    }
}
