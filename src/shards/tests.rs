//! All of the planner but the SVM.

mod svm;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::articles::{Listed, code_articles, read_articles};
use super::code::{Numbers, Rows, Words, ascending, below, size_class};
use super::estimate::{Claim, Guess};
use super::fields::{Value, code_values, read_values};
use super::plan::Lookup;
use super::start::{Common, Start, power};
use super::whole::Rest;
use super::*;
use crate::bundle::{
    Article, Bundle, EmbeddingSpace, Encoding, Files, Layout, Part, Passage, Probe, Statistics,
};
use crate::encoder::range_coder::{Coder, Decoder, Encoder};
use crate::encoder::{FitOptions, PassageText, Training, fit, training_texts};
use crate::json::{Number, Value as Json};
use crate::lexical::{Keywords, QueryTerms};
use crate::vector::{Matrix, Vectors};
use crate::{Closeness, OwnTexts, Query, SearchIndex, SearchOptions, Strictness};

const TOPICS: [&str; 6] = [
    "harbour tide moon water ebb flood sailor anchor",
    "engine petrol wheel brake clutch gear motor axle",
    "violin chord melody rhythm opera singer concert flute",
    "pepper onion garlic kitchen recipe oven butter flour",
    "compiler borrow lifetime closure trait generic macro crate",
    "港 船 海 潮 波 灯台 漁師 航海",
];
const DIMS: usize = 24;

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }

    fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.next() as f32 / (1u64 << 31) as f32).sum::<f32>() - 3.0
    }
}

fn article(i: usize) -> Article {
    let tags = ["sea", "land", "灯台"];
    Article {
        id: format!("a{i}"),
        title: format!("Article {i}"),
        url: format!("{i}.html"),
        lang: (!i.is_multiple_of(5)).then(|| if i.is_multiple_of(3) { "de" } else { "en" }.into()),
        // One has a tag twice.
        tags: (0..i % 4).map(|tag| tags[(i + tag) % 3].into()).collect(),
        ..Article::default()
    }
}

/// A query encoder that learns passages' own texts for their vectors.
fn encoder_of(texts: &[PassageText], vectors: &Matrix) -> Part {
    let learnt = training_texts(texts, 200);
    let targets: Vec<f32> = learnt.iter().flat_map(|text| vectors.values(text.passage).to_vec()).collect();
    let training = Training {
        model: "test",
        passages: texts,
        vectors,
        texts: &learnt,
        targets: &Matrix::from_values(&targets, DIMS),
        words: &[],
        word_targets: &Matrix::from_values(&[], DIMS),
    };
    fit(&training, &FitOptions::default()).unwrap().into_part()
}

/// A site of articles about a topic each, of one to three passages, whose vectors lie near their topic's.
fn site(articles: usize) -> Bundle {
    let mut random = Random(7);
    let topics: Vec<Vec<f32>> = TOPICS.iter().map(|_| (0..DIMS).map(|_| random.normal()).collect()).collect();
    let mut passages = Vec::new();
    let mut values: Vec<f32> = Vec::new();
    for article in 0..articles {
        let topic = random.next() % TOPICS.len();
        for part in 0..1 + random.next() % 3 {
            let words: Vec<&str> = TOPICS[topic].split(' ').collect();
            let mut text: Vec<String> =
                (0..6 + random.next() % 20).map(|_| words[random.next() % words.len()].to_owned()).collect();
            text.push(format!("number{article}"));
            text.push("the".into());
            passages.push(Passage {
                article,
                heading: vec![format!("part {part}")],
                text: text.join(" "),
                ..Passage::default()
            });
            let vector: Vec<f32> = topics[topic].iter().map(|x| x + 0.7 * random.normal()).collect();
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            values.extend(vector.iter().map(|x| x / length));
        }
    }
    let articles: Vec<Article> = (0..articles).map(article).collect();
    let texts: Vec<PassageText> = passages
        .iter()
        .map(|passage| PassageText {
            article: passage.article,
            title: articles[passage.article].title.clone(),
            headings: passage.heading.clone(),
            text: passage.text.clone(),
        })
        .collect();
    let vectors = Matrix::from_values(&values, DIMS);
    let encoder = encoder_of(&texts, &vectors);
    let keywords = Keywords::build(texts.iter().map(|text| (text.title.as_str(), text.text.as_str())));
    let bundle = Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::Int8Centred,
        space: EmbeddingSpace {
            model: "test".into(),
            dimensions: DIMS,
            probes: vec![Probe { text: "a tide".into(), vector: vectors.values(0).to_vec() }],
            ..EmbeddingSpace::default()
        },
        articles,
        passages,
        vectors: Vectors::Float32(vectors),
        statistics: Statistics { mean_query: Some(vec![0.01; DIMS]), ..Statistics::default() },
        parts: vec![("encoder".into(), encoder), ("keywords".into(), Part::of_keywords(&keywords))],
        extra: Default::default(),
    };
    // As it is shipped.
    Bundle::read(bundle.write().unwrap().json.as_bytes(), &Files::new()).unwrap()
}

/// The shards of a site, by their ids, not packed.
fn shards_of(bundle: &Bundle) -> (String, BTreeMap<Id, Vec<u8>>) {
    // Packing that gains nothing is left out.
    let written = write(bundle, &|bytes| bytes.to_vec()).unwrap();
    (written.manifest, written.files.into_iter().collect())
}

fn all_of(manifest: &str, files: &BTreeMap<Id, Vec<u8>>) -> Shards {
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    while let missing @ [_, ..] = shards.missing().as_slice() {
        for id in missing {
            shards.add(*id, &files[id]).unwrap();
        }
    }
    shards
}

