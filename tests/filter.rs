//! Filters: which articles may be hits, and what there is to filter by.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::cases;
use crate::support::site::site;
use exemplar_search::bundle::Article;
use exemplar_search::{Facet, Filter, Query, Range, SearchIndex, SearchOptions, SearchResult, Wanted};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FIELDS: [&str; 5] = ["lang", "tags", "date", "kind", "size"];
const METHODS: [&str; 6] = ["knn", "svm", "whitened", "lexical", "auto", "knn+0.5*lexical"];

/// Wanted values or bounds, by field.
type Asked = BTreeMap<String, Wanted>;

/// The values of an article's field, as the JSON of the article has them.
fn values(article: &Article, field: &str) -> BTreeSet<String> {
    let json = serde_json::to_value(article).unwrap();
    let texts = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text.clone()),
        value => value.as_f64().map(|number| number.to_string()),
    };
    match &json[field] {
        serde_json::Value::Array(list) => list.iter().filter_map(texts).collect(),
        one => texts(one).into_iter().collect(),
    }
}

fn allowed(article: &Article, asked: &Asked) -> bool {
    asked.iter().all(|(field, wanted)| match wanted {
        Wanted::Values(wanted) => {
            wanted.is_empty() || values(article, field).iter().any(|value| wanted.contains(value))
        }
        Wanted::Range(Range { from: None, to: None }) => true,
        Wanted::Range(range) if field == "date" => {
            values(article, field).iter().any(|date| is_between(&days(date, 0), range, days))
        }
        Wanted::Range(range) => {
            values(article, field).iter().any(|size| is_between(&number(size, 0), range, number))
        }
    })
}

/// `read` takes what a bound does not say as this.
fn is_between<T: PartialOrd>(value: &T, Range { from, to }: &Range, read: fn(&str, u32) -> T) -> bool {
    from.as_ref().is_none_or(|from| *value >= read(from, 0))
        && to.as_ref().is_none_or(|to| *value <= read(to, 99))
}

/// Year, month and day of a date.
fn days(date: &str, unsaid: u32) -> [u32; 3] {
    let mut parts = date.split('-').map(|part| part.parse().unwrap());
    std::array::from_fn(|_| parts.next().unwrap_or(unsaid))
}

fn number(text: &str, _: u32) -> f64 {
    text.parse().unwrap()
}

/// Values of the fields that are lists, and ranges of the others.
fn filters() -> impl Strategy<Value = Asked> {
    let values = prop::sample::subsequence(&["en", "ja", "sea", "sky", "guide", "3", "none"][..], 0..4);
    let lists = (prop::sample::select(vec!["lang", "tags", "kind"]), values).prop_map(|(field, values)| {
        (field.to_owned(), Wanted::Values(values.into_iter().map(str::to_owned).collect()))
    });
    let date = (2024u32..2027, 1u32..13, 1u32..29, 1usize..4).prop_map(|(year, month, day, said)| {
        [year.to_string(), format!("{month:02}"), format!("{day:02}")][..said].join("-")
    });
    let size = (-8i32..80).prop_map(|quarters| (f64::from(quarters) / 4.0).to_string());
    let range = |field: &'static str, bound: BoxedStrategy<String>| {
        prop::array::uniform2(prop::option::of(bound))
            .prop_map(move |[from, to]| (field.to_owned(), Wanted::Range(Range { from, to })))
    };
    let one = prop_oneof![3 => lists, 1 => range("date", date.boxed()), 1 => range("size", size.boxed())];
    prop::collection::vec(one, 0..4).prop_map(|asked| asked.into_iter().collect())
}

/// Ids with scores, best first.
fn ranking(result: &SearchResult, keep: impl Fn(&Article) -> bool, k: usize) -> Vec<(String, f32)> {
    let hits = result.hits.iter().filter(|hit| keep(hit.article)).take(k);
    hits.map(|hit| (hit.article.id.clone(), hit.score)).collect()
}

