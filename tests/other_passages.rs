//! Which passages of an article a hit tells of beside the best.

use crate::support::cases;
use crate::support::site::site;
use exemplar_search::bundle::{Article, Bundle, Files};
use exemplar_search::{Query, SearchIndex, SearchOptions};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

proptest! {
    #![proptest_config(cases(48))]

    /// The oracle has the scores of all passages from an index in which each is an article of its own.
    #[test]
    fn others_are_the_passages_that_would_be_listed_too(
        (bundle, embedding) in site(), k in 1usize..5, passages in 1usize..5,
    ) {
        let query = Query { text: Some("moon tide"), embedding: Some(&embedding), unfinished: false };
        let mut apart = bundle.clone();
        apart.articles = (0..bundle.passages.len()).map(|id| Article { id: id.to_string(), ..Article::default() }).collect();
        apart.passages.iter_mut().enumerate().for_each(|(article, passage)| passage.article = article);
        let (index, apart) = (SearchIndex::new(bundle).unwrap(), SearchIndex::new(apart).unwrap());
        for method in ["knn", "svm", "whitened", "lexical", "auto", "knn+0.5*lexical"] {
            let options = SearchOptions::default().method(method.parse().unwrap()).k(k).passages(passages);
            let all = apart.search(query, &options.clone().k(99)).unwrap().hits;
            let found = index.search(query, &options).unwrap().hits;
            let floor = found.last().map_or(0.0, |hit| hit.score);
            for hit in &found {
                let mut expected: Vec<(f32, usize)> = Vec::new();
                for one in &all {
                    let at: usize = one.article.id.parse().unwrap();
                    let passage = &index.passages()[at];
                    let seen = expected.iter().any(|(_, other)| index.passages()[*other].heading == passage.heading);
                    if passage.article == hit.passage.article && one.score >= floor && !seen && expected.len() < passages {
                        expected.push((one.score, at));
                    }
                }
                let at = |passage| index.passages().iter().position(|it| std::ptr::eq(it, passage)).unwrap();
                let mut told = vec![(hit.score, at(hit.passage))];
                told.extend(hit.others.iter().map(|other| (other.score, at(other.passage))));
                prop_assert_eq!(told, expected, "{}", method);
                prop_assert!(hit.others.iter().all(|other| other.text == other.passage.text));
            }
        }
    }
}

#[test]
fn there_is_no_hit_without_a_passage() {
    let bundle = include_bytes!("golden/bundle-v2-int8.json");
    let index = SearchIndex::new(Bundle::read(bundle, &Files::new()).unwrap()).unwrap();
    let none = SearchOptions::default().passages(0);
    let error = index.search("moon", &none).unwrap_err();
    assert_eq!(error.to_string(), "option passages is 0: expected a whole number from 1");
}