/// Loads what a query wants; how many rounds that takes.
fn load<'q>(
    shards: &mut Shards,
    files: &BTreeMap<Id, Vec<u8>>,
    query: impl Into<Query<'q>>,
    options: &SearchOptions,
) -> usize {
    let query = query.into();
    for round in 0.. {
        let wanted = shards.search(query, options).unwrap().wanted;
        if wanted.is_empty() {
            return round;
        }
        assert!(round < 8, "{query:?} still wants {wanted:?}");
        for id in wanted {
            shards.add(id, &files[&id]).unwrap();
        }
    }
    0
}

#[test]
fn parts_come_as_close_to_a_query_as_the_whole_bundle() {
    let mut bundle = site(120);
    let texts = bundle.passages.iter().map(|passage| (passage.article, passage.text.clone())).collect();
    let vectors = bundle.passages.iter().enumerate();
    let titles = vectors.map(|(row, passage)| (passage.article, bundle.vectors.values(row).to_vec()));
    let own = OwnTexts { titles: titles.collect(), texts };
    let calibration = SearchIndex::new(bundle.clone()).unwrap().calibrate(&own).unwrap();
    assert!(calibration.embedding.is_some() && calibration.encoder.is_some(), "{calibration:?}");
    bundle.statistics.closeness = Some(calibration);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle.clone()).unwrap();
    let near = bundle.vectors.values(7).to_vec();
    for (query, expected) in [
        (Query::from("violin melody opera"), Closeness::Good),
        (Query::from("xqzvwk"), Closeness::Nothing),
        (Query { text: Some("violin"), embedding: Some(&near), unfinished: false }, Closeness::Good),
    ] {
        for method in ["auto", "knn"] {
            let options = SearchOptions::default().method(method.parse().unwrap());
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            load(&mut shards, &files, query, &options);
            let (part, whole) =
                (shards.search(query, &options).unwrap(), index.search(query, &options).unwrap());
            assert_eq!(part.result.closeness, whole.closeness, "{query:?} {method}");
            if method == "auto" {
                assert_eq!(whole.closeness, Some(expected), "{query:?}");
            }
            let nothing = whole.closeness == Some(Closeness::Nothing);
            assert_eq!((whole.hits.is_empty(), part.result.hits.is_empty()), (nothing, nothing), "{query:?}");
            let off = options.strictness(Strictness::Off);
            assert_eq!(shards.search(query, &off).unwrap().result.closeness, None);
            assert_eq!(index.search(query, &off).unwrap().closeness, None);
        }
    }
    let all = all_of(&manifest, &files);
    assert_eq!(all.manifest().closeness, Some(calibration));
    assert_eq!(all.bundle().unwrap().statistics, bundle.statistics);
    for wrong in ["[1,2]", "[0.5,0.2,0.8]", "0.5"] {
        let mut json: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        json["closeness"]["embedding"] = wrong.parse().unwrap();
        let error = Shards::new(json.to_string().as_bytes()).unwrap_err().to_string();
        assert!(error.contains("closeness.embedding") && error.contains("expected"), "{error}");
    }
}

#[test]
fn all_shards_are_the_bundle() {
    let bundle = site(120);
    let (manifest, files) = shards_of(&bundle);
    let whole = all_of(&manifest, &files);
    let mut again = whole.bundle().unwrap();
    again.parts.sort_by(|a, b| a.0.cmp(&b.0));
    again.layout = bundle.layout;
    assert_eq!(again, bundle);
    let (ours, theirs) = (whole.index(true).unwrap(), SearchIndex::new(bundle).unwrap());
    for text in ["moon water", "number17 engine", "港 船", "nothing known"] {
        for method in ["auto", "svm", "knn+whitened"] {
            let options = SearchOptions::default().method(method.parse().unwrap());
            assert_eq!(ours.search(text, &options).unwrap(), theirs.search(text, &options).unwrap());
        }
    }
}

#[test]
fn the_same_bundle_gives_the_same_shards() {
    let bundle = site(60);
    assert_eq!(shards_of(&bundle), shards_of(&bundle));
}

/// What the whole bundle's hits score, and what those score there that a search in shards finds: sums.
fn found_of_best<'q>(
    method: &str,
    query: impl Into<Query<'q>>,
    index: &SearchIndex,
    shards: &Shards,
) -> (f32, f32) {
    let options = SearchOptions::default().method(method.parse().unwrap());
    let query = query.into();
    let answer = shards.search(query, &options).unwrap();
    assert_eq!(answer.wanted, []);
    let all = index.search(query, &options.clone().k(1000)).unwrap();
    let lowest = all.hits.last().map_or(0.0, |hit| hit.score);
    let score =
        |id: &str| all.hits.iter().find(|hit| hit.article.id == id).map_or(0.0, |hit| hit.score - lowest);
    assert_eq!(answer.result.method, all.method);
    let best = all.hits.iter().take(10).map(|hit| hit.score - lowest).sum();
    (answer.result.hits.iter().map(|hit| score(&hit.article.id)).sum(), best)
}

#[test]
fn a_search_loads_few_shards_and_finds_what_the_whole_finds() {
    let bundle = site(400);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    // Passages of a topic differ little for the SVM here.
    for (method, least) in [
        ("auto", 0.5),
        ("whitened", 0.5),
        ("knn", 0.5),
        ("svm", 0.4),
        ("hybrid", 0.4),
        ("svm+lexical", 0.5),
        ("lexical", 0.5),
    ] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        for text in
            ["harbour number31", "violin opera number300", "borrow lifetime closure", "the garlic", "灯台"]
        {
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            assert!(load(&mut shards, &files, text, &options) <= 6);
            let (found, best) = found_of_best(method, text, &index, &shards);
            assert!(found > 0.9 * best, "{method} {text}: {found} of {best}");
            let complete = shards.search(text, &options).unwrap().result.complete.unwrap();
            assert!(complete > least, "{method} {text}: {complete}");
        }
    }
}

