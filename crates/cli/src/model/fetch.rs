//! Fetches a model from the hub: each file by its address at a fixed commit, checked against its hash, and resumed where it
//! was cut.

use std::env;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::Agent;
use ureq::http::{Response, StatusCode, header};
use url::Url;

use super::known::{Known, Remote};
use crate::agent;
use crate::api::is_loopback;
use crate::digest::{self, hex};
use crate::output::note;

#[cfg(test)]
mod tests;

const HUB: &str = "https://huggingface.co";

/// Names a mirror of the hub, as for the hub's own programs.
const HUB_VARIABLE: &str = "HF_ENDPOINT";

/// Connections that may break, in a row, without one more byte.
const TRIES: u32 = 4;

/// Fetches what of `known` is not in `folder`. Two programs that do so at once wait for each other.
pub fn model(known: &Known, folder: &Path) -> Result<()> {
    let hub = env::var(HUB_VARIABLE).ok().filter(|hub| !hub.is_empty()).unwrap_or_else(|| HUB.into());
    from_hub(hub.trim_end_matches('/'), known, folder)
}

fn from_hub(hub: &str, known: &Known, folder: &Path) -> Result<()> {
    let cannot_write = || format!("cannot write to {}", folder.display());
    fs::create_dir_all(folder).with_context(cannot_write)?;
    let lock = File::create(folder.join(".lock")).with_context(cannot_write)?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        note(&format!("another program is fetching {}: waiting for it", known.name));
        lock.lock().with_context(cannot_write)?;
    }
    note(&format!(
        "fetching {} from {hub}/{}: {} MB, to {}",
        known.name,
        known.repository,
        known.bytes().div_ceil(1_000_000),
        folder.display()
    ));
    let agent = patient(hub);
    for file in known.files {
        let address = format!("{hub}/{}/resolve/{}/{}", known.repository, known.revision, file.path);
        self::file(&agent, &address, file, folder)?;
    }
    for (name, contents) in known.settings {
        let path = folder.join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all).with_context(cannot_write)?;
        fs::write(path, contents).with_context(cannot_write)?;
    }
    Ok(())
}

/// A client that waits for large files.
fn patient(hub: &str) -> Agent {
    agent::config(Url::parse(hub).is_ok_and(|hub| is_loopback(&hub)))
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_recv_body(Some(Duration::from_secs(600)))
        .build()
        .into()
}

/// A file that is whole and right in `folder` when this returns.
fn file(agent: &Agent, address: &str, file: &Remote, folder: &Path) -> Result<()> {
    let (path, part) = (folder.join(file.name), folder.join(format!("{}.part", file.name)));
    if path.is_file() && digest::of_file(&path).is_ok_and(|digest| hex(&digest) == file.sha256) {
        return Ok(());
    }
    let progress = progress(file);
    let mut tries = 0;
    loop {
        let before = fs::metadata(&part).map_or(0, |part| part.len());
        if before == file.bytes {
            break;
        }
        if let Err(Broken { problem, may_pass }) = more(agent, address, file, &part, &progress) {
            let after = fs::metadata(&part).map_or(0, |part| part.len());
            tries = if after > before { 1 } else { tries + 1 };
            if !may_pass || tries >= TRIES {
                return Err(problem.context(format!("cannot fetch {address}")));
            }
            progress.suspend(|| note(&format!("{address}: {problem:#}; trying again from byte {after}")));
            std::thread::sleep(Duration::from_millis(200 << tries));
        }
    }
    progress.finish_and_clear();
    let hash = hex(&digest::of_file(&part).with_context(|| format!("cannot read {}", part.display()))?);
    if hash != file.sha256 {
        fs::remove_file(&part).ok();
        bail!(
            "{address} is not the expected file: its SHA-256 is {hash}, expected {}. Nothing of it was kept",
            file.sha256
        );
    }
    fs::rename(&part, &path).with_context(|| format!("cannot write {}", path.display()))
}

/// Why a connection gave no more.
struct Broken {
    problem: anyhow::Error,
    may_pass: bool,
}

impl Broken {
    fn passing(problem: impl Into<anyhow::Error>) -> Self {
        Self { problem: problem.into(), may_pass: true }
    }

    fn lasting(problem: impl Into<anyhow::Error>) -> Self {
        Self { problem: problem.into(), may_pass: false }
    }
}

/// Asks for what is not in `part` yet, and adds it.
fn more(
    agent: &Agent,
    address: &str,
    file: &Remote,
    part: &Path,
    progress: &ProgressBar,
) -> Result<(), Broken> {
    let cannot_write = |error| {
        Broken::lasting(anyhow::Error::new(error).context(format!("cannot write {}", part.display())))
    };
    let mut out = OpenOptions::new().create(true).append(true).open(part).map_err(cannot_write)?;
    let start = out.metadata().map_err(cannot_write)?.len();
    let mut request = agent.get(address);
    if start > 0 {
        request = request.header(header::RANGE, format!("bytes={start}-"));
    }
    let response = request.call().map_err(|error| match error {
        ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::Protocol(_) => Broken::passing(error),
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => Broken::lasting(anyhow!(
            "it cannot be reached ({error}); HTTPS_PROXY names a proxy, {HUB_VARIABLE} a mirror"
        )),
        other => Broken::lasting(other),
    })?;
    check(&response, file, start)?;
    if start > 0 && response.status() != StatusCode::PARTIAL_CONTENT {
        // All of it, from the start.
        out.set_len(0).map_err(cannot_write)?;
    }
    progress.set_position(out.metadata().map_err(cannot_write)?.len());
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = body.read(&mut buffer).map_err(Broken::passing)?;
        if read == 0 {
            break;
        }
        progress.inc(read as u64);
        if progress.position() > file.bytes {
            drop(out);
            fs::remove_file(part).ok();
            return Err(Broken::lasting(anyhow!("it is longer than the {} bytes expected", file.bytes)));
        }
        out.write_all(&buffer[..read]).map_err(cannot_write)?;
    }
    match progress.position() {
        length if length == file.bytes => Ok(()),
        length => Err(Broken::passing(anyhow!("it ended after {length} of {} bytes", file.bytes))),
    }
}

/// Whether the answer is the file or a part of it, and not an error or a login page.
fn check(response: &Response<ureq::Body>, file: &Remote, start: u64) -> Result<(), Broken> {
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Broken::passing(anyhow!("it answered {status}")));
    }
    if status != StatusCode::OK && status != StatusCode::PARTIAL_CONTENT {
        return Err(Broken::lasting(anyhow!("it answered {status}")));
    }
    let of = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if of(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html")) {
        return Err(Broken::lasting(anyhow!(
            "it answered with a web page, not with a file: is there a proxy or a login page in between?"
        )));
    }
    let range = of(header::CONTENT_RANGE).unwrap_or_default();
    if status == StatusCode::PARTIAL_CONTENT && !range.starts_with(&format!("bytes {start}-")) {
        return Err(Broken::lasting(anyhow!(
            "it answered with \"{range}\", when asked for what is from byte {start}"
        )));
    }
    let length = of(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    match length.filter(|_| status == StatusCode::OK) {
        Some(length) if length != file.bytes => {
            Err(Broken::lasting(anyhow!("it has {length} bytes, expected {}", file.bytes)))
        }
        _ => Ok(()),
    }
}

fn progress(file: &Remote) -> ProgressBar {
    let bar = ProgressBar::new(file.bytes);
    let template = format!("{} [{{bar:30}}] {{bytes}}/{{total_bytes}}  {{eta}} left", file.name);
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
