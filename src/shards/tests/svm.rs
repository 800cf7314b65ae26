//! The SVM and examples, by parts of a bundle.

use super::*;
use crate::Refine;

/// Loads what examples want; how many rounds that takes.
fn load_examples(
    shards: &mut Shards,
    files: &BTreeMap<Id, Vec<u8>>,
    refine: &Refine,
    options: &SearchOptions,
) -> usize {
    for round in 0.. {
        let answer = shards.refine(refine, options).unwrap();
        assert!(!answer.whole, "{refine:?}");
        if answer.wanted.is_empty() {
            return round;
        }
        assert!(round < 8, "{refine:?} still wants {:?}", answer.wanted);
        for id in answer.wanted {
            shards.add(id, &files[&id]).unwrap();
        }
    }
    0
}

fn ids(result: &crate::SearchResult) -> Vec<String> {
    result.hits.iter().map(|hit| hit.article.id.clone()).collect()
}

#[test]
fn scores_of_the_svm_are_those_of_the_whole_bundle_nearly() {
    let bundle = site(200);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    for c in [0.05, 1.0] {
        let svm = crate::rank::svm::Options::default().c(c);
        let options = SearchOptions::default().method("svm".parse().unwrap()).svm(svm).k(40);
        for text in ["harbour moon violin", "garlic", "compiler trait"] {
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            load(&mut shards, &files, text, &options);
            assert!(!shards.missing().is_empty());
            let found = shards.search(text, &options).unwrap().result;
            let expected = index.search(text, &options.clone().k(200)).unwrap();
            let off = found.hits.iter().map(|hit| {
                let other = expected.hits.iter().find(|other| other.article.id == hit.article.id);
                (hit.scores.svm.unwrap() - other.unwrap().scores.svm.unwrap()).abs()
            });
            let mean = off.sum::<f32>() / found.hits.len() as f32;
            let spread = expected.hits[0].score - expected.hits[199].score;
            assert!(mean < 0.05 * spread, "{text} C={c}: {mean} of {spread}");
        }
    }
}

#[test]
fn a_filter_changes_no_score_of_the_svm() {
    let (manifest, files) = shards_of(&site(200));
    let options = SearchOptions::default().method("svm".parse().unwrap()).k(200);
    let only = options.clone().filter(filter(&[("lang", &["de"])]));
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    load(&mut shards, &files, "harbour", &only);
    load(&mut shards, &files, "harbour", &options);
    let all = shards.search("harbour", &options).unwrap().result;
    let some = shards.search("harbour", &only).unwrap().result;
    assert!(!some.hits.is_empty());
    for hit in &some.hits {
        assert_eq!(hit.article.lang.as_deref(), Some("de"));
        let other = all.hits.iter().find(|other| other.article.id == hit.article.id).unwrap();
        assert_eq!(hit.score, other.score);
    }
}

#[test]
fn what_other_searches_loaded_changes_no_score_of_the_svm() {
    let (manifest, files) = shards_of(&site(400));
    let options = SearchOptions::default().method("svm".parse().unwrap());
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    load(&mut shards, &files, "violin", &options);
    let before = shards.search("violin", &options).unwrap().result;
    let scores: Vec<(String, f32)> =
        before.hits.iter().map(|hit| (hit.article.id.clone(), hit.score)).collect();
    let mut shards = all_of(&manifest, &files);
    load(&mut shards, &files, "violin", &options);
    let after = shards.search("violin", &options).unwrap().result;
    let mut same = 0;
    for hit in after.hits {
        if let Some((id, score)) = scores.iter().find(|(id, _)| hit.article.id == *id) {
            assert!((hit.score - score).abs() < 1e-5, "{id}: {score}, then {}", hit.score);
            same += 1;
        }
    }
    assert!(same >= 8, "{same}");
}

#[test]
fn nothing_is_claimed_of_the_svm_before_it_has_learnt() {
    let (manifest, files) = shards_of(&site(400));
    for (method, most) in [("svm", 0.0), ("svm+lexical", 0.5)] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        let mut shards = Shards::new(manifest.as_bytes()).unwrap();
        let mut seen = false;
        loop {
            let answer = shards.search("harbour violin", &options).unwrap();
            let complete = answer.result.complete.unwrap();
            let Some(&next) = answer.wanted.first() else {
                assert!(complete > 0.5 && answer.result.svm.is_some(), "{method}: {complete}");
                break;
            };
            seen |= !answer.result.hits.is_empty();
            if answer.wanted.iter().any(|id| id.kind == Kind::Passages) {
                assert!(complete <= most, "{method}: {complete}");
            }
            shards.add(next, &files[&next]).unwrap();
        }
        assert!(seen, "hits by the query itself come first");
    }
}

#[test]
fn options_of_the_svm_are_checked_where_it_ranks() {
    let (manifest, files) = shards_of(&site(60));
    let shards = all_of(&manifest, &files);
    let svm = crate::rank::svm::Options::default().c(0.0);
    let options = |method: &str| SearchOptions::default().method(method.parse().unwrap()).svm(svm.clone());
    assert_eq!(shards.search("moon", &options("svm")).unwrap_err().code(), "option");
    assert!(shards.search("moon", &options("knn")).is_ok());
}