#[test]
fn a_reader_sees_hits_before_all_clusters_are_there() {
    let (manifest, files) = shards_of(&site(400));
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    let options = SearchOptions::default();
    let wanted = loop {
        let wanted = shards.search("harbour violin", &options).unwrap().wanted;
        if wanted.iter().any(|id| id.kind == Kind::Passages) {
            break wanted;
        }
        wanted.iter().for_each(|id| shards.add(*id, &files[id]).unwrap());
    };
    let first_cluster = wanted.iter().position(|id| id.kind == Kind::Passages).unwrap();
    let (first, rest) = wanted.split_at(first_cluster);
    assert!((1..=3).contains(&first.len()), "{wanted:?}");
    assert!(first.iter().all(|id| id.kind == Kind::Texts), "{wanted:?}");
    let shown = |shards: &Shards| shards.search("harbour violin", &options).unwrap().result.hits.len();
    assert_eq!(shown(&shards), 0);
    first.iter().for_each(|id| shards.add(*id, &files[id]).unwrap());
    assert!(shown(&shards) > 0);
    // Once the first clusters are there, all texts that are missing are wanted, though another cluster is, too.
    rest.iter().for_each(|id| shards.add(*id, &files[id]).unwrap());
    let wanted = shards.search("harbour violin", &options).unwrap().wanted;
    assert!(wanted.iter().any(|id| id.kind == Kind::Passages), "{wanted:?}");
    let texts = wanted.iter().filter(|id| id.kind == Kind::Texts);
    texts.for_each(|id| shards.add(*id, &files[id]).unwrap());
    assert_eq!(shown(&shards), options.k);
}

#[test]
fn what_was_typed_as_it_stands_in_a_title_is_first_and_scores_as_in_the_whole_bundle() {
    let bundle = site(400);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    for method in ["auto", "whitened+lexical", "lexical"] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        for i in [3, 77, 311] {
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            let text = format!("ARTICLE {i}.");
            load(&mut shards, &files, text.as_str(), &options);
            let answer = shards.search(text.as_str(), &options).unwrap();
            let hits = answer.result.hits;
            assert_eq!(hits[0].article.id, format!("a{i}"), "{method}");
            let whole = index.search(text.as_str(), &options).unwrap().hits;
            assert!(hits[0].score > hits[1].score && whole[0].score > whole[1].score, "{method}");
            let apart = (hits[0].score - whole[0].score).abs();
            assert!(apart < if method == "lexical" { 1e-4 } else { 0.3 }, "{method}: {apart}");
        }
    }
}

fn filter(fields: &[(&str, &[&str])]) -> crate::Filter {
    let owned =
        |values: &[&str]| crate::Wanted::Values(values.iter().map(|value| (*value).to_owned()).collect());
    crate::Filter(fields.iter().map(|(field, values)| ((*field).to_owned(), owned(values))).collect())
}

fn from_to(from: &str, to: &str) -> crate::Range {
    crate::Range { from: Some(from.into()), to: Some(to.into()) }
}

#[test]
fn a_filter_needs_few_shards_and_counts_are_those_of_the_whole_bundle() {
    let mut bundle = site(400);
    for (i, article) in bundle.articles.iter_mut().enumerate() {
        article.date = (i % 6 > 0).then(|| format!("20{}-{:02}-11", 18 + i % 7, 1 + i % 12));
        let size = Number::of((i % 50) as f64 / 4.0).unwrap();
        article.extra.0.push(("size".into(), Json::Number(size)));
    }
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    let filters = [
        filter(&[]),
        filter(&[("lang", &["de"])]),
        filter(&[("tags", &["sea", "灯台"])]),
        filter(&[("lang", &["en"]), ("tags", &["land"])]),
        crate::Filter(vec![("date".into(), crate::Wanted::Range(from_to("2020-06", "2022")))]),
        crate::Filter(vec![("size".into(), crate::Wanted::Range(from_to("2.5", "9")))]),
    ];
    for filter in filters {
        // Of values with equal counts, a whole bundle goes by the articles that the filter allows.
        let fields: &[&str] = if filter.is_empty() { &["tags", "lang", "size"] } else { &["tags", "lang"] };
        let facets = fields.iter().map(ToString::to_string).collect();
        let options = SearchOptions::default().filter(filter.clone()).facets(facets);
        for text in ["harbour number31", "violin opera", "the garlic"] {
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            assert!(load(&mut shards, &files, text, &options) <= 6);
            assert!(shards.missing().iter().any(|id| id.kind == Kind::Texts), "not all is loaded");
            let answer = shards.search(text, &options).unwrap();
            let whole = index.search(text, &options.clone().k(400)).unwrap();
            assert!(answer.result.hits.iter().all(|hit| filter.allows(hit.article)));
            assert_eq!(answer.result.facets, whole.facets, "{filter:?}");
            let lowest = whole.hits.last().unwrap().score;
            let score = |id: &str| whole.hits.iter().find(|hit| hit.article.id == id).unwrap().score - lowest;
            let best: f32 = whole.hits.iter().take(10).map(|hit| hit.score - lowest).sum();
            let found: f32 = answer.result.hits.iter().map(|hit| score(&hit.article.id)).sum();
            assert!(found > 0.9 * best, "{filter:?} {text}: {found} of {best}");
        }
    }
}

/// A box offers languages and tags whether or not the site has any.
#[test]
fn counts_of_a_field_without_a_value_need_few_shards() {
    let mut bundle = site(120);
    for article in &mut bundle.articles {
        (article.lang, article.tags) = (None, Vec::new());
    }
    let (manifest, files) = shards_of(&bundle);
    let options = SearchOptions::default().facets(["lang", "tags"].map(str::to_owned).to_vec());
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    load(&mut shards, &files, "harbour number31", &options);
    assert!(shards.missing().iter().any(|id| id.kind == Kind::Texts), "not all is loaded");
    let result = shards.search("harbour number31", &options).unwrap().result;
    assert!(!result.hits.is_empty() && result.facets.iter().all(|facet| facet.counts.is_empty()));
}

