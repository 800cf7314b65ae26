//! `exemplar search`: the same ranking as the browser's.

use std::path::{Path, PathBuf};

use exemplar_search::bundle::Layout;
use exemplar_search::rank::svm;
use exemplar_search::{Method, Refine, SearchIndex, SearchOptions};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{TestApi, exemplar, fail, fail_usage, folder, npy, read_bundle, reply, succeed, write};

/// Six articles in three dimensions.
fn bundle(folder: &TempDir) -> PathBuf {
    let vectors = [[3, 0, 0], [2, 1, 0], [1, 2, 0], [0, 3, 1], [0, 1, 3], [-3, 0, 1]];
    let article = |i: usize| json!({"id": format!("a{i}"), "title": format!("Article {i}"), "url": format!("{i}.html")});
    let bundle = json!({
        "format": "exemplar-search",
        "version": 1,
        "space": {
            "model": "m",
            "dimensions": 3,
            "query": {"prefix": "query: ", "input_type": "query", "model": "m-query"},
        },
        "articles": (0..vectors.len()).map(article).collect::<Vec<_>>(),
        "vectors": vectors,
    });
    write(folder, "bundle.json", bundle.to_string())
}

fn json_of(stdout: &str) -> Value {
    serde_json::from_str(stdout).unwrap()
}

#[test]
fn every_method_gives_what_the_index_gives() {
    let folder = folder();
    let path = bundle(&folder);
    let query = [0.9f32, 0.5, 0.1];
    let file = write(&folder, "query.json", serde_json::to_string(&query).unwrap());
    let index = SearchIndex::new(read_bundle(&path)).unwrap();
    for (name, method) in [("knn", Method::Knn), ("svm", Method::Svm), ("hybrid", Method::Hybrid)] {
        let args = ["--method", name, "-k", "4", "--json", "--embedding"];
        let (stdout, _) = succeed(exemplar().arg("search").arg(&path).args(args).arg(&file));
        let options = SearchOptions::default().method(method).k(4);
        let expected = serde_json::to_string(&index.search(&query, &options).unwrap()).unwrap();
        assert_eq!(json_of(&stdout), json_of(&expected));
    }
    let args = ["--similar", "a1", "--method", "knn", "--json"];
    let (stdout, _) = succeed(exemplar().arg("search").arg(&path).args(args));
    let options = SearchOptions::default().method(Method::Knn);
    assert_eq!(
        json_of(&stdout),
        json_of(&serde_json::to_string(&index.similar("a1", &options).unwrap()).unwrap())
    );
    assert_eq!(json_of(&stdout)["hits"].as_array().unwrap().len(), 5);

    // Options reach the core, and examples stand beside a query.
    let args = ["--more", "a4", "--less", "a1", "--less", "a5", "--method", "svm", "-C", "2", "--json"];
    let (stdout, _) = succeed(exemplar().arg("search").arg(&path).args(args).arg("--embedding").arg(&file));
    let refine = Refine { query: (&query).into(), more: &["a4"], less: &["a1", "a5"] };
    let svm = svm::Options::default().c(2.0);
    let options = SearchOptions::default().method(Method::Svm).svm(svm);
    let expected = serde_json::to_string(&index.refine(&refine, &options).unwrap()).unwrap();
    assert_eq!(json_of(&stdout), json_of(&expected));
}

#[test]
fn an_embedding_may_be_an_array_or_npy() {
    let folder = folder();
    let path = bundle(&folder);
    let run = |file: &Path| succeed(exemplar().arg("search").arg(&path).arg("--embedding").arg(file)).0;
    let from_json = run(&write(&folder, "query.json", "[0, 1, 2.5]"));
    assert_eq!(run(&write(&folder, "vector.npy", npy(&[3], &[0.0, 1.0, 2.5]))), from_json);
    assert_eq!(run(&write(&folder, "row.npy", npy(&[1, 3], &[0.0, 1.0, 2.5]))), from_json);
    assert!(from_json.starts_with("6 of 6 articles\n  1"), "{from_json}");
    assert!(from_json.lines().nth(1).unwrap().ends_with("Article 4"), "{from_json}");
}

