//! How `exemplar build` asks an embedding API: presets, dimensions, several requests at once, limits, the plan.

use std::collections::HashSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    TestApi, assert_row, exemplar, fail, fail_usage, folder, read_bundle, reply, reply_with, succeed,
    vector_for, vectors_for, write,
};

fn build(folder: &TempDir, url: &str, items: usize) -> Command {
    let line = |i: usize| {
        format!("{{\"title\": \"T\", \"url\": \"{i}.html\", \"text\": \"{}\"}}\n", "x".repeat(i + 1))
    };
    let items = write(folder, "items.jsonl", (0..items).map(line).collect::<String>());
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--query-texts", "0", "--api", url, "--items"]).arg(items);
    command.arg("-o").arg(folder.path().join("bundle.json"));
    command
}

#[test]
fn a_preset_says_how_the_api_wants_to_be_asked() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let output = folder.path().join("bundle.json");
    succeed(build(&folder, &api.url, 2).args(["--preset", "voyage", "--dimensions", "2"]));
    let request = &api.received()[0];
    assert_eq!(request.body["input_type"], "document");
    assert_eq!(
        (&request.body["output_dimension"], &request.body["encoding_format"]),
        (&json!(2), &json!("base64"))
    );
    let space = read_bundle(&output).space;
    assert_eq!(space.query.input_type.as_deref(), Some("query"));
    assert_eq!(json!(space.query.fields), json!({ "output_dimension": 2 }));
    assert!(space.truncated && space.normalized && space.dimensions == 2);

    // What the person says goes before what the preset knows.
    let own = ["--preset", "voyage", "--passage-prefix", "about: "];
    succeed(build(&folder, &api.url, 1).args(own));
    let request = &api.received()[1];
    assert!(
        request.body.get("input_type").is_none() && request.texts()[0].starts_with("about: "),
        "{request:?}"
    );

    let ollama = [
        "build",
        "--preset",
        "ollama",
        "--model",
        "nomic-embed-text",
        "--query-texts",
        "0",
        "--api",
        &api.url,
        "--items",
    ];
    let items = folder.path().join("items.jsonl");
    succeed(exemplar().args(ollama).arg(items).arg("-o").arg(&output));
    let request = &api.received()[2];
    assert!(request.texts()[0].starts_with("search_document: "), "{request:?}");
    assert!(request.body.get("encoding_format").is_none());

    let error = fail(build(&folder, &api.url, 1).args(["--preset", "tei", "--batch-size", "33"]));
    assert!(error.contains("--batch-size 33 is more than the 32 texts"), "{error}");
}

#[test]
fn a_services_key_goes_to_that_service_alone() {
    let (api, folder) = (TestApi::start_answering(), folder());
    succeed(build(&folder, &api.url, 1).args(["--preset", "openai"]).env("OPENAI_API_KEY", "sk-1"));
    assert!(!api.received()[0].headers.contains_key("authorization"));
    let file = write(&folder, "key", "sk-from-file\n");
    let (stdout, stderr) = succeed(build(&folder, &api.url, 1).arg("--key-file").arg(&file));
    assert_eq!(api.received()[1].headers["authorization"], "Bearer sk-from-file");
    assert!(!stdout.contains("sk-from") && !stderr.contains("sk-from"));
    let error = fail(build(&folder, &api.url, 1).arg("--key-file").arg(write(&folder, "empty", "\n")));
    assert!(error.contains("empty is empty: write the API's key there"), "{error}");
    let error = fail(build(&folder, &api.url, 1).args(["--key-file", "nowhere"]));
    assert!(error.contains("cannot read --key-file nowhere"), "{error}");
}

#[test]
fn vectors_are_cut_and_brought_to_unit_length() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let cache = folder.path().join("cache");
    let with_cache = |dimensions: &[&str]| {
        succeed(build(&folder, &api.url, 2).arg("--cache").arg(&cache).args(dimensions));
        read_bundle(&folder.path().join("bundle.json"))
    };
    let whole = with_cache(&[]);
    assert!(!whole.space.truncated && whole.space.dimensions == 3);
    // From the cache: the whole vectors are the same for every length.
    let cut = with_cache(&["--dimensions", "2"]);
    assert_eq!(api.received().len(), 1);
    assert!(cut.space.truncated && cut.space.normalized);
    let [x, y, _] = vector_for("T\nx");
    let length = x.hypot(y);
    assert_row(&cut, 0, &[x / length, y / length]);
    let error = fail(build(&folder, &api.url, 2).args(["--dimensions", "4"]));
    assert!(
        error.contains("--dimensions 4: the vector of 0.html has 3 dimensions, fewer than the 4"),
        "{error}"
    );

    // A query is cut likewise.
    let query = ["--query", "T", "--api", &api.url, "--method", "knn"];
    let path = folder.path().join("bundle.json");
    let (stdout, _) = succeed(exemplar().arg("search").arg(path).args(query));
    assert!(stdout.contains("2 of 2 articles"), "{stdout}");
}