/// The site, of whose articles one in four counts twice, and one in four half.
fn weighed_site(articles: usize) -> Bundle {
    let mut bundle = site(articles);
    for (i, article) in bundle.articles.iter_mut().enumerate() {
        let weight = [1.0, 2.0, 1.0, 0.5][i % 4];
        article
            .extra
            .0
            .push((crate::search::weight::FIELD.into(), Json::Number(Number::of(weight).unwrap())));
    }
    bundle
}

#[test]
fn pages_count_as_in_the_whole_bundle() {
    let bundle = weighed_site(400);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    for method in ["auto", "lexical", "knn"] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        for text in ["harbour number31", "harbour tide", "violin opera", "the garlic"] {
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            assert!(load(&mut shards, &files, text, &options) <= 6);
            let (found, best) = found_of_best(method, text, &index, &shards);
            assert!(found > 0.9 * best, "{method} {text}: {found} of {best}");
            let (ours, theirs) =
                (shards.search(text, &options).unwrap().result, index.search(text, &options).unwrap());
            let apart = (ours.hits[0].score - theirs.hits[0].score).abs();
            // No page has all of the first query's words: meaning, which parts know nearly, is most of a sum.
            let known_exactly = method != "auto" || text != "harbour number31";
            assert!(apart < 0.3 || !known_exactly, "{method} {text}: {apart}");
        }
    }
}

#[test]
fn operators_leave_what_they_leave_of_the_whole_bundle() {
    let bundle = site(400);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    for text in [
        "harbour -moon",
        "\"tide moon\"",
        "violin -\"chord melody\" -opera",
        "compiler title:\"article 7\"",
        "title:311",
        "harbour tag:SEA",
        "garlic -title:article",
        "\"no such words here\" onion",
    ] {
        for method in ["auto", "lexical"] {
            let options = SearchOptions::default().method(method.parse().unwrap());
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            load(&mut shards, &files, text, &options);
            let part = shards.search(text, &options).unwrap().result;
            let whole = index.search(text, &options.clone().k(400)).unwrap();
            let found = |hit: &crate::Hit| whole.hits.iter().any(|other| other.article.id == hit.article.id);
            assert!(part.hits.iter().all(found), "{text} {method}");
            assert_eq!(part.hits.len(), whole.hits.len().min(10), "{text} {method}");
            let nearest = |closeness| closeness == Some(Closeness::Nearest);
            assert_eq!(nearest(part.closeness), nearest(whole.closeness), "{text} {method}");
        }
    }
}

