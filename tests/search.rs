//! Searching an index: what comes back, in which order, and at the edges.

use std::collections::BTreeMap;

use crate::support::cases;
use exemplar_search::bundle::{
    Article, Bundle, EmbeddingSpace, Encoding, Files, Layout, Part, Passage, Statistics,
};
use exemplar_search::lexical::{self, Keywords};
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{
    Bounds, Calibration, Closeness, ErrorKind, Fusion, Highlights, MAX_QUERY_BYTES, Method, Query, Refine,
    SearchIndex, SearchOptions, Solver, StopAt, Strictness, Weights,
};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const METHODS: [Method; 4] = [Method::Knn, Method::Svm, Method::Whitened, Method::Hybrid];

/// An index of `values`, `dims` to a row, whose articles have the ids "0", "1", ...
fn index(values: &[f32], dims: usize) -> SearchIndex {
    let rows = values.len() / dims;
    passages(values, dims, Passage::whole_articles(rows))
}

/// An index of `passages`, whose articles have the ids "0", "1", ...
fn passages(values: &[f32], dims: usize, passages: Vec<Passage>) -> SearchIndex {
    let vectors = Vectors::Float32(Matrix::from_values(values, dims));
    SearchIndex::new(bundle(vectors, passages)).unwrap()
}

/// A bundle of `passages`, whose articles have the ids "0", "1", ...
fn bundle(vectors: Vectors, passages: Vec<Passage>) -> Bundle {
    let articles = passages.last().map_or(0, |passage| passage.article + 1);
    let article = |i: usize| Article { id: i.to_string(), ..Default::default() };
    let dimensions = vectors.dims();
    Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::Float32,
        space: EmbeddingSpace { model: "test-model".into(), dimensions, ..Default::default() },
        articles: (0..articles).map(article).collect(),
        passages,
        vectors,
        statistics: Statistics::default(),
        parts: Vec::new(),
        extra: Default::default(),
    }
}

/// Bounds for embeddings, as a build has measured them.
const BOUNDS: Bounds = Bounds { far: 0.2, near: 0.5, close: 0.8 };

fn with_bounds() -> Bundle {
    let values = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8];
    let vectors = Vectors::Float32(Matrix::from_values(&values, 2));
    let mut bundle = bundle(vectors, Passage::whole_articles(3));
    let closeness = Calibration { embedding: Some(BOUNDS), encoder: None };
    bundle.statistics.closeness = Some(closeness);
    bundle
}

#[test]
fn a_result_says_how_close_its_hits_come() {
    let index = SearchIndex::new(with_bounds()).unwrap();
    let closeness = |query: &[f32], strictness| {
        let query = Query { text: Some("a text"), embedding: Some(query), unfinished: false };
        let result = index.search(query, &SearchOptions::default().strictness(strictness)).unwrap();
        assert_eq!(result.hits.is_empty(), result.closeness == Some(Closeness::Nothing));
        result.closeness
    };
    let at = |cosine: f32| {
        [
            (cosine.acos() + std::f32::consts::FRAC_PI_2).cos(),
            (cosine.acos() + std::f32::consts::FRAC_PI_2).sin(),
        ]
    };
    for (cosine, mild, strict) in [
        (0.9, Closeness::Good, Closeness::Good),
        (0.6, Closeness::Good, Closeness::Nearest),
        (0.3, Closeness::Nearest, Closeness::Nothing),
        (0.1, Closeness::Nothing, Closeness::Nothing),
    ] {
        let query = at(cosine);
        assert_eq!(closeness(&query, Strictness::Mild), Some(mild), "{cosine}");
        assert_eq!(closeness(&query, Strictness::Strict), Some(strict), "{cosine}");
        assert_eq!(closeness(&query, Strictness::Off), None);
    }
    let away = at(0.1);
    assert_eq!(index.search(&away, &SearchOptions::default()).unwrap().closeness, None, "of a vector alone");
    let away = Query { text: Some("a text"), embedding: Some(&away), unfinished: false };
    let refine = Refine { query: away, more: &["0"], less: &[] };
    assert_eq!(index.refine(&refine, &SearchOptions::default()).unwrap().closeness, None);
    let lengths = SearchIndex::with(with_bounds(), false).unwrap();
    assert_eq!(lengths.search(away, &SearchOptions::default()).unwrap().closeness, None);
    let older = Bundle { statistics: Statistics::default(), ..with_bounds() };
    let result = SearchIndex::new(older).unwrap().search(away, &SearchOptions::default()).unwrap().hits.len();
    assert_eq!(result, 3, "what says nothing of it is as ever");
}

