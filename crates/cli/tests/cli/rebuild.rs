//! `exemplar build` again: what the cache saves, and what a killed build leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::output_folder::contents;
use crate::support::{TestApi, exemplar, folder, read_bundle, reply, succeed, vectors_for, write};

/// A site of three pages; the second has two passages.
fn site() -> TempDir {
    let site = folder();
    write(&site, "a.html", "<title>A</title><p>Ebb.");
    let section = |name: &str| format!("<h2 id={name}>{name}</h2><p>{}", "The tide comes in. ".repeat(40));
    write(&site, "b.html", format!("<title>B</title>{}{}", section("Flood"), section("Ebb")));
    write(&site, "c.html", "<title>C</title><p>Flood.");
    site
}

fn build(site: &TempDir, out: &TempDir, api: &TestApi) -> Command {
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--query-texts", "0", "--batch-size", "1", "--api", &api.url]);
    command.arg("--cache").arg(out.path().join("cache")).arg("--site").arg(site.path());
    command.arg("-o").arg(out.path().join("bundle.json"));
    command
}

#[test]
fn only_what_has_changed_is_embedded_again() {
    let (site, out) = (site(), folder());
    let bundle = || fs::read(out.path().join("bundle.json")).unwrap();
    let api = TestApi::start_answering();
    let (_, stderr) = succeed(&mut build(&site, &out, &api));
    assert_eq!(api.texts().len(), 4, "{stderr}");
    let first = bundle();

    // Another address, the same vectors.
    let api = TestApi::start_answering();
    let (_, stderr) = succeed(&mut build(&site, &out, &api));
    assert!(
        api.texts().is_empty() && stderr.contains("passages: 4 texts, 0 of them to embed in 0 requests"),
        "{stderr}"
    );
    assert_eq!(bundle(), first);

    write(&site, "c.html", "<title>C</title><p>Spring tide.");
    let (_, stderr) = succeed(&mut build(&site, &out, &api));
    assert_eq!(api.texts(), ["C\nSpring tide."], "{stderr}");

    for (recipe, expected) in [
        (&["--passage-prefix", "passage: "][..], 5),
        (&["--passage-input-type", "passage"], 9),
        (&["--passage-model", "other"], 13),
        (&[], 13),
    ] {
        succeed(build(&site, &out, &api).args(recipe));
        assert_eq!(api.texts().len(), expected, "{recipe:?}");
    }
}

#[test]
fn a_killed_build_leaves_the_old_bundle_and_resumes() {
    let (site, out) = (site(), folder());
    write(&out, "bundle.json", "the old one");
    let (arrived, arrival) = channel();
    let (release, released) = channel::<()>();
    let (arrived, released) = (Mutex::new(arrived), Mutex::new(released));
    let api = TestApi::start(move |number, request| {
        if number == 2 {
            arrived.lock().unwrap().send(()).unwrap();
            // Until the build has been killed.
            let _ = released.lock().unwrap().recv();
        }
        reply(200, vectors_for(request))
    });
    let mut child = build(&site, &out, &api).stderr(Stdio::null()).spawn().unwrap();
    arrival.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    release.send(()).unwrap();
    assert_eq!(fs::read_to_string(out.path().join("bundle.json")).unwrap(), "the old one");

    let again = TestApi::start_answering();
    succeed(&mut build(&site, &out, &again));
    assert_eq!(
        again.texts(),
        api.texts()[2..].iter().cloned().chain(["C\nFlood.".into()]).collect::<Vec<_>>()
    );
    assert_eq!(read_bundle(&out.path().join("bundle.json")).passages.len(), 4);
}

#[test]
fn a_build_killed_at_any_moment_leaves_a_whole_bundle_and_resumes() {
    let site = site();
    let slow = || {
        TestApi::start(|_, request| {
            std::thread::sleep(Duration::from_millis(15));
            reply(200, vectors_for(request))
        })
    };
    let bundle = |out: &TempDir| fs::read(out.path().join("bundle.json")).unwrap();
    let (before, after) = (folder(), folder());
    succeed(&mut build(&site, &before, &slow()));
    let old = bundle(&before);
    write(&site, "d.html", "<title>D</title><p>Neap tide.");
    let api = slow();
    let started = Instant::now();
    succeed(&mut build(&site, &after, &api));
    let (new, texts, whole) = (bundle(&after), api.texts().len(), started.elapsed());
    assert_ne!(old, new);

    let (mut left_old, mut left_new) = (0, 0);
    // Past its end, too: there the build is killed as it writes, or has written.
    for moment in 0..=24 {
        let (out, api) = (folder(), slow());
        write(&out, "bundle.json", &old);
        let mut child = build(&site, &out, &api).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * moment / 20);
        child.kill().unwrap();
        child.wait().unwrap();
        match bundle(&out) {
            found if found == old => left_old += 1,
            found if found == new => left_new += 1,
            other => panic!("killed at {moment}/20, it left {} bytes of neither bundle", other.len()),
        }
        succeed(&mut build(&site, &out, &api));
        assert_eq!(bundle(&out), new);
        // The one that was under way is asked for again.
        assert!(api.texts().len() <= texts + 1, "killed at {moment}/20: {:?}", api.texts());
    }
    assert!(left_old > 0, "{left_old} {left_new}");
}