#[test]
fn a_filter_whose_shard_cannot_be_had_lets_nothing_through() {
    let (manifest, files) = shards_of(&site(60));
    let options = SearchOptions::default().filter(filter(&[("lang", &["de"])]));
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    shards.add(Id::new(Kind::Start, 0), &files[&Id::new(Kind::Start, 0)]).unwrap();
    let fields = |wanted: &[Id]| wanted.iter().copied().find(|id| id.kind == Kind::Fields);
    let wanted = fields(&shards.search("violin", &options).unwrap().wanted).unwrap();
    shards.give_up(wanted);
    load(&mut shards, &files, "violin", &options);
    let answer = shards.search("violin", &options).unwrap();
    assert_eq!((answer.result.hits.len(), answer.result.complete), (0, Some(0.0)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn values_come_back_with_their_places(places in proptest::collection::vec(any::<bool>(), 0..200)) {
        let own: Vec<u32> = (0..).zip(&places).filter(|(_, own)| **own).map(|it| it.0).collect();
        let values = [Value::at("港", 1, &own), Value::at("船", 0, &[])];
        let mut coder = Encoder::default();
        let _ = code_values(&mut coder, &values, places.len() as u32);
        let read = read_values(0, &coder.finish(), places.len() as u32).unwrap();
        prop_assert_eq!(&read[..], &values[..]);
        let mut marked = vec![false; places.len()];
        read[0].mark(&mut marked);
        prop_assert_eq!(marked, places);
    }
}

#[test]
fn an_embedding_is_compared_with_parts() {
    let bundle = site(400);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    let mut random = Random(5);
    for method in ["auto", "whitened", "knn"] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        for text in [None, Some("harbour number31"), Some("violin")] {
            let near: Vec<f32> = index.rows().values(random.next() % 300).to_vec();
            let embedding: Vec<f32> = near.iter().map(|x| 3.0 * x + 0.3 * random.normal()).collect();
            let query = Query { text, embedding: Some(&embedding), unfinished: false };
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            assert!(load(&mut shards, &files, query, &options) <= 6);
            assert!(shards.missing().iter().any(|id| id.kind == Kind::Vectors), "no full vectors are loaded");
            let (found, best) = found_of_best(method, query, &index, &shards);
            assert!(found > 0.9 * best, "{method} {text:?}: {found} of {best}");
            let result = shards.search(query, &options).unwrap().result;
            assert_eq!(result.known, None, "no encoder has been asked");
            assert_eq!(result.hits[0].highlights.is_some(), text.is_some());
        }
    }
}

#[test]
fn what_is_sure_of_an_unfinished_query_is_wanted_however_it_goes_on() {
    let (manifest, files) = shards_of(&site(500));
    let options = SearchOptions::default();
    let started = || {
        let mut shards = Shards::new(manifest.as_bytes()).unwrap();
        let start = Id::new(Kind::Start, 0);
        assert_eq!(shards.search("m", &options).unwrap().sure, 1);
        shards.add(start, &files[&start]).unwrap();
        shards
    };
    let shards = started();
    assert!(shards.words.len() > 2, "there are several shards of words");
    let mut spared = 0;
    for query in ["moon water number311", "compiler borrow lifetime", "violin opera", "number12", "灯台 漁師"]
    {
        let fresh = started();
        let all = fresh.search(query, &options).unwrap();
        assert_eq!(all.sure, all.wanted.len(), "nothing follows what is finished");
        for (end, _) in query.char_indices().skip(1) {
            let text = &query[..end];
            let typed = shards
                .search(Query { text: Some(text), embedding: None, unfinished: true }, &options)
                .unwrap();
            let sure = &typed.wanted[..typed.sure];
            assert!(sure.iter().all(|id| all.wanted.contains(id)), "{text}: {sure:?} of {:?}", all.wanted);
            spared += typed.wanted.len() - typed.sure;
        }
    }
    assert!(spared > 10);
}

/// The words that begin with the letter f stand in three files, and a common word comes after them in the order of lookups.
#[test]
fn other_endings_of_what_is_not_finished_are_not_sure() {
    let start = Start {
        passages: 100,
        words: ["c", "f", "fi", "fo", "m", "s"].map(str::to_owned).to_vec(),
        common: vec![Common { text: "read".into(), frequency: 10, row: None }],
        ..Start::default()
    };
    let sure = |text, unfinished| Lookup::of(&start, &QueryTerms::parse(text, unfinished), None, []).sure;
    let read = sure("read", false);
    assert!(!read.is_empty());
    for text in ["read f", "read fi", "f read"] {
        assert!(sure(text, false).len() > read.len(), "{text}");
    }
    assert_eq!(sure("read f", true), read);
    assert!(sure("read fi", true).len() > read.len(), "all words that begin so are in one file");
}

#[test]
fn an_embedding_that_is_none_of_the_space_is_refused() {
    let (manifest, files) = shards_of(&site(40));
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    shards.add(Id::new(Kind::Start, 0), &files[&Id::new(Kind::Start, 0)]).unwrap();
    let code = |embedding: &[f32]| shards.search(embedding, &SearchOptions::default()).unwrap_err().code();
    assert_eq!(code(&[1.0; DIMS + 1]), "query-dimensions");
    assert_eq!(code(&[f32::NAN; DIMS]), "not-finite");
    assert_eq!(code(&[0.0; DIMS]), "zero-vector");
}

#[test]
fn the_manifest_tells_another_models_vectors() {
    let bundle = site(40);
    let shards = Shards::new(shards_of(&bundle).0.as_bytes()).unwrap();
    let space = &shards.manifest().space;
    let probe = &bundle.space.probes[0];
    assert_eq!(space.probe().unwrap().text, probe.text);
    space.verify(&probe.vector).unwrap();
    let other: Vec<f32> = probe.vector.iter().rev().copied().collect();
    assert_eq!(space.verify(&other).unwrap_err().code(), "other-model");
    let without = Bundle { space: EmbeddingSpace { probes: Vec::new(), ..bundle.space.clone() }, ..bundle };
    let manifest = shards_of(&without).0;
    assert!(!manifest.contains("probe"));
    Shards::new(manifest.as_bytes()).unwrap().manifest().space.verify(&other).unwrap();
}

#[test]
fn answers_say_how_complete_they_are() {
    let bundle = site(500);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    let words: Vec<&str> = TOPICS.iter().flat_map(|topic| topic.split(' ')).collect();
    for method in ["auto", "whitened", "knn", "svm", "hybrid", "lexical"] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        let (mut says, mut has) = (0.0, 0.0);
        let texts =
            (0..40).map(|i| format!("{} {}", words[i * 7 % words.len()], words[i * 11 % words.len()]));
        for text in texts {
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            load(&mut shards, &files, text.as_str(), &options);
            let found = shards.search(text.as_str(), &options).unwrap().result;
            let whole = index.search(text.as_str(), &options).unwrap();
            let same =
                whole.hits.iter().filter(|hit| found.hits.iter().any(|own| own.article.id == hit.article.id));
            has += same.count() as f32 / whole.hits.len().max(1) as f32 / 40.0;
            says += found.complete.unwrap() / 40.0;
        }
        assert!((says - has).abs() < 0.1, "{method}: says {says}, has {has}");
    }
}

#[test]
fn the_manifest_says_how_far_scores_are_off() {
    let manifest = shards_of(&site(40)).0;
    let read = |json: &str| Shards::new(json.as_bytes()).map(|shards| shards.manifest().noise);
    let Noise { knn, svm, whitened, lexical } = read(&manifest).unwrap();
    assert!([knn, svm, whitened, lexical].iter().all(|noise| (0.0..2.0).contains(noise)), "{manifest}");
    let (before, after) = manifest.split_once("\"noise\":[").unwrap();
    let (list, after) = after.split_once("],").unwrap();
    assert_eq!(list.split(',').count(), 4);
    let three = format!("{before}\"noise\":[0.1,0.2,0.3],{after}");
    assert_eq!(read(&three).unwrap(), Noise { knn: 0.1, svm: 0.1, whitened: 0.2, lexical: 0.3 });
    assert_eq!(read(&format!("{before}{after}")).unwrap(), Noise::default(), "as older builds wrote it");
    let wrong = read(&format!("{before}\"noise\":[0.1],{after}")).unwrap_err();
    assert_eq!(wrong.code(), "bundle-field");
}

