//! `exemplar search` over the address of a bundle: the same answers as over its files, and what becomes of a website's faults.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;
use tempfile::TempDir;

use crate::serve::Server;
use crate::shards::{build, shards_beside};
use crate::support::{TestApi, exemplar, fail, folder, reply_with, succeed};

const QUERY: [&str; 2] = ["--query", "tides of the moon"];

/// A file as a static host sends it.
fn file(path: &Path) -> Response<Body> {
    match std::fs::read(path) {
        Ok(bytes) => Response::new(Body::from(bytes)),
        Err(_) => reply_with(404, ("content-type", "text/html"), "<!doctype html><title>Not found</title>"),
    }
}

/// A website of the files in `folder`, but for what `change` answers.
fn site(
    folder: &TempDir,
    change: impl Fn(&str) -> Option<Response<Body>> + Send + Sync + 'static,
) -> TestApi {
    let root = folder.path().to_owned();
    TestApi::start(move |_, request| {
        change(&request.path).unwrap_or_else(|| file(&root.join(request.path.trim_start_matches('/'))))
    })
}

/// What a search prints, on stdout and on stderr.
fn search(bundle: &str, args: &[&str]) -> (String, String) {
    succeed(exemplar().args(["search", bundle]).args(args))
}

fn refused(bundle: &str) -> String {
    fail(exemplar().args(["search", bundle]).args(QUERY))
}

fn complete(json: &str) -> f64 {
    serde_json::from_str::<Value>(json).unwrap()["complete"].as_f64().unwrap()
}

fn convert(bundle: &Path, layout: &str, encoding: &str) -> PathBuf {
    let other = bundle.with_file_name(format!("{layout}-{encoding}.json"));
    let args = ["--layout", layout, "--encoding", encoding, "-o"];
    succeed(exemplar().arg("convert").arg(bundle).args(args).arg(&other));
    other
}

#[test]
fn an_address_gives_what_the_files_give() {
    let folder = folder();
    let inline = build(&folder, "inline");
    let bundles = [convert(&inline, "shards", "int8"), convert(&inline, "sidecar", "int8"), inline];
    let server = Server::start(&folder, |c| c);
    for bundle in bundles {
        let name = bundle.file_name().unwrap().to_str().unwrap();
        for more in [
            &[][..],
            &["--json"],
            &["--json", "--method", "lexical", "-k", "3"],
            &["--json", "--filter", "tags=first"],
            &["--json", "--whole"],
            &["--json", "--passages", "2"],
            &["--json", "--more", "3.html"],
            &["--json", "--method", "svm"],
            &["--explain"],
        ] {
            let args = [&QUERY, more].concat();
            let from_files = search(bundle.to_str().unwrap(), &args);
            for address in [format!("{}/{name}", server.url), format!("{}/{name}?v=3", server.url)] {
                assert_eq!(search(&address, &args), from_files, "{address} {more:?}");
            }
        }
    }
}

#[test]
fn only_the_shards_that_are_wanted_are_fetched_each_once_and_side_by_side() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let names: Vec<_> = std::fs::read_dir(&shards_beside(&bundle)[0])
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    // The whole bundle needs no lists of articles.
    let files = names.iter().filter(|name| !name.starts_with("articles-")).count();
    let (under_way, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = most.clone();
    let root = folder.path().to_owned();
    let site = TestApi::start(move |_, request| {
        seen.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        under_way.fetch_sub(1, Ordering::SeqCst);
        file(&root.join(&request.path[1..]))
    });
    let address = format!("{}/shards.json", site.url);
    let (stdout, stderr) = search(&address, &QUERY);
    let asked = || {
        let mut paths: Vec<String> = site.received().into_iter().map(|request| request.path).collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count, "{paths:?}");
        count
    };
    let wanted = asked() - 1;
    assert!(stdout.contains(&format!("{wanted} shards, ")) && stderr.is_empty(), "{stdout}{stderr}");
    assert!(wanted < files / 2, "{wanted} of {files}");

    let as_it_is = self::site(&folder, |_| None);
    search(&format!("{}/shards.json", as_it_is.url), &[&QUERY[..], &["--passages", "2"]].concat());
    assert_eq!(as_it_is.received().len(), files + 1, "what is there already is not fetched again");
    assert!((2..=12).contains(&most.load(Ordering::SeqCst)));
}