/// A field that no article has is refused, unless every bundle has it.
fn is_known(index: &SearchIndex, field: &str) -> bool {
    ["lang", "tags", "date"].contains(&field)
        || index.articles().iter().any(|article| !values(article, field).is_empty())
}

proptest! {
    #![proptest_config(cases(48))]

    /// The oracle ranks all articles, and then takes those that the filter allows.
    #[test]
    fn a_filter_takes_from_the_whole_ranking(
        (bundle, embedding) in site(), filter in filters(), k in 1usize..6, liked in any::<bool>(),
    ) {
        let index = SearchIndex::new(bundle).unwrap();
        prop_assume!(filter.keys().all(|field| is_known(&index, field)));
        let query = Query { text: Some("moon tide"), embedding: Some(&embedding), unfinished: false };
        let more: &[&str] = if liked { &["0"] } else { &[] };
        for method in METHODS {
            let all = SearchOptions::default().method(method.parse().unwrap()).k(99);
            let some = all.clone().k(k).filter(Filter(filter.clone().into_iter().collect()));
            let refine = exemplar_search::Refine { query, more, less: &[] };
            let (all, some) = (index.refine(&refine, &all).unwrap(), index.refine(&refine, &some).unwrap());
            prop_assert_eq!(ranking(&some, |_| true, 99), ranking(&all, |article| allowed(article, &filter), k), "{}", method);
            prop_assert!(some.hits.iter().enumerate().all(|(place, hit)| hit.rank == place + 1));
        }
    }

    /// The oracle counts the hits of a ranking of all articles.
    #[test]
    fn facets_count_what_was_found((bundle, embedding) in site(), filter in filters(), k in 1usize..4) {
        let index = SearchIndex::new(bundle).unwrap();
        let known: Vec<String> = FIELDS.into_iter().filter(|field| is_known(&index, field)).map(str::to_owned).collect();
        prop_assume!(filter.keys().all(|field| known.contains(field)));
        let query = Query { text: Some("moon tide"), embedding: Some(&embedding), unfinished: false };
        for (method, relevance_threshold) in [("lexical", None), ("auto", None), ("knn", None), ("knn", Some(0.4))] {
            let all = SearchOptions::default().method(method.parse().unwrap()).k(99).relevance_threshold(relevance_threshold);
            let some = all.clone().k(k).filter(Filter(filter.clone().into_iter().collect())).facets(known.clone());
            let (all, some) = (index.search(query, &all).unwrap(), index.search(query, &some).unwrap());
            prop_assert_eq!(some.facets.iter().map(|facet| &facet.field).collect::<Vec<_>>(), known.iter().collect::<Vec<_>>());
            for Facet { field, counts } in &some.facets {
                let others: BTreeMap<_, _> = filter.clone().into_iter().filter(|(other, _)| other != field).collect();
                let mut expected: BTreeMap<String, usize> = BTreeMap::new();
                for hit in all.hits.iter().filter(|hit| allowed(hit.article, &others)) {
                    values(hit.article, field).into_iter().for_each(|value| *expected.entry(value).or_default() += 1);
                }
                let found: Vec<_> = counts.iter().map(|count| (count.value.to_string(), count.count)).collect();
                prop_assert!(found.is_sorted_by_key(|(_, count)| std::cmp::Reverse(*count)), "{:?}", found);
                prop_assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), expected, "{} of {}", field, method);
            }
        }
    }

    #[test]
    fn a_field_that_no_article_has_is_refused((bundle, embedding) in site()) {
        let index = SearchIndex::new(bundle).unwrap();
        let filter = Filter(vec![("tag".to_owned(), Wanted::Values(vec!["sea".to_owned()]))]);
        let refused = |options| index.search(&embedding, &options).unwrap_err();
        let error = refused(SearchOptions::default().filter(filter));
        let expected = "expected lang, tags, date, or another field in which articles of this bundle have texts or numbers";
        prop_assert_eq!(error.to_string(), format!("option filter is \"tag\": {expected}"));
        let error = refused(SearchOptions::default().facets(vec!["title".into()]));
        prop_assert_eq!(error.to_string(), format!("option facets is \"title\": {expected}"));
    }
}
