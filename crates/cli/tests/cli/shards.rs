//! A bundle in shards: `build` and `convert` write it, `search` and `inspect` read of it what they need.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{TestApi, exemplar, fail, folder, succeed, write};

/// A site of a few dozen articles about two things.
fn items(folder: &TempDir) -> PathBuf {
    let line = |i: usize| {
        let (title, text) = match i % 2 {
            0 => (format!("Tides {i}"), "The sea rises and falls. The moon pulls at it."),
            _ => (format!("Bread {i}"), "Flour and yeast make a dough. The oven bakes it."),
        };
        let tags = [if i % 4 < 2 { "first" } else { "second" }];
        json!({"url": format!("{i}.html"), "title": title, "text": text, "tags": tags}).to_string()
    };
    write(folder, "items.jsonl", (0..40).map(line).collect::<Vec<_>>().join("\n"))
}

pub fn build(folder: &TempDir, layout: &str) -> PathBuf {
    let api = TestApi::start_answering();
    let bundle = folder.path().join(format!("{layout}.json"));
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--api", &api.url, "--layout", layout, "--items"]);
    succeed(command.arg(items(folder)).arg("-o").arg(&bundle));
    bundle
}

pub fn shards_beside(bundle: &Path) -> Vec<PathBuf> {
    let beside = std::fs::read_dir(bundle.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = beside.filter(|path| path.join("start-0.bin").exists()).collect();
    folders.sort();
    folders
}

fn search(bundle: &Path, args: &[&str]) -> Value {
    let (stdout, _) = succeed(exemplar().arg("search").arg(bundle).args(args).arg("--json"));
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn shards_become_the_same_bundle_again() {
    let folder = folder();
    let inline = build(&folder, "inline");
    let (sharded, again) = (folder.path().join("sharded.json"), folder.path().join("again.json"));
    succeed(exemplar().arg("convert").arg(&inline).args(["--layout", "shards", "-o"]).arg(&sharded));
    succeed(exemplar().arg("convert").arg(&sharded).args(["--layout", "inline", "-o"]).arg(&again));
    assert_eq!(std::fs::read_to_string(&again).unwrap(), std::fs::read_to_string(&inline).unwrap());
    assert_eq!(shards_beside(&sharded).len(), 1);
    let manifest = std::fs::read_to_string(&sharded).unwrap();
    succeed(exemplar().arg("convert").arg(&inline).args(["--layout", "shards", "-o"]).arg(&sharded));
    assert_eq!(std::fs::read_to_string(&sharded).unwrap(), manifest, "the same bundle has the same shards");
}

#[test]
fn a_search_reads_what_it_needs() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let found = search(&bundle, &["--query", "tides of the moon"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 10);
    // Twenty articles score the same: which ten of them the whole bundle has is open.
    assert!((0.1..0.9).contains(&found["complete"].as_f64().unwrap()), "{found}");
    // The test's vectors mean nothing: words do.
    let by_words = search(&bundle, &["--query", "tides of the moon", "--method", "lexical"]);
    for hit in by_words["hits"].as_array().unwrap() {
        assert!(hit["article"]["title"].as_str().unwrap().starts_with("Tides"), "{hit}");
    }
    let whole = search(&bundle, &["--query", "tides of the moon", "--whole"]);
    assert_eq!(whole["complete"], Value::Null);
    assert_eq!(whole["method"], found["method"]);
    let (stdout, _) = succeed(exemplar().arg("search").arg(&bundle).args(["--query", "dough"]));
    assert!(stdout.contains(" shards, ") && stdout.contains(" rounds"), "{stdout}");
    // What parts cannot answer is answered by the whole.
    assert_eq!(search(&bundle, &["--query", "dough", "--passages", "2"])["complete"], Value::Null);
}

#[test]
fn the_svm_and_examples_are_answered_by_parts() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let found = search(&bundle, &["--query", "dough", "--method", "svm"]);
    assert!(found["complete"].is_number() && found["svm"]["newtonSteps"].as_u64() > Some(0), "{found}");
    for args in [&["--similar", "3.html"][..], &["--query", "dough", "--more", "3.html", "--less", "4.html"]]
    {
        let found = search(&bundle, args);
        let ids: Vec<&str> = found["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["article"]["id"].as_str().unwrap())
            .collect();
        assert!(ids.len() == 10 && !ids.contains(&"3.html") && found["complete"].is_number(), "{found}");
        let (stdout, _) = succeed(exemplar().arg("search").arg(&bundle).args(args));
        assert!(stdout.contains(" shards, "), "{stdout}");
    }
    let stderr = fail(exemplar().arg("search").arg(&bundle).args(["--similar", "none.html"]));
    assert!(stderr.contains("none.html"), "{stderr}");
}

#[test]
fn an_embedding_is_compared_with_parts() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let vector = write(&folder, "vector.json", "[1.0, 0.5, 0.25]");
    let found = search(&bundle, &["--embedding", vector.to_str().unwrap()]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 10);
    assert!(found["complete"].is_number(), "{found}");
    let api = TestApi::start_answering();
    let found = search(&bundle, &["--query", "dough", "--api", &api.url]);
    assert!(found["complete"].is_number() && found["known"].is_null(), "{found}");
    assert_eq!(found["method"], "whitened+lexical");
    let short = write(&folder, "short.json", "[1.0, 0.5]");
    let stderr = fail(exemplar().arg("search").arg(&bundle).arg("--embedding").arg(&short));
    assert!(stderr.contains("short.json") && stderr.contains('3'), "{stderr}");
}

#[test]
fn what_is_damaged_or_missing_is_named_and_left_out() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let shards = shards_beside(&bundle).remove(0);
    let passages = shards.join("passages-0.bin");
    let mut bytes = std::fs::read(&passages).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&passages, bytes).unwrap();
    std::fs::remove_file(shards.join("vectors-0.bin")).unwrap();
    let args = ["--query", "dough", "--json"];
    let (stdout, stderr) = succeed(exemplar().arg("search").arg(&bundle).args(args));
    assert!(stderr.contains("passages-0.bin does not fit its checksum"), "{stderr}");
    let found: Value = serde_json::from_str(&stdout).unwrap();
    assert!(found["complete"].as_f64().unwrap() < 0.9 && !found["hits"].as_array().unwrap().is_empty());
    let stderr = fail(exemplar().arg("search").arg(&bundle).args(["--query", "dough", "--whole"]));
    assert!(stderr.contains("passages-0.bin"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_shard_that_does_not_end_is_left_out() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let passages = shards_beside(&bundle).remove(0).join("passages-0.bin");
    let mut longer = std::fs::read(&passages).unwrap();
    longer.resize(longer.len() + (1 << 20), 0);
    let args = ["--query", "dough", "--json"];
    let search = || succeed(exemplar().arg("search").arg(&bundle).args(args)).1;
    std::fs::write(&passages, longer).unwrap();
    let stderr = search();
    assert!(stderr.contains("passages-0.bin has") && stderr.contains("but should have"), "{stderr}");
    std::fs::remove_file(&passages).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &passages).unwrap();
    let stderr = search();
    assert!(stderr.contains("passages-0.bin is not a shard"), "{stderr}");
}

