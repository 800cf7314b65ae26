//! What the owner has pages count.

use std::collections::BTreeMap;

use crate::support::cases;
use crate::support::site::site;
use exemplar_search::json::{Number, Value};
use exemplar_search::{Fusion, Query, SearchIndex, SearchOptions, WEIGHT_FIELD};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Methods, and whether weights count for them: as a factor, or as what is added to a sum of z-scores.
const METHODS: [(&str, Fusion, Option<bool>); 6] = [
    ("knn", Fusion::ZScore, None),
    ("svm", Fusion::ZScore, None),
    ("knn+whitened", Fusion::ZScore, None),
    ("lexical", Fusion::ZScore, Some(false)),
    ("knn+0.5*lexical", Fusion::ZScore, Some(true)),
    ("knn+0.5*lexical", Fusion::ReciprocalRank, Some(false)),
];

proptest! {
    #![proptest_config(cases(48))]

    /// The oracle ranks without weights, has each score count by its article's, and sorts.
    #[test]
    fn weights_count_for_methods_with_words(
        (bundle, embedding) in site(), weights in prop::collection::vec(0.01f64..100.0, 12),
    ) {
        let mut weighed = bundle.clone();
        for (article, weight) in weighed.articles.iter_mut().zip(weights.iter().cycle()) {
            article.extra.push(WEIGHT_FIELD, Value::Number(Number::of(*weight).unwrap()));
        }
        let weight_of: BTreeMap<_, _> =
            weighed.articles.iter().map(|article| article.id.clone()).zip(weights.iter().cycle().copied()).collect();
        let (plain, weighed) = (SearchIndex::new(bundle).unwrap(), SearchIndex::new(weighed).unwrap());
        // No title is all of it.
        let query = Query { text: Some("moon tide quartz"), embedding: Some(&embedding), unfinished: false };
        for (method, fusion, counts) in METHODS {
            let options = SearchOptions::default().method(method.parse().unwrap()).fusion(fusion).k(99);
            let expected: BTreeMap<_, _> = plain.search(query, &options).unwrap().hits.iter().map(|hit| {
                let weight = weight_of[&hit.article.id] as f32;
                let score = match counts {
                    None => hit.score,
                    Some(true) => hit.score + weight.ln(),
                    Some(false) => hit.score * weight,
                };
                (hit.article.id.clone(), score)
            }).collect();
            let found = weighed.search(query, &options).unwrap();
            prop_assert_eq!(found.hits.len(), expected.len());
            for hit in &found.hits {
                let expected = expected[&hit.article.id];
                prop_assert!((hit.score - expected).abs() < 1e-4 * expected.abs().max(1.0), "{}: {} {}", method, hit.score, expected);
            }
            prop_assert!(found.hits.is_sorted_by(|a, b| a.score >= b.score));
        }
    }
}
