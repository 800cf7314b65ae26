//! Remote bundles: a collection whose rows an engine holds, here one that plays it exactly.

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Files, Passage, Statistics};
use exemplar_search::remote::{
    About, Answer, Builder, Candidates, Partial, Remote, Request, Response, Row, Sample, write,
};
use exemplar_search::{Matrix, SearchIndex, SearchOptions, Vectors};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const DIMS: usize = 24;

/// Articles of one to three passages around a few topics, with what all have in common, as text embeddings have.
fn bundle(seed: u64, articles: usize) -> Bundle {
    let mut random = Random(seed);
    let topics: Vec<Vec<f32>> = (0..12).map(|_| random.vector(1.0)).collect();
    let common = random.vector(2.0);
    let (mut all, mut passages, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..articles {
        all.push(Article {
            id: format!("a{number}"),
            title: format!("Article {number}"),
            url: format!("{number}.html"),
            lang: Some(if number % 3 == 0 { "en" } else { "ja" }.into()),
            ..Article::default()
        });
        for index in 0..=random.below(3) {
            let topic = &topics[random.below(topics.len())];
            let own = random.vector(0.7);
            let row: Vec<f32> = topic
                .iter()
                .zip(&own)
                .zip(&common)
                .map(|((topic, own), common)| topic + own + common)
                .collect();
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            values.extend(row.iter().map(|x| x / length));
            let heading = vec![format!("Part {index}")];
            let text = format!("word{} of {number}", number % 5);
            passages.push(Passage { article: number, heading, text, ..Passage::default() });
        }
    }
    let space = EmbeddingSpace { model: "made-up".into(), dimensions: DIMS, ..EmbeddingSpace::default() };
    let mut bundle = Bundle::new(space, all, Matrix::from_values(&values, DIMS));
    bundle.statistics = Statistics { mean_query: Some(common), ..Statistics::default() };
    Bundle { passages, ..bundle }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z >> 40) as f32 / (1u64 << 24) as f32
    }

    fn below(&mut self, end: usize) -> usize {
        ((self.next() * end as f32) as usize).min(end - 1)
    }

    fn vector(&mut self, size: f32) -> Vec<f32> {
        (0..DIMS).map(|_| size * (self.next() + self.next() + self.next() - 1.5)).collect()
    }
}

fn remote_of(bundle: &Bundle, words: bool) -> Remote {
    let written = write(bundle, words, &Sample::default()).unwrap();
    let files: Files = written.sidecar.into_iter().collect();
    Remote::read(written.json.as_bytes(), &files).unwrap()
}

/// What an engine of exact inner products would answer; words are found by the last number of a text.
fn respond(bundle: &Bundle, request: &Request) -> Response {
    let rows = bundle.vectors.to_float32();
    let allowed = |row: &usize| request.filter.allows(&bundle.articles[bundle.passages[*row].article]);
    let product =
        |row: usize| -> f32 { rows.values(row).iter().zip(&request.vector).map(|(x, y)| x * y).sum() };
    let words = |row: usize| -> f32 {
        let text = &bundle.passages[row].text;
        request.text.as_ref().map_or(0.0, |query| {
            query.split(' ').filter(|word| text.split(' ').any(|other| other == *word)).count() as f32
        })
    };
    let mut taken: Vec<usize> = Vec::new();
    let mut take = |score: &dyn Fn(usize) -> f32, least: f32| {
        let mut order: Vec<usize> = (0..bundle.passages.len()).filter(allowed).collect();
        order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
        order.retain(|&row| score(row) > least);
        taken.extend(order.into_iter().take(request.k));
    };
    if !request.vector.is_empty() {
        take(&product, f32::NEG_INFINITY);
    }
    if request.text.is_some() {
        take(&words, 0.0);
    }
    taken.sort_unstable();
    taken.dedup();
    let row = |&row: &usize| {
        let passage = &bundle.passages[row];
        let first = bundle.passages.partition_point(|other| other.article < passage.article);
        let index = row - first;
        let article = bundle.articles[passage.article].clone();
        let found = Some(words(row)).filter(|&words| words > 0.0);
        Row { id: format!("{}#{index}", article.id), article, passage: passage.clone(), index, words: found }
    };
    Response {
        rows: taken.iter().map(row).collect(),
        vectors: taken.iter().flat_map(|&row| bundle.vectors.values(row)).collect(),
        partial: None,
    }
}

