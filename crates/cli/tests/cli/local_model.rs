//! Embedding with a model on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::serve::Server;
use crate::support::{exemplar, fail, fail_usage, folder, model, read_bundle, succeed, write};

fn site() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/sea-notes")
}

fn build(out: &Path) -> Command {
    let mut command = exemplar();
    command.args(["build", "--query-texts", "0", "--site"]).arg(site()).arg("-o").arg(out);
    command
}

#[test]
fn a_site_is_embedded_and_searched_without_an_api() {
    let Some(model) = model() else { return };
    let out = folder();
    let path = out.path().join("bundle.json");
    let (stdout, stderr) = succeed(build(&path).arg("--model-dir").arg(&model));
    assert!(stdout.contains("passages x 384 dimensions"), "{stdout}");
    assert!(stderr.contains("on this machine"), "{stderr}");
    let space = read_bundle(&path).space;
    assert_eq!(
        (space.model.as_str(), space.query.prefix.as_str(), space.passage.prefix.as_str()),
        ("multilingual-e5-small", "query: ", "passage: ")
    );
    let search = |command: &mut Command| {
        let args = ["--query", "what pulls the water of the sea", "--method", "knn", "-k", "1", "--json"];
        let (stdout, _) = succeed(command.arg(&path).args(args));
        let result: Value = serde_json::from_str(&stdout).unwrap();
        result["hits"][0].clone()
    };
    let by_option = search(exemplar().arg("search").arg("--model-dir").arg(&model));
    assert!(by_option["article"]["url"].as_str().unwrap().contains("moon"), "{by_option}");
    let by_environment =
        search(exemplar().env("EXEMPLAR_MODEL_DIR", &model).arg("search").arg("--local-model"));
    assert_eq!(by_option, by_environment);
}

#[test]
fn the_bundle_is_the_same_on_any_number_of_threads_and_from_the_cache() {
    let Some(model) = model() else { return };
    let out = folder();
    let (cache, one) = (out.path().join("cache"), out.path().join("one.json"));
    succeed(build(&one).arg("--model-dir").arg(&model).args(["--concurrency", "1"]));
    let first = std::fs::read(&one).unwrap();
    for (name, threads) in [("five.json", "5"), ("cached.json", "2")] {
        let path = out.path().join(name);
        let mut command = build(&path);
        command.arg("--model-dir").arg(&model).args(["--concurrency", threads]).arg("--cache").arg(&cache);
        let (_, stderr) = succeed(&mut command);
        assert_eq!(stderr.contains(" 0 of them to embed"), name == "cached.json", "{stderr}");
        assert_eq!(std::fs::read(&path).unwrap(), first, "{name}");
    }
}

#[test]
fn the_server_answers_as_an_api_does() {
    let Some(model) = model() else { return };
    let served = folder();
    let server = Server::start(&served, |serve| serve.arg("--model-dir").arg(&model));
    let ask = |body: Value| server.post("application/json", &body.to_string());
    let name = "multilingual-e5-small";
    let (status, _, plain) = ask(json!({ "model": name, "input": ["query: tide", "passage: tide"] }));
    assert_eq!(status, 200, "{plain}");
    assert_eq!(plain["data"].as_array().unwrap().len(), 2);
    assert_eq!(plain["data"][0]["embedding"].as_array().unwrap().len(), 384);
    assert!(plain["usage"]["total_tokens"].as_u64().unwrap() > 6);
    let (_, _, typed) = ask(json!({ "model": name, "input": "tide", "input_type": "query" }));
    assert_eq!(typed["data"][0]["embedding"], plain["data"][0]["embedding"]);
    let (_, _, coded) = ask(json!({ "model": name, "input": "query: tide", "encoding_format": "base64" }));
    assert_eq!(coded["data"][0]["embedding"].as_str().unwrap().len(), 384 * 4 / 3 * 4);
    for (body, expected, code) in [
        (json!({ "model": "other", "input": "tide" }), 404, "model"),
        (json!({ "model": name, "input": [] }), 400, "input"),
        (json!({ "model": name, "input": "" }), 400, "input"),
        (json!({ "model": name, "input": vec!["a"; 257] }), 400, "input"),
        (json!({ "model": name, "input": 3 }), 400, "request"),
        (json!({ "model": name, "input": "tide", "input_type": "song" }), 400, "input-type"),
    ] {
        let (status, _, answer) = ask(body.clone());
        assert_eq!((status, &answer["error"]["code"]), (expected, &json!(code)), "{body}: {answer}");
    }
}

#[test]
fn the_ways_out_are_told_where_there_is_no_model() {
    let out = folder();
    let path = out.path().join("bundle.json");
    let error = fail(&mut build(&path));
    for told in ["multilingual-e5-small", "EXEMPLAR_MODEL_DIR", "--model-dir", "--api", "http://127.0.0.1:9"]
    {
        assert!(error.contains(told), "{told}: {error}");
    }
    let error = fail(build(&path).args(["--model", "bert-of-mine"]));
    assert!(error.contains("bert-of-mine") && error.contains("all-MiniLM-L6-v2"), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_folder_that_is_no_model_is_told_by_what_is_missing() {
    let out = folder();
    let path = out.path().join("bundle.json");
    write(&out, "model/readme.txt", "");
    let model = out.path().join("model");
    let error = fail(build(&path).arg("--model-dir").arg(&model));
    assert!(error.contains("tokenizer.json is missing"), "{error}");
    let error = fail(build(&path).arg("--model-dir").arg(out.path().join("nowhere")));
    assert!(error.contains("no such model folder"), "{error}");
    let error = fail(build(&path).env("EXEMPLAR_MODEL_DIR", &model));
    assert!(error.contains("tokenizer.json is missing"), "{error}");
}

#[test]
fn what_is_for_apis_is_refused() {
    let Some(model) = model() else { return };
    let out = folder();
    let path = out.path().join("bundle.json");
    let error = fail(build(&path).arg("--model-dir").arg(&model).args(["--query-input-type", "query"]));
    assert!(error.contains("--query-input-type is for an API"), "{error}");
    let api = ["--api", "http://127.0.0.1:9", "--model", "m"];
    fail_usage(build(&path).arg("--model-dir").arg(&model).args(api));
    let error = fail_usage(build(&path).args(&api[..2]));
    assert!(error.contains("--model"), "{error}");
}
