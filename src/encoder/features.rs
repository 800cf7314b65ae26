//! What of a text the encoder sees: words, single and paired characters of unspaced scripts, and for words that it does
//! not know the character n-grams that they share with words it knows.

use std::collections::BTreeMap;

use crate::lexical::{TokenKind, tokenize};

/// Characters of an n-gram, the marks at a word's ends among them.
const NGRAM_CHARS: std::ops::RangeInclusive<usize> = 3..=5;

/// Words of more bytes are no features.
pub(super) const MAX_WORD: usize = 120;

/// The features of a text, and how often each occurs. The value says whether it is a word with n-grams.
pub(super) fn features(text: &str) -> BTreeMap<String, Feature> {
    let mut features: BTreeMap<String, Feature> = BTreeMap::new();
    let mut add = |text: String, spaced: bool| {
        if text.len() <= MAX_WORD {
            features.entry(text).or_insert(Feature { count: 0, spaced }).count += 1;
        }
    };
    for token in tokenize(text) {
        match token.kind {
            TokenKind::Word => add(token.text, true),
            TokenKind::Pair => {
                add(token.text.chars().take(1).collect(), false);
                add(token.text, false);
            }
            TokenKind::Identifier | TokenKind::Last | TokenKind::Single => add(token.text, false),
        }
    }
    features
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Feature {
    pub count: u32,
    /// A word of a spaced script: it has n-grams.
    pub spaced: bool,
}

impl Feature {
    /// What a count weighs: its square root, as the tenth occurrence says less than the first.
    pub fn damped(self) -> f32 {
        (self.count as f32).sqrt()
    }
}

/// The n-grams of a word between `<` and `>`, each once.
pub(super) fn ngrams(word: &str) -> Vec<String> {
    let chars: Vec<char> = format!("<{word}>").chars().collect();
    let mut ngrams: Vec<String> =
        NGRAM_CHARS.flat_map(|n| chars.windows(n).map(|chars| chars.iter().collect())).collect();
    ngrams.sort_unstable();
    ngrams.dedup();
    ngrams
}