/// Asks until nothing more is wanted; also how many requests that took.
fn ask(
    remote: &Remote,
    bundle: &Bundle,
    query: exemplar_search::Query,
    options: &SearchOptions,
) -> (Candidates, usize) {
    let mut candidates = Candidates::default();
    let mut requests = 0;
    loop {
        let Answer { wanted, looked_at, .. } = remote.search(query, options, &candidates).unwrap();
        assert_eq!(looked_at, candidates.rows());
        let Some(request) = wanted else { return (candidates, requests) };
        requests += 1;
        candidates.add(remote, &request, respond(bundle, &request)).unwrap();
    }
}

fn ids<'a>(result: &exemplar_search::SearchResult<'a>) -> Vec<&'a str> {
    result.hits.iter().map(|hit| hit.article.id.as_str()).collect()
}

fn in_common(a: &[&str], b: &[&str]) -> usize {
    a.iter().filter(|id| b.contains(id)).count()
}

#[test]
fn it_ranks_nearly_as_the_whole_bundle_in_two_requests_at_most() {
    let bundle = bundle(1, 900);
    let remote = remote_of(&bundle, false);
    let index = SearchIndex::new(bundle.clone()).unwrap();
    let methods = [("knn", 1, 100), ("whitened", 1, 95), ("knn+whitened", 1, 95), ("auto", 1, 95)];
    for (method, most, least) in methods {
        let options = SearchOptions::default().method(method.parse().unwrap());
        let mut random = Random(7);
        let mut same = 0;
        for _ in 0..10 {
            let row = bundle.vectors.values(random.below(bundle.passages.len()));
            let query: Vec<f32> = row.iter().zip(random.vector(0.2)).map(|(x, other)| x + other).collect();
            let (candidates, requests) = ask(&remote, &bundle, query.as_slice().into(), &options);
            assert_eq!(requests, most, "{method}");
            let found = remote.search(query.as_slice(), &options, &candidates).unwrap().result;
            let exact = index.search(query.as_slice(), &options).unwrap();
            assert_eq!(found.method, exact.method);
            same += in_common(&ids(&found), &ids(&exact));
            for hit in &found.hits {
                let Some(other) = exact.hits.iter().find(|other| other.article.id == hit.article.id) else {
                    continue;
                };
                assert_eq!(other.passage.heading, hit.passage.heading);
                let near = |a: Option<f32>, b: Option<f32>| match (a, b) {
                    (Some(a), Some(b)) => (a - b).abs() < 2e-3,
                    (a, b) => a == b,
                };
                assert!(near(hit.scores.knn, other.scores.knn), "{method} {hit:?} {other:?}");
                assert!(near(hit.scores.whitened, other.scores.whitened), "{method} {hit:?} {other:?}");
            }
        }
        assert!(same >= least, "{method}: {same} of 100");
    }
}

/// The same rows in other batches are the same bundle, and one of too many for all to be kept is not larger.
#[test]
fn rows_that_stream_by_give_the_same_bundle_whatever_the_batches() {
    let bundle = bundle(2, 60);
    let all = bundle.vectors.to_float32();
    let about = About::of(&bundle, true);
    let whole = write(&bundle, true, &Sample::default()).unwrap();
    for size in [1, 7, 1000] {
        let mut builder = Builder::new(DIMS, &Sample::default()).unwrap();
        for first in (0..all.rows()).step_by(size) {
            let batch = first..all.rows().min(first + size);
            let values: Vec<f32> = batch.flat_map(|row| all.values(row)).copied().collect();
            builder.add(&Vectors::Float32(Matrix::from_values(&values, DIMS))).unwrap();
        }
        assert_eq!(builder.finish(&about).unwrap(), whole);
    }
}

fn refused(remote: &Remote, bundle: &Bundle, change: impl Fn(&mut Response)) -> exemplar_search::Error {
    let options = SearchOptions::default().method("knn".parse().unwrap());
    let query = bundle.vectors.values(0);
    let mut candidates = Candidates::default();
    let request = remote.search(&query, &options, &candidates).unwrap().wanted.unwrap();
    let mut response = respond(bundle, &request);
    change(&mut response);
    let error = candidates.add(remote, &request, response).unwrap_err();
    assert_eq!(candidates, Candidates::default(), "what is refused changes nothing");
    error
}

