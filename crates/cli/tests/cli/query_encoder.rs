//! The query encoder: `exemplar build` fits it, `search` and `inspect` use and show it.

use std::path::{Path, PathBuf};
use std::process::Command;

use exemplar_search::bundle::Bundle;
use exemplar_search::encoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{TestApi, exemplar, fail, folder, npy, read_bundle, reply, succeed, vectors_for, write};

/// Items of these titles and texts, as `--items` reads them.
fn items(folder: &TempDir, items: &[(&str, &str)]) -> PathBuf {
    let line = |(i, (title, text)): (usize, &(&str, &str))| {
        json!({"url": format!("{i}.html"), "title": title, "text": text}).to_string()
    };
    let lines: Vec<_> = items.iter().enumerate().map(line).collect();
    write(folder, "items.jsonl", lines.join("\n"))
}

fn build(items: &Path, api: &TestApi, bundle: &Path) -> Command {
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--query-prefix", "query: ", "--api", &api.url]);
    command.arg("--items").arg(items).arg("-o").arg(bundle);
    command
}

const THREE: [(&str, &str); 3] = [
    ("Tides", "The sea rises and falls. The moon pulls at it."),
    ("Wind", "Wind drives waves over the open sea."),
    ("Salt", "Salt stays when water dries."),
];

const LANGUAGES: [(&str, &str); 5] = [
    ("Tides", "The sea rises and falls."),
    ("潮汐", "海は満ちては引く。月がそれを引く。"),
    ("Gezeiten", "Das Meer steigt und fällt wieder."),
    ("المد والجزر", "يرتفع البحر وينخفض كل يوم."),
    ("Приливы", "Море поднимается и опускается."),
];

/// The hits' titles, and the share of the query that was known.
fn search(bundle: &Path, query: &str, method: &str) -> (Vec<String>, Option<f64>) {
    let args = ["--query", query, "--method", method, "--json"];
    let (stdout, _) = succeed(exemplar().arg("search").arg(bundle).args(args));
    let result: Value = serde_json::from_str(&stdout).unwrap();
    let title = |hit: &Value| hit["article"]["title"].as_str().unwrap().to_owned();
    (result["hits"].as_array().unwrap().iter().map(title).collect(), result["known"].as_f64())
}

#[test]
fn a_small_site_gets_an_encoder_and_is_searched_without_an_api() {
    let (folder, api) = (folder(), TestApi::start_answering());
    let bundle = folder.path().join("bundle.json");
    let (stdout, stderr) = succeed(&mut build(&items(&folder, &THREE), &api, &bundle));
    assert!(stderr.contains("queries: 28 texts, 27 of them to embed"), "{stderr}");
    assert!(stderr.contains("query encoder: "), "{stderr}");
    assert!(stdout.contains("3 articles"), "{stdout}");
    let texts = api.texts();
    // Three passages, the texts, the words, the probes, one of which is a word.
    assert_eq!(texts.len(), 3 + 7 + 18 + 3 - 1, "{texts:?}");
    assert!(texts.contains(&"query: rises".into()) && !texts.contains(&"query: at".into()), "{texts:?}");
    assert!(texts.contains(&"query: Salt".into()) && texts.contains(&"query: The moon pulls at it.".into()));

    let read = read_bundle(&bundle);
    assert!(read.part(encoder::PART).is_some());
    let length = |vector: &[f32]| vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let mean = read.statistics.mean_query.unwrap();
    assert!(mean.len() == 3 && (0.5..=1.001).contains(&length(&mean)), "{mean:?}");
    assert_eq!(read.space.probes.len(), 3);
    for probe in &read.space.probes {
        assert!((length(&probe.vector) - 1.0).abs() < 1e-3 && !probe.text.is_empty(), "{probe:?}");
    }

    let (hits, known) = search(&bundle, "the sea and the moon", "knn");
    assert_eq!(hits.len(), 3);
    assert!(known.unwrap() > 0.5);
    let (stdout, _) =
        succeed(exemplar().arg("search").arg(&bundle).args(["--query", "salt", "--method", "knn"]));
    assert!(stdout.contains("query encoder, which knows 100% of it"), "{stdout}");
    let (stdout, _) = succeed(exemplar().arg("inspect").arg(&bundle));
    assert!(stdout.contains("  encoder ") && stdout.contains("query encoder"), "{stdout}");
}

#[test]
fn what_the_encoder_knows_nothing_of_is_found_by_keywords_alone_or_not_at_all() {
    let (folder, api) = (folder(), TestApi::start_answering());
    let bundle = folder.path().join("bundle.json");
    succeed(&mut build(&items(&folder, &THREE), &api, &bundle));
    for query in ["xyzzyq", "🦀", "!?", "\u{202e}\u{7}"] {
        assert_eq!(search(&bundle, query, "knn"), (vec![], Some(0.0)), "{query:?}");
        assert_eq!(search(&bundle, query, "knn+lexical"), (vec![], Some(0.0)), "{query:?}");
    }
    let long = "tides and wind 潮汐 المد ".repeat(300);
    assert_eq!(search(&bundle, &long, "hybrid").0.len(), 3);
}

#[test]
fn five_languages_get_one_encoder() {
    let (folder, api) = (folder(), TestApi::start_answering());
    let bundle = folder.path().join("bundle.json");
    succeed(&mut build(&items(&folder, &LANGUAGES), &api, &bundle));
    for (title, _) in LANGUAGES {
        assert_eq!(search(&bundle, title, "knn").1, Some(1.0), "{title}");
    }
    assert_eq!(search(&bundle, "潮汐 tides", "knn+lexical").0.len(), 5);
}

