//! Remote bundles: a collection whose rows an engine holds, here one that plays it exactly.

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Files, Passage, Statistics};
use exemplar_search::remote::{
    About, Answer, Builder, Candidates, Remote, Request, Response, Row, Sample, write,
};
use exemplar_search::{Matrix, SearchIndex, SearchOptions, Vectors};
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
