//! `exemplar eval --rankings`: what another engine found, measured beside the methods.

use serde_json::Value;

use crate::support::{TestApi, exemplar, fail, folder, succeed, write};

#[test]
fn another_engine_s_hits_are_measured_like_our_own() {
    let folder = folder();
    let corpus = "{\"id\":\"a\",\"title\":\"Tides\",\"text\":\"The sea rises and falls.\"}\n{\"id\":\"b\",\"title\":\"Bread\",\"text\":\"Flour and yeast.\"}\n";
    write(&folder, "corpus.jsonl", corpus);
    write(&folder, "queries.jsonl", "{\"id\":\"1\",\"text\":\"sea\"}\n{\"id\":\"2\",\"text\":\"yeast\"}\n");
    write(&folder, "qrels.tsv", "1\ta\t1\n2\tb\t1\n");
    // The score decides, not the rank; nothing was found for the second query.
    let run = write(&folder, "other.run", "1 Q0 b 1 0.5 other\n\n1 Q0 a 2 0.75 other\n");
    let api = TestApi::start_answering();
    let eval = |run: &std::path::Path| {
        let mut command = exemplar();
        command.arg("eval").arg("--collection").arg(folder.path()).args([
            "--api",
            &api.url,
            "--model",
            "m",
            "--query-texts",
            "0",
        ]);
        command.args(["--method", "lexical", "--json", "--rankings"]).arg(format!("other={}", run.display()));
        command
    };
    let (stdout, _) = succeed(&mut eval(&run));
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let row = report["rows"].as_array().unwrap().iter().find(|row| row["method"] == "other").unwrap();
    for (metric, mean) in [("ndcg@10", 0.5), ("mrr@10", 0.5), ("recall@10", 0.5), ("found", 0.5)] {
        assert_eq!(row["mean"][metric]["mean"], mean, "{metric}");
    }
    let wrong = write(&folder, "wrong.run", "1 Q0 a 1 high other\n");
    let stderr = fail(&mut eval(&wrong));
    assert!(
        stderr.contains("wrong.run, line 1: \"1 Q0 a 1 high other\" is not a query, Q0, a document"),
        "{stderr}"
    );
}
