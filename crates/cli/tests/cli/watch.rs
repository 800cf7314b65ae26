//! `exemplar build --watch` and `--serve`: a site that changes while it is looked at.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use crate::output_folder::{build, contents, site, write_in};
use crate::support::{TestApi, exemplar, fail, fail_usage, model, read_bundle, succeed};

/// Far more than anything here should take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A build that goes on, ended with the test.
struct Watching {
    child: Child,
    /// The lines that it says, on either output.
    lines: Receiver<String>,
    said: String,
}

impl Watching {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let outputs: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                BufReader::new(output).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
            });
        }
        let mut watching = Self { child, lines, said: String::new() };
        watching.hears("watching ");
        watching
    }

    /// Waits for a line with these words.
    fn hears(&mut self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line with {words:?}:\n{}", self.said)
            };
            self.said += &format!("{line}\n");
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Waits for the end of a build after a change.
    fn rebuilds(&mut self) -> String {
        self.hears("changed: ");
        self.hears(" passages x ")
    }

    /// Asserts that nothing is built for a while.
    fn is_quiet(&self) {
        if let Ok(line) = self.lines.recv_timeout(Duration::from_secs(1)) {
            panic!("{line}");
        }
    }

    fn ends(mut self) {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn page(title: &str, text: &str) -> String {
    format!("<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>")
}

fn texts_of(public: &Path) -> Vec<String> {
    let bundle = read_bundle(&public.join("exemplar/bundle.json"));
    bundle.passages.into_iter().map(|passage| passage.text).collect()
}

#[test]
fn only_what_changes_is_embedded_again_and_nothing_else_starts_a_build() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    let mut watching = Watching::start(build(&api, &public).args(["--watch", "--inject"]));
    // Neither the output nor the search box in the pages is a change.
    watching.is_quiet();
    let before = api.texts().len();
    write_in(&public, "posts/squid.html", &page("Squid", "The squid has three hearts."));
    assert!(watching.hears("changed: ").ends_with("posts/squid.html"));
    watching.hears(" passages x ");
    assert_eq!(api.texts()[before..], ["Squid\nThe squid has three hearts."]);
    assert!(fs::read_to_string(public.join("posts/squid.html")).unwrap().contains("<exemplar-search "));
    watching.is_quiet();

    fs::rename(public.join("posts/squid.html"), public.join("posts/kraken.html")).unwrap();
    watching.rebuilds();
    fs::remove_file(public.join("posts/kraken.html")).unwrap();
    assert!(watching.hears("changed: ").contains("kraken.html (removed)"));
    watching.hears(" passages x ");
    assert_eq!(api.texts().len(), before + 1);
    assert!(!texts_of(&public).iter().any(|text| text.contains("three hearts")));
    watching.ends();

    // What is left is what a fresh build leaves.
    let watched = contents(&public);
    fs::remove_dir_all(public.join("exemplar")).unwrap();
    succeed(build(&api, &public).arg("--inject"));
    assert_eq!(contents(&public), watched);
    drop(root);
}

#[test]
fn the_query_encoder_is_fitted_anew_when_the_site_has_been_quiet() {
    let Some(model) = model() else { return };
    let (root, public) = site();
    let cache = root.path().join("cache");
    let command = || {
        let mut command = exemplar();
        command.env("EXEMPLAR_WEB_FILES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
        command.args(["build", "--model-dir"]).arg(&model).arg("--site").arg(&public);
        command
    };
    let mut watching = Watching::start(command().arg("--watch").arg("--cache").arg(&cache));
    assert!(watching.said.contains("query encoder: "), "{}", watching.said);
    write_in(&public, "posts/squid.html", &page("Squid", "The squid has three hearts."));
    watching.rebuilds();
    assert!(texts_of(&public).iter().any(|text| text.contains("three hearts")));
    watching.hears("fitting the query encoder anew");
    watching.hears("query encoder: ");
    watching.hears(" passages x ");
    watching.is_quiet();
    // A change that is taken back needs no fit.
    fs::remove_file(public.join("posts/squid.html")).unwrap();
    watching.rebuilds();
    assert!(watching.said.contains("nothing has changed since an earlier build"), "{}", watching.said);
    watching.ends();

    let watched = contents(&public);
    fs::remove_dir_all(public.join("exemplar")).unwrap();
    succeed(command().args(["--cache", "off"]));
    assert_eq!(contents(&public), watched);
}

#[test]
fn a_generator_that_empties_the_folder_first_leaves_nothing_out() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    let pages = contents(&public);
    let mut watching = Watching::start(build(&api, &public).arg("--watch"));
    let whole = texts_of(&public);
    fs::remove_dir_all(&public).unwrap();
    watching.hears("there is no such folder");
    watching.hears("waiting for the next change");
    fs::create_dir(&public).unwrap();
    for (name, bytes) in &pages {
        write_in(&public, name.to_str().unwrap(), "<title>Half");
        fs::write(public.join(name), bytes).unwrap();
        thread::sleep(Duration::from_millis(30));
    }
    // However many builds that takes.
    let deadline = Instant::now() + PATIENCE;
    while !public.join("exemplar/bundle.json").is_file() || texts_of(&public) != whole {
        assert!(Instant::now() < deadline);
        thread::sleep(Duration::from_millis(100));
    }
    // Once more, while it builds.
    for number in 0..40 {
        write_in(&public, "busy.html", &page("Busy", &format!("The {number}th tide.")));
        thread::sleep(Duration::from_millis(25));
    }
    while !texts_of(&public).iter().any(|text| text.contains("The 39th tide.")) {
        assert!(Instant::now() < deadline);
        thread::sleep(Duration::from_millis(100));
    }
    // The search itself comes back, too.
    watching.is_quiet_soon();
    fs::remove_dir_all(public.join("exemplar")).unwrap();
    watching.hears("the search was removed");
    watching.hears(" passages x ");
    assert!(public.join("exemplar/component/exemplar-search.js").is_file());
    drop(root);
}

