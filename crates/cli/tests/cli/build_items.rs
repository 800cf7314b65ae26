//! `exemplar build --items` and `--embeddings`.

use std::path::Path;
use std::process::Command;

use exemplar_search::bundle::Recipe;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    TestApi, assert_row, exemplar, fail, fail_usage, folder, npy, read_bundle, succeed, vector_for, write,
};

const ITEMS: &str = r#"{"id": "tides", "title": "Tides", "url": "tides.html", "text": "The sea rises.", "date": "2024-05-01", "tags": ["sea"], "author": {"name": "Ana"}}

{"title": "Wind", "url": "https://example.org/wind", "text": "Wind drives waves.", "excerpt": "On wind.", "lang": "en"}
"#;

fn build(folder: &TempDir, items: &str) -> Command {
    let items = write(folder, "items.jsonl", items);
    let mut command = exemplar();
    command
        .args(["build", "--model", "m", "--query-texts", "0", "-o"])
        .arg(folder.path().join("bundle.json"))
        .arg("--items")
        .arg(items);
    command
}

fn with_npy(folder: &TempDir, items: &str, bytes: &[u8]) -> Command {
    let file = write(folder, "vectors.npy", bytes);
    let mut command = build(folder, items);
    command.arg("--embeddings").arg(file);
    command
}

#[test]
fn items_keep_their_fields_and_get_vectors_in_order() {
    let (api, folder) = (TestApi::start_answering(), folder());
    succeed(build(&folder, ITEMS).args(["--api", &api.url, "--base-url", "/notes/", "--batch-size", "1"]));
    let bundle = read_bundle(&folder.path().join("bundle.json"));
    let [tides, wind] = bundle.articles.as_slice() else { panic!("{bundle:?}") };
    assert_eq!((tides.id.as_str(), tides.url.as_str()), ("tides", "/notes/tides.html"));
    assert_eq!(
        (tides.date.as_deref(), tides.tags.as_slice()),
        (Some("2024-05-01"), &["sea".to_string()][..])
    );
    assert_eq!(tides.excerpt.as_deref(), Some("The sea rises."));
    assert_eq!(serde_json::to_value(&tides.extra).unwrap(), json!({"author": {"name": "Ana"}}));
    assert_eq!(
        (wind.id.as_str(), wind.url.as_str()),
        ("https://example.org/wind", "https://example.org/wind")
    );
    assert_eq!((wind.excerpt.as_deref(), wind.lang.as_deref()), (Some("On wind."), Some("en")));
    assert_eq!(api.texts(), ["Tides\nThe sea rises.", "Wind\nWind drives waves."]);
    assert_eq!(api.received().len(), 2);
    for (row, text) in api.texts().iter().enumerate() {
        assert_row(&bundle, row, &vector_for(text));
    }
    assert!(!bundle.space.normalized);
}

#[test]
fn recipes_are_sent_and_written() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let recipes = [
        ["--query-prefix", "query: "],
        ["--passage-prefix", "passage: "],
        ["--query-input-type", "search_query"],
        ["--passage-input-type", "search_document"],
        ["--query-model", "m-query"],
        ["--passage-model", "m"],
    ];
    succeed(
        build(&folder, ITEMS).args(["--api", &format!("{}/api/v2/", api.url)]).args(recipes.as_flattened()),
    );
    let request = &api.received()[0];
    assert_eq!(request.path, "/api/v2/embeddings");
    assert_eq!(request.texts()[0], "passage: Tides\nThe sea rises.");
    assert_eq!(
        (&request.body["model"], &request.body["input_type"]),
        (&json!("m"), &json!("search_document"))
    );
    let space = read_bundle(&folder.path().join("bundle.json")).space;
    let query = Recipe {
        prefix: "query: ".into(),
        input_type: Some("search_query".into()),
        model: Some("m-query".into()),
        ..Recipe::default()
    };
    assert_eq!((space.model.as_str(), &space.query, &space.passage.model), ("m", &query, &None));
}