#[test]
fn a_shard_that_cannot_be_had_is_named_and_left_out() {
    let folder = folder();
    build(&folder, "shards");
    let as_it_is = site(&folder, |_| None);
    let args = [&QUERY[..], &["--json"]].concat();
    let whole = complete(&search(&format!("{}/shards.json", as_it_is.url), &args).0);
    let asked = as_it_is.received().into_iter().map(|request| request.path);
    let path = asked.into_iter().find(|path| path.contains("/passages-")).unwrap();
    let name = path.rsplit('/').next().unwrap();
    let right = std::fs::read(folder.path().join(&path[1..])).unwrap();
    let mut damaged = right.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let mut other_build = right.clone();
    other_build[20] ^= 1;
    let longer = [right.as_slice(), &[0; 1 << 20]].concat();
    let page = b"<!doctype html><title>Welcome</title>".to_vec();
    for (status, body, told) in [
        (404, page.clone(), "it is missing"),
        (410, Vec::new(), "it is missing"),
        (403, Vec::new(), "it answered 403"),
        (503, Vec::new(), "it answered 503"),
        (200, page, "is not a shard"),
        (200, Vec::new(), "fewer than its head"),
        (200, damaged, "does not fit its checksum"),
        (200, other_build, "other build"),
        (200, longer, "but should have"),
        (200, vec![b' '; 4 << 20], "is not a shard"),
    ] {
        let changed = path.clone();
        let site = site(&folder, move |path| {
            let body = (path == changed).then(|| Body::from(body.clone()))?;
            Some(Response::builder().status(status).body(body).unwrap())
        });
        let address = format!("{}/shards.json", site.url);
        let (stdout, stderr) = search(&address, &args);
        let named = format!("{}{path}: ", site.url);
        assert!(stderr.starts_with(&named) && stderr.contains(told), "{told}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(complete(&stdout) < whole, "{told}: {stdout}");
        let manifests = site.received().iter().filter(|request| request.path == "/shards.json").count();
        assert_eq!(manifests, 2, "whether there is another build is looked for once");
        let stderr = fail(exemplar().args(["search", &address, "--whole"]).args(QUERY));
        assert!(stderr.contains(told) && stderr.contains(name), "{stderr}");
    }
}

#[test]
fn without_a_bundle_the_address_and_the_way_out_are_named() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let inline = convert(&bundle, "inline", "int8");
    let sidecar = convert(&inline, "sidecar", "int8");
    let page = || Response::new(Body::from("\n<!doctype html><title>Welcome</title>"));
    let text = |status| Some(reply_with(status, ("content-type", "text/plain"), "no bundle"));
    let site = site(&folder, move |path| match path {
        "/page/" => Some(page()),
        "/busy.json" => text(500),
        "/text.json" => text(200),
        "/moved.json" => Some(reply_with(302, ("location", "/inline-int8.json"), "")),
        _ if path.ends_with("start-0.bin") => Some(page()),
        _ if path.ends_with(".bin") => text(404),
        _ => None,
    });
    for (path, told) in [
        ("/nowhere.json", "it answered 404 Not Found; expected a bundle's JSON"),
        ("/busy.json", "it answered 500"),
        ("/page/", "is a web page, not a bundle; expected a bundle's JSON"),
        ("/text.json", "/text.json: "),
        ("/shards.json", "start-0.bin is not a shard"),
        (&format!("/{}", sidecar.file_name().unwrap().to_str().unwrap()), "parts."),
    ] {
        let address = format!("{}{path}", site.url);
        let stderr = refused(&address);
        assert!(stderr.contains(told), "{path}: {stderr}");
        let named = if path == "/shards.json" { &site.url } else { &address };
        assert!(stderr.contains(named.as_str()) && stderr.matches("error: ").count() == 1, "{stderr}");
    }
    let moved = search(&format!("{}/moved.json", site.url), &QUERY);
    assert_eq!(moved, search(inline.to_str().unwrap(), &QUERY));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let stderr = refused(&format!("http://{free}/bundle.json"));
    assert!(stderr.contains("nothing listens there") && stderr.contains(&free.to_string()), "{stderr}");
    let stderr = refused("ftp://a.example/bundle.json");
    assert!(stderr.contains("ftp://a.example/bundle.json") && stderr.contains("path"), "{stderr}");
}

#[test]
fn a_site_that_is_published_anew_meanwhile_is_searched_again() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let before = std::fs::read(&bundle).unwrap();
    let inline = convert(&bundle, "inline", "float32");
    let old = shards_beside(&bundle).remove(0);
    let args = ["--layout", "shards", "--encoding", "float32", "-o"];
    succeed(exemplar().arg("convert").arg(inline).args(args).arg(&bundle));
    std::fs::remove_dir_all(old).unwrap();
    for more in [&["--json"][..], &["--json", "--whole"]] {
        let args = [&QUERY, more].concat();
        let (first, before) = (AtomicUsize::new(0), before.clone());
        let site = site(&folder, move |path| {
            let old = path == "/shards.json" && first.fetch_add(1, Ordering::SeqCst) == 0;
            old.then(|| Response::new(Body::from(before.clone())))
        });
        let (stdout, stderr) = search(&format!("{}/shards.json", site.url), &args);
        assert!(stderr.contains("built anew meanwhile"), "{stderr}");
        assert_eq!(stdout, search(bundle.to_str().unwrap(), &args).0);
    }
}