#[test]
fn a_site_of_one_vector_is_built_without_an_encoder() {
    let folder = folder();
    let api = TestApi::start(|_, request| {
        let item = |index| json!({"index": index, "embedding": [1.0, 2.0]});
        reply(200, json!({"data": (0..request.texts().len()).map(item).collect::<Vec<_>>()}))
    });
    let bundle = folder.path().join("bundle.json");
    let (_, stderr) = succeed(&mut build(&items(&folder, &THREE[..1]), &api, &bundle));
    assert!(stderr.contains("no query encoder: ") && stderr.contains("one and the same vector"), "{stderr}");
    assert!(read_bundle(&bundle).statistics.mean_query.is_some());
    let error = fail(exemplar().arg("search").arg(&bundle).args(["--query", "tides", "--method", "knn"]));
    assert!(error.contains("no query encoder") && error.contains("--api"), "{error}");
}

#[test]
fn a_budget_bounds_what_is_asked_of_the_api() {
    let (folder, api) = (folder(), TestApi::start_answering());
    let (bundle, items) = (folder.path().join("bundle.json"), items(&folder, &THREE));
    succeed(build(&items, &api, &bundle).args(["--query-texts", "2"]));
    // Two texts, and two words, of which one is a probe.
    assert_eq!(api.texts().len(), 3 + 2 + 2 + 3 - 1);
    assert!(read_bundle(&bundle).part(encoder::PART).is_some());

    let api = TestApi::start_answering();
    succeed(build(&items, &api, &bundle).args(["--query-texts", "0"]));
    assert_eq!(api.texts().len(), 3);
    let read = read_bundle(&bundle);
    assert!(read.part(encoder::PART).is_none());
    assert_eq!((read.statistics.mean_query, read.space.probes), (None, vec![]));

    let api = TestApi::start_answering();
    succeed(build(&items, &api, &bundle).args(["--query-encoder", "off"]));
    assert_eq!(api.texts().len(), 3 + 3 + 3, "only titles and probes: {:?}", api.texts());
    let read = read_bundle(&bundle);
    assert!(read.part(encoder::PART).is_none() && read.statistics.mean_query.is_some());
}

#[test]
fn queries_are_embedded_once() {
    let (folder, api) = (folder(), TestApi::start_answering());
    let (bundle, items) = (folder.path().join("bundle.json"), items(&folder, &THREE));
    let cached = |api| {
        let mut command = build(&items, api, &bundle);
        command.arg("--cache").arg(folder.path().join("cache"));
        command
    };
    succeed(&mut cached(&api));
    let first = std::fs::read(&bundle).unwrap();
    let again = TestApi::start_answering();
    succeed(&mut cached(&again));
    assert_eq!(again.texts(), Vec::<String>::new());
    assert_eq!(std::fs::read(&bundle).unwrap(), first);
}

#[test]
fn queries_of_another_space_are_refused() {
    let folder = folder();
    let api = TestApi::start(|_, request| match request.texts()[0].starts_with("query: ") {
        true => {
            let item = |index| json!({"index": index, "embedding": [1.0, 2.0]});
            reply(200, json!({"data": (0..request.texts().len()).map(item).collect::<Vec<_>>()}))
        }
        false => reply(200, vectors_for(request)),
    });
    let error = fail(&mut build(&items(&folder, &THREE), &api, &folder.path().join("bundle.json")));
    assert!(error.contains("2 dimensions for queries, but 3 for passages"), "{error}");
}

#[test]
fn vectors_from_elsewhere_give_no_encoder_and_it_is_said() {
    let folder = folder();
    let vectors = write(&folder, "vectors.npy", npy(&[3, 2], &[1.0, 0.0, 0.6, 0.8, 0.0, 1.0]));
    let bundle = folder.path().join("bundle.json");
    let mut command = exemplar();
    command.args(["build", "--model", "m"]).arg("--items").arg(items(&folder, &THREE));
    let (_, stderr) = succeed(command.arg("--embeddings").arg(&vectors).arg("-o").arg(&bundle));
    assert!(stderr.contains("no query encoder: "), "{stderr}");
    let error = fail(exemplar().arg("search").arg(&bundle).args(["--query", "tides", "--method", "knn"]));
    assert!(error.contains("no query encoder") && error.contains("--api"), "{error}");
}

#[test]
fn a_damaged_encoder_or_one_of_another_space_is_refused() {
    let (folder, api) = (folder(), TestApi::start_answering());
    let bundle = folder.path().join("bundle.json");
    succeed(&mut build(&items(&folder, &THREE), &api, &bundle));
    let whole = read_bundle(&bundle);
    let refused = |changed: Bundle, expected: &str| {
        std::fs::write(&bundle, changed.write().unwrap().json).unwrap();
        let error = fail(exemplar().arg("search").arg(&bundle).args(["--query", "tides", "--method", "knn"]));
        assert!(error.contains(expected) && error.contains("build the bundle again"), "{error}");
    };
    let mut cut = whole.clone();
    let (_, part) = cut.parts.iter_mut().find(|(name, _)| name == encoder::PART).unwrap();
    part.bytes.truncate(60);
    refused(cut, "the query encoder");
    let mut other = whole;
    other.space.model = "another".into();
    refused(other, "is of the model \"m\" with 3 dimensions, but the bundle of \"another\"");
}