#[test]
fn inspect_says_what_first_searches_cost() {
    let folder = folder();
    let bundle = build(&folder, "shards");
    let (stdout, _) = succeed(exemplar().arg("inspect").arg(&bundle));
    for part in
        ["version 3", "manifest", "start", "words", "passages", "texts", "first searches", "same hits"]
    {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
}

#[test]
fn the_build_before_stays_and_older_ones_go() {
    let folder = folder();
    let inline = build(&folder, "inline");
    let sharded = folder.path().join("sharded.json");
    let convert = |encoding: &str| {
        let args = ["--layout", "shards", "--encoding", encoding, "-o"];
        succeed(exemplar().arg("convert").arg(&inline).args(args).arg(&sharded));
        shards_beside(&sharded)
    };
    let first = convert("int8");
    let both = convert("float16");
    assert_eq!(both.len(), 2);
    let last = convert("float32");
    assert_eq!(last.len(), 2);
    assert!(!last.contains(&first[0]), "{last:?}");
}

#[test]
fn a_bundle_without_words_or_encoder_is_not_put_into_shards() {
    let folder = folder();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/bundle-v2-int8.json");
    let sharded = folder.path().join("sharded.json");
    let stderr = fail(exemplar().arg("convert").arg(golden).args(["--layout", "shards", "-o"]).arg(sharded));
    assert!(stderr.contains("keywords") || stderr.contains("query encoder"), "{stderr}");
}