#[test]
fn a_cache_that_cannot_be_written_is_told_once_and_done_without() {
    let (site, out) = (site(), folder());
    write(&out, "cache", "a file");
    let api = TestApi::start_answering();
    let (_, stderr) = succeed(&mut build(&site, &out, &api));
    assert_eq!(stderr.matches("warning: cannot keep vectors in").count(), 1, "{stderr}");
    assert!(stderr.contains("--cache off") && api.texts().len() == 4, "{stderr}");
    assert_eq!(read_bundle(&out.path().join("bundle.json")).passages.len(), 4);
}

#[test]
fn a_cached_vector_that_is_damaged_or_swapped_is_named_and_made_again() {
    let (site, out) = (site(), folder());
    let bundle = || fs::read(out.path().join("bundle.json")).unwrap();
    succeed(&mut build(&site, &out, &TestApi::start_answering()));
    let first = bundle();
    let folders = fs::read_dir(out.path().join("cache")).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 4);
    fs::copy(&files[1], &files[0]).unwrap();
    fs::write(&files[2], "cut short").unwrap();
    let api = TestApi::start_answering();
    let (_, stderr) = succeed(&mut build(&site, &out, &api));
    for file in [&files[0], &files[2]] {
        let told = format!("the cached vector {} is damaged, or of another text", file.display());
        assert!(stderr.contains(&told), "{stderr}");
    }
    assert!(api.texts().len() == 2 && bundle() == first, "{stderr}");
}

#[test]
fn builds_at_once_on_one_cache_are_all_right() {
    let (site, out) = (site(), folder());
    let api = TestApi::start_answering();
    let start = |number: usize| {
        let mut command = build(&site, &out, &api);
        command.arg("--concurrency").arg("2").stderr(Stdio::null()).stdout(Stdio::null());
        let args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        let last = args.len() - 3;
        let mut own = exemplar();
        own.args(&args[..last]).arg(out.path().join(format!("{number}.json"))).args(&args[last + 1..]);
        own.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..6).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let first = fs::read(out.path().join("0.json")).unwrap();
    assert!((1..6).all(|number| fs::read(out.path().join(format!("{number}.json"))).unwrap() == first));
    // All that they have kept is whole.
    let again = TestApi::start_answering();
    succeed(&mut build(&site, &out, &again));
    assert!(again.texts().is_empty());
}

/// Builds into a folder, with a cache; what was said.
fn into_folder(site: &TempDir, out: &TempDir, api: &TestApi, more: &[&str]) -> (PathBuf, String) {
    let output = out.path().join("search/");
    let mut command = exemplar();
    command.env("EXEMPLAR_WEB_FILES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
    command
        .args(["build", "--model", "m", "--query-texts", "20", "--api", &api.url, "--site"])
        .arg(site.path());
    command.env("EXEMPLAR_CACHE", out.path().join("cache"));
    let (_, stderr) = succeed(command.args(more).arg("-o").arg(&output));
    (output, stderr)
}

#[test]
fn a_build_of_what_has_not_changed_gives_the_same_without_doing_it_again() {
    let (site, out, api) = (site(), folder(), TestApi::start_answering());
    let build = |more: &[&str]| {
        let (output, said) = into_folder(&site, &out, &api, more);
        (contents(&output), said)
    };
    let is_kept = |said: &str| said.contains("nothing has changed since an earlier build");
    let (first, said) = build(&[]);
    assert!(said.contains("query encoder: ") && !is_kept(&said), "{said}");
    let (second, said) = build(&[]);
    assert!(is_kept(&said) && !said.contains("query encoder: "), "{said}");
    assert!(second == first);
    // Also where the folder is gone, or is not what was written.
    fs::write(out.path().join("search/bundle.json"), "{}").unwrap();
    assert!(build(&[]).0 == first);
    fs::remove_dir_all(out.path().join("search")).unwrap();
    assert!(build(&[]).0 == first);
    // Nothing else is taken for the same.
    let (other, said) = build(&["--lang", "is"]);
    assert!(!is_kept(&said) && other != first, "{said}");
    write(&site, "c.html", "<title>C</title><p>Spring tide.");
    let (changed, said) = build(&[]);
    assert!(!is_kept(&said) && changed != first, "{said}");
    let (fresh, said) = build(&["--cache", "off"]);
    assert!(!is_kept(&said) && fresh == changed, "{said}");
    // What was is still there.
    write(&site, "c.html", "<title>C</title><p>Flood.");
    let (again, said) = build(&[]);
    assert!(is_kept(&said) && again == first, "{said}");
}

#[test]
fn a_kept_bundle_that_is_damaged_is_named_and_made_again() {
    let (site, out, api) = (site(), folder(), TestApi::start_answering());
    let (output, _) = into_folder(&site, &out, &api, &[]);
    let first = contents(&output);
    let kept: Vec<_> =
        fs::read_dir(out.path().join("cache/bundles")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    let mut bytes = fs::read(&kept[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&kept[0], bytes).unwrap();
    let (output, said) = into_folder(&site, &out, &api, &[]);
    assert!(said.contains(kept[0].to_str().unwrap()) && said.contains("is damaged"), "{said}");
    assert!(contents(&output) == first);
    assert!(into_folder(&site, &out, &api, &[]).1.contains("nothing has changed"));
}
