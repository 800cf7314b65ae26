//! Why hits are where they are.

use crate::support::cases;
use crate::support::site::site;
use exemplar_search::json::{Number, Value};
use exemplar_search::{PINS_FIELD, Query, Refine, SearchIndex, SearchOptions, WEIGHT_FIELD};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const METHODS: [(&str, bool); 5] = [
    ("knn", false),
    ("lexical", false),
    ("knn+0.5*lexical", true),
    ("whitened+lexical", true),
    ("svm", false),
];

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn shares_add_up_to_the_score((bundle, embedding) in site(), weight in 0.1f64..10.0) {
        let mut bundle = bundle;
        for article in bundle.articles.iter_mut().step_by(2) {
            article.extra.push(WEIGHT_FIELD, Value::Number(Number::of(weight).unwrap()));
        }
        let index = SearchIndex::new(bundle).unwrap();
        let query = Query { text: Some("moon tides quartz"), embedding: Some(&embedding), unfinished: false };
        let refine = Refine { query, ..Refine::default() };
        for (method, is_sum) in METHODS {
            let options = SearchOptions::default().method(method.parse().unwrap()).k(99);
            let explained = index.explain(&refine, &options).unwrap();
            let hits: Vec<_> = explained.iter().map(|explained| explained.hit.clone()).collect();
            prop_assert_eq!(hits, index.search(query, &options).unwrap().hits);
            for explained in &explained {
                let sum: f32 = explained.shares.iter().map(|share| share.share.unwrap()).sum();
                let counts = method.contains("lexical");
                let score = match (counts, is_sum) {
                    (false, _) => sum,
                    (true, true) => sum + explained.weight.ln(),
                    (true, false) => sum * explained.weight,
                };
                prop_assert!((score - explained.hit.score).abs() < 1e-4 * score.abs().max(1.0), "{}: {} {}", method, score, explained.hit.score);
                prop_assert_eq!(explained.words.is_empty(), !counts);
                let words: f32 = explained.words.iter().map(|word| word.score).sum();
                let lexical = explained.hit.scores.lexical.unwrap_or(0.0);
                prop_assert!((words - lexical).abs() < 1e-4 * lexical.max(1.0), "{}: {} {}", method, words, lexical);
                prop_assert!(explained.words.iter().all(|word| word.score > 0.0 || word.matched.is_empty()));
            }
        }
    }

    #[test]
    fn what_is_lifted_says_why((bundle, embedding) in site()) {
        let query = Query { text: Some("moon tide"), embedding: Some(&embedding), unfinished: false };
        let lexical = SearchOptions::default().method("lexical".parse().unwrap()).k(99);
        let index = SearchIndex::new(bundle.clone()).unwrap();
        // It is found by words, and comes last.
        let last = index.search(query, &lexical).unwrap().hits.last().map(|hit| hit.article.id.clone());
        let Some(last) = last else { return Ok(()) };
        let mut pinned = bundle;
        let article = pinned.articles.iter_mut().find(|article| article.id == last).unwrap();
        article.extra.push(PINS_FIELD, Value::Array(vec![Value::String("Moon, tide!".into())]));
        let index = SearchIndex::new(pinned).unwrap();
        let refine = Refine { query, ..Refine::default() };
        for options in [SearchOptions::default(), lexical] {
            let first = index.explain(&refine, &options).unwrap().remove(0);
            prop_assert_eq!((first.hit.article.id.as_str(), first.lifted), (last.as_str(), Some("pinned")));
        }
    }
}
