//! A small site, fitted: what its encoder must do, and what its bytes must survive.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{
    ENCODING, FitOptions, Fitted, PassageText, QueryEncoder, TextKind, Training, TrainingText, fit,
    training_texts, training_words,
};
use crate::bundle::{EmbeddingSpace, Part};
use crate::vector::Matrix;

const TOPICS: [&[&str]; 4] = [
    &["bread", "flour", "yeast", "oven", "dough", "baking", "crust"],
    &["engine", "piston", "fuel", "gearbox", "turbine", "motor", "exhaust"],
    &["violin", "orchestra", "melody", "sonata", "rhythm", "chorus", "quartet"],
    &["日本語", "検索", "文字", "漢字", "辞書", "言葉", "翻訳"],
];

const DIMENSIONS: usize = 12;

/// Forty articles, ten a topic.
fn passages() -> Vec<PassageText> {
    let article = |article: usize| {
        let words = TOPICS[article % 4];
        let word = |i: usize| words[(article / 4 + i) % words.len()];
        PassageText {
            article,
            title: format!("{} {}", word(0), word(1)),
            headings: vec![format!("About {}", word(2))],
            text: format!(
                "The {} is with {}. Another {} of {} follows! {}。",
                word(3),
                word(4),
                word(5),
                word(0),
                word(2)
            ),
        }
    };
    (0..40).map(article).collect()
}

/// What a model would give: a direction a topic, a common one, and a little of every word's own.
fn embed(text: &str) -> Vec<f32> {
    let mut vector = [0.0; DIMENSIONS];
    vector[0] = 3.0;
    for (topic, words) in TOPICS.iter().enumerate() {
        for (i, _) in words.iter().enumerate().filter(|(_, word)| text.contains(**word)) {
            vector[1 + topic] += 1.0;
            vector[5 + i] += 0.3;
        }
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter().map(|x| x / length).collect()
}

fn matrix<'a>(texts: impl Iterator<Item = &'a str>) -> Matrix {
    Matrix::from_values(&texts.flat_map(embed).collect::<Vec<_>>(), DIMENSIONS)
}

fn fitted(max_bytes: usize) -> crate::Result<Fitted> {
    let words = training_words(&passages(), 1000);
    let word_targets = matrix(words.iter().map(String::as_str));
    taught(&words, &word_targets, &FitOptions { max_bytes })
}

/// Fitted to the articles and to these words.
fn taught(words: &[String], word_targets: &Matrix, options: &FitOptions) -> crate::Result<Fitted> {
    let passages = passages();
    let texts = training_texts(&passages, 1000);
    let vectors = matrix(passages.iter().map(|passage| passage.text.as_str()));
    let targets = matrix(texts.iter().map(|text| text.text.as_str()));
    let training = Training {
        model: "toy",
        passages: &passages,
        vectors: &vectors,
        texts: &texts,
        targets: &targets,
        words,
        word_targets,
    };
    fit(&training, options)
}

static FITTED: LazyLock<Fitted> = LazyLock::new(|| fitted(1_000_000).unwrap());

fn topic(vector: &[f32]) -> usize {
    (0..4).max_by(|&a, &b| vector[1 + a].total_cmp(&vector[1 + b])).unwrap()
}

#[test]
fn a_query_lies_where_the_api_puts_it() {
    let encoder = &FITTED.encoder;
    assert_eq!((encoder.model(), encoder.dimensions()), ("toy", DIMENSIONS));
    for (query, expected) in
        [("an oven for BREAD", 0), ("turbine and piston", 1), ("a sonata's melody", 2), ("漢字の検索", 3)]
    {
        let encoded = encoder.encode(query).unwrap();
        assert_eq!(topic(&encoded.vector), expected, "{query}");
        let near: f32 = encoded.vector.iter().zip(embed(query)).map(|(a, b)| a * b).sum();
        assert!(near > 0.8, "{query}: {near}");
        let length: f32 = encoded.vector.iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5 && encoded.known > 0.0 && encoded.known <= 1.0);
    }
}

