//! The keywords of a bundle: the same bytes for ever, back as they were, and no harm from damaged ones.

use crate::support::cases;
use crate::support::texts::any_text;
use exemplar_search::bundle::Part;
use exemplar_search::lexical::{Bm25, ENCODING, Keywords};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The example of `docs/keywords.md`.
const EXAMPLE: [(&str, &str); 3] =
    [("Rust", "borrow, borrows"), ("", "Rust の所有権"), ("Borrowing", "rust rust")];

#[rustfmt::skip]
const EXAMPLE_BYTES: &[u8] = &[
    3, 8, // passages, words
    5, 5, 5, // lengths
    0x06, 0x63, 0x61, 0x04, 0x06, 0x06, 0x15, 0x12, // what each word shares with the one before, and its own
    b'b', b'o', b'r', b'r', b'o', b'w', b'i', b'n', b'g', b's', b'r', b'u', b's', b't', // borrow -ing -s rust
    0xe3, 0x81, 0xae, 0xe6, 0x89, 0x80, 0xe6, 0x89, 0x80, 0xe6, 0x9c, 0x89, 0x9c, 0x89, 0xe6, 0xa8, 0xa9, 0xa8, 0xa9,
    0b0011_1101, 0b0110_1011, 0b0111_0110, 0b0111_0111, 0b0001_0111, // lists
];

fn example() -> Keywords {
    Keywords::build(EXAMPLE)
}

#[test]
fn the_example_keeps_its_bytes() {
    assert_eq!(example().to_bytes(), EXAMPLE_BYTES);
    assert_eq!(Keywords::from_bytes(EXAMPLE_BYTES, 3).unwrap(), example());
    let words: Vec<_> = (0..example().words()).map(|i| example().word(i).to_string()).collect();
    assert_eq!(words, ["borrow", "borrowing", "borrows", "rust", "の所", "所有", "有権", "権"]);
}

/// Each row: what is changed, and what the error says.
#[test]
fn wrong_bytes_are_refused_with_the_place() {
    type Change = fn(&mut Vec<u8>);
    let cases: &[(Change, &str)] = &[
        (|b| b.clear(), "ends within the numbers at its start"),
        (|b| b[0] = 4, "is of 4 passages, but the bundle has 3"),
        (|b| b.truncate(4), "ends within the lengths of the passages"),
        (|b| b[1] = 100, "ends within the words"),
        (|b| b.truncate(20), "ends within the words"),
        (|b| b[5] = 0x16, "word 0 shares more"),
        (|b| b[5] = 0x00, "word 0 is longer than words may be, or has no"),
        (|b| b[22] = b'a', "word 2 is not above"),
        (|b| b[45] = b' ', "words are not UTF-8"),
        (|b| *b = vec![1, 2, 1, 2, 2, b'x', 0xe6, 0x89, 0x80, 15], "word 0 ends within a character"),
        (|b| b.truncate(50), "ends within the lists"),
        (|b| b.push(0), "has 1 more bytes after its end"),
    ];
    for (i, (change, message)) in cases.iter().enumerate() {
        let mut bytes = EXAMPLE_BYTES.to_vec();
        change(&mut bytes);
        let passages = if bytes.first() == Some(&1) { 1 } else { 3 };
        let part = Part { encoding: ENCODING.into(), bytes, extra: Default::default() };
        let error = part.keywords(passages).expect_err(message);
        assert_eq!(error.code(), "bundle-field");
        assert!(error.to_string().contains("parts.keywords: "), "{error}");
        assert!(error.to_string().contains(message), "case {i}: {error}, not {message}");
    }
}

#[test]
fn words_too_long_for_the_index_are_left_out() {
    let (long, longer) = ("x".repeat(120), "x".repeat(121));
    let keywords = Keywords::build([(long.as_str(), longer.as_str())]);
    assert_eq!((keywords.words(), keywords.word(0)), (1, long.as_str()));
    assert_eq!(Keywords::from_bytes(&keywords.to_bytes(), 1).unwrap(), keywords);
}

/// All of an index that can be looked at, so that nothing of it can be out of bounds.
fn exercise(keywords: &Keywords) {
    for word in 0..keywords.words() {
        let query = keywords.query(keywords.word(word), true);
        let scores = keywords.scores(&query, Bm25::default());
        assert_eq!(scores.len(), keywords.passages());
        assert!(scores.iter().all(|score| score.is_finite() && *score >= 0.0));
        (0..keywords.passages()).for_each(|passage| drop(keywords.matched(&query, passage)));
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_passages_come_back(passages in prop::collection::vec((any_text(), any_text()), 0..12)) {
        let keywords = Keywords::build(passages.iter().map(|(title, text)| (title.as_str(), text.as_str())));
        let bytes = keywords.to_bytes();
        let read = Keywords::from_bytes(&bytes, passages.len()).unwrap();
        prop_assert_eq!(&read, &keywords);
        prop_assert_eq!(read.to_bytes(), bytes);
        exercise(&read);
    }

    #[test]
    fn every_word_finds_its_passages(passages in prop::collection::vec((any_text(), any_text()), 1..8)) {
        let keywords = Keywords::build(passages.iter().map(|(title, text)| (title.as_str(), text.as_str())));
        for (passage, (title, text)) in passages.iter().enumerate() {
            for text in [title, text] {
                let query = keywords.query(text, false);
                let score = keywords.scores(&query, Bm25::default())[passage];
                prop_assert!(score > 0.0 || query.is_empty(), "{text:?} does not find its passage");
            }
        }
    }

    #[test]
    fn damaged_bytes_are_refused_or_harmless(
        passages in prop::collection::vec((any_text(), any_text()), 1..6),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let keywords = Keywords::build(passages.iter().map(|(title, text)| (title.as_str(), text.as_str())));
        let mut bytes = keywords.to_bytes();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(keywords) = Keywords::from_bytes(&bytes, passages.len()) {
            exercise(&keywords);
        }
    }

    #[test]
    fn noise_is_refused_or_harmless(bytes in prop::collection::vec(any::<u8>(), 0..80), passages in 0usize..4) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = passages as u8;
        }
        if let Ok(keywords) = Keywords::from_bytes(&bytes, passages) {
            exercise(&keywords);
        }
    }
}