#[test]
fn requests_go_out_at_once_and_answers_find_their_texts() {
    static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let api = TestApi::start(|number, request| {
        MOST.fetch_max(UNDER_WAY.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // The later, the sooner.
        std::thread::sleep(Duration::from_millis(400 / (number as u64 + 1)));
        UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
        reply(200, vectors_for(request))
    });
    let folder = folder();
    succeed(build(&folder, &api.url, 12).args(["--concurrency", "4", "--batch-size", "2"]));
    assert_eq!(api.received().len(), 6);
    assert_eq!(MOST.load(Ordering::SeqCst), 4);
    let bundle = read_bundle(&folder.path().join("bundle.json"));
    for row in 0..12 {
        assert_row(&bundle, row, &vector_for(&format!("T\n{}", "x".repeat(row + 1))));
    }
}

#[test]
fn one_failure_among_several_requests_ends_the_build() {
    let api = TestApi::start(|number, request| match number {
        2 => reply(400, json!({"error": {"message": "no"}})),
        1 => {
            std::thread::sleep(Duration::from_secs(8));
            reply(200, vectors_for(request))
        }
        _ => reply(200, vectors_for(request)),
    });
    let (folder, started) = (folder(), Instant::now());
    let error = fail(build(&folder, &api.url, 6).args(["--concurrency", "2", "--batch-size", "1"]));
    assert!(error.contains("answered 400: no") && !folder.path().join("bundle.json").exists(), "{error}");
    assert!(started.elapsed() < Duration::from_secs(8), "it does not wait for the other");
}

#[test]
fn limits_and_retry_after_hold_for_all_requests() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let started = Instant::now();
    let limits = ["--concurrency", "3", "--batch-size", "1", "--requests-per-minute", "240"];
    succeed(build(&folder, &api.url, 5).args(limits));
    assert!(started.elapsed() >= Duration::from_secs(1), "four pauses of a quarter of a second");

    let api = TestApi::start(|number, request| match number {
        0 => reply_with(429, ("retry-after", "1"), ""),
        _ => reply(200, vectors_for(request)),
    });
    let started = Instant::now();
    let (_, stderr) = succeed(build(&folder, &api.url, 3).args(["--batch-size", "1"]));
    assert!(started.elapsed() >= Duration::from_secs(1), "{stderr}");
    assert!(stderr.contains("embedded 3 of 3 texts in 4 requests"), "{stderr}");
}

#[test]
fn a_dry_run_counts_and_asks_for_nothing() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let cache = folder.path().join("cache");
    let with_cache =
        |more: &[&str]| succeed(build(&folder, &api.url, 20).arg("--cache").arg(&cache).args(more));
    let (stdout, _) = with_cache(&["--dry-run", "--price-per-million", "0.02"]);
    assert!(
        stdout.starts_with(
            "passages: 20 texts, 20 of them to embed in 2 requests, about 70 tokens, 0.0000 at 0.02 a million"
        ),
        "{stdout}"
    );
    assert!(api.received().is_empty() && !folder.path().join("bundle.json").exists() && !cache.exists());
    let (_, stderr) = with_cache(&["--price-per-million", "1000000"]);
    assert!(
        stderr.contains(
            "embedded 20 of 20 texts in 2 requests, 70 tokens by estimate, 70.0000 at 1000000 a million"
        ),
        "{stderr}"
    );
    let (stdout, _) = with_cache(&["--dry-run"]);
    assert!(
        stdout.contains("passages: 20 texts, 0 of them to embed in 0 requests, about 0 tokens"),
        "{stdout}"
    );
    // It needs no output, and a build does.
    let args = ["build", "--model", "m", "--query-texts", "0", "--api", &api.url, "--items"];
    let items = folder.path().join("items.jsonl");
    succeed(exemplar().args(args).arg(&items).arg("--dry-run"));
    assert!(fail_usage(exemplar().args(args).arg(&items)).contains("--output"));
}

#[test]
fn tokens_are_summed_as_the_api_counts_them_and_equal_texts_are_sent_once() {
    let api = TestApi::start(|_, request| {
        let mut answer = vectors_for(request);
        answer["usage"] = json!({"prompt_tokens": 7, "total_tokens": 7});
        reply(200, answer)
    });
    let folder = folder();
    let line =
        |url: &str, text: &str| format!("{{\"title\": \"T\", \"url\": \"{url}\", \"text\": \"{text}\"}}\n");
    let items =
        write(&folder, "items.jsonl", [line("a", "one"), line("b", "three"), line("c", "one")].concat());
    let mut command = exemplar();
    command
        .args([
            "build",
            "--model",
            "m",
            "--query-texts",
            "0",
            "--api",
            &api.url,
            "--batch-size",
            "1",
            "--items",
        ])
        .arg(items);
    let (_, stderr) = succeed(command.arg("-o").arg(folder.path().join("bundle.json")));
    assert!(stderr.contains("embedded 2 of 3 texts in 2 requests, 14 tokens by the API's count"), "{stderr}");
    assert_eq!(api.texts().into_iter().collect::<HashSet<_>>().len(), 2);
    let bundle = read_bundle(&folder.path().join("bundle.json"));
    assert_row(&bundle, 2, &vector_for("T\none"));
}