#[test]
fn known_falls_with_what_is_unknown() {
    let known = |query: &str| FITTED.encoder.encode(query).map(|encoded| encoded.known);
    assert_eq!(known("bread oven"), Some(1.0));
    assert!(known("bread xkcdqq").unwrap() < 0.6);
    for nothing in ["", "  \n", "xkcdqq", "🦀🦀", "\u{202e}\u{0}", "العربية", "!?"] {
        assert_eq!(known(nothing), None, "{nothing:?}");
    }
    assert!(known(&"bread oven ".repeat(1000)).is_some());
}

#[test]
fn bytes_come_back() {
    let read = QueryEncoder::from_bytes(&FITTED.bytes).unwrap();
    assert_eq!(read, FITTED.encoder);
}

#[test]
fn a_part_is_of_the_bundles_space() {
    let part = |encoding: &str| Part {
        encoding: encoding.into(),
        bytes: FITTED.bytes.clone(),
        extra: Default::default(),
    };
    let space =
        |model: &str, dimensions| EmbeddingSpace { model: model.into(), dimensions, ..Default::default() };
    assert_eq!(QueryEncoder::from_part(&part(ENCODING), &space("toy", DIMENSIONS)).unwrap(), FITTED.encoder);
    for (encoding, space, expected) in [
        ("query-encoder-9", space("toy", DIMENSIONS), "expected \"query-encoder-1\""),
        (ENCODING, space("other", DIMENSIONS), "but the bundle of \"other\" with 12"),
        (ENCODING, space("toy", 13), "with 13"),
    ] {
        let error = QueryEncoder::from_part(&part(encoding), &space).unwrap_err();
        assert_eq!(error.code(), "encoder");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn two_fits_give_the_same_bytes() {
    assert_eq!(fitted(1_000_000).unwrap().bytes, FITTED.bytes);
}

#[test]
fn a_limit_on_bytes_is_kept_or_refused() {
    let limit = FITTED.bytes.len() - 20;
    assert!(fitted(limit).unwrap().bytes.len() <= limit);
    let error = fitted(100).err().unwrap();
    assert_eq!(error.code(), "encoder-training");
    assert!(error.to_string().contains("more than the 100 given"), "{error}");
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let passages = passages();
    let text = TrainingText { text: "bread".into(), kind: TextKind::Title, passage: 40 };
    let vectors = matrix(passages.iter().map(|passage| passage.text.as_str()));
    let one = matrix(["bread"].into_iter());
    let other = Matrix::from_values(&[1.0; 5], 5);
    let alike = Matrix::from_values(&[1.0; 40 * DIMENSIONS], DIMENSIONS);
    let nan = Matrix::from_values(&[f32::NAN; DIMENSIONS], DIMENSIONS);
    let good = TrainingText { passage: 0, ..text.clone() };
    let words = ["bread".to_owned()];
    for (vectors, texts, targets, word_targets, expected) in [
        (&vectors, vec![text], &one, &one, "is of passage 40, of 40"),
        (&vectors, vec![], &one, &one, "needs passages and texts"),
        (&one, vec![good.clone()], &one, &one, "have 1 and 1 vectors"),
        (&vectors, vec![good.clone()], &one, &vectors, "1 words have 40 vectors"),
        (&vectors, vec![good.clone()], &other, &one, "have 5 dimensions"),
        (&vectors, vec![good.clone()], &one, &other, "have 5 dimensions"),
        (&vectors, vec![good.clone()], &nan, &one, "not finite"),
        (&vectors, vec![good.clone()], &one, &nan, "not finite"),
        (&alike, vec![good], &one, &one, "one and the same vector"),
    ] {
        let training = Training {
            model: "toy",
            passages: &passages,
            vectors,
            texts: &texts,
            targets,
            words: &words,
            word_targets,
        };
        let error = fit(&training, &FitOptions::default()).err().unwrap();
        assert_eq!(error.code(), "encoder-training");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn titles_come_first_and_nothing_twice() {
    let texts = training_texts(&passages(), 1000);
    assert!(texts.is_sorted_by_key(|text| text.kind));
    let mut distinct: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), texts.len());
    assert!(
        texts.iter().any(|text| text.text == "The oven is with dough." && text.kind == TextKind::Sentence)
    );
    assert_eq!(training_texts(&[], 7), []);
}

#[test]
fn a_budget_takes_from_all_of_the_site() {
    let passages: Vec<PassageText> = (0..40)
        .map(|article| PassageText { article, title: format!("{article}"), ..passages()[article].clone() })
        .collect();
    let of = |texts: &[TrainingText]| texts.iter().map(|text| text.passage).collect::<Vec<_>>();
    assert_eq!(of(&training_texts(&passages, 4)), [0, 10, 20, 30]);
    let texts = training_texts(&passages, 40);
    assert_eq!(of(&texts), (0..40).collect::<Vec<_>>());
    assert_eq!(training_texts(&passages, 41)[..40], texts);
    assert_eq!(training_texts(&passages, 0), []);
}

#[test]
fn the_commonest_words_are_trained_alone_as_they_are_written() {
    let passage = |title: &str, text: &str| PassageText {
        article: 0,
        title: title.into(),
        headings: Vec::new(),
        text: text.into(),
    };
    let passages = [
        passage("Über Brot", "Brot, BROT! x86_64 or 12 of it; 日本語, don't"),
        passage("Ofen", "ein Brot über dem Ofen"),
    ];
    let all = training_words(&passages, 9);
    assert_eq!(all, ["brot", "über", "dem", "don", "ein", "ofen"]);
    assert_eq!(training_words(&passages, 2), all[..2]);
    assert_eq!(training_words(&[], 9), [""; 0]);
}

#[test]
fn a_word_alone_teaches_what_the_model_takes_it_for() {
    // A model that takes a gearbox for music, though on the site it is beside engines.
    let music = |words: &[String], word_targets: &Matrix| {
        let encoder = taught(words, word_targets, &FitOptions::default()).unwrap().encoder;
        encoder.encode("gearbox").unwrap().vector[3]
    };
    let words = ["gearbox".to_owned(), "oven".to_owned()];
    let with = music(&words, &matrix(["violin sonata", "oven"].into_iter()));
    let without = music(&[], &Matrix::from_values(&[], DIMENSIONS));
    assert!(with > without + 0.03, "{with} and {without}");
}

#[test]
fn what_is_longer_than_a_query_is_no_training_text() {
    let passage = |title: &str| PassageText {
        article: 0,
        title: title.into(),
        headings: vec![" ".into()],
        text: "x".repeat(400),
    };
    assert_eq!(training_texts(&[passage(&"y".repeat(301))], 9), []);
    assert_eq!(training_texts(&[passage(&"y".repeat(300))], 9).len(), 1);
}

#[test]
fn any_cut_is_an_error() {
    for end in 0..FITTED.bytes.len() {
        let error = QueryEncoder::from_bytes(&FITTED.bytes[..end]).unwrap_err();
        assert!(error.kind() == crate::ErrorKind::Encoder, "{end}: {error}");
    }
    let longer = [&FITTED.bytes[..], &[0]].concat();
    assert_eq!(QueryEncoder::from_bytes(&longer).unwrap_err().code(), "encoder");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = QueryEncoder::from_bytes(&bytes);
    }

    #[test]
    fn damaged_bytes_are_read_or_refused(place in any::<prop::sample::Index>(), byte in any::<u8>(), text in ".*") {
        let mut bytes = FITTED.bytes.clone();
        *place.get_mut(&mut bytes) = byte;
        if let Ok(encoder) = QueryEncoder::from_bytes(&bytes)
            && let Some(encoded) = encoder.encode(&format!("bread {text}"))
        {
            prop_assert!(encoded.vector.iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn any_text_is_encoded(text in ".*") {
        if let Some(encoded) = FITTED.encoder.encode(&text) {
            prop_assert!(encoded.vector.iter().all(|value| value.is_finite()));
        }
    }
}