#[test]
fn an_api_of_another_model_is_told_in_the_same_request() {
    let folder = folder();
    let path = bundle(&folder);
    let mut bundle: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    bundle["space"]["probes"] = json!([{"text": "tides", "vector": [2, 4, 0]}]);
    std::fs::write(&path, bundle.to_string()).unwrap();
    let search = |probe: Value| {
        let api = TestApi::start(move |_, _| {
            let item = |index, embedding: &Value| json!({"index": index, "embedding": embedding});
            reply(200, json!({"data": [item(0, &json!([0, 1, 2.5])), item(1, &probe)]}))
        });
        let mut command = exemplar();
        command.arg("search").arg(&path).args(["--query", "data", "--api", &api.url]);
        (command, api)
    };
    let (mut command, api) = search(json!([1.1, 2, 0]));
    succeed(&mut command);
    assert_eq!(api.texts(), ["query: data", "query: tides"]);
    let (mut command, _api) = search(json!([2, -1, 0]));
    let error = fail(&mut command);
    assert!(error.contains("answers with another model") && error.contains("\"tides\""), "{error}");
}

#[test]
fn a_query_is_embedded_as_the_bundle_says() {
    let folder = folder();
    let path = bundle(&folder);
    let api = TestApi::start(|_, _| reply(200, json!({"data": [{"index": 0, "embedding": [0, 1, 2.5]}]})));
    let args = ["--query", "data between threads", "--api", &api.url, "--method", "knn", "-k", "1", "--json"];
    let (stdout, _) = succeed(exemplar().arg("search").arg(&path).args(args).env("EXEMPLAR_API_KEY", "k"));
    let request = &api.received()[0];
    assert_eq!(
        request.body,
        json!({"model": "m-query", "input": ["query: data between threads"], "input_type": "query"})
    );
    assert_eq!(request.headers["authorization"], "Bearer k");
    let result = json_of(&stdout);
    assert_eq!(result["method"], "knn");
    assert_eq!(result["hits"][0]["article"], json!({"id": "a4", "title": "Article 4", "url": "4.html"}));
    assert_eq!(result["hits"][0]["rank"], 1);
}

#[test]
fn what_is_wrong_is_named() {
    let folder = folder();
    let path = bundle(&folder);
    let search = |args: &[&str]| fail(exemplar().arg("search").arg(&path).args(args));
    let with_file = |contents: &[u8]| {
        let file = write(&folder, "query", contents);
        search(&["--embedding", file.to_str().unwrap()])
    };
    for (contents, expected) in [
        (&b"[1, 2]"[..], "the query has 2 dimensions, the bundle 3 (model \"m\")"),
        (b"[0, 0, 0]", "the query is all zeros"),
        (b"[1, 2, 1e99]", "query[2] is inf"),
        (b"[1, 2, null]", "expected a JSON array of numbers or a .npy file"),
        (b"", "expected a JSON array of numbers or a .npy file"),
        (&npy(&[2, 3], &[1.0; 6]), "has 2 rows, expected one vector"),
    ] {
        let error = with_file(contents);
        assert!(error.contains(expected), "{error}");
    }
    let error = search(&["--similar", "a9"]);
    assert!(error.contains("no article has the id \"a9\""), "{error}");
    let error = search(&["--more", "a1", "--less", "a1"]);
    assert!(error.contains("option --less is \"a1\": it is in more too"), "{error}");
    let error = search(&["--more", "a1", "--method", "svm", "-C", "0"]);
    assert!(error.contains("option -C is 0: expected a number from 1e-6 to 1e6"), "{error}");
    let error = search(&["--similar", "a1", "-k", "0"]);
    assert!(error.contains("option -k is 0"), "{error}");
    let error = search(&["--query", " ", "--api", "http://127.0.0.1:9"]);
    assert!(error.contains("--query is empty"), "{error}");
    let error = search(&["--query", "x"]);
    assert!(error.contains("--method auto needs --api URL"), "{error}");
    let error = search(&["--query", "x", "--method", "lexical"]);
    assert!(error.contains("method lexical needs keywords, which this bundle does not have"), "{error}");
    let error = search(&["--query", "x", "--api", "http://127.0.0.1:9"]);
    assert!(error.contains("nothing listens there"), "{error}");
    let api = TestApi::start(|_, _| reply(200, json!({"data": [{"index": 0, "embedding": [1, 2]}]})));
    let error = search(&["--query", "x", "--api", &api.url]);
    assert!(error.contains("the query has 2 dimensions, the bundle 3"), "{error}");

    let broken = write(&folder, "broken.json", "{\"format\": \"exemplar-search\", \"version\": 9}");
    let error = fail(exemplar().arg("search").arg(&broken).args(["--similar", "a"]));
    assert!(error.contains("broken.json") && error.contains("version 9"), "{error}");
    let error = fail(exemplar().args(["search", "no-such.json", "--similar", "a"]));
    assert!(error.contains("no-such.json") && error.contains("exemplar build"), "{error}");
}

