//! Sends one request to an embedding API and returns the reply without judging it, so that `serve` can pass it on.

use std::io;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, header};

use super::endpoint::Endpoint;
use super::key::Key;
use crate::{agent, input};

/// Above any batch of embeddings, below what would fill the memory.
const MAX_REPLY_BYTES: u64 = 256 * 1024 * 1024;

/// An embedding API and what it takes to talk to it.
pub struct Upstream {
    pub endpoint: Endpoint,
    pub key: Option<Key>,
    agent: Agent,
}

/// What the API replied, whatever its status.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there was no reply.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Unreachable {
    pub problem: String,
    pub kind: UnreachableKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreachableKind {
    /// Nobody listens at this address, or nobody who speaks HTTP.
    NobodyThere,
    /// No answer within the time allowed.
    TimedOut,
    /// The connection broke.
    Broken,
    /// A certificate, a redirect or the like, which trying again does not mend.
    Refused,
}

impl Upstream {
    pub fn new(endpoint: Endpoint, key: Option<Key>, timeout: Duration) -> Self {
        let config = agent::config(endpoint.is_loopback())
            .timeout_global(Some(timeout))
            // Behind a redirect is another server, which texts and key are not for; and a POST may become a GET.
            .max_redirects(0);
        Self { endpoint, key, agent: config.build().into() }
    }

    /// Posts a JSON body.
    pub fn post(&self, body: &[u8]) -> Result<Reply, Unreachable> {
        let mut request =
            self.agent.post(self.endpoint.as_str()).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, key.bearer());
        }
        let mut response = request.send(body)?;
        if response.status().is_redirection() {
            return Err(self.redirected(response.headers()));
        }
        // What the client itself limits is the bytes before they are unpacked.
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        let body =
            input::read(body, MAX_REPLY_BYTES).map_err(ureq::Error::from)?.ok_or_else(|| Unreachable {
                problem: format!("the answer has more than {} MB", MAX_REPLY_BYTES >> 20),
                kind: UnreachableKind::Refused,
            })?;
        Ok(Reply { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }

    fn redirected(&self, headers: &HeaderMap) -> Unreachable {
        let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let whither = location.and_then(|location| self.endpoint.leads_to(location));
        let whither = whither.unwrap_or_else(|| "something that is not a web address".into());
        let problem =
            format!("it redirects to {whither}; redirects are not followed: is the address (--api) right?");
        Unreachable { problem, kind: UnreachableKind::Refused }
    }
}

/// Whether a name has no address. The standard library has no kind of error for it.
fn is_unresolved(error: &io::Error) -> bool {
    const WINDOWS_HOST_NOT_FOUND: i32 = 11_001;
    error.to_string().starts_with("failed to lookup address information")
        || (cfg!(windows) && error.raw_os_error() == Some(WINDOWS_HOST_NOT_FOUND))
}

impl From<ureq::Error> for Unreachable {
    fn from(error: ureq::Error) -> Self {
        use UnreachableKind::*;
        let (kind, problem) = match &error {
            ureq::Error::Timeout(_) => (TimedOut, "no answer in time (--timeout)".into()),
            ureq::Error::HostNotFound => (NobodyThere, "there is no such host".into()),
            ureq::Error::ConnectionFailed => (NobodyThere, "the connection failed".into()),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                (NobodyThere, "nothing listens there (connection refused)".into())
            }
            ureq::Error::Io(error) if is_unresolved(error) => (NobodyThere, "there is no such host".into()),
            ureq::Error::Io(error) => (Broken, format!("the connection broke ({error})")),
            ureq::Error::Protocol(_) => (NobodyThere, format!("the answer is not HTTP ({error})")),
            other => (Refused, other.to_string()),
        };
        Self { problem, kind }
    }
}
