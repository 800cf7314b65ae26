//! `exemplar inspect`.

use exemplar_search::bundle::{
    Article, Bundle, EmbeddingSpace, Encoding, Layout, Passage, Statistics, Written,
};
use exemplar_search::vector::{Matrix, Vectors};
use serde_json::json;

use crate::support::{exemplar, fail, folder, npy, succeed, write};

#[test]
fn a_bundle_is_counted_and_weighed() {
    let folder = folder();
    let articles = json!([
        {"id": "a", "title": "A", "url": "a.html", "lang": "en"},
        {"id": "b", "title": "B", "url": "b.html", "lang": "ja"},
        {"id": "c", "title": "C", "url": "c.html", "lang": "en"},
    ]);
    let bundle = json!({
        "format": "exemplar-search",
        "version": 1,
        "space": {
            "model": "multilingual-e5-small",
            "dimensions": 2,
            "query": {"prefix": "query: ", "model": "e5-query"},
            "passage": {"input_type": "passage"},
        },
        "articles": articles,
        "vectors": [[1, 0], [0, 1], [1, 1]],
    });
    let json = bundle.to_string();
    let path = write(&folder, "bundle.json", &json);
    let (stdout, _) = succeed(exemplar().arg("inspect").arg(&path));
    let line = |name: &str| {
        let line = stdout.lines().find(|line| line.split_whitespace().next() == Some(name)).expect(name);
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("model"), "multilingual-e5-small");
    assert_eq!(line("dimensions"), "2");
    assert_eq!(line("normalized"), "no");
    assert_eq!(line("query"), "prefix \"query: \", model \"e5-query\"");
    assert_eq!(line("passage"), "input_type \"passage\"");
    assert_eq!(line("vectors"), "float32, nested JSON arrays");
    assert!(stdout.contains("3 (en 2, ja 1)"), "{stdout}");
    let bytes = |name: &str| -> usize {
        let line = stdout.lines().rfind(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    assert_eq!(bytes("bundle.json"), json.len());
    assert_eq!(bytes("articles"), articles.to_string().len());
    assert_eq!(bytes("vectors"), "[[1,0],[0,1],[1,1]]".len());
}

#[test]
fn the_file_beside_a_bundle_is_weighed_too_and_must_be_there() {
    let folder = folder();
    let bundle = Bundle {
        layout: Layout::V2Sidecar,
        encoding: Encoding::Int8,
        space: EmbeddingSpace { model: "m".into(), dimensions: 3, ..EmbeddingSpace::default() },
        articles: vec![Article { id: "a".into(), ..Article::default() }],
        passages: Passage::whole_articles(1),
        vectors: Vectors::Float32(Matrix::from_values(&[1.0, 2.0, 3.0], 3)),
        statistics: Statistics::default(),
        parts: Vec::new(),
        extra: Default::default(),
    };
    let Written { json, sidecar } = bundle.write().unwrap();
    let (name, bytes) = sidecar.unwrap();
    let path = write(&folder, "bundle.json", json);
    let error = fail(exemplar().arg("inspect").arg(&path));
    assert!(error.contains(&format!("\"{name}\" is missing")), "{error}");

    write(&folder, &name, &bytes);
    let (stdout, _) = succeed(exemplar().arg("inspect").arg(&path));
    assert!(stdout.contains("int8, a file beside the JSON"), "{stdout}");
    for name in [name.as_str(), "vectors"] {
        let line = stdout.lines().rfind(|line| line.trim_start().starts_with(name)).unwrap();
        assert_eq!(line.split_whitespace().nth(1).unwrap(), "7", "three codes and a scale\n{stdout}");
    }
}

#[test]
fn what_is_no_bundle_is_an_error() {
    let folder = folder();
    for (contents, expected) in [
        ("", "not valid JSON"),
        ("{}", "not an exemplar-search bundle"),
        ("{\"format\": \"exemplar-search\", \"version\": 1}", "is missing"),
    ] {
        let path = write(&folder, "bundle.json", contents);
        let error = fail(exemplar().arg("inspect").arg(&path));
        assert!(error.contains("bundle.json") && error.contains(expected), "{error}");
    }
}

#[test]
fn two_encodings_of_a_bundle_are_compared_method_by_method() {
    let folder = folder();
    // Directions on a circle, too close to each other for int8.
    let vectors: Vec<[f64; 2]> = (0..60).map(|i| f64::from(i) * 1e-4).map(|a| [a.cos(), a.sin()]).collect();
    let article = |i: usize| json!({"id": i.to_string(), "title": format!("Article {i}"), "url": ""});
    let bundle = json!({
        "format": "exemplar-search",
        "version": 1,
        "space": {"model": "m", "dimensions": 2},
        "articles": (0..vectors.len()).map(article).collect::<Vec<_>>(),
        "vectors": vectors,
    });
    let float32 = write(&folder, "f32.json", bundle.to_string());
    let int8 = folder.path().join("int8.json");
    succeed(
        exemplar()
            .arg("convert")
            .arg(&float32)
            .args(["--layout", "inline", "--encoding", "int8", "-o"])
            .arg(&int8),
    );
    let compare = |bundle: &std::path::Path, more: &[&str]| {
        let (stdout, _) =
            succeed(exemplar().arg("inspect").arg(bundle).arg("--against").arg(&float32).args(more));
        let lines = stdout.lines().filter(|line| line.contains('%'));
        lines.map(|line| line.split_whitespace().map(String::from).collect()).collect::<Vec<Vec<_>>>()
    };
    let same = compare(&float32, &[]);
    assert_eq!(
        same.iter().map(|line| line[0].as_str()).collect::<Vec<_>>(),
        ["knn", "svm", "whitened", "hybrid"]
    );
    for line in same {
        assert_eq!(line[1..], ["100.00%", "100.00%", "100.00%", "0.00000"], "{line:?}");
    }
    let other = compare(&int8, &[]);
    assert_ne!(other[0][3], "100.00%");

    let queries = write(&folder, "queries.npy", npy(&[2, 2], &[1.0, 0.0, 0.0, 1.0]));
    assert_eq!(compare(&int8, &["--queries", queries.to_str().unwrap()]).len(), 4);

    let golden =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/bundle-v2-int8.json");
    let error = fail(exemplar().arg("inspect").arg(golden).arg("--against").arg(&float32));
    assert!(error.contains("differ in articles or dimensions"), "{error}");
}
