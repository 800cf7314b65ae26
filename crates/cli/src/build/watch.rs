//! `exemplar build --watch` and `--serve`: builds again whenever the site changes, and shows it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;

use super::Builder;
use super::args::Args;
use super::output::Output;
use crate::bundle_file::BUNDLE;
use crate::output::{note, print, writing};
use crate::serve::{self, BuildNumber};
use crate::site::{Stamp, all_files_below};

/// A site that nothing has changed for so long is whole.
const QUIET: Duration = Duration::from_millis(200);

/// One that something always changes is built after this nevertheless.
const LONGEST: Duration = Duration::from_secs(5);

/// Nobody who changes a site for so long minds that its query encoder is fitted anew.
const PAUSE: Duration = Duration::from_secs(5);

/// Between two looks at a site that the system does not watch, and once in a while at others.
const LOOK: Duration = Duration::from_secs(1);
const LOOK_SELDOM: Duration = Duration::from_secs(60);

/// Changed files that are named.
const NAMES_SHOWN: usize = 3;

pub fn run(args: &Args) -> Result<()> {
    let site = args.source.site()?.context("--watch and --serve need --site")?;
    let Some(output) = Output::folder(args)? else {
        bail!(
            "--watch and --serve write a folder that pages load the search from: leave --output away, or end it in a slash"
        )
    };
    let listener =
        args.serve.then(|| serve::listen(IpAddr::V4(Ipv4Addr::LOCALHOST), args.port)).transpose()?;
    let address = listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let (built, builds) = watch::channel(number());
    let mut watched = Watched::new(site, output.join(BUNDLE))?;
    let mut builder = Builder::watching(args)?;
    answer_and_end(site, listener, builds)?;
    watched.built(&builder.build()?);
    // Whoever waits for the first build finds it.
    built.send_replace(number());
    if let Some(address) = address {
        print(&format!("serving {} at http://{address}/", site.display()))?;
    }
    print(&format!("watching {} (end with Ctrl-C)", site.display()))?;
    let mut is_draft = false;
    loop {
        let change = watched.next_change(is_draft.then_some(PAUSE));
        let outcome = match &change {
            Some(change) => {
                note(change);
                builder.build_draft()
            }
            None => {
                note("fitting the query encoder anew, to what has changed");
                builder.build().map(|pages| (pages, false))
            }
        };
        let (pages, draft) = outcome.unwrap_or_else(|error| {
            note(&format!("error: {error:#}\nwaiting for the next change"));
            (Vec::new(), false)
        });
        watched.built(&pages);
        // A page that shows the draft need not load itself anew for the rest.
        if change.is_some() {
            built.send_replace(number());
        }
        is_draft = draft;
    }
}

/// Later builds have larger numbers, also those of another run.
fn number() -> BuildNumber {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as BuildNumber)
}

/// Serves the site where there is a listener, and ends the program when it is asked to; files that are being written are
/// whole then.
fn answer_and_end(
    site: &Path,
    listener: Option<TcpListener>,
    builds: watch::Receiver<BuildNumber>,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let site = site.to_owned();
    thread::spawn(move || {
        let outcome = runtime.block_on(async {
            match listener {
                Some(listener) => serve::preview(&site, listener, builds).await,
                None => {
                    serve::asked_to_end().await;
                    Ok(())
                }
            }
        });
        let _whole = writing();
        match outcome {
            Ok(()) => std::process::exit(0),
            Err(error) => {
                note(&format!("error: {error:#}"));
                std::process::exit(1)
            }
        }
    });
    Ok(())
}

/// A site, as the last build found it.
struct Watched {
    site: PathBuf,
    /// What the build writes last.
    bundle: PathBuf,
    files: BTreeMap<PathBuf, Stamp>,
    written: Option<Stamp>,
    /// One for each change, whatever it is: the files themselves tell more.
    events: Receiver<()>,
    watcher: Option<RecommendedWatcher>,
}