#[test]
fn the_command_line_is_checked() {
    for args in [
        &[][..],
        &["--query", "x", "--embedding", "y", "--api", "http://127.0.0.1:9"],
        &["--similar", "x", "--method", "best"],
        &["--similar", "x", "--method", "knn+best"],
        &["--less", "x"],
        &["--similar", "x", "--stop", "soon"],
        &["--similar", "x", "--fusion", "best"],
        &["--similar", "x", "-k", "-1"],
        &["--similar", "x", "--api", "not an address"],
    ] {
        fail_usage(exemplar().args(["search", "bundle.json"]).args(args));
    }
}

#[test]
fn keywords_are_searched_without_an_api_and_fused_with_one() {
    let folder = folder();
    let items = [
        json!({"title": "Moonlight", "url": "moon.html", "text": "The sea rises and falls with the moon."}),
        json!({"title": "Deploying to GitHub Pages", "url": "deploy.html", "text": "Push a branch."}),
        json!({"title": "所有権", "url": "ja.html", "text": "値には所有者がいる。"}),
    ];
    let lines: Vec<_> = items.iter().map(Value::to_string).collect();
    let items = write(&folder, "items.jsonl", lines.join("\n"));
    let vectors = write(&folder, "vectors.npy", npy(&[3, 3], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]));
    let build = |name: &str, args: &[&str]| {
        let path = folder.path().join(name);
        let mut command = exemplar();
        command.args(["build", "--model", "m", "--items"]).arg(&items).arg("--embeddings").arg(&vectors);
        succeed(command.args(args).arg("-o").arg(&path));
        path
    };
    let path = build("bundle.json", &[]);
    let search =
        |args: &[&str]| json_of(&succeed(exemplar().arg("search").arg(&path).args(args).arg("--json")).0);

    let result = search(&["--query", "deploy github", "--method", "lexical"]);
    assert_eq!(result["method"], "lexical");
    let [hit] = result["hits"].as_array().unwrap().as_slice() else { panic!("{result}") };
    assert_eq!(hit["article"]["url"], "deploy.html");
    assert_eq!(hit["highlights"], json!({"title": [[0, 9], [13, 19]], "excerpt": [], "text": []}));
    let result = search(&["--query", "所有者", "--method", "lexical"]);
    assert_eq!(result["hits"][0]["article"]["url"], "ja.html");
    assert_eq!(search(&["--query", "zygote", "--method", "lexical"])["hits"], json!([]));

    let api = TestApi::start(|_, _| reply(200, json!({"data": [{"index": 0, "embedding": [1, 0.5, 0]}]})));
    for fusion in ["z-score", "rrf"] {
        let args = ["--query", "所有権", "--method", "knn+2*lexical", "--fusion", fusion, "--api", &api.url];
        let result = search(&args);
        assert_eq!(result["method"], "knn+2*lexical");
        assert_eq!(result["hits"][0]["article"]["url"], "ja.html");
        // At a right angle, but for what int8 codes lose.
        assert!(result["hits"][0]["scores"]["knn"].as_f64().unwrap().abs() < 0.01, "{result}");
        assert!(result["hits"][0]["scores"]["lexical"].as_f64().unwrap() > 0.0, "{result}");
        assert_eq!(result["hits"].as_array().unwrap().len(), 3);
    }

    let (weighed, _) = succeed(exemplar().arg("inspect").arg(&path));
    assert!(weighed.lines().any(|line| line.trim_start().starts_with("keywords ")), "{weighed}");
    let without = build("without.json", &["--keywords", "off"]);
    assert!(read_bundle(&without).parts.is_empty());
}