#[test]
fn what_may_change_places_is_claimed_less() {
    let guess = |mean| Guess { cluster: 0, count: 1.0, mean, deviation: 1e-6 };
    let all: Vec<Guess> = (0..20).map(|i| guess(2.0 - 0.1 * i as f32)).collect();
    let claim = Claim { all, near: 20, k: 10 };
    let shares: Vec<f32> = [0.0, 0.05, 0.1, 0.3, 1.0].map(|noise| claim.clone().share(noise)).into();
    assert!(shares[0] > 0.99 && shares.is_sorted_by(|a, b| a > b), "{shares:?}");
    assert!((0.0..=1.0).contains(&claim.share(f32::INFINITY)), "whatever a manifest says");
    let few = Claim { all: vec![guess(1.0); 3], near: 3, k: 10 };
    assert_eq!(few.share(1.0), 1.0, "all there is");
    assert_eq!(Claim { k: 10, ..Claim::default() }.share(1.0), 1.0);
}

#[test]
fn scores_are_those_of_the_whole_bundle_nearly() {
    let bundle = site(200);
    let (manifest, files) = shards_of(&bundle);
    let index = SearchIndex::new(bundle).unwrap();
    let shards = all_of(&manifest, &files);
    for (method, apart) in [("lexical", 1e-4), ("whitened", 0.06), ("knn", 0.06)] {
        let options = SearchOptions::default().method(method.parse().unwrap()).k(40);
        let expected = index.search("harbour moon violin", &options).unwrap();
        let found = shards.search("harbour moon violin", &options).unwrap();
        assert_eq!(found.wanted, []);
        assert!(found.result.complete.unwrap() > 0.9);
        let mut off = Vec::new();
        for hit in found.result.hits {
            if let Some(other) = expected.hits.iter().find(|other| other.passage == hit.passage) {
                off.push((hit.score - other.score).abs());
                assert_eq!(hit.passage_index, other.passage_index);
            }
        }
        let mean = off.iter().sum::<f32>() / off.len() as f32;
        assert!(off.len() > 10 && mean < apart, "{method}: {mean} of {}", off.len());
    }
}

#[test]
fn what_cannot_be_had_is_not_wanted_again() {
    let bundle = site(200);
    let (manifest, files) = shards_of(&bundle);
    let options = SearchOptions::default();
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    for _ in 0..20 {
        for id in shards.search("number9", &options).unwrap().wanted {
            match id.kind {
                Kind::Start | Kind::Words | Kind::Texts => shards.add(id, &files[&id]).unwrap(),
                _ => shards.give_up(id),
            }
        }
    }
    let answer = shards.search("number9", &options).unwrap();
    assert_eq!(answer.wanted, []);
    assert!(answer.result.hits.iter().any(|hit| hit.article.id == "a9"), "the words alone lead there");
    assert!(answer.result.complete.unwrap() < 0.5);
    shards.retry();
    load(&mut shards, &files, "number9", &options);
    assert!(shards.search("number9", &options).unwrap().result.complete.unwrap() > 0.7);
}

#[test]
fn words_that_cannot_be_looked_up_are_not_claimed() {
    let (manifest, files) = shards_of(&site(400));
    let start = Start::read(&files[&Id::new(Kind::Start, 0)][HEAD..]).unwrap();
    let lost = Id::new(Kind::Words, start.words_of("violin"));
    assert_ne!(lost.number as usize, start.words_of("harbour"), "words of different shards");
    // What is claimed if the shard of "violin" cannot be had.
    let claims = |text: &str, method: &str| {
        let options = SearchOptions::default().method(method.parse().unwrap());
        let mut shards = Shards::new(manifest.as_bytes()).unwrap();
        shards.give_up(lost);
        load(&mut shards, &files, text, &options);
        let without = shards.search(text, &options).unwrap().result.complete.unwrap();
        shards.retry();
        load(&mut shards, &files, text, &options);
        (without, shards.search(text, &options).unwrap().result.complete.unwrap())
    };
    for method in ["auto", "lexical", "whitened"] {
        let (without, all) = claims("harbour violin", method);
        assert!(without <= 0.5 && all > 0.5, "{method}: {without}, then {all}");
        let (without, all) = claims("violin", method);
        assert!(without == 0.0 && all > 0.5, "{method}: {without}, then {all}");
    }
}

#[test]
fn an_embedding_without_directions_claims_what_words_are_of_the_method() {
    let (manifest, files) = shards_of(&site(200));
    let embedding = [0.5; DIMS];
    let query = Query { text: Some("harbour"), embedding: Some(&embedding), unfinished: false };
    for (method, most) in [("whitened+lexical", 0.5), ("knn", 0.0)] {
        let options = SearchOptions::default().method(method.parse().unwrap());
        let mut shards = Shards::new(manifest.as_bytes()).unwrap();
        shards.give_up(Id::new(Kind::Directions, 0));
        load(&mut shards, &files, query, &options);
        let complete = shards.search(query, &options).unwrap().result.complete.unwrap();
        assert!(complete <= most, "{method}: {complete}");
    }
}

#[test]
fn other_searches_want_all_and_then_the_index() {
    let (manifest, files) = shards_of(&site(40));
    let options = SearchOptions::default().passages(2);
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    load(&mut shards, &files, "moon", &options);
    assert!(shards.search("moon", &options).unwrap().whole);
    assert_eq!(shards.missing(), []);
    assert_eq!(shards.index(true).unwrap().search("moon", &options).unwrap().hits.len(), 10);
}