#[test]
fn a_line_that_is_wrong_is_named() {
    let folder = folder();
    let good = r#"{"title": "A", "url": "a.html", "text": "a"}"#;
    for (line, expected) in [
        ("{", "line 3: expected a JSON object"),
        ("[1]", "line 3: expected a JSON object"),
        (r#"{"title": "B", "url": "b.html", "body": "b"}"#, "line 3: field text is missing"),
        (r#"{"title": "B", "url": "b.html", "text": 5}"#, "line 3: field text: is 5, expected a text"),
        (r#"{"title": 7, "url": "b.html", "text": "b"}"#, "line 3: field title: is 7, expected a text"),
        (r#"{"url": "b.html", "text": "b"}"#, "line 3: field title: is missing"),
        (r#"{"title": "B", "text": "b"}"#, "line 3: field id: is missing"),
        (r#"{"title": "B", "url": "b.html", "text": "b", "tags": "sea"}"#, "line 3: field tags"),
        (r#"{"title": "", "url": "b.html", "text": " "}"#, "line 3: fields title and text are both empty"),
        (r#"{"title": "B", "url": "a.html", "text": "b"}"#, "\"a.html\" is already the id of line 1"),
        (r#"{"id": "", "title": "B", "url": "b.html", "text": "b"}"#, "line 3: field id is empty"),
    ] {
        let error =
            fail(build(&folder, &format!("{good}\n\n{line}\n")).args(["--api", "http://127.0.0.1:9"]));
        assert!(error.contains(expected), "{line}: {error}");
    }
    let error = fail(build(&folder, "\n").args(["--api", "http://127.0.0.1:9"]));
    assert!(error.contains("has no items"), "{error}");
}

#[test]
fn vectors_from_a_file_take_the_place_of_an_api() {
    let folder = folder();
    let values = [0.6, 0.8, 0.0, 0.0, 0.6, 0.8];
    succeed(&mut with_npy(&folder, ITEMS, &npy(&[2, 3], &values)));
    let bundle = read_bundle(&folder.path().join("bundle.json"));
    assert_row(&bundle, 0, &values[..3]);
    assert_row(&bundle, 1, &values[3..]);
    assert!(bundle.space.normalized);
    // Items without text, as nothing is left to embed.
    succeed(&mut with_npy(&folder, r#"{"title": "A", "url": "a.html"}"#, &npy(&[1, 2], &[1.0, 2.0])));
    assert_row(&read_bundle(&folder.path().join("bundle.json")), 0, &[1.0, 2.0]);
}

/// NumPy itself writes every kind that is taken, and some that are not.
#[test]
fn every_kind_of_npy_that_numpy_writes() {
    let folder = folder();
    let python = if Path::new("../../.tools/venv/bin/python").exists() {
        "../../.tools/venv/bin/python"
    } else {
        "python3"
    };
    let write_npy = |array: &str| {
        let file = folder.path().join("vectors.npy");
        let code = format!("import sys, numpy as n; n.save(sys.argv[1], {array})");
        Command::new(python).args(["-c", &code]).arg(&file).output().is_ok_and(|out| out.status.success())
    };
    if !write_npy("n.zeros(1)") {
        println!("SKIPPED: python3 has no numpy");
        return;
    }
    for kind in ["'<f4'", "'>f4'", "'<f8'", "'>f8'"] {
        for order in ["C", "F"] {
            assert!(write_npy(&format!("n.array([[1, 2, 3], [4, 5, 6.5]], dtype={kind}, order='{order}')")));
            let mut command = build(&folder, ITEMS);
            succeed(command.arg("--embeddings").arg(folder.path().join("vectors.npy")));
            let bundle = read_bundle(&folder.path().join("bundle.json"));
            assert_row(&bundle, 0, &[1.0, 2.0, 3.0]);
            assert_row(&bundle, 1, &[4.0, 5.0, 6.5]);
        }
    }
    for (array, expected) in [
        ("n.array([[1, 2], [3, 4]])", "expected float32 or float64"),
        ("n.ones((2, 2), dtype='f2')", "expected float32 or float64"),
        ("n.ones((2, 2, 2))", "has 3 dimensions"),
        ("n.array(1.0)", "has 0 dimensions"),
        ("n.ones((3, 2))", "has 3 rows, but there are 2 articles"),
        ("n.ones((2, 0))", "space.dimensions"),
        ("n.array([[1, 2], [0, 0.]])", "vectors[1] (article \"https://example.org/wind\") is all zeros"),
        ("n.array([[1, n.nan], [1, 2]])", "vectors[0][1] is NaN"),
        ("n.array([[1, 1e300], [1, 2]])", "vectors[0][1] is inf"),
        ("n.array(['a', 'b'])", "expected float32 or float64"),
    ] {
        assert!(write_npy(array), "{array}");
        let error = fail(build(&folder, ITEMS).arg("--embeddings").arg(folder.path().join("vectors.npy")));
        assert!(error.contains(expected), "{array}: {error}");
    }
}

#[test]
fn a_broken_npy_is_an_error() {
    let folder = folder();
    let whole = npy(&[2, 3], &[1.0; 6]);
    let mut boastful = whole.clone();
    let shape = boastful.windows(5).position(|part| part == b"(2, 3").unwrap();
    boastful[shape..shape + 5].copy_from_slice(b"(9, 9");
    for (bytes, expected) in [
        (&b"hello"[..], "is not a .npy file"),
        (&b""[..], "is not a .npy file"),
        (&whole[..whole.len() - 1], "is cut short"),
        (&boastful[..], "is cut short"),
    ] {
        let error = fail(&mut with_npy(&folder, ITEMS, bytes));
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_build_that_fails_leaves_the_old_bundle() {
    let folder = folder();
    let bundle = write(&folder, "bundle.json", "old");
    fail(&mut with_npy(&folder, ITEMS, &npy(&[1, 3], &[1.0; 3])));
    assert_eq!(std::fs::read_to_string(&bundle).unwrap(), "old");
    succeed(&mut with_npy(&folder, ITEMS, &npy(&[2, 3], &[1.0; 6])));
    assert_eq!(read_bundle(&bundle).articles.len(), 2);
    // Nothing else is left in the folder, and a web server may read what is.
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["bundle.json", "items.jsonl", "vectors.npy"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("bundle.json"), mode("items.jsonl"));
    }
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_anything_is_embedded() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let items = write(&folder, "items.jsonl", ITEMS);
    for (output, expected) in [
        (folder.path().join("no/bundle.json"), "its folder must exist"),
        (folder.path().into(), "is a folder"),
    ] {
        let args = ["build", "--model", "m", "--query-texts", "0", "--api", &api.url];
        let error = fail(exemplar().args(args).arg("--items").arg(&items).arg("-o").arg(output));
        assert!(error.contains(expected), "{error}");
    }
    assert!(api.received().is_empty());
}

#[test]
fn the_command_line_is_checked() {
    let build = ["build", "-o", "bundle.json"];
    for args in [
        &["--items", "a", "--api", "http://127.0.0.1:9"][..],
        &["--items", "a", "--embeddings", "b"],
        &["--items", "a", "--model-dir", "b", "--api", "http://127.0.0.1:9", "--model", "m"],
        &["--api", "http://127.0.0.1:9", "--model", "m"],
        &["--items", "a", "--site", "b", "--api", "http://127.0.0.1:9", "--model", "m"],
        &["--items", "a", "--embeddings", "b", "--api", "http://127.0.0.1:9", "--model", "m"],
        &["--items", "a", "--api", "127.0.0.1:9", "--model", "m"],
        &["--items", "a", "--api", "http://127.0.0.1:9", "--model", ""],
        &["--items", "a", "--api", "http://127.0.0.1:9", "--model", "m", "--batch-size", "0"],
        &["--site", "a", "--api", "http://127.0.0.1:9", "--model", "m", "--exclude", "a[b"],
    ] {
        fail_usage(exemplar().args(build).args(args));
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_never_ends_is_given_up() {
    let folder = folder();
    let output = folder.path().join("bundle.json");
    for option in ["--items", "--feed", "--csv"] {
        let mut command = exemplar();
        command.args(["build", "--model", "m", "--api", "http://127.0.0.1:9", option, "/dev/zero", "-o"]);
        let error = fail(command.arg(&output));
        assert!(error.contains("it is a device, which may never end"), "{option}: {error}");
    }
    let error = fail(exemplar().args(["search", "/dev/zero", "--query", "a", "--method", "lexical"]));
    assert!(error.contains("it is a device"), "{error}");
    // A pipe may have no end either: of an item, that is.
    let endless = "yes '{\"title\":' | tr -d '\\n' | \"$0\" build --model m --api http://127.0.0.1:9 --items /dev/stdin -o \"$1\"";
    let program = exemplar();
    let mut shell = Command::new("sh");
    let error = fail(shell.args(["-c", endless]).arg(program.get_program()).arg(&output));
    assert!(error.contains("/dev/stdin line 1: the line has more than the 16 MB that are read"), "{error}");
}

#[test]
fn a_npy_file_with_more_than_its_array_is_refused() {
    let folder = folder();
    let items = write(&folder, "items.jsonl", "{\"title\": \"A\", \"url\": \"a\"}");
    let bytes = [npy(&[1, 2], &[1.0, 2.0]), vec![0]].concat();
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--items"]).arg(items).arg("--embeddings");
    command.arg(write(&folder, "vectors.npy", bytes)).arg("-o").arg(folder.path().join("bundle.json"));
    let error = fail(&mut command);
    assert!(error.contains("has more bytes than its 1 x 2 values of 4 bytes"), "{error}");
}