/// Makes a response wrong.
type Change<'a> = &'a dyn Fn(&mut Response);

#[test]
fn responses_that_are_not_what_was_asked_for_are_refused_with_the_place() {
    let bundle = bundle(3, 150);
    let remote = remote_of(&bundle, false);
    let cases: &[(&str, Change)] = &[
        ("vectors has 20 values", &|response| response.vectors.truncate(20)),
        ("24 dimensions (model \"made-up\")", &|response| response.vectors.truncate(10)),
        ("holds NaN at 3 of row 1", &|response| response.vectors[DIMS + 3] = f32::NAN),
        ("has length 0 in row 0", &|response| response.vectors[..DIMS].fill(0.0)),
        ("expected 1: the engine holds unit vectors", &|response| {
            response.vectors.iter_mut().for_each(|x| *x *= 3.0);
        }),
        ("rows[2].id is empty", &|response| response.rows[2].id.clear()),
        ("rows[0].words is no finite number", &|response| response.rows[0].words = Some(f32::INFINITY)),
        ("further from the request's vector than the mean", &|response| {
            response.vectors.iter_mut().for_each(|x| *x = -*x);
        }),
    ];
    for (expected, change) in cases {
        let error = refused(&remote, &bundle, change);
        assert_eq!(error.code(), "bad-response");
        assert!(error.to_string().contains(expected), "{error} has no {expected}");
    }
}

#[test]
fn rows_that_the_filter_forbids_are_refused_and_the_svm_learns_from_all() {
    let bundle = bundle(4, 300);
    let remote = remote_of(&bundle, false);
    let index = SearchIndex::new(bundle.clone()).unwrap();
    let filter =
        exemplar_search::Filter(vec![("lang".into(), exemplar_search::Wanted::Values(vec!["en".into()]))]);
    let query = bundle.vectors.values(5);
    for method in ["knn", "svm", "whitened"] {
        let options = SearchOptions::default().method(method.parse().unwrap()).filter(filter.clone());
        let (candidates, _) = ask(&remote, &bundle, query.as_slice().into(), &options);
        let found = remote.search(&query, &options, &candidates).unwrap().result;
        assert!(found.hits.iter().all(|hit| hit.article.lang.as_deref() == Some("en")), "{method}");
        let exact = index.search(&query, &options).unwrap();
        assert!(in_common(&ids(&found), &ids(&exact)) >= 8, "{method} {found:?}");
    }
    let options = SearchOptions::default().method("knn".parse().unwrap()).filter(filter);
    let mut candidates = Candidates::default();
    let request = remote.search(&query, &options, &candidates).unwrap().wanted.unwrap();
    let unfiltered = respond(&bundle, &Request { filter: Default::default(), ..request.clone() });
    let error = candidates.add(&remote, &request, unfiltered).unwrap_err();
    assert!(error.to_string().contains("which the filter forbids"), "{error}");
    let other =
        exemplar_search::Filter(vec![("author".into(), exemplar_search::Wanted::Values(vec!["x".into()]))]);
    let error = remote.search(&query, &options.filter(other), &candidates).unwrap_err();
    assert_eq!(error.to_string(), "option filter is \"author\": the engine filters by lang");
}

#[test]
fn duplicates_and_fewer_rows_are_no_errors_and_partial_answers_say_so() {
    let bundle = bundle(5, 100);
    let remote = remote_of(&bundle, false);
    let options = SearchOptions::default().method("knn".parse().unwrap());
    let query = bundle.vectors.values(0);
    let mut candidates = Candidates::default();
    let request = remote.search(&query, &options, &candidates).unwrap().wanted.unwrap();
    let mut response = respond(&bundle, &request);
    response.rows.truncate(3);
    response.vectors.truncate(3 * DIMS);
    response.rows.extend(response.rows.clone());
    response.vectors.extend(response.vectors.clone());
    response.partial = Some(Partial { missing: 1, of: 2 });
    candidates.add(&remote, &request, response).unwrap();
    let answer = remote.search(&query, &options, &candidates).unwrap();
    assert_eq!((answer.looked_at, answer.wanted), (3, None));
    assert_eq!(answer.partial, Some(Partial { missing: 1, of: 2 }));
    assert_eq!(answer.result.complete, Some(0.5));
    assert!((1..=3).contains(&answer.result.hits.len()));
}