#[test]
fn examples_find_in_parts_what_they_find_in_the_whole() {
    let bundle = site(400);
    let (manifest, files) = shards_of(&bundle);
    let vector = bundle.vectors.values(40).to_vec();
    let index = SearchIndex::new(bundle).unwrap();
    let text = Query::from("violin melody");
    let place = Query::from(&vector);
    for method in ["auto", "knn", "whitened", "svm", "hybrid", "knn+whitened"] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        for (query, more, less) in [
            (Query::default(), &["a3"][..], &[][..]),
            (Query::default(), &["a3", "a17"], &["a40"]),
            (text, &["a9"], &[]),
            (text, &[], &["a9", "a11"]),
            (place, &["a20"], &["a5"]),
        ] {
            let refine = Refine { query, more, less };
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            load_examples(&mut shards, &files, &refine, &options);
            assert!(shards.missing().iter().any(|id| id.kind == Kind::Passages), "{method} {refine:?}");
            let found = shards.refine(&refine, &options).unwrap().result;
            assert!(found.complete.is_some() && found.closeness.is_none());
            let all = index.refine(&refine, &options.clone().k(400)).unwrap();
            let lowest = all.hits.last().unwrap().score;
            let score = |id: &String| {
                all.hits.iter().find(|hit| hit.article.id == *id).map_or(0.0, |hit| hit.score - lowest)
            };
            let found: f32 = ids(&found)
                .iter()
                .inspect(|id| {
                    assert!(
                        !more.contains(&id.as_str()) && !less.contains(&id.as_str()),
                        "an example is no hit"
                    );
                })
                .map(score)
                .sum();
            let best: f32 = all.hits[..10].iter().map(|hit| hit.score - lowest).sum();
            assert!(found > 0.9 * best, "{method} {refine:?}: {found} of {best}");
        }
    }
}

#[test]
fn an_example_that_is_given_twice_counts_once() {
    let (manifest, files) = shards_of(&site(60));
    let shards = all_of_and_articles(&manifest, &files);
    let options = SearchOptions::default().method("svm".parse().unwrap());
    let hits = |more: &[&str]| {
        let refine = Refine { query: Query::from("moon"), more, less: &[] };
        shards.refine(&refine, &options).unwrap().result.hits.iter().map(|hit| hit.score).collect::<Vec<_>>()
    };
    assert_eq!(hits(&["a3", "a4"]), hits(&["a3", "a4", "a3"]));
}

fn all_of_and_articles(manifest: &str, files: &BTreeMap<Id, Vec<u8>>) -> Shards {
    let mut shards = all_of(manifest, files);
    let articles = files.iter().filter(|(id, _)| id.kind == Kind::Articles);
    articles.for_each(|(id, file)| shards.add(*id, file).unwrap());
    shards
}

#[test]
fn examples_that_are_none_are_refused_as_by_the_whole_bundle() {
    let bundle = site(60);
    let (manifest, files) = shards_of(&bundle);
    let shards = all_of_and_articles(&manifest, &files);
    let index = SearchIndex::new(bundle).unwrap();
    let options = SearchOptions::default();
    for (query, more, less) in [
        (Query::default(), &["elsewhere"][..], &[][..]),
        (Query::from("moon"), &[], &["a1", "elsewhere"]),
        (Query::default(), &[], &[]),
        (Query::from("moon"), &["a1"], &["a1"]),
    ] {
        let refine = Refine { query, more, less };
        let expected = index.refine(&refine, &options).unwrap_err().to_string();
        assert_eq!(shards.refine(&refine, &options).unwrap_err().to_string(), expected);
    }
}

/// Bundles of older builds have no such shards, and words of liked articles are in all of them.
#[test]
fn examples_that_parts_cannot_place_want_the_whole_bundle() {
    let (manifest, files) = shards_of(&site(60));
    let refine = Refine { more: &["a3"], ..Refine::default() };
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    let start = Id::new(Kind::Start, 0);
    shards.add(start, &files[&start]).unwrap();
    let wanted = shards.refine(&refine, &SearchOptions::default()).unwrap().wanted;
    assert!(matches!(wanted[..], [Id { kind: Kind::Articles, .. }]), "{wanted:?}");
    shards.give_up(wanted[0]);
    assert!(shards.refine(&refine, &SearchOptions::default()).unwrap().whole);
    let shards = all_of_and_articles(&manifest, &files);
    let by_words = SearchOptions::default().method("knn+lexical".parse().unwrap());
    assert!(shards.refine(&refine, &by_words).unwrap().whole);
}

proptest! {
    #[test]
    fn articles_come_back(
        articles in prop::collection::vec(("[a-zé猫/%#]{0,150}", prop::collection::btree_set(0u32..300, 0..20)), 0..40),
    ) {
        let articles: Vec<Listed> = articles
            .into_iter()
            .map(|(id, places)| Listed { id, places: places.into_iter().collect() })
            .collect();
        let mut coder = Encoder::default();
        let _ = code_articles(&mut coder, &articles, 300);
        prop_assert_eq!(read_articles(0, &coder.finish(), 300).unwrap(), articles);
    }

    #[test]
    fn any_bytes_are_articles_or_not(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(articles) = read_articles(0, &bytes, 300) {
            for Listed { places, .. } in articles {
                prop_assert!(places.is_sorted_by(|a, b| a < b) && places.iter().all(|place| *place < 300));
            }
        }
    }
}