#[test]
fn bounds_come_back_from_files() {
    let bundle = with_bounds();
    let json = bundle.write().unwrap().json;
    assert_eq!(Bundle::read(json.as_bytes(), &Files::new()).unwrap().statistics, bundle.statistics);
}

fn options(method: Method, k: usize) -> SearchOptions {
    SearchOptions::default().method(method).k(k)
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
    assert_eq!(error.kind(), ErrorKind::UnknownArticle);
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
        let reference = index.search(&[1.0, 0.2], &options(Method::Svm, 3).solver(solver)).unwrap();
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

/// Three articles in the plane, with titles, excerpts and keywords.
fn with_keywords() -> Bundle {
    let texts = [
        ("Ownership 🦀", "Each value has one owner."),
        ("Slices", "A slice borrows."),
        ("所有権", "値の所有者"),
    ];
    let article = |(id, (title, excerpt)): (usize, (&str, &str))| Article {
        id: id.to_string(),
        title: title.into(),
        excerpt: Some(excerpt.into()),
        ..Default::default()
    };
    Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::Float32,
        space: EmbeddingSpace { model: "test-model".into(), dimensions: 2, ..Default::default() },
        articles: texts.into_iter().enumerate().map(article).collect(),
        passages: Passage::whole_articles(3),
        vectors: Vectors::Float32(Matrix::from_values(&PLANE, 2)),
        statistics: Statistics::default(),
        parts: vec![(lexical::PART.into(), Part::of_keywords(&Keywords::build(texts)))],
        extra: Default::default(),
    }
}

#[test]
fn words_find_what_has_them_and_nothing_else() {
    let index = SearchIndex::new(with_keywords()).unwrap();
    let search = |text| index.search(text, &options(Method::Lexical, 10)).unwrap().hits;
    let hits = search("the owner of value");
    let [hit] = hits.as_slice() else { panic!("{hits:?}") };
    assert_eq!((hit.article.id.as_str(), hit.scores.lexical), ("0", Some(hit.score)));
    assert_eq!((hit.scores.knn, hit.scores.svm), (None, None));
    let expected = Highlights { title: vec![(0, 9)], excerpt: vec![(5, 10), (19, 24)], text: vec![] };
    assert_eq!(hit.highlights, Some(expected));
    assert_eq!(search("所有")[0].highlights.as_ref().unwrap().title, [(0, 2)]);
    // In UTF-16, where the crab is two.
    let crab = search("🦀");
    assert_eq!(crab[0].highlights.as_ref().unwrap().title, [(10, 12)]);
    for nothing in ["", " ", "zygote", "\u{0}", "，。"] {
        assert_eq!(search(nothing), [], "{nothing:?}");
    }
    let typed = Query { text: Some("sli"), unfinished: true, embedding: None };
    assert_eq!(index.search(typed, &options(Method::Lexical, 10)).unwrap().hits[0].article.id, "1");
}

