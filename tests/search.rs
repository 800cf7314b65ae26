//! Searching an index: what comes back, in which order, and at the edges.

use std::collections::BTreeMap;

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Encoding, Layout, Passage, Statistics};
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{Error, Method, SearchIndex, SearchOptions, Solver};
use proptest::prelude::*;
use serde_json::Map;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const METHODS: [Method; 3] = [Method::Knn, Method::Svm, Method::Hybrid];

/// An index of `values`, `dims` to a row, whose articles have the ids "0", "1", ...
fn index(values: &[f32], dims: usize) -> SearchIndex {
    let rows = values.len() / dims;
    passages(values, dims, Passage::whole_articles(rows))
}

/// An index of `passages`, whose articles have the ids "0", "1", ...
fn passages(values: &[f32], dims: usize, passages: Vec<Passage>) -> SearchIndex {
    let articles = passages.last().map_or(0, |passage| passage.article + 1);
    let article = |i: usize| Article { id: i.to_string(), ..Default::default() };
    let bundle = Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::Float32,
        space: EmbeddingSpace { model: "test-model".into(), dimensions: dims, ..Default::default() },
        articles: (0..articles).map(article).collect(),
        passages,
        vectors: Vectors::Float32(Matrix::from_values(values, dims)),
        statistics: Statistics::default(),
        parts: BTreeMap::new(),
        extra: Map::new(),
    };
    SearchIndex::new(bundle).unwrap()
}

fn options(method: Method, k: usize) -> SearchOptions {
    SearchOptions { method, k, ..Default::default() }
}

/// The ids of the hits, best first.
fn ids(index: &SearchIndex, query: &[f32], method: Method, k: usize) -> Vec<String> {
    let result = index.search(query, &options(method, k)).unwrap();
    result.hits.iter().map(|hit| hit.article.id.clone()).collect()
}

/// Three directions in the plane; the first two are near each other.
const PLANE: [f32; 6] = [1.0, 0.0, 0.8, 0.6, -1.0, 0.1];

