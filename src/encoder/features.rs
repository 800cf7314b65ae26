//! The features of a text: words, single and paired characters of scripts without spaces, and for unknown words the character
//! n-grams that they share with known words.

use crate::lexical::{TokenKind, tokenize};

/// Characters of an n-gram, the marks at a word's ends among them.
const NGRAM_CHARS: std::ops::RangeInclusive<usize> = 3..=5;

/// Words of more bytes are no features.
pub(super) const MAX_WORD: usize = 120;

/// The features of a text, ascending, each once.
pub(crate) fn features(text: &str) -> Vec<(String, Feature)> {
    let mut features: Vec<(String, Feature)> = Vec::new();
    let mut add = |text: String, spaced: bool| {
        if text.len() <= MAX_WORD {
            match features.binary_search_by(|(other, _)| other.cmp(&text)) {
                Ok(place) => features[place].1.count += 1,
                Err(place) => features.insert(place, (text, Feature { count: 1, spaced })),
            }
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
            // The words that they are made of are features.
            TokenKind::Sign | TokenKind::Joined | TokenKind::Part => {}
        }
    }
    features
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    pub count: u32,
    /// A word of a spaced script: it has n-grams.
    pub spaced: bool,
}

impl Feature {
    /// The weight of a count: its square root, because the tenth occurrence says less than the first.
    pub fn damped(self) -> f32 {
        (self.count as f32).sqrt()
    }
}

/// The n-grams of a word between `<` and `>`, each once, ascending.
pub(crate) fn ngrams(word: &str) -> Vec<String> {
    let chars: Vec<char> = format!("<{word}>").chars().collect();
    let mut ngrams: Vec<String> = Vec::new();
    for ngram in NGRAM_CHARS.flat_map(|n| chars.windows(n)) {
        let ngram: String = ngram.iter().collect();
        if let Err(place) = ngrams.binary_search(&ngram) {
            ngrams.insert(place, ngram);
        }
    }
    ngrams
}