#[test]
fn a_shard_that_is_none_is_refused() {
    let (manifest, files) = shards_of(&site(40));
    let start = Id::new(Kind::Start, 0);
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    let refused = |shards: &mut Shards, id: Id, bytes: &[u8]| shards.add(id, bytes).unwrap_err().code();
    let words = Id::new(Kind::Words, 0);
    assert_eq!(refused(&mut shards, words, &files[&words]), "shard", "before the start");
    assert_eq!(refused(&mut shards, start, b"<!doctype html><title>Not found</title>"), "shard");
    assert_eq!(refused(&mut shards, start, b""), "shard");
    assert_eq!(refused(&mut shards, start, &files[&words]), "shard");
    let mut other = files[&start].clone();
    other[20] ^= 1;
    assert_eq!(refused(&mut shards, start, &other), "other-build");
    let mut damaged = files[&start].clone();
    damaged[HEAD + 9] ^= 4;
    assert_eq!(refused(&mut shards, start, &damaged), "shard");
    assert_eq!(refused(&mut shards, start, &files[&start][..files[&start].len() - 1]), "shard");
    shards.add(start, &files[&start]).unwrap();
    assert_eq!(refused(&mut shards, Id::new(Kind::Words, 99), &files[&words]), "shard");
}

#[test]
fn a_head_says_how_long_a_file_may_be() {
    let (_, files) = small_site();
    for file in files.values() {
        let Packing { length, .. } = packing(file).unwrap();
        assert!((file.len()..=HEAD + 2 * length + 64).contains(&largest(&file[..HEAD])));
    }
    let page = b"<!doctype html><title>Not found</title>";
    assert_eq!((packing(page), largest(page)), (None, 1 << 20));
}

#[test]
fn names_of_files_are_those_of_shards() {
    for id in [Id::new(Kind::Start, 0), Id::new(Kind::Texts, 1234)] {
        assert_eq!(Id::of_file(&id.file()), Some(id));
    }
    for name in [
        "",
        "start",
        "start-0",
        "start-00.bin",
        "start-+1.bin",
        "../start-0.bin",
        "words--1.bin",
        "other-1.bin",
    ] {
        assert_eq!(Id::of_file(name), None, "{name}");
    }
}

/// What a version 3 bundle of this release is, to the byte: whoever changes the format writes another version of it, and keeps
/// reading this one. With EXEMPLAR_WRITE_GOLDEN set, the files are written anew.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn golden_shards_are_written_and_read() {
    use std::fs;

    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/shards");
    let whole = folder.join("whole.json");
    if std::env::var_os("EXEMPLAR_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&whole, site(30).write().unwrap().json).unwrap();
        let written =
            write(&Bundle::read(&fs::read(&whole).unwrap(), &Files::new()).unwrap(), &|bytes| bytes.to_vec())
                .unwrap();
        fs::write(folder.join("bundle.json"), &written.manifest).unwrap();
        fs::create_dir_all(folder.join(&written.folder)).unwrap();
        for (id, file) in &written.files {
            fs::write(folder.join(&written.folder).join(id.file()), file).unwrap();
        }
    }
    let bundle = Bundle::read(&fs::read(&whole).unwrap(), &Files::new()).unwrap();
    let manifest = fs::read_to_string(folder.join("bundle.json")).unwrap();
    let shards = folder.join(Shards::new(manifest.as_bytes()).unwrap().manifest().folder());
    let files: BTreeMap<Id, Vec<u8>> = fs::read_dir(shards)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (Id::of_file(entry.file_name().to_str().unwrap()).unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect();
    assert_eq!(shards_of(&bundle), (manifest.clone(), files.clone()), "written");
    let mut again = all_of(&manifest, &files).bundle().unwrap();
    again.parts.sort_by(|a, b| a.0.cmp(&b.0));
    again.layout = bundle.layout;
    assert_eq!(again, bundle, "read");
    let mut shards = Shards::new(manifest.as_bytes()).unwrap();
    let options = SearchOptions::default();
    load(&mut shards, &files, "number7", &options);
    assert_eq!(shards.search("number7", &options).unwrap().result.hits[0].article.id, "a7");
}

#[test]
fn powers_are_those_of_two() {
    for log in [-3000, -257, -1, 0, 1, 100, 255, 256, 1000] {
        let expected = (f64::from(log) / 256.0).exp2() as f32;
        assert!((power(log) - expected).abs() <= expected * 1e-6, "{log}");
    }
}

/// What a shard's bytes become, with a head that fits them.
fn with_head(id: Id, build: Build, payload: &[u8]) -> Vec<u8> {
    Shard::write(id, build, payload, None)
}

#[test]
fn damaged_shards_with_a_good_head_do_no_harm() {
    let (manifest, files) = shards_of(&site(80));
    let mut random = Random(11);
    let options = SearchOptions::default();
    let build = Shards::new(manifest.as_bytes()).unwrap().manifest().build;
    let some: Vec<Id> = {
        let mut seen = Vec::new();
        files
            .keys()
            .copied()
            .filter(|id| {
                !seen.contains(&id.kind) && {
                    seen.push(id.kind);
                    true
                }
            })
            .collect()
    };
    for id in some {
        let payload = &files[&id][HEAD..];
        for _ in 0..60 {
            let mut bytes = payload.to_vec();
            for _ in 0..1 + random.next() % 4 {
                let at = random.next() % bytes.len();
                bytes[at] = random.next() as u8;
            }
            if random.next().is_multiple_of(3) {
                bytes.truncate(random.next() % bytes.len());
            }
            let mut shards = Shards::new(manifest.as_bytes()).unwrap();
            if id.kind != Kind::Start {
                let start = Id::new(Kind::Start, 0);
                shards.add(start, &files[&start]).unwrap();
            }
            if let Err(error) = shards.add(id, &with_head(id, build, &bytes)) {
                assert!(["shard", "bundle-field", "option"].contains(&error.code()), "{error}");
                continue;
            }
            // What was not found out is ranked, somehow.
            for _ in 0..6 {
                let Ok(answer) = shards.search("moon number7 harbor", &options) else { break };
                for other in answer.wanted {
                    if files.get(&other).is_none_or(|file| shards.add(other, file).is_err()) {
                        shards.give_up(other);
                    }
                }
            }
            for other in shards.missing() {
                if files.get(&other).is_none_or(|file| shards.add(other, file).is_err()) {
                    break;
                }
            }
            let _ = shards.index(true);
        }
    }
}

