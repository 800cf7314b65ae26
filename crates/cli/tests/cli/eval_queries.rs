//! `exemplar eval --queries`: the owner's own queries, each with the page that should come first.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{exemplar, fail, fail_usage, folder, rust_book, succeed, write};

/// Chapters of the Rust Book, searched by words.
fn bundle(folder: &TempDir, layout: &str) -> Option<PathBuf> {
    let bundle = folder.path().join("bundle.json");
    let mut command = exemplar();
    command
        .args(["build", "--no-vectors", "--include", "ch16*", "--layout", layout, "--site"])
        .arg(rust_book()?);
    succeed(command.arg("-o").arg(&bundle));
    Some(bundle)
}

#[test]
fn each_page_is_named_with_its_place() {
    let folder = folder();
    let Some(bundle) = bundle(&folder, "inline") else { return };
    let queries = "# what readers asked\nshared state\t/ch16-03-shared-state.html\n\nchannels\t./ch16-02-message-passing.html#more\n";
    let queries = write(&folder, "queries.tsv", queries);
    let (stdout, _) =
        succeed(exemplar().arg("eval").arg(&bundle).arg("--queries").arg(&queries).args(["--within", "3"]));
    assert!(stdout.contains("   1  shared state\n      ch16-03-shared-state.html\n"), "{stdout}");
    assert!(stdout.contains("of 2 pages are first"), "{stdout}");
}

#[test]
fn a_page_further_down_fails_the_check() {
    let folder = folder();
    let Some(bundle) = bundle(&folder, "inline") else { return };
    let queries =
        write(&folder, "queries.tsv", "shared state\tch16-01-threads.html\nzyzzyva\tch16-01-threads.html\n");
    let mut command = exemplar();
    command.arg("eval").arg(&bundle).arg("--queries").arg(&queries);
    let stderr = fail(&mut command);
    assert!(stderr.contains("2 of 2 pages are not where they should be: among the first 1"), "{stderr}");
    let output = command.arg("--json").output().unwrap();
    let outcomes: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(outcomes[0]["first"], "ch16-03-shared-state.html");
    assert!(outcomes[0]["rank"].as_u64().unwrap() > 1, "{outcomes}");
    assert_eq!(outcomes[1]["rank"], Value::Null);
    assert_eq!(outcomes[1]["first"], Value::Null);
}

#[test]
fn what_is_wrong_with_the_file_is_named_by_its_line() {
    let folder = folder();
    let Some(bundle) = bundle(&folder, "inline") else { return };
    for (contents, named) in [
        ("threads\n", "line 1 is \"threads\": expected a query, a tab, and the address of a page"),
        (
            "\nthreads\tch16-01-thread.html\n",
            "line 2: no page of the bundle has the address \"ch16-01-thread.html\"; the nearest is ch16-01-threads.html",
        ),
        ("# nothing\n", "there is no query in it"),
    ] {
        let queries = write(&folder, "queries.tsv", contents);
        let stderr = fail(exemplar().arg("eval").arg(&bundle).arg("--queries").arg(&queries));
        assert!(stderr.contains(named) && stderr.contains("queries.tsv"), "{stderr}");
    }
}

#[test]
fn queries_need_a_bundle_and_one_kind_of_measure() {
    for words in [
        &["eval", "--queries", "q.tsv"][..],
        &["eval"],
        &["eval", "b.json", "--queries", "q.tsv", "--collection", "c"],
    ] {
        fail_usage(exemplar().args(words));
    }
}