impl Watched {
    fn new(site: &Path, bundle: PathBuf) -> Result<Self> {
        let site = site.canonicalize().with_context(|| format!("cannot look into {}", site.display()))?;
        let (sender, events) = channel();
        let own = site.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Who only reads, as a build does, changes nothing.
            let is_change = |event: notify::Event| {
                !event.kind.is_access() && event.paths.iter().any(|path| path.starts_with(&own))
            };
            if event.map_or(true, is_change) {
                let _ = sender.send(());
            }
        });
        let files = all_files_below(&site);
        let mut watched = Self { site, bundle, files, written: None, events, watcher: None };
        match watcher {
            Ok(watcher) => watched.watcher = Some(watcher),
            Err(problem) => watched.say_that_it_looks(&problem),
        }
        watched.watch();
        Ok(watched)
    }

    /// Watches what is there now: a folder that was removed and made again is another one. Its own making is seen in the
    /// folder that it is in.
    fn watch(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        let above =
            self.site.parent().map_or(Ok(()), |above| watcher.watch(above, RecursiveMode::NonRecursive));
        let problem = match self.site.is_dir() {
            true => above.and_then(|()| watcher.watch(&self.site, RecursiveMode::Recursive)).err(),
            false => above.err(),
        };
        // What is removed while its folders are listed is told by events.
        if let Some(problem) = problem
            && !matches!(problem.kind, notify::ErrorKind::PathNotFound)
            && !is_not_found(&problem)
        {
            self.watcher = None;
            self.say_that_it_looks(&problem);
        }
    }

    fn say_that_it_looks(&self, problem: &notify::Error) {
        note(&format!(
            "the system does not watch {} ({problem}): it is looked through every second",
            self.site.display()
        ));
    }

    /// Waits until the site is another than the last build found, and has been quiet for a while. Says what has changed; nothing
    /// where that takes longer than `longest`.
    fn next_change(&mut self, longest: Option<Duration>) -> Option<String> {
        let first = Instant::now();
        loop {
            self.wait(longest.map(|longest| longest.saturating_sub(first.elapsed())));
            self.watch();
            let files = all_files_below(&self.site);
            let is_written = Stamp::of(&self.bundle) == self.written;
            if files != self.files || !is_written {
                let changed = described(&self.site, &self.files, &files);
                self.files = files;
                return Some(changed);
            }
            if longest.is_some_and(|longest| first.elapsed() >= longest) {
                return None;
            }
        }
    }

    fn wait(&self, longest: Option<Duration>) {
        let look = if self.watcher.is_some() { LOOK_SELDOM } else { LOOK };
        let look = longest.map_or(look, |longest| look.min(longest));
        if self.events.recv_timeout(look) == Err(RecvTimeoutError::Disconnected) {
            thread::sleep(LOOK);
        }
        let first = Instant::now();
        while first.elapsed() < LONGEST && self.events.recv_timeout(QUIET).is_ok() {}
    }

    /// A build has ended, which has written into these pages of the site: that is no change.
    fn built(&mut self, pages: &[String]) {
        for page in pages {
            let path = self.site.join(page);
            if let Some(stamp) = Stamp::of(&path) {
                self.files.insert(path, stamp);
            }
        }
        self.written = Stamp::of(&self.bundle);
    }
}

fn is_not_found(problem: &notify::Error) -> bool {
    matches!(&problem.kind, notify::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::NotFound)
}

/// The names of the files that differ.
fn described(site: &Path, before: &BTreeMap<PathBuf, Stamp>, now: &BTreeMap<PathBuf, Stamp>) -> String {
    let new = now.iter().filter(|(path, stamp)| before.get(*path) != Some(stamp)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let name = |path: &PathBuf| path.strip_prefix(site).unwrap_or(path).display().to_string();
    let names: Vec<_> = new.map(name).chain(gone.map(|path| format!("{} (removed)", name(path)))).collect();
    if names.is_empty() {
        return "the search was removed".into();
    }
    let more = match names.len().saturating_sub(NAMES_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("changed: {}{more}", names[..names.len().min(NAMES_SHOWN)].join(", "))
}