/// One site for all cases.
fn small_site() -> &'static (String, BTreeMap<Id, Vec<u8>>) {
    static SITE: std::sync::OnceLock<(String, BTreeMap<Id, Vec<u8>>)> = std::sync::OnceLock::new();
    SITE.get_or_init(|| shards_of(&site(80)))
}

proptest! {
    #[test]
    fn a_changed_shard_is_refused_and_changes_nothing(file in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        let (manifest, files) = small_site();
        let ids: Vec<Id> = files.keys().copied().collect();
        let id = *file.get(&ids);
        let start = Id::new(Kind::Start, 0);
        let mut bytes = files[&id].clone();
        let place = place.index(bytes.len());
        match cut {
            true => bytes.truncate(place),
            // Two bytes of the head mean nothing, and packing is for whoever unpacks.
            false if (5..8).contains(&place) => return Ok(()),
            false => bytes[place] ^= 1u8 << bit,
        }
        let mut shards = Shards::new(manifest.as_bytes()).unwrap();
        if id != start {
            shards.add(start, &files[&start]).unwrap();
        }
        let options = SearchOptions::default();
        let before = shards.search("moon number7", &options).unwrap().wanted;
        let code = shards.add(id, &bytes).unwrap_err().code();
        prop_assert!(["shard", "other-build"].contains(&code), "{}", code);
        prop_assert!(!shards.has(id));
        prop_assert_eq!(shards.search("moon number7", &options).unwrap().wanted, before);
    }

    #[test]
    fn changed_json_is_read_or_refused(of in 0..3, places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let (manifest, files) = small_site();
        let text = Id::new(Kind::Texts, 0);
        let payload = match of {
            0 => manifest.as_bytes(),
            1 => &files[&text][HEAD..],
            _ => &files[&Id::new(Kind::Rest, 0)][HEAD..],
        };
        let mut bytes = payload.to_vec();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        match of {
            0 => drop(Shards::new(&bytes).map(|shards| shards.manifest().folder())),
            1 => drop(Texts::read(0, &bytes, 3)),
            _ => drop(Rest::read(&bytes)),
        }
    }

    #[test]
    fn any_bytes_are_passages_or_not(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (_, files) = small_site();
        let start = Start::read(&files[&Id::new(Kind::Start, 0)][HEAD..]).unwrap();
        let _ = Passages::read(0, &bytes, &start);
    }

    #[test]
    fn any_bytes_are_no_start_or_one(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Start::read(&bytes);
    }

    #[test]
    fn any_bytes_are_words_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300), classes in prop::collection::vec(0u8..24, 0..5)) {
        let _ = words::read_words(0, &bytes, 50, &classes);
        let _ = words::read_ngrams(0, &bytes, &classes);
        let _ = Directions::read(&bytes, 7, 3);
    }

    #[test]
    fn numbers_come_back(
        numbers in prop::collection::vec((0u32..1 << 30, -1i32 << 29..1 << 29, 0u32..1000), 0..50),
        lists in prop::collection::vec(prop::collection::btree_set(0u32..200, 0..200), 0..6),
    ) {
        let mut coder = Encoder::default();
        let code = |coder: &mut Encoder| {
            let (mut a, mut b) = (Numbers::default(), Numbers::default());
            for &(number, signed, under) in &numbers {
                a.code(coder, number);
                b.signed(coder, signed);
                below(coder, under, 1000);
            }
            for list in &lists {
                ascending(coder, &mut list.iter().copied().collect::<Vec<_>>(), 0, 200);
            }
        };
        code(&mut coder);
        let bytes = coder.finish();
        let mut coder = Decoder::new(&bytes);
        let (mut a, mut b) = (Numbers::default(), Numbers::default());
        for &(number, signed, under) in &numbers {
            prop_assert_eq!(a.code(&mut coder, 0), number);
            prop_assert_eq!(b.signed(&mut coder, 0), signed);
            prop_assert_eq!(below(&mut coder, 0, 1000), under);
        }
        for list in &lists {
            let mut read = vec![0; list.len()];
            ascending(&mut coder, &mut read, 0, 200);
            prop_assert!(read.iter().eq(list));
        }
        prop_assert!(coder.ends() && !coder.overrun());
    }

    #[test]
    fn rows_come_back(
        rows in prop::collection::vec(prop::collection::vec(prop_oneof![4 => -3i16..4, 1 => -i16::MAX..=i16::MAX], 12), 0..30),
        classes in prop::collection::vec(0u8..24, 12),
    ) {
        let (mut coder, mut model) = (Encoder::default(), Rows::default());
        rows.iter().for_each(|row| model.code(&mut coder, &mut row.clone(), &classes));
        let bytes = coder.finish();
        let (mut coder, mut model) = (Decoder::new(&bytes), Rows::default());
        for row in &rows {
            let mut read = vec![0; 12];
            model.code(&mut coder, &mut read, &classes);
            prop_assert_eq!(&read, row);
        }
        prop_assert!(coder.ends());
    }

    #[test]
    fn words_come_back(words in prop::collection::btree_set("[a-cé猫]{1,8}", 0..40)) {
        let (mut coder, mut model) = (Encoder::default(), Words::default());
        for word in &words {
            prop_assert_eq!(model.code(&mut coder, word), Some(word.clone()));
        }
        let bytes = coder.finish();
        let (mut coder, mut model) = (Decoder::new(&bytes), Words::default());
        for word in &words {
            prop_assert_eq!(model.code(&mut coder, ""), Some(word.clone()));
        }
    }

    #[test]
    fn classes_ascend_with_sizes(a in 0u32..5000, b in 0u32..5000) {
        prop_assert!(size_class(a.min(b)) <= size_class(a.max(b)));
    }
}