impl Watching {
    /// Waits until all builds have ended.
    fn is_quiet_soon(&mut self) {
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(2)) {
            self.said += &format!("{line}\n");
        }
    }
}

#[test]
fn the_preview_tells_its_own_pages_of_builds_and_the_site_stays_without_the_script() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    let mut watching = Watching::start(build(&api, &public).args(["--serve", "--port", "0"]));
    let url = watching.said.lines().find_map(|line| line.split_once(" at ")).unwrap().1.to_owned();
    let agent: Agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let get = |path: &str| agent.get(format!("{url}{path}"));
    let text = |path: &str| get(path).call().unwrap().body_mut().read_to_string().unwrap();
    let script = |page: &str| page.matches("<script src=\"/.exemplar/reload.js?after=").count();
    assert_eq!(script(&text("index.html")), 1);
    assert_eq!(script(&text("posts/moon")), 1);
    let lost = get("nowhere").call().unwrap();
    assert_eq!(lost.status(), 404);
    assert_eq!(script(&text("nowhere")), 1);
    assert_eq!(script(&text("readme.txt")), 0);
    assert!(text(".exemplar/reload.js").contains("EventSource"));
    for entry in contents(&public) {
        assert!(!String::from_utf8_lossy(&entry.1).contains("/.exemplar/"), "{}", entry.0.display());
    }
    // Another site's page hears nothing.
    for (header, value) in
        [("origin", "http://evil.test"), ("sec-fetch-site", "cross-site"), ("host", "evil.test")]
    {
        for path in [".exemplar/builds", ".exemplar/reload.js"] {
            assert_eq!(get(path).header(header, value).call().unwrap().status(), 403, "{header} {path}");
        }
    }

    let mut builds = BufReader::new(get(".exemplar/builds").call().unwrap().into_body().into_reader());
    let mut next = || {
        let mut line = String::new();
        while !line.starts_with("data:") {
            line.clear();
            assert!(builds.read_line(&mut line).unwrap() > 0);
        }
        line.trim_start_matches("data:").trim().parse::<u64>().unwrap()
    };
    let first = next();
    assert!(text("index.html").contains(&format!("?after={first}\"")));
    write_in(&public, "new.html", &page("New", "The ninth wave."));
    watching.rebuilds();
    assert!(next() > first);
    assert!(text("new.html").contains("The ninth wave."));
    watching.ends();
}

#[test]
fn what_cannot_be_watched_is_said() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    let error = fail(build(&api, &public).args(["--watch", "-o"]).arg(root.path().join("bundle.json")));
    assert!(error.contains("--watch and --serve write a folder"), "{error}");
    assert!(fail_usage(build(&api, &public).args(["--watch", "--dry-run"])).contains("--dry-run"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let error = fail(build(&api, &public).args(["--serve", "--port", &port]));
    assert!(error.contains(&format!("port {port} on 127.0.0.1 is taken")), "{error}");
    // A first build that fails ends the command.
    let none = PathBuf::from(root.path()).join("none");
    fs::create_dir(&none).unwrap();
    assert!(fail(build(&api, &none).arg("--watch")).contains("no HTML page"));
}
