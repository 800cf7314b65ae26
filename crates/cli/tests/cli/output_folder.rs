//! `exemplar build` into a folder of its own, with what pages need.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::SystemTime;

use serde_json::json;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::{
    TestApi, exemplar, fail, folder, read_bundle, reply, sites, succeed, vectors_for, write,
};

const MARK: &str = "made-by-exemplar-search.txt";

/// The pages of a small site, in a folder of their own.
pub fn site() -> (TempDir, PathBuf) {
    let root = folder();
    let public = root.path().join("public");
    for entry in WalkDir::new(sites().join("sea-notes")).into_iter().flatten() {
        let to = public.join(entry.path().strip_prefix(sites().join("sea-notes")).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir(to).unwrap(),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
    (root, public)
}

/// The sources of the web files stand in for those that are compiled.
pub fn build(api: &TestApi, site: &Path) -> Command {
    let mut command = exemplar();
    command.env("EXEMPLAR_WEB_FILES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
    command.args(["build", "--query-texts", "0", "--model", "m", "--api", &api.url, "--site"]).arg(site);
    command
}

/// Articles whose bundle is larger in one file than shards are worth: of words that do not repeat often.
fn large_site(folder: &TempDir) -> PathBuf {
    let mut state = 1u32;
    let mut word = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{:x}", state >> 20)
    };
    let article = |i: usize| {
        let text: Vec<String> = (0..150).map(|_| word()).collect();
        json!({"url": format!("{i}.html"), "title": format!("Page {i}"), "text": text.join(" ")}).to_string()
    };
    write(folder, "items.jsonl", (0..700).map(article).collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_large_bundle_is_in_shards_unless_it_is_asked_for_as_one_file() {
    let (api, root) = (TestApi::start_answering(), folder());
    let items = large_site(&root);
    let build = |name: &str, more: &[&str]| {
        let output = root.path().join(name);
        let mut command = exemplar();
        command.env("EXEMPLAR_WEB_FILES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
        command.args(["build", "--query-texts", "30", "--model", "m", "--api", &api.url, "--items"]);
        let (stdout, stderr) = succeed(command.arg(&items).args(more).arg("-o").arg(&output));
        (output, stdout, stderr)
    };
    let is_sharded = |bundle: &Path| fs::read_to_string(bundle).unwrap().contains("\"version\":3");

    let (output, stdout, _) = build("large/", &[]);
    assert!(stdout.contains(" shards, "), "{stdout}");
    assert!(is_sharded(&output.join("bundle.json")));
    let (output, stdout, _) = build("inline/", &["--layout", "inline"]);
    assert!(stdout.contains(" inline, "), "{stdout}");
    assert_eq!(read_bundle(&output.join("bundle.json")).articles.len(), 700);
    // Who names a file gets that one file, and hears of shards.
    let (output, _, stderr) = build("one.json", &[]);
    assert!(stderr.contains("--layout shards"), "{stderr}");
    assert_eq!(read_bundle(&output).articles.len(), 700);
    let (output, _, stderr) = build("asked.json", &["--layout", "shards"]);
    assert!(is_sharded(&output) && !stderr.contains("--layout shards"), "{stderr}");
}

/// What is in a folder: each file's contents, and when it was written.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| !entry.file_type().is_dir()).map(|entry| {
        let path = entry.path().strip_prefix(folder).unwrap().to_owned();
        (path, (fs::read(entry.path()).unwrap(), entry.metadata().unwrap().modified().unwrap()))
    });
    files.collect()
}

#[test]
fn a_site_gets_a_folder_with_all_that_its_pages_need() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    let (stdout, _) = succeed(&mut build(&api, &public));
    let output = public.join("exemplar");
    for line in [
        "<script type=\"module\" src=\"/exemplar/component/exemplar-search.js\"></script>",
        "<exemplar-search bundle=\"/exemplar/bundle.json\" base=\"/\"></exemplar-search>",
    ] {
        assert!(stdout.contains(line), "{stdout}");
    }
    let articles = read_bundle(&output.join("bundle.json")).articles.len();
    let first = files(&output);
    for name in [MARK, "bundle.json", "client/exemplar-search.js", "client/worker.js", "component/element.js"]
    {
        assert!(first.contains_key(Path::new(name)), "{name}");
    }

    // A second build finds all of it there, and takes away what is not its own.
    write_in(&output, "client/chunk-OLD.js", "stale");
    write_in(&output, "search-0123456789abcdef/start-0.bin", "stale");
    write_in(&output, "page.html", "<h1>Stale</h1><p>A page within the output is not of the site.</p>");
    succeed(&mut build(&api, &public));
    assert_eq!(files(&output), first);
    assert!(!output.join("search-0123456789abcdef").exists());

    // Nor are the pages of a folder that another build writes.
    write_in(&output, "page.html", "<h1>Stale</h1><p>A page within the output is not of the site.</p>");
    succeed(build(&api, &public).arg("-o").arg(public.join("other/")));
    assert_eq!(read_bundle(&public.join("other/bundle.json")).articles.len(), articles);
}

pub fn write_in(folder: &Path, name: &str, contents: &str) {
    fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
    fs::write(folder.join(name), contents).unwrap();
}

#[test]
fn a_bundle_of_several_files_leaves_none_of_the_build_before() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    let fresh = || {
        let mut command = build(&api, &public);
        command.args(["--layout", "sidecar"]);
        command
    };
    succeed(fresh().args(["--lang", "is"]));
    succeed(&mut fresh());
    let second = contents(&public.join("exemplar"));
    fs::remove_dir_all(public.join("exemplar")).unwrap();
    succeed(&mut fresh());
    assert_eq!(second, contents(&public.join("exemplar")));
}

pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files(folder).into_iter().map(|(name, (contents, _))| (name, contents)).collect()
}

#[test]
fn a_folder_of_others_is_refused_and_stays() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    write_in(&public, "exemplar/index.html", "<h1>Of ours</h1>");
    let error = fail(&mut build(&api, &public));
    assert!(error.contains("did not write, and stays as it is") && error.contains("-o DIR/"), "{error}");
    assert_eq!(files(&public.join("exemplar")).len(), 1);

    fs::write(root.path().join("file"), "").unwrap();
    let error = fail(build(&api, &public).arg("-o").arg(root.path().join("file/")));
    assert!(error.contains("is no folder"), "{error}");
    let error = fail(build(&api, &public).arg("-o").arg(root.path().join("nowhere/search/")));
    assert!(error.contains("must exist and be writable"), "{error}");
    assert_eq!(api.received().len(), 0, "nothing is asked for that cannot be kept");

    fs::create_dir(root.path().join("empty")).unwrap();
    succeed(build(&api, &public).arg("-o").arg(root.path().join("empty")));
    assert!(root.path().join("empty/bundle.json").is_file());
}

#[test]
fn a_build_that_fails_leaves_what_was_there() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    let broken = TestApi::start(|_, _| reply(400, serde_json::json!({"error": {"message": "no"}})));
    fail(&mut build(&broken, &public));
    assert!(!public.join("exemplar").exists());
    succeed(&mut build(&api, &public));
    let before = files(&public.join("exemplar"));
    fail(&mut build(&broken, &public));
    assert_eq!(files(&public.join("exemplar")), before);
}

#[test]
fn two_builds_at_once_do_not_mix() {
    let (_root, public) = site();
    let (asked, wait) = channel();
    let (go, may_answer) = channel::<()>();
    let (asked, may_answer) = (std::sync::Mutex::new(asked), std::sync::Mutex::new(may_answer));
    let slow = TestApi::start(move |number, request| {
        if number == 0 {
            asked.lock().unwrap().send(()).unwrap();
            may_answer.lock().unwrap().recv().unwrap();
        }
        reply(200, vectors_for(request))
    });
    let mut first = build(&slow, &public).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait.recv().unwrap();
    let error = fail(&mut build(&TestApi::start_answering(), &public));
    assert!(error.contains("another build is writing"), "{error}");
    go.send(()).unwrap();
    assert!(first.wait().unwrap().success());
    assert!(public.join("exemplar/bundle.json").is_file());
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_leaves_the_bundle_before() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    succeed(&mut build(&api, &public));
    let bundle = public.join("exemplar/bundle.json");
    let before = fs::read(&bundle).unwrap();
    fs::remove_file(public.join("exemplar/client/worker.js")).unwrap();
    let command = build(&api, &public);
    let words: Vec<_> = [command.get_program()].into_iter().chain(command.get_args()).collect();
    let mut limited = Command::new("sh");
    // No file may have more than a block: the system refuses to write more, as it does where a disk is full.
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\" --lang is", "sh"]).args(words);
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let error = fail(&mut limited);
    assert!(error.contains("cannot write") && error.contains("client/worker.js"), "{error}");
    assert_eq!(fs::read(&bundle).unwrap(), before);
    succeed(&mut build(&api, &public));
    assert!(public.join("exemplar/client/worker.js").is_file());
}

#[test]
fn the_lines_lead_to_the_folder_wherever_the_site_is() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    for (base_url, folder, script, base) in [
        ("https://example.org/docs", "exemplar/", "/docs/exemplar/", "/docs/"),
        ("/docs/", "exemplar/", "/docs/exemplar/", "/docs/"),
        ("sites/sea", "exemplar/", "/sites/sea/exemplar/", "/"),
        ("/", "exemplar/", "/exemplar/", "/"),
        ("/", "posts/my search/", "/posts/my%20search/", "/"),
        ("/a&\"b", "exemplar/", "/a&amp;&quot;b/exemplar/", "/a&amp;&quot;b/"),
    ] {
        let (stdout, _) =
            succeed(build(&api, &public).args(["--base-url", base_url, "-o"]).arg(public.join(folder)));
        let lines = format!(
            "  <script type=\"module\" src=\"{script}component/exemplar-search.js\"></script>\n  \
             <exemplar-search bundle=\"{script}bundle.json\" base=\"{base}\"></exemplar-search>\n"
        );
        assert!(stdout.contains(&lines), "{base_url}: {stdout}");
    }
}

#[test]
fn a_command_without_web_files_says_so() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    let error = fail(build(&api, &public).env("EXEMPLAR_WEB_FILES", root.path().join("none")));
    assert!(error.contains("without the search box") && error.contains("-o FILE.json"), "{error}");
    assert!(!public.join("exemplar").exists());
}