#[test]
fn hits_are_filtered_and_tell_of_further_passages() {
    let folder = folder();
    let mut six = read_bundle(&bundle(&folder));
    six.layout = Layout::V2Inline;
    six.articles.truncate(3);
    six.articles[1].tags = vec!["sea".into()];
    six.articles[2].tags = vec!["sky".into(), "land".into()];
    six.articles[2].lang = Some("ja".into());
    six.articles[1].date = Some("2025-12-31".into());
    six.articles[2].date = Some("2026-03-02T09:00:00Z".into());
    for (i, passage) in six.passages.iter_mut().enumerate() {
        passage.article = i / 2;
        passage.heading = vec![format!("Part {i}")];
        passage.anchor = Some(format!("part-{i}"));
    }
    let path = write(&folder, "six.json", six.write().unwrap().json);
    let query = write(&folder, "query.json", "[1, 0.2, 0]");
    let search = |args: &[&str]| {
        let command = &mut exemplar();
        succeed(
            command
                .arg("search")
                .arg(&path)
                .arg("--embedding")
                .arg(&query)
                .args(["--method", "knn"])
                .args(args),
        )
        .0
    };
    let ids = |args: &[&str]| {
        let result = json_of(&search(&[args, &["--json"]].concat()));
        let hits = result["hits"].as_array().unwrap().iter();
        hits.map(|hit| hit["article"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), ["a0", "a1", "a2"]);
    assert_eq!(ids(&["--filter", "tags=sky", "-k", "1"]), ["a2"]);
    assert_eq!(ids(&["--filter", "tags=sky", "--filter", "tags=sea"]), ["a1", "a2"]);
    assert_eq!(ids(&["--filter", "tags=sky", "--filter", "tags=sea", "--filter", "lang=ja"]), ["a2"]);
    assert_eq!(ids(&["--filter", "date=2026-01..2026-03"]), ["a2"]);
    assert_eq!(ids(&["--filter", "date=..2025"]), ["a1"]);
    assert_eq!(ids(&["--filter", "date=2026-01..", "--filter", "tags=sea"]), Vec::<String>::new());

    let listing = search(&["--passages", "2", "-k", "2"]);
    assert!(listing.contains("0.html#part-0  (knn 0.981)"), "{listing}");
    assert!(listing.contains("  0.965  0.html#part-1  Part 1\n"), "{listing}");

    let refused = |filter: &str| {
        let args = ["--similar", "a1", "--filter", filter];
        exemplar().arg("search").arg(&path).args(args).output().unwrap()
    };
    let of = |filter: &str| String::from_utf8(refused(filter).stderr).unwrap();
    assert!(
        of("tag=sea").contains("option --filter is \"tag\": expected lang, tags, date, or another field"),
        "{}",
        of("tag=sea")
    );
    assert!(of("sea").contains("expected FIELD=VALUE or FIELD=FROM..TO, such as"), "{}", of("sea"));
}

#[test]
fn a_hit_in_a_short_page_leads_to_its_section() {
    let folder = folder();
    let site = folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    let page = "<html lang=en><title>Tides</title><main><h1>Tides</h1><p>The sea moves.</p>\
        <h2 id=ebb>Ebb</h2><p>Low water.</p><h2 id=flood>Flood</h2><p>High water.</p></main>";
    std::fs::write(site.join("tides.html"), page).unwrap();
    let bundle = folder.path().join("bundle.json");
    succeed(exemplar().args(["build", "--no-vectors", "--site"]).arg(&site).arg("-o").arg(&bundle));
    let found = |query: &str| {
        succeed(exemplar().arg("search").arg(&bundle).args(["--method", "lexical", "--query", query])).0
    };
    assert!(found("low").contains("  tides.html#ebb  "), "{}", found("low"));
    assert!(found("high").contains("  tides.html#flood  "), "{}", found("high"));
    assert!(found("moves").contains("  tides.html  "), "{}", found("moves"));
}