#[test]
fn words_are_the_engines_and_alone_need_no_vector() {
    let bundle = bundle(6, 200);
    let remote = remote_of(&bundle, true);
    let options = SearchOptions::default();
    let by_words = exemplar_search::Query { text: Some("word3"), ..exemplar_search::Query::default() };
    let candidates = Candidates::default();
    let request = remote.search(by_words, &options, &candidates).unwrap().wanted.unwrap();
    assert!(request.vector.is_empty() && request.text.as_deref() == Some("word3"));
    let (candidates, requests) = ask(&remote, &bundle, by_words, &options);
    let found = remote.search(by_words, &options, &candidates).unwrap().result;
    assert_eq!((requests, found.method.to_string().as_str(), found.hits.len()), (1, "lexical", 10));
    assert!(found.hits.iter().all(|hit| hit.text.starts_with("word3 ")));

    let embedding = bundle.vectors.values(0);
    let both = exemplar_search::Query { embedding: Some(&embedding), ..by_words };
    let (candidates, requests) = ask(&remote, &bundle, both, &options);
    let found = remote.search(both, &options, &candidates).unwrap().result;
    assert_eq!((requests, found.method.to_string().as_str()), (1, "whitened+lexical"));
    assert!(found.hits.iter().all(|hit| hit.scores.whitened.is_some() && hit.scores.lexical.is_some()));
    let title =
        exemplar_search::Query { text: Some("Article 7"), embedding: Some(&embedding), unfinished: false };
    let (candidates, _) = ask(&remote, &bundle, title, &options);
    let found = remote.search(title, &options, &candidates).unwrap().result;
    assert!(
        found.hits.iter().all(|hit| hit.article.title != "Article 7") || found.hits[0].article.id == "a7"
    );
}

#[test]
fn what_only_all_rows_could_answer_is_refused() {
    let bundle = bundle(7, 30);
    let remote = remote_of(&bundle, false);
    let none = Candidates::default();
    let query = bundle.vectors.values(0);
    let options = SearchOptions::default;
    for (name, options) in [
        ("k", options().k(0)),
        ("fusion", options().fusion(exemplar_search::Fusion::ReciprocalRank)),
        ("facets", options().facets(vec!["lang".into()])),
        ("relevance_threshold", options().relevance_threshold(0.5)),
        ("solver", options().solver("coordinate-descent".parse().unwrap())),
        ("stop", options().method("svm".parse().unwrap()).stop("topk".parse().unwrap())),
    ] {
        let error = remote.search(&query, &options, &none).unwrap_err();
        assert!(error.to_string().starts_with(&format!("option {name} is")), "{error}");
    }
    let error = remote.search(&[1.0, 0.0], &options(), &none).unwrap_err();
    assert_eq!(error.code(), "query-dimensions");
    let error = remote.search("a text", &options(), &none).unwrap_err();
    assert_eq!(error.code(), "method-needs");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A changed byte is an error or a number that no more than ranks otherwise; nothing panics.
    #[test]
    fn damaged_files_are_refused(place in 0usize..100_000, bit in 0u8..8, cut in any::<bool>()) {
        let written = write(&bundle(8, 12), true, &Sample { clusters: 3, passages: 4 }).unwrap();
        let (name, mut bytes) = written.sidecar.unwrap();
        let place = place % bytes.len();
        if cut { bytes.truncate(place) } else { bytes[place] ^= 1 << bit }
        let error = Remote::read(written.json.as_bytes(), &[(name, bytes)].into()).unwrap_err();
        prop_assert!(error.to_string().starts_with("bundle field parts."), "{}", error);
    }

    #[test]
    fn any_manifest_is_read_or_refused(place in 0usize..100_000, byte in any::<u8>()) {
        let written = write(&bundle(8, 12), true, &Sample { clusters: 3, passages: 4 }).unwrap();
        let files: Files = written.sidecar.into_iter().collect();
        let mut json = written.json.into_bytes();
        let place = place % json.len();
        json[place] = byte;
        let _ = Remote::read(&json, &files);
    }

    /// Whatever an engine returns, planning ends after two requests and hits are rows that were returned.
    #[test]
    fn any_response_is_answered_or_refused(
        method in prop::sample::select(vec!["auto", "knn", "svm", "hybrid", "whitened+lexical", "svm+lexical", "lexical"]),
        taken in prop::collection::vec((0usize..60, prop::option::of(0.0f32..9.0)), 0..40),
        k in 1usize..20, seed in 0u64..1000,
    ) {
        let bundle = bundle(9, 30);
        let remote = remote_of(&bundle, true);
        let embedding = Random(seed).vector(1.0);
        let query = exemplar_search::Query { text: Some("word1"), embedding: Some(&embedding), unfinished: false };
        let options = SearchOptions::default().method(method.parse().unwrap()).k(k);
        let all = respond(&bundle, &Request { vector: vec![1.0; DIMS], k: 1000, text: None, filter: Default::default() });
        let mut candidates = Candidates::default();
        let mut requests = 0;
        while let Some(request) = remote.search(query, &options, &candidates).unwrap().wanted {
            requests += 1;
            let mut response = Response::default();
            for &(row, words) in &taken {
                let row = row % all.rows.len();
                response.rows.push(Row { words, ..all.rows[row].clone() });
                response.vectors.extend(&all.vectors[row * DIMS..][..DIMS]);
            }
            if candidates.add(&remote, &request, response).is_err() {
                return Ok(());
            }
        }
        prop_assert!(requests <= 2);
        let result = remote.search(query, &options, &candidates).unwrap().result;
        prop_assert!(result.hits.len() <= k);
        for pair in result.hits.windows(2) {
            prop_assert!(pair[0].score >= pair[1].score && pair[0].article.id != pair[1].article.id);
        }
        prop_assert!(result.hits.iter().all(|hit| hit.score.is_finite()));
    }
}