#[test]
fn what_was_typed_as_it_stands_in_a_title_is_first() {
    let texts = [
        (
            "How to build with the command line",
            "Build and build again: building a build, all that you build.",
        ),
        ("Build", "Once."),
        ("Other", "There is something to build below."),
    ];
    let mut bundle = with_keywords();
    for (article, (title, _)) in bundle.articles.iter_mut().zip(texts) {
        article.title = title.into();
    }
    bundle.passages[2].heading = vec!["Guide".into(), "All that you build".into()];
    bundle.parts = vec![(lexical::PART.into(), Part::of_keywords(&Keywords::build(texts)))];
    let index = SearchIndex::new(bundle).unwrap();
    let order = |text, method: &str, threshold| {
        let query = Query { text: Some(text), embedding: Some(&[1.0, 0.0]), unfinished: true };
        let mut options = options(method.parse().unwrap(), 3);
        options.relevance_threshold = threshold;
        let hits = index.search(query, &options).unwrap().hits;
        assert!(hits.is_sorted_by(|a, b| a.score >= b.score), "{hits:?}");
        hits.iter().map(|hit| hit.article.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order("knn", "knn", None)[0], "0");
    for method in ["lexical", "knn+lexical", "whitened+lexical"] {
        assert_eq!(order(" BUILD! ", method, None)[0], "1", "{method}");
        assert_eq!(order("all that you build", method, None)[0], "2", "{method}");
    }
    // Vectors alone do not read titles, and a title with more words is not what was typed.
    assert_eq!(order("build", "knn", None)[0], "0");
    assert_eq!(order("build with", "lexical", None)[0], "0");
    // What is above the threshold without it still is.
    assert_eq!(order("build", "knn+lexical", Some(0.0)).len(), 3);
    assert!(order("build", "knn+lexical", Some(0.9)).len() < 3);
}

#[test]
fn methods_are_fused_by_their_weights() {
    let index = SearchIndex::new(with_keywords()).unwrap();
    let query = Query { text: Some("slice"), embedding: Some(&[1.0, 0.0]), unfinished: false };
    for fusion in [Fusion::ZScore, Fusion::ReciprocalRank] {
        let first = |knn, lexical| {
            let method = Method::Fused(Weights { knn, lexical, ..Weights::default() });
            let result = index.search(query, &options(method, 3).fusion(fusion)).unwrap();
            assert_eq!(result.hits.len(), 3);
            assert!(result.hits.iter().all(|hit| hit.scores.knn.is_some() && hit.scores.lexical.is_some()));
            result.hits[0].article.id.clone()
        };
        assert_eq!((first(1.0, 0.01), first(0.01, 1.0)), ("0".into(), "1".into()));
    }
    // Words that nothing has leave the order to the rest.
    let unknown = Query { text: Some("zygote"), ..query };
    let method = "knn+lexical".parse().unwrap();
    let fused = index.search(unknown, &options(method, 3)).unwrap();
    let order: Vec<_> = fused.hits.iter().map(|hit| hit.article.id.as_str()).collect();
    assert_eq!(order, ids(&index, &[1.0, 0.0], Method::Knn, 3));
    let text_alone = index.search(query, &options(Method::Knn, 3)).unwrap();
    assert_eq!(text_alone.hits[1].highlights.as_ref().unwrap().title, [(0, 6)]);
}

#[test]
fn auto_ranks_by_what_there_is() {
    let index = SearchIndex::new(with_keywords()).unwrap();
    let by = |query: Query| index.search(query, &SearchOptions::default()).unwrap().method.to_string();
    let both = Query { text: Some("slices"), embedding: Some(&[1.0, 0.0]), unfinished: false };
    assert_eq!(by(both), "whitened+lexical");
    assert_eq!(by("slices".into()), "lexical");
    assert_eq!(by((&[1.0, 0.0]).into()), "knn+whitened");
    let refined = |query| {
        let refine = Refine { query, more: &["0"], less: &[] };
        index.refine(&refine, &SearchOptions::default()).unwrap().method.to_string()
    };
    assert_eq!(refined(both), "svm");
    assert_eq!(
        refined("slices".into()),
        "whitened+lexical",
        "without a vector of its own, a text has its words"
    );
    assert_eq!(refined(Query::default()), "knn+whitened");
}

#[test]
#[cfg(feature = "fit")]
fn a_text_alone_is_placed_by_the_query_encoder() {
    use exemplar_search::encoder::{self, FitOptions, PassageText, Training, fit, training_texts};
    let mut bundle = with_keywords();
    let titles = ["ownership moves", "slices of strings", "crates and modules"];
    let passage = |(article, title): (usize, &str)| PassageText {
        article,
        title: title.into(),
        headings: Vec::new(),
        text: String::new(),
    };
    let passages: Vec<PassageText> = titles.into_iter().enumerate().map(passage).collect();
    let texts = training_texts(&passages, 9);
    let rows = Matrix::from_values(&[1.0, 0.0, 0.0, 1.0, -1.0, 0.1], 2);
    let training = Training {
        model: "test-model",
        passages: &passages,
        vectors: &rows,
        texts: &texts,
        targets: &rows,
        words: &[],
        word_targets: &Matrix::from_values(&[], 2),
    };
    let part = fit(&training, &FitOptions::default()).unwrap().into_part();
    let mut damaged = part.clone();
    damaged.bytes.pop();
    bundle.parts.push((encoder::PART.into(), part));
    let index = SearchIndex::new(bundle.clone()).unwrap();

    let encoded = index.encode("slices").unwrap().unwrap();
    // Not by kNN, which leaves out a part of what all of the encoder's vectors lie around.
    let alone = index.search("slices", &options(Method::Whitened, 3)).unwrap();
    let placed = index.search(&encoded.vector, &options(Method::Whitened, 3)).unwrap();
    assert_eq!(alone.known, Some(encoded.known));
    assert_eq!(placed.known, None);
    let scores = |result: &exemplar_search::SearchResult| {
        result.hits.iter().map(|hit| (hit.article.id.clone(), hit.score)).collect::<Vec<_>>()
    };
    assert_eq!(scores(&alone), scores(&placed));

    assert_eq!(index.encode("zygote").unwrap(), None);
    let nothing = |method: &str, query: &str| {
        let result = index.search(query, &options(method.parse().unwrap(), 3)).unwrap();
        (result.hits.len(), result.known)
    };
    for method in ["auto", "knn", "svm", "whitened", "hybrid", "knn+lexical"] {
        assert_eq!(nothing(method, "zygote"), (0, Some(0.0)), "{method}");
        assert_eq!(nothing(method, ""), (0, Some(0.0)), "{method}");
    }
    assert_eq!(nothing("lexical", "zygote"), (0, None));
    // An example is something to go by, even where the text is not.
    let refine = Refine { query: "zygote".into(), more: &["0"], less: &[] };
    let refined = index.refine(&refine, &options(Method::Knn, 3)).unwrap();
    assert_eq!((refined.hits.len(), refined.known), (index.articles().len() - 1, Some(0.0)));

    let (_, part) = bundle.parts.last_mut().unwrap();
    *part = damaged;
    let index = SearchIndex::new(bundle).unwrap();
    assert!(
        !index.search("slices", &options(Method::Lexical, 3)).unwrap().hits.is_empty(),
        "words need no encoder"
    );
    for error in
        [index.encode("slices").unwrap_err(), index.search("slices", &options(Method::Auto, 3)).unwrap_err()]
    {
        assert_eq!(error.code(), "encoder", "{error}");
    }
}

#[test]
fn a_method_says_what_it_lacks() {
    let index = SearchIndex::new(with_keywords()).unwrap();
    let lacks = |query: Query, method| {
        let error = index.search(query, &options(method, 3)).unwrap_err();
        assert_eq!(error.code(), "method-needs");
        error.to_string()
    };
    assert_eq!(
        lacks("slices".into(), Method::Hybrid),
        "method hybrid needs the query's embedding, as this bundle has no query encoder to make it"
    );
    assert_eq!(lacks((&[1.0, 0.0]).into(), Method::Lexical), "method lexical needs the query's text");
    assert_eq!(lacks(Query::default(), Method::Knn), "method knn needs the query's embedding");
    let similar = index.similar("0", &options("knn+lexical".parse().unwrap(), 3)).unwrap_err();
    assert_eq!(similar.to_string(), "method knn+lexical needs the query's text");
    let weightless = index.search("x", &options(Method::Fused(Weights::default()), 3)).unwrap_err();
    assert_eq!(weightless.code(), "option");

    let bundle = Bundle { parts: Vec::new(), ..with_keywords() };
    let error = SearchIndex::new(bundle).unwrap().search("x", &options(Method::Lexical, 3)).unwrap_err();
    assert_eq!(error.code(), "method-needs");
    assert!(error.to_string().contains("keywords"), "{error}");
}

#[test]
fn keywords_that_cannot_be_read_are_refused() {
    let damaged = |change: fn(&mut exemplar_search::bundle::Part)| {
        let mut bundle = with_keywords();
        change(&mut bundle.parts[0].1);
        let error = SearchIndex::new(bundle).unwrap_err();
        assert_eq!(error.code(), "bundle-field");
        error.to_string()
    };
    assert!(
        damaged(|part| part.encoding = "keywords-9".into())
            .contains("parts.keywords.encoding: is \"keywords-9\"")
    );
    assert!(damaged(|part| part.bytes.truncate(4)).contains("parts.keywords"));
    assert!(damaged(|part| part.bytes.clear()).contains("parts.keywords"));
    assert!(damaged(|part| part.bytes[0] = 9).contains("is of 9 passages, but the bundle has 3"));
}

#[test]
fn sixty_five_thousand_articles() {
    // Few dimensions: a browser that is busy for half a minute counts as lost.
    let (rows, dims) = (65_536, 64);
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
    #![proptest_config(cases(64))]

    /// With k the number of articles, every score is that of the scan in floats; with a smaller one, whole numbers
    /// have told which to scan.
    #[test]
    fn int8_hits_are_those_of_the_scan_in_floats(
        values in prop::collection::vec(-1.0f32..1.0, 41 * 24),
        of_articles in prop::collection::vec(any::<bool>(), 39),
        k in 1usize..12,
        centred: bool,
    ) {
        let mut article = 0;
        let mut all = vec![Passage::default()];
        all.extend(of_articles.iter().map(|next| {
            article += usize::from(*next);
            Passage { article, ..Passage::default() }
        }));
        let (values, query) = values.split_at(40 * 24);
        let rows = Matrix::from_values(values, 24);
        let encoding = if centred { Encoding::Int8Centred } else { Encoding::Int8 };
        let bundle = Bundle { encoding, layout: Layout::V2Inline, ..bundle(Vectors::Float32(rows), all) };
        let json = bundle.write().unwrap().json;
        let index = SearchIndex::new(Bundle::read(json.as_bytes(), &Files::new()).unwrap()).unwrap();
        let exact = index.search(query, &options(Method::Knn, article + 1)).unwrap().hits;
        let hits = index.search(query, &options(Method::Knn, k)).unwrap().hits;
        prop_assert_eq!(&hits[..], &exact[..k.min(article + 1)]);
        let exact = index.similar("0", &options(Method::Knn, article + 1));
        let hits = index.similar("0", &options(Method::Knn, k)).unwrap().hits;
        prop_assert_eq!(&hits[..], &exact.unwrap().hits[..k.min(article)]);
    }

    /// Rows with a centre mean the same to every method as rows that have it multiplied out; fewer of them than there are
    /// dimensions, and more.
    #[test]
    fn a_centre_is_a_part_of_every_row(
        values in prop::collection::vec(-1.0f32..1.0, 41 * 48),
        common in prop::collection::vec(-2.0f32..2.0, 48),
        rows in prop_oneof![10usize..20, 30usize..40],
        dims in prop_oneof![Just(16usize), Just(48)],
    ) {
        let values: Vec<f32> =
            values.iter().enumerate().map(|(i, x)| 0.5 * x + common[i % dims]).take((rows + 1) * dims).collect();
        let (query, values) = values.split_at(dims);
        let read = |encoding, vectors| {
            let bundle = Bundle { encoding, layout: Layout::V2Inline, ..bundle(vectors, Passage::whole_articles(rows)) };
            Bundle::read(bundle.write().unwrap().json.as_bytes(), &Files::new()).unwrap()
        };
        let codes = read(Encoding::Int8Centred, Vectors::Float32(Matrix::from_values(values, dims)));
        let plain = read(Encoding::Float32, codes.vectors.clone());
        let [codes, plain] = [codes, plain].map(|bundle| SearchIndex::new(bundle).unwrap());
        for method in [Method::Knn, Method::Svm, Method::Whitened, Method::Hybrid] {
            for solver in [Solver::Newton, Solver::CoordinateDescent { seed: 7 }] {
                let options = options(method, rows).solver(solver);
                let of = |index: &SearchIndex| -> BTreeMap<String, f32> {
                    let refine = Refine { query: query.into(), more: &["0"], less: &["1"] };
                    let hits = [index.search(query, &options).unwrap().hits, index.refine(&refine, &options).unwrap().hits];
                    let named = hits.iter().zip(["search", "refine"]).flat_map(|(hits, name)| {
                        hits.iter().map(move |hit| (format!("{name} {}", hit.article.id), hit.score))
                    });
                    named.collect()
                };
                for ((id, score), (_, expected)) in of(&codes).iter().zip(&of(&plain)) {
                    prop_assert!((score - expected).abs() < 2e-3, "{method} {id}: {score} {expected}");
                }
            }
        }
    }

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

/// Two directions of articles around a common one, in three dimensions.
const FANNED: [f32; 18] =
    [1.0, 0.4, 0.0, 1.0, 0.5, 0.1, 1.0, -0.4, 0.0, 1.0, -0.5, 0.1, 1.0, 0.0, 0.5, 1.0, 0.1, 0.6];

#[test]
fn examples_pull_their_like_up_and_push_their_like_down() {
    let index = index(&FANNED, 3);
    let query = (&[1.0, 0.0, 0.1]).into();
    for method in METHODS {
        let first = |more: &[&str], less: &[&str]| {
            let result = index.refine(&Refine { query, more, less }, &options(method, 6)).unwrap();
            let ids: Vec<String> = result.hits.iter().map(|hit| hit.article.id.clone()).collect();
            assert!(more.iter().chain(less).all(|id| !ids.contains(&id.to_string())), "examples are no hits");
            assert_eq!(ids.len(), 6 - more.len() - less.len());
            ids
        };
        assert_eq!(first(&["0"], &[])[0], "1", "{method:?}");
        assert_eq!(first(&["2"], &[])[0], "3", "{method:?}");
        assert_eq!(first(&["0"], &["2"]).last().unwrap(), "3", "{method:?}");
        let alone = Refine { more: &["4"], ..Refine::default() };
        let result = index.refine(&alone, &options(method, 1)).unwrap();
        assert_eq!(result.hits[0].article.id, "5", "{method:?}: no query is needed");
        assert_eq!(index.similar("4", &options(method, 1)).unwrap(), result);
    }
}

#[test]
fn examples_that_say_nothing_or_contradict_each_other_are_refused() {
    let index = index(&FANNED, 3);
    let refused = |more: &[&str], less: &[&str]| {
        let refine = Refine { query: Query::default(), more, less };
        index.refine(&refine, &SearchOptions::default()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&["0", "3"], &["3"]),
        "option less is \"3\": it is in more too; an article is wanted or not"
    );
    assert_eq!(refused(&[], &["1"]), "option more is empty: give ids of articles that are liked, or a query");
    assert_eq!(refused(&["0"], &["nine"]), "no article has the id \"nine\"");
    let twice = Refine { more: &["0", "0"], ..Refine::default() };
    let once = Refine { more: &["0"], ..Refine::default() };
    let search = |refine| index.refine(refine, &SearchOptions::default()).unwrap();
    assert_eq!(search(&twice), search(&once));
}

#[test]
fn the_svm_of_examples_is_the_textbooks() {
    // Without the background: with one row left, liked and disliked decide the sign.
    let index = index(&[1.0, 0.0, 0.0, 1.0, 0.6, 0.8], 2);
    let refine = Refine { more: &["0"], less: &["1"], ..Refine::default() };
    let result = index.refine(&refine, &options(Method::Svm, 3)).unwrap();
    assert_eq!(result.hits.len(), 1);
    assert_eq!(result.svm.unwrap().stop, exemplar_search::rank::svm::Stop::Converged);
}

#[test]
fn a_relevance_threshold_leaves_out_the_rest() {
    let index = index(&FANNED, 3);
    for method in METHODS {
        let count = |relevance_threshold| {
            let options = options(method, 6).relevance_threshold(relevance_threshold);
            index.search(&[1.0, 0.5, 0.0], &options).unwrap().hits.len()
        };
        assert_eq!((count(None), count(Some(0.0))), (6, 6), "{method:?}");
        let half = count(Some(0.5));
        assert!((1..6).contains(&half), "{method:?}: {half}");
        assert_eq!(count(Some(1.0)), 1, "{method:?}");
    }
    let wrong = SearchOptions::default().relevance_threshold(Some(1.5));
    let error = index.search(&[1.0, 0.0, 0.0], &wrong).unwrap_err();
    assert_eq!(error.to_string(), "option relevance_threshold is 1.5: expected a number from 0 to 1");
}

#[test]
fn lengths_count_where_they_are_kept() {
    let bundle = || Bundle {
        vectors: Vectors::Float32(Matrix::from_values(&[1.0, 0.0, 3.0, 3.0, 0.5, 0.1], 2)),
        ..with_keywords()
    };
    let first = |normalize| {
        let index = SearchIndex::with(bundle(), normalize).unwrap();
        let hit = &index.search(&[2.0, 0.0], &options(Method::Knn, 1)).unwrap().hits[0];
        (hit.article.id.clone(), hit.score)
    };
    assert_eq!(first(true), ("0".into(), 1.0));
    assert_eq!(first(false), ("1".into(), 6.0));
}

#[test]
fn the_svm_may_stop_once_the_order_of_the_hits_is_proven() {
    let index = index(&FANNED, 3);
    let search = |stop, method| {
        let options = options(method, 2).stop(stop);
        index.search(&[1.0, 0.3, 0.2], &options)
    };
    let (converged, proven) =
        (search(StopAt::Converged, Method::Svm).unwrap(), search(StopAt::TopK, Method::Svm).unwrap());
    let ids = |result: &exemplar_search::SearchResult| {
        result.hits.iter().map(|hit| hit.article.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&converged), ids(&proven));
    assert_eq!((converged.top_k_final, proven.top_k_final), (Some(true), Some(true)));
    assert!(proven.svm.unwrap().passes <= converged.svm.unwrap().passes);
    assert_eq!(search(StopAt::Converged, Method::Knn).unwrap().top_k_final, None);
    let error = search(StopAt::TopK, Method::Hybrid).unwrap_err();
    assert_eq!(error.to_string(), "option stop is topk: hybrid needs all scores: leave it out");
}

#[test]
fn a_query_is_aligned_where_the_bundle_knows_its_mean_query() {
    let statistics = Statistics { mean_query: Some(vec![0.0, 0.0, 1.0]), ..Statistics::default() };
    let bundle = Bundle {
        space: EmbeddingSpace { model: "test-model".into(), dimensions: 3, ..Default::default() },
        articles: (0..6).map(|i: usize| Article { id: i.to_string(), ..Default::default() }).collect(),
        passages: Passage::whole_articles(6),
        vectors: Vectors::Float32(Matrix::from_values(&FANNED, 3)),
        statistics,
        parts: Vec::new(),
        ..with_keywords()
    };
    let index = SearchIndex::new(bundle).unwrap();
    // A query far from all passages in the direction of queries, and a little to one side.
    let query = [0.0, 0.3, 1.0];
    for method in [Method::Svm, Method::Whitened] {
        let first = |align| {
            let options = options(method, 1).align(align);
            index.search(&query, &options).unwrap().hits[0].article.id.clone()
        };
        assert_eq!((first(true), first(false)), ("1".into(), "5".into()), "{method:?}");
    }
    let knn = |align| index.search(&query, &options(Method::Knn, 6).align(align)).unwrap();
    assert_eq!(knn(true), knn(false));
}

#[test]
#[cfg(feature = "ndarray")]
fn an_index_is_made_from_a_view_and_gives_one_back() {
    let by_columns = ndarray::arr2(&[[1.0, 0.0, -1.0], [0.0, 2.0, 0.1]]);
    let view = by_columns.t();
    let index = SearchIndex::new(bundle(view.into(), Passage::whole_articles(3))).unwrap();
    assert_eq!(index.view(), Some(view));
    let same = Vectors::Float32(Matrix::from_values(&[1.0, 0.0, 0.0, 2.0, -1.0, 0.1], 2));
    let same = SearchIndex::new(bundle(same, Passage::whole_articles(3))).unwrap();
    let [ours, theirs] =
        [&index, &same].map(|index| index.search(&[0.3, 0.4][..], &options(Method::Knn, 3)).unwrap().hits);
    assert_eq!(ours, theirs);
}

#[test]
fn a_query_of_any_length_is_answered_or_refused_at_once() {
    let index = index(&[1.0, 0.0, 0.0, 1.0], 2);
    let long = "word ".repeat(MAX_QUERY_BYTES / 5);
    let lexical = SearchOptions::default().method(Method::Lexical);
    assert_ne!(
        index.search(long.as_str(), &lexical).map(drop).map_err(|error| error.kind()),
        Err(ErrorKind::Option)
    );
    let error = index.search(format!("{long}x").as_str(), &lexical).unwrap_err();
    let expected = "option text is 10001 bytes long: a query has at most 10000 bytes; shorten it";
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Option, expected.into()));
    assert_eq!(index.encode(&"x".repeat(1 << 20)).unwrap_err().kind(), ErrorKind::Option);
}
