//! What owners steer: pages that count more or less, that come first for a query, and words that mean the same.

use std::path::Path;

use tempfile::TempDir;

use crate::support::{exemplar, fail, folder, succeed, write};

/// Two pages with the same words, the first of which is found first.
const PAGE: &str = "The tide rises and falls. The moon pulls the water.";

fn found(bundle: &Path) -> Vec<String> {
    found_by("moon tide", bundle)
}

fn found_by(query: &str, bundle: &Path) -> Vec<String> {
    let (json, _) = succeed(exemplar().args(["search", "--json", "--query", query]).arg(bundle));
    let result: serde_json::Value = serde_json::from_str(&json).unwrap();
    let hits = result["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["article"]["id"].as_str().unwrap().to_owned()).collect()
}

fn write_page(site: &TempDir, name: &str, text: &str) {
    let html = format!("<title>{name}</title><main><h1>{name}</h1><p>{text}</p></main>");
    write(site, &format!("{name}.html"), html);
}

#[test]
fn pages_count_by_what_they_say_and_by_their_paths() {
    let site = folder();
    let page = |name: &str, attributes: &str| {
        let html = format!(
            "<title>Tides {name}</title><main {attributes}><h1>Tides {name}</h1><p>{PAGE}</p></main>"
        );
        write(&site, &format!("{name}/index.html"), html);
    };
    page("a", "");
    page("b", "data-pagefind-weight=2");
    page("c", "data-exemplar-weight=4");
    let out = folder();
    let bundle = out.path().join("bundle.json");
    let build = |more: &[&str]| {
        let mut command = exemplar();
        command.args(["build", "--no-vectors", "--site"]).arg(site.path()).args(more).arg("-o").arg(&bundle);
        command
    };
    succeed(&mut build(&[]));
    assert_eq!(found(&bundle), ["c/index.html", "b/index.html", "a/index.html"]);
    succeed(&mut build(&["--weight", "a/**=9", "--weight", "c/**=0.1"]));
    assert_eq!(found(&bundle), ["a/index.html", "b/index.html", "c/index.html"]);
    let error = fail(&mut build(&["--weight", "d/**=9"]));
    assert!(error.contains("--weight d/**: no article has such a path"), "{error}");
}

#[test]
fn markdown_and_items_say_what_they_count() {
    let site = folder();
    let page =
        |name: &str, front: &str| write(&site, name, format!("---\ntitle: {name}\n{front}\n---\n{PAGE}\n"));
    page("a.md", "lang: en");
    page("b.md", "search:\n  boost: 2");
    page("c.md", "search_weight: 4");
    let out = folder();
    let bundle = out.path().join("bundle.json");
    succeed(exemplar().args(["build", "--no-vectors", "--markdown"]).arg(site.path()).arg("-o").arg(&bundle));
    assert_eq!(found(&bundle), ["c.md", "b.md", "a.md"]);
    let item = |id: &str, weight: &str| {
        format!(
            "{{\"title\": \"{id}\", \"url\": \"{id}\", \"text\": \"{PAGE}\", \"search_weight\": {weight}}}\n"
        )
    };
    let items = write(&site, "items.jsonl", item("a", "1") + &item("b", "3"));
    succeed(exemplar().args(["build", "--no-vectors", "--items"]).arg(&items).arg("-o").arg(&bundle));
    assert_eq!(found(&bundle), ["b", "a"]);
    write(&site, "items.jsonl", item("a", "\"heavy\""));
    let error =
        fail(exemplar().args(["build", "--no-vectors", "--items"]).arg(&items).arg("-o").arg(&bundle));
    assert!(error.contains("a: search_weight is \"heavy\", expected a number from 0.01 to 100"), "{error}");
}

#[test]
fn a_pinned_page_comes_first_and_synonyms_find_what_they_mean() {
    let site = folder();
    let page = |name: &str, text: &str| write_page(&site, name, text);
    page("Pricing", "Pricing of the tides: all about pricing.");
    page("Plans", "Choose one of three, and pay by the month.");
    page("Cluster", "Run it on Kubernetes.");
    let out = folder();
    let bundle = out.path().join("bundle.json");
    let build = |more: &[&str]| {
        let mut command = exemplar();
        command.args(["build", "--no-vectors", "--site"]).arg(site.path()).args(more).arg("-o").arg(&bundle);
        command
    };
    succeed(&mut build(&[
        "--pin",
        "pricing=Plans.html",
        "--pin",
        "how much?=Plans.html",
        "--synonym",
        "k8s=kubernetes",
    ]));
    assert_eq!(found_by("Pricing", &bundle), ["Plans.html", "Pricing.html"]);
    assert_eq!(found_by("how much", &bundle)[0], "Plans.html");
    assert_eq!(found_by("pricing tides", &bundle)[0], "Pricing.html", "another query");
    assert_eq!(found_by("k8s", &bundle), ["Cluster.html"]);
    let error = fail(&mut build(&["--pin", "pricing=Plan.html"]));
    assert!(error.contains("--pin pricing=Plan.html: there is no such page"), "{error}");
}

#[test]
fn a_hit_is_explained_by_words_meaning_and_weight() {
    let site = folder();
    let page = |name: &str, text: &str| write_page(&site, name, text);
    page("Moon", "The moon pulls the tides, and tides rise.");
    page("Wind", "Wind drives waves over the water.");
    page("Rain", "Rain falls on land.");
    let out = folder();
    let bundle = out.path().join("bundle.json");
    succeed(
        exemplar()
            .args(["build", "--no-vectors", "--weight", "Wind.html=2", "--pin", "storms=Rain.html", "--site"])
            .arg(site.path())
            .arg("-o")
            .arg(&bundle),
    );
    let explain =
        |query: &str| succeed(exemplar().args(["search", "--explain", "--query", query]).arg(&bundle)).0;
    let moon = explain("moon tide");
    assert!(
        moon.contains("Moon\n              Moon.html\n")
            && moon.contains(": moon ")
            && moon.contains(" by tides"),
        "{moon}"
    );
    assert!(explain("waves").contains("times  weight 2"), "{}", explain("waves"));
    assert!(
        explain("Storms").contains("above  all that merely scores: it is pinned to this query"),
        "{}",
        explain("Storms")
    );
    assert_eq!(explain("xylophone").trim(), "nothing is found");
}
