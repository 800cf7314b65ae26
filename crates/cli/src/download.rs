//! Downloads files of a website as the browser's client does (`www/client/shard-files.js`): gives up a server that sends nothing any
//! more, and tries once more what may pass.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};
use url::Url;

use crate::agent;
use crate::api::retry::parse_retry_after;
use crate::api::{Unreachable, UnreachableKind, is_loopback};

#[cfg(test)]
mod tests;

/// Downloads at a time.
const AT_ONCE: usize = 12;
/// How long a server may send nothing.
const STALLED: Duration = Duration::from_secs(15);
/// The pause before the second try, and the longest where the server names one.
const AGAIN: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(5);

/// A file of a website.
#[derive(Clone, Debug)]
pub struct WebFile {
    pub url: Url,
    agent: Agent,
}

/// Why a download came to nothing.
struct Failure {
    error: io::Error,
    /// How long to wait before another try, if that may help.
    again: Option<Duration>,
}

impl WebFile {
    pub fn new(url: Url) -> Self {
        Self::given_up_after(STALLED, url)
    }

    fn given_up_after(stalled: Duration, url: Url) -> Self {
        let config = agent::config(is_loopback(&url))
            .timeout_resolve(Some(stalled))
            .timeout_connect(Some(stalled))
            .timeout_per_read(Some(stalled))
            // What came by https must not go on where others can change it.
            .https_only(url.scheme() == "https")
            .max_idle_connections(AT_ONCE)
            .max_idle_connections_per_host(AT_ONCE);
        Self { url, agent: config.build().into() }
    }

    /// The file of this name in the same folder. A query, such as `?v=3`, is of one file.
    pub fn beside(&self, name: &str) -> Self {
        let mut url = self.url.clone();
        let folder = url.path().rsplit_once('/').map_or("", |path| path.0);
        let path = format!("{folder}/{name}");
        url.set_path(&path);
        url.set_query(None);
        Self { url, agent: self.agent.clone() }
    }

    /// The file as `read` takes it, which is called once more where the first try breaks off.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the site does not have the file.
    pub fn read<T>(&self, read: impl Fn(&mut dyn Read) -> io::Result<T>) -> io::Result<T> {
        let read = self.try_read(&read).or_else(|failure| {
            thread::sleep(failure.again.ok_or(failure)?);
            self.try_read(&read)
        });
        read.map_err(|failure| failure.error)
    }

    fn try_read<T>(&self, read: impl Fn(&mut dyn Read) -> io::Result<T>) -> Result<T, Failure> {
        let mut response = self.agent.get(self.url.as_str()).call()?;
        check(&response)?;
        // What the client itself limits is the bytes before they are unpacked.
        let mut body = response.body_mut().with_config().limit(u64::MAX).reader();
        Ok(read(&mut body).map_err(ureq::Error::from)?)
    }
}

fn check(response: &Response<Body>) -> Result<(), Failure> {
    let status = response.status();
    let problem = format!("it answered {status}");
    let kind = match status {
        _ if status.is_success() => return Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => ErrorKind::NotFound,
        _ => ErrorKind::Other,
    };
    let passes = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let asked = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let asked = asked.and_then(|value| parse_retry_after(value, SystemTime::now())).unwrap_or(AGAIN);
    let again = passes.then_some(asked.clamp(AGAIN, PATIENCE));
    Err(Failure { error: io::Error::new(kind, problem), again })
}

impl From<ureq::Error> for Failure {
    fn from(error: ureq::Error) -> Self {
        let leaves_https = matches!(error, ureq::Error::RequireHttpsOnly(_));
        let Unreachable { problem, kind } = error.into();
        let problem = match kind {
            UnreachableKind::TimedOut => format!("it sent nothing for {} s", STALLED.as_secs()),
            _ if leaves_https => {
                "it redirects from https to http, where others could change the answer".into()
            }
            _ => problem,
        };
        let again = (kind != UnreachableKind::Refused).then_some(AGAIN);
        Self { error: io::Error::other(problem), again }
    }
}

/// Downloads each of `files` by `get`, a few at a time, and hands it to `take` as it comes.
///
/// # Errors
///
/// The first of `take`, after which no other download begins.
pub fn side_by_side<F: Copy + Send + Sync, T: Send>(
    files: &[F],
    get: impl Fn(F) -> T + Sync,
    mut take: impl FnMut(F, T) -> Result<()>,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(files.len()) {
            let (sender, next, get) = (sender.clone(), &next, &get);
            scope.spawn(move || {
                while let Some(&file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((file, get(file))).is_err() {
                        return;
                    }
                }
            });
        }
        // The loop ends with the last download, not before this.
        drop(sender);
        receiver.into_iter().try_for_each(|(file, got)| take(file, got))
    })
}