#[test]
fn hits_carry_rank_score_and_the_scores_behind_it() {
    let index = index(&PLANE, 2);
    let knn = index.search(&[1.0, 0.0], &options(Method::Knn, 2)).unwrap();
    assert_eq!(knn.hits.iter().map(|hit| hit.rank).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(knn.hits[0].score, 1.0);
    assert_eq!((knn.hits[0].scores.knn, knn.hits[0].scores.svm), (Some(1.0), None));
    assert!(knn.svm.is_none());

    let hybrid = index.search(&[1.0, 0.0], &options(Method::Hybrid, 2)).unwrap();
    assert!(hybrid.svm.is_some());
    let svm = index.search(&[1.0, 0.0], &options(Method::Svm, 2)).unwrap();
    assert_eq!(hybrid.hits[0].scores.svm, Some(svm.hits[0].score));
    assert_eq!(hybrid.hits[0].scores.knn, Some(knn.hits[0].score));
}

#[test]
fn nothing_is_dropped_even_when_the_query_is_an_item() {
    let index = index(&PLANE, 2);
    for method in METHODS {
        assert_eq!(ids(&index, &PLANE[2..4], method, 3)[0], "1", "{method:?}");
        assert_eq!(ids(&index, &PLANE[2..4], method, 99).len(), 3, "{method:?}: k above n gives all");
    }
}

#[test]
fn similar_leaves_out_the_article_itself_and_keeps_k() {
    let index = index(&PLANE, 2);
    for method in METHODS {
        let result = index.similar("0", &options(method, 2)).unwrap();
        let ids: Vec<&str> = result.hits.iter().map(|hit| hit.article.id.as_str()).collect();
        assert_eq!(ids, ["1", "2"], "{method:?}");
    }
    let error = index.similar("9", &options(Method::Knn, 1)).unwrap_err();
    assert_eq!(error, Error::UnknownArticle { id: "9".into() });
}

#[test]
fn an_article_stands_once_by_its_best_passage() {
    let of = |article| Passage { article, ..Default::default() };
    // Article 0 has the second best passage and the worst, article 1 the best.
    let index = passages(&[-1.0, 0.1, 0.8, 0.6, 1.0, 0.0, 0.0, 1.0], 2, vec![of(0), of(0), of(1), of(2)]);
    for method in METHODS {
        let result = index.search(&[1.0, 0.0], &options(method, 2)).unwrap();
        let found: Vec<_> =
            result.hits.iter().map(|hit| (hit.article.id.as_str(), hit.passage.article)).collect();
        assert_eq!(found, [("1", 1), ("0", 0)], "{method:?}");
        assert!(std::ptr::eq(result.hits[1].passage, &index.passages()[1]), "{method:?}");
        let similar = index.similar("0", &options(method, 9)).unwrap();
        assert_eq!(similar.hits.len(), 2, "{method:?}: all of its passages are left out");
    }
}

#[test]
fn the_reference_solver_agrees_whatever_its_seed() {
    let index = index(&PLANE, 2);
    let newton = index.search(&[1.0, 0.2], &options(Method::Svm, 3)).unwrap();
    for seed in [0, 1, u64::MAX] {
        let solver = Solver::CoordinateDescent { seed };
        let reference =
            index.search(&[1.0, 0.2], &SearchOptions { solver, ..options(Method::Svm, 3) }).unwrap();
        for (a, b) in newton.hits.iter().zip(&reference.hits) {
            assert_eq!(a.article.id, b.article.id);
            assert!((a.score - b.score).abs() < 1e-4, "{} {}", a.score, b.score);
        }
    }
}

#[test]
fn length_does_not_matter() {
    let (long, short) = (index(&PLANE.map(|x| x * 1e9), 2), index(&PLANE.map(|x| x * 1e-9), 2));
    for method in METHODS {
        let a = long.search(&[3e-5, 4e-5], &options(method, 3)).unwrap();
        let b = short.search(&[3e5, 4e5], &options(method, 3)).unwrap();
        for (a, b) in a.hits.iter().zip(&b.hits) {
            assert_eq!(a.article.id, b.article.id, "{method:?}");
            assert!((a.score - b.score).abs() < 1e-5, "{method:?}: {} {}", a.score, b.score);
        }
    }
}

#[test]
fn equal_scores_keep_the_order_of_the_articles() {
    let index = index(&[0.6, 0.8].repeat(9), 2);
    for method in METHODS {
        assert_eq!(ids(&index, &[1.0, 0.5], method, 4), ["0", "1", "2", "3"], "{method:?}");
    }
}

#[test]
fn one_article_is_a_collection() {
    let index = index(&[0.3, 0.4, 0.5], 3);
    for method in METHODS {
        let result = index.search(&[-1.0, 0.0, 0.2], &options(method, 5)).unwrap();
        assert_eq!(result.hits.len(), 1);
        assert!(result.hits[0].score.is_finite(), "{method:?}");
    }
    assert!(index.similar("0", &options(Method::Hybrid, 5)).unwrap().hits.is_empty());
}

#[test]
fn wrong_queries_are_refused() {
    let index = index(&PLANE, 2);
    let refused = |query: &[f32]| index.search(query, &SearchOptions::default()).unwrap_err();
    let error = refused(&[1.0, 2.0, 3.0]);
    assert_eq!(error.code(), "query-dimensions");
    assert_eq!(
        error.to_string(),
        "the query has 3 dimensions, the bundle 2 (model \"test-model\"): embed the query with that model"
    );
    assert_eq!(refused(&[0.0, f32::NAN]).to_string(), "query[1] is NaN: vectors must be finite numbers");
    assert_eq!(refused(&[0.0, f32::INFINITY]).code(), "not-finite");
    assert_eq!(refused(&[0.0, -0.0]).code(), "zero-vector");
    let zero_k = index.search(&[1.0, 0.0], &options(Method::Knn, 0)).unwrap_err();
    assert_eq!(zero_k.to_string(), "option k is 0: expected a whole number from 1");
}

#[test]
fn sixty_five_thousand_articles() {
    let (rows, dims) = (65_536, 384);
    // A multiplicative sequence: no two rows are alike.
    let mut state = 1u32;
    let values: Vec<f32> = (0..rows * dims)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        })
        .collect();
    let index = index(&values, dims);
    let last = &values[(rows - 1) * dims..];
    for method in METHODS {
        assert_eq!(ids(&index, last, method, 1), ["65535"], "{method:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn knn_is_the_cosine_in_float64(
        dims in prop_oneof![Just(1usize), Just(2), Just(3), Just(5), Just(8), Just(383)],
        values in prop::collection::vec(-1f32..1.0, 383 * 12),
        rows in 1usize..11,
    ) {
        let mut values: Vec<f32> = values[..(rows + 1) * dims].to_vec();
        values.iter_mut().step_by(dims).for_each(|first| *first += 2.0); // no row is zero
        let (query, rows_of_values) = values.split_at(dims);
        let result = index(rows_of_values, dims);
        let result = result.search(query, &options(Method::Knn, rows)).unwrap();
        let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
        for hit in &result.hits {
            let row = &rows_of_values[hit.article.id.parse::<usize>().unwrap() * dims..][..dims];
            let cosine = dot(row, query) / (dot(row, row) * dot(query, query)).sqrt();
            prop_assert!((f64::from(hit.score) - cosine).abs() < 1e-5, "{} {cosine}", hit.score);
        }
        prop_assert!(result.hits.is_sorted_by(|a, b| a.score >= b.score));
    }
}