#[test]
fn the_json_of_requests_and_responses_is_as_documented() {
    let request = Request {
        vector: vec![1.0, -0.5],
        k: 5,
        text: Some("sea".into()),
        filter: exemplar_search::Filter(vec![(
            "lang".into(),
            exemplar_search::Wanted::Values(vec!["en".into()]),
        )]),
    };
    assert_eq!(
        request.to_json().unwrap(),
        r#"{"vector":"AACAPwAAAL8=","k":5,"text":"sea","filter":{"lang":["en"]}}"#
    );
    let json = r#"{ "rows": [{ "id": "tides#1", "article": { "id": "tides", "title": "Tides", "url": "tides.html",
        "fields": { "lang": "en", "tags": ["sea"], "author": "Ada" } },
        "passage": { "heading": ["Moon"], "anchor": "moon", "text": "The moon.", "index": 1 }, "score": 0.5, "words": 2.5 }],
        "vectors": "ADwAuA==", "partial": { "missing": 1, "of": 2 } }"#;
    let response = Response::read(json.as_bytes(), None).unwrap();
    assert_eq!(response.vectors, [1.0, -0.5]);
    assert_eq!(response.partial, Some(Partial { missing: 1, of: 2 }));
    let row = &response.rows[0];
    assert_eq!((row.id.as_str(), row.index, row.words), ("tides#1", 1, Some(2.5)));
    assert_eq!(
        (row.article.lang.as_deref(), row.article.tags.as_slice()),
        (Some("en"), &["sea".to_owned()][..])
    );
    assert_eq!(row.article.extra.get("author").and_then(|value| value.as_str()), Some("Ada"));
    assert_eq!((row.passage.anchor.as_deref(), row.passage.text.as_str()), (Some("moon"), "The moon."));
    for (json, expected) in [
        ("{", "is not valid JSON"),
        ("{}", "rows is missing"),
        (
            r#"{"rows":[{"id":"a","article":{"id":"a","title":"","url":""},"passage":{"index":0}}]}"#,
            "vectors is missing",
        ),
        (r#"{"rows":[],"vectors":"AA=="}"#, "float16"),
        (r#"{"rows":[{"id":7}]}"#, "rows[0].passage is missing"),
        (r#"{"rows":[],"partial":{"missing":3,"of":2}}"#, "partial.missing is 3 of 2"),
    ] {
        let error = Response::read(json.as_bytes(), None).unwrap_err().to_string();
        assert!(error.contains(expected), "{error} has no {expected}");
    }
}

/// A response as JSON, with the vectors in base64.
fn json_of(response: &Response) -> String {
    use base64::Engine;
    use serde_json::{Value, json};
    let row = |row: &Row| {
        let Row { id, article, passage, index, words } = row;
        let fields = json!({ "lang": article.lang, "tags": article.tags });
        let article =
            json!({ "id": article.id, "title": article.title, "url": article.url, "fields": fields });
        let passage = json!({ "index": index, "heading": passage.heading, "text": passage.text });
        json!({ "id": id, "article": article, "passage": passage, "words": words })
    };
    let bytes = response.vectors.iter().flat_map(|&x| half::f16::from_f32(x).to_le_bytes());
    let vectors = base64::engine::general_purpose::STANDARD.encode(bytes.collect::<Vec<u8>>());
    json!({ "rows": response.rows.iter().map(row).collect::<Vec<Value>>(), "vectors": vectors }).to_string()
}

#[test]
fn json_is_taken_as_if_all_of_it_had_been_read() {
    let bundle = bundle(10, 200);
    let remote = remote_of(&bundle, false);
    let query = bundle.vectors.values(0);
    for (method, filter) in [("knn", None), ("hybrid", None), ("knn", Some("en"))] {
        let filter =
            filter.map(|lang: &str| ("lang".into(), exemplar_search::Wanted::Values(vec![lang.into()])));
        let filter = exemplar_search::Filter(filter.into_iter().collect());
        let options = SearchOptions::default().method(method.parse().unwrap()).filter(filter);
        let (mut taken, mut read) = (Candidates::default(), Candidates::default());
        while let Ok(Answer { wanted: Some(request), .. }) = remote.search(&query, &options, &read) {
            let json = json_of(&respond(&bundle, &request));
            for (from, to) in [
                ("", ""),
                ("\"rows\"", "\"row\""),
                ("\"title\":\"", "\"title\":7,\"x\":\""),
                ("a", "\\u0062"),
                ("\"text\"", "\"t\""),
                ("==", "="),
                ("]", ""),
            ] {
                let json = json.replacen(from, to, 1);
                let (mut one, mut other) = (taken.clone(), read.clone());
                let added = one.add_json(&remote, &request, json.clone().into_bytes(), None);
                let expected = Response::read(json.as_bytes(), None)
                    .and_then(|response| other.add(&remote, &request, response));
                let shown = |result: exemplar_search::Result<()>| result.map_err(|error| error.to_string());
                assert_eq!(shown(added), shown(expected), "{from} {to}");
                assert_eq!(one, other, "{from} {to}");
            }
            taken.add_json(&remote, &request, json.clone().into_bytes(), None).unwrap();
            read.add(&remote, &request, Response::read(json.as_bytes(), None).unwrap()).unwrap();
            let answer = remote.search(&query, &options, &taken).unwrap();
            assert_eq!(answer, remote.search(&query, &options, &read).unwrap());
            assert!(!answer.result.hits.is_empty());
        }
        assert!(taken.rows() > 0);
    }
}

/// What a remote bundle of this release is, to the byte: whoever changes the format writes another version of it, and keeps reading this
/// one. With EXEMPLAR_WRITE_GOLDEN set, the files are written anew. The browser tests load them.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_golden_remote_bundle_is_written_and_read() {
    use std::fs;

    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let folder = golden.join("remote");
    let whole = Bundle::read(&fs::read(golden.join("shards/whole.json")).unwrap(), &Files::new()).unwrap();
    let written = write(&whole, true, &Sample { clusters: 4, passages: 16 }).unwrap();
    let (name, bytes) = written.sidecar.unwrap();
    if std::env::var_os("EXEMPLAR_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("search.json"), &written.json).unwrap();
        fs::write(folder.join(&name), &bytes).unwrap();
    }
    assert_eq!(fs::read_to_string(folder.join("search.json")).unwrap(), written.json, "written");
    assert_eq!(fs::read(folder.join(&name)).unwrap(), bytes);
    let remote = Remote::read(written.json.as_bytes(), &[(name, bytes)].into()).unwrap();
    let manifest = remote.manifest();
    assert_eq!((manifest.rows, manifest.articles), (whole.passages.len(), whole.articles.len()));
    assert!(remote.has_encoder() && remote.encode("number7").unwrap().is_some());
}
