//! Search operators: phrases, what is left out, titles and tags. And the words of liked articles.

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Part, Passage};
use exemplar_search::{
    Closeness, Keywords, Matrix, Query, SearchIndex, SearchOptions, Strictness, plain_text,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Titles, tags and passages.
const SITE: [(&str, &str, &[&str]); 5] = [
    ("The moon", "Deep Sea", &["The tide is high where the moon is.", "A spring tide comes with it."]),
    ("High tide", "sea", &["Twice a day the water comes."]),
    ("Bread", "kitchen", &["High heat. The tide of the moon is of no use.", "Bake it."]),
    ("tar", "tools", &["tar -xzf unpacks an archive of the tide tables."]),
    ("日本語入力", "", &["変換の設定を開く。"]),
];

fn index(keywords: bool) -> SearchIndex {
    let article = |(i, (title, tag, _)): (usize, &(&str, &str, &[&str]))| Article {
        id: i.to_string(),
        title: (*title).into(),
        url: format!("{i}.html"),
        tags: vec![(*tag).to_owned()],
        ..Article::default()
    };
    let articles: Vec<Article> = SITE.iter().enumerate().map(article).collect();
    let passages = SITE.iter().enumerate().flat_map(|(article, (_, _, texts))| {
        texts.iter().map(move |text| Passage { article, text: (*text).into(), ..Passage::default() })
    });
    let passages: Vec<Passage> = passages.collect();
    let values: Vec<f32> = (0..passages.len()).flat_map(|i| [1.0, 0.1 * i as f32]).collect();
    let words =
        passages.iter().map(|passage| (articles[passage.article].title.as_str(), passage.text.as_str()));
    let part = Part::of_keywords(&Keywords::build(words));
    let space = EmbeddingSpace { model: "test".into(), dimensions: 2, ..EmbeddingSpace::default() };
    let mut bundle = Bundle::new(space, articles, Matrix::from_values(&values, 2));
    bundle.passages = passages;
    if keywords {
        bundle.parts.push(("keywords".into(), part));
    }
    SearchIndex::new(bundle).unwrap()
}

/// The articles that are found, and their passages, ascending.
fn found(index: &SearchIndex, text: &str, method: &str) -> Vec<String> {
    let query = Query { text: Some(text), embedding: Some(&[1.0, 0.3]), unfinished: false };
    let options = SearchOptions::default().method(method.parse().unwrap());
    let result = index.search(query, &options).unwrap();
    let mut hits: Vec<String> =
        result.hits.iter().map(|hit| format!("{}:{}", hit.article.id, hit.passage_index)).collect();
    hits.sort();
    hits
}

#[test]
fn operators_leave_the_passages_that_meet_them() {
    let index = index(true);
    for (text, expected) in [
        ("\"spring tide\"", &["0:1"][..]),
        ("\"high tide\"", &["1:2"]),
        ("tide -moon", &["1:2", "3:5"]),
        ("tide -\"the moon\"", &["1:2", "3:5"]),
        ("tide -title:moon", &["1:2", "2:3", "3:5"]),
        ("title:tide", &["1:2"]),
        ("tide title:\"high tide\"", &["1:2"]),
        ("tide tag:\"deep sea\"", &["0:1"]),
        ("tide tag:SEA", &["1:2"]),
        ("tide tag:none", &[]),
        ("\"入力\"", &["4:6"]),
        ("“moon is” tide", &["0:0", "2:3"]),
    ] {
        assert_eq!(found(&index, text, "lexical"), expected, "{text}");
    }
}

#[test]
fn every_method_and_bundles_without_keywords_know_them() {
    for method in ["knn", "svm", "whitened", "knn+svm"] {
        for keywords in [true, false] {
            let index = index(keywords);
            assert_eq!(found(&index, "\"spring tide\"", method), ["0:1"], "{method} {keywords}");
            assert_eq!(
                found(&index, "water -tide -title:日本語入力", method),
                ["2:4"],
                "{method} {keywords}"
            );
        }
    }
}

#[test]
fn what_stands_alone_or_is_an_option_of_a_command_is_words() {
    let index = index(true);
    assert_eq!(found(&index, "-moon", "lexical"), found(&index, "moon", "lexical"));
    assert_eq!(found(&index, "tag:sea", "lexical"), found(&index, "tag sea", "lexical"));
    assert_eq!(found(&index, "\"", "lexical"), [""; 0]);
    assert_eq!(found(&index, "tar -xzf", "lexical"), ["3:5"]);
}

#[test]
fn counts_are_of_the_articles_that_meet_what_is_asked() {
    let index = index(true);
    // The best passage of the moon's page has not the phrase, another has it.
    for (text, expected) in [("\"spring tide\" moon high", "Deep Sea"), ("tide moon tag:sea", "sea")] {
        for method in ["lexical", "knn"] {
            let query = Query { text: Some(text), embedding: Some(&[1.0, 0.0]), unfinished: false };
            let options =
                SearchOptions::default().method(method.parse().unwrap()).facets(vec!["tags".into()]);
            let facets = index.search(query, &options).unwrap().facets;
            let counts: Vec<_> = facets[0].counts.iter().map(|count| (&*count.value, count.count)).collect();
            assert_eq!(counts, [(expected, 1)], "{text} {method}");
        }
    }
}

#[test]
fn a_phrase_that_no_passage_has_is_words_and_nothing_is_close() {
    let index = index(true);
    let search = |strictness| {
        let options = SearchOptions::default().method("lexical".parse().unwrap()).strictness(strictness);
        let result = index.search("\"tide of bread\"", &options).unwrap();
        (result.hits.len(), result.closeness)
    };
    assert_eq!(search(Strictness::Mild), (4, Some(Closeness::Nearest)));
    assert_eq!(search(Strictness::Off), (4, None));
}

#[test]
fn what_is_embedded_is_the_text_without_operators() {
    assert_eq!(plain_text("\"high tide\" -moon title:sea tag:x"), "high tide  sea ");
    assert_eq!(plain_text("how do I bake bread?"), "how do I bake bread?");
}

#[test]
fn articles_like_one_have_words_that_tell_it_from_others() {
    let (with, without) = (index(true), index(false));
    let similar = |index: &SearchIndex, method: &str| {
        let options = SearchOptions::default().method(method.parse().unwrap());
        let result = index.similar("0", &options).unwrap();
        (result.method.to_string(), result.hits.iter().map(|hit| hit.article.id.clone()).collect::<Vec<_>>())
    };
    // The Japanese page has no word of it.
    let (method, mut hits) = similar(&with, "lexical");
    hits.sort();
    assert_eq!((method.as_str(), hits), ("lexical", ["1", "2", "3"].map(String::from).to_vec()));
    assert_eq!(similar(&with, "auto").0, "knn+whitened+0.5*lexical");
    assert_eq!(similar(&without, "auto").0, "knn+whitened");
    let hit = &with.similar("0", &SearchOptions::default()).unwrap().hits[0];
    assert_eq!(hit.highlights, None, "nothing was typed");
    let error =
        without.similar("0", &SearchOptions::default().method("lexical".parse().unwrap())).unwrap_err();
    assert!(error.to_string().contains("keywords"), "{error}");
}
