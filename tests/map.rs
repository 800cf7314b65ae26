//! The map: what it says of passages and query agrees with the search.

use crate::support::synthetic;
use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Encoding, Layout, Passage, Statistics};
use exemplar_search::vector::Vectors;
use exemplar_search::{Map, Method, Refine, SearchIndex, SearchOptions, View};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PASSAGES: usize = 120;
/// Fewer than passages, and more: the SVM is solved in other coordinates then.
const DIMS: [usize; 2] = [16, 256];

/// Articles "0", "1", ... of two passages each.
fn index(dims: usize) -> SearchIndex {
    let article = |i: usize| Article { id: i.to_string(), ..Article::default() };
    SearchIndex::new(Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::Float32,
        space: EmbeddingSpace { model: "test-model".into(), dimensions: dims, ..Default::default() },
        articles: (0..PASSAGES / 2).map(article).collect(),
        passages: (0..PASSAGES).map(|i| Passage { article: i / 2, ..Passage::default() }).collect(),
        vectors: Vectors::Float32(synthetic::clustered(PASSAGES, dims, 7)),
        statistics: Statistics::default(),
        parts: Vec::new(),
        extra: Default::default(),
    })
    .unwrap()
}

/// No row, but near some.
fn query(dims: usize) -> Vec<f32> {
    synthetic::clustered(PASSAGES + 1, dims, 7).values(PASSAGES).to_vec()
}

fn seen(map: Map) -> View {
    map.view.expect("something was searched for")
}

#[test]
fn without_a_query_the_map_is_of_the_passages_alone() {
    let map = index(16).map(&Refine::default(), &SearchOptions::default()).unwrap();
    assert_eq!((map.x.len(), map.y.len(), map.view), (PASSAGES, PASSAGES, None));
    let spread = |values: &[f32]| values.iter().map(|x| x * x).sum::<f32>();
    assert!(spread(&map.x) >= spread(&map.y) && spread(&map.y) > 0.0);
    assert!(map.x.iter().sum::<f32>().abs() < 1e-3, "around the mean passage");
}

#[test]
fn the_scores_on_the_map_are_those_of_the_search() {
    for dims in DIMS {
        let (index, query) = (index(dims), query(dims));
        let refine = Refine { query: (&query).into(), ..Refine::default() };
        let view = seen(index.map(&refine, &SearchOptions::default()).unwrap());
        let hits = |method| {
            let options = SearchOptions::default().method(method).k(PASSAGES);
            index.search(&query, &options).unwrap().hits
        };
        let svm = hits(Method::Svm);
        let intercept = view.decisions[svm[0].passage_index] - svm[0].score;
        for hit in &svm {
            assert!((view.decisions[hit.passage_index] - hit.score - intercept).abs() < 1e-5);
            assert_eq!(index.passages()[hit.passage_index], *hit.passage);
        }
        for hit in hits(Method::Knn) {
            assert_eq!(view.similarities[hit.passage_index], hit.score);
        }
        assert_eq!(view.positives.len(), 1);
        assert!((view.positives[0].similarity - 1.0).abs() < 1e-5, "nothing is aligned here");
        assert_eq!(view.positives[0].point, view.target);
        assert!(view.decisions.iter().all(|&decision| decision < view.positives[0].decision));
    }
}

#[test]
fn the_active_passages_hold_the_intercept_in_place() {
    for dims in DIMS {
        let (index, query) = (index(dims), query(dims));
        let refine = Refine { query: (&query).into(), ..Refine::default() };
        let options = SearchOptions::default();
        let view = seen(index.map(&refine, &options).unwrap());
        let hits = index.search(&query, &options.clone().method(Method::Svm)).unwrap().hits;
        let intercept = f64::from(view.decisions[hits[0].passage_index]) - f64::from(hits[0].score);
        // At the optimum the derivative by the intercept is zero; only active examples have a part in it.
        let n = (PASSAGES + 1) as f64;
        let (of_the_query, of_a_passage) = (options.svm.c * n / 2.0, options.svm.c * n / (2.0 * (n - 1.0)));
        let pulls = 2.0 * of_the_query * (1.0 - f64::from(view.positives[0].decision));
        let active: Vec<f64> = view.decisions.iter().map(|&x| f64::from(x)).filter(|&x| x > -1.0).collect();
        let pushes = active.iter().map(|decision| 2.0 * of_a_passage * (1.0 + decision)).sum::<f64>();
        assert!((pulls - pushes - intercept).abs() < 1e-3, "{pulls} {pushes} {intercept}");
        assert_eq!(view.active, active.len());
    }
}

#[test]
fn liked_articles_are_positives_and_not_active() {
    let index = index(16);
    let refine = Refine { more: &["3", "8"], less: &["5"], ..Refine::default() };
    let view = seen(index.map(&refine, &SearchOptions::default()).unwrap());
    assert_eq!(view.positives.len(), 2);
    let liked = [6, 7, 16, 17];
    let others = (0..PASSAGES).filter(|passage| !liked.contains(passage));
    assert_eq!(view.active, others.filter(|&passage| view.decisions[passage] > -1.0).count());
    let unknown = index.map(&Refine { more: &["x"], ..refine }, &SearchOptions::default());
    assert_eq!(unknown.unwrap_err().code(), "unknown-article");
}
