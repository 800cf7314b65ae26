//! `exemplar eval --foreign`: what hits are called, of queries that the documents answer and of others; and `auto` without a text.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{TestApi, exemplar, fail, folder, succeed, write};

/// A collection of so many documents, with a query and its document.
fn collection(documents: usize) -> TempDir {
    let folder = folder();
    let line = |i: usize| {
        format!(
            "{{\"id\":\"{i}\",\"title\":\"Tide number{i}\",\"text\":\"The sea rises and falls, {i} times.\"}}\n"
        )
    };
    write(&folder, "corpus.jsonl", (0..documents).map(line).collect::<String>());
    write(&folder, "queries.jsonl", "{\"id\":\"1\",\"text\":\"tide number1\"}\n");
    write(&folder, "qrels.tsv", "1\t1\t1\n1\t2\t1\n");
    folder
}

fn eval(folder: &TempDir, api: &TestApi, more: &[&str]) -> std::process::Command {
    let mut command = exemplar();
    command.arg("eval").arg("--collection").arg(folder.path());
    command.args(["--api", &api.url, "--model", "m", "--json"]).args(more);
    command
}

#[test]
fn shares_of_own_and_foreign_queries_are_told() {
    let (folder, api) = (collection(30), TestApi::start_answering());
    let foreign = write(&folder, "nonsense.txt", "xqzvwk\n\nzzkrp vvq\n");
    let file = foreign.to_str().unwrap();
    let (stdout, _) = succeed(&mut eval(&folder, &api, &["--method", "lexical", "--foreign", file]));
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let rows = report["closeness"].as_array().unwrap();
    let row = |embedder: &str, of: &str| {
        rows.iter().find(|row| row["embedder"] == embedder && row["of"] == of).unwrap()
    };
    assert_eq!((&row("encoder", "own")["good"], &row("encoder", "own")["queries"]), (&1.0.into(), &1.into()));
    let nonsense = row("encoder", "nonsense");
    assert_eq!((&nonsense["nothing"], &nonsense["queries"]), (&1.0.into(), &2.into()), "{stdout}");
    assert_eq!(row("api", "own")["good"], 1.0, "all of its words stand together");

    write(&folder, "empty.txt", "\n");
    let empty = folder.path().join("empty.txt");
    let stderr = fail(&mut eval(&folder, &api, &["--foreign", empty.to_str().unwrap()]));
    assert!(stderr.contains("empty.txt has no line"), "{stderr}");
    let stderr = fail(&mut eval(&collection(3), &api, &["--method", "lexical", "--foreign", file]));
    assert!(stderr.contains("too few documents"), "{stderr}");
}

#[test]
fn articles_like_one_are_measured_by_its_words_too() {
    let (folder, api) = (collection(5), TestApi::start_answering());
    let args = ["--query-texts", "0", "--task", "similar", "--method", "auto", "--method", "lexical"];
    let (stdout, _) = succeed(&mut eval(&folder, &api, &args));
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let methods: Vec<&Value> = report["rows"].as_array().unwrap().iter().map(|row| &row["method"]).collect();
    assert_eq!(methods, ["knn", "auto", "lexical"]);
}
