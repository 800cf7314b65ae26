//! Queries for what is like a text: the words that tell it from others.

use super::Keywords;
use super::query_terms::{QueryTerms, Term, share};
use super::tokenizer::{TokenKind, tokenize};

/// Words of such a query at most: as many as Lucene's MoreLikeThis takes. Twenty and forty were as good.
const WORDS: usize = 25;

impl Keywords {
    /// A query of this index for what is like these texts, each with how often its words count: of their words, those that stand out most
    /// by tf·idf. Nothing if no passage has any.
    pub fn like<'t>(&self, texts: impl IntoIterator<Item = (&'t str, u32)>) -> Option<QueryTerms> {
        let mut counts = vec![0.0; self.words()];
        let mut kinds = vec![TokenKind::Word; self.words()];
        for (text, times) in texts {
            for token in tokenize(text) {
                let asked = matches!(token.kind, TokenKind::Word | TokenKind::Identifier | TokenKind::Pair);
                if let Some(word) = self.find(&token.text).filter(|_| asked) {
                    counts[word] += times as f32;
                    kinds[word] = token.kind;
                }
            }
        }
        for (word, count) in counts.iter_mut().enumerate().filter(|(_, count)| **count > 0.0) {
            *count *= share(self.word(word), kinds[word]) * self.idf(self.list(word).0.len());
        }
        let mut terms = Vec::new();
        while terms.len() < WORDS
            && let Some(word) = (0..counts.len()).max_by(|&a, &b| counts[a].total_cmp(&counts[b]))
            && counts[word] > 0.0
        {
            let term = Term::new(self.word(word).to_owned(), kinds[word]);
            let mut term = Term { count: 1, weight: counts[word], ..term };
            self.answer(&mut term);
            terms.push(term);
            counts[word] = 0.0;
        }
        (!terms.is_empty()).then(|| QueryTerms { terms, typed: String::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bm25;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn words_that_tell_a_text_from_others_are_asked_for() {
        let texts = ["the moon and the tide", "the bread", "the tide", "the oven and the bread"];
        let keywords = Keywords::build(texts.map(|text| ("", text)));
        let query = keywords.like([(texts[0], 1)]).unwrap();
        let scores = keywords.scores(&query, Bm25::default());
        assert!(scores[0] > scores[2] && scores[2] > scores[1] && scores[2] > scores[3], "{scores:?}");
        assert_eq!(keywords.like([("quartz", 1), ("", 3)]), None);
    }

    proptest! {
        /// Next to a count by hand.
        #[test]
        fn the_words_are_those_of_the_highest_tf_idf(
            passages in prop::collection::vec(prop::collection::vec(0u8..60, 1..40), 1..8),
            text in prop::collection::vec(0u8..70, 0..120),
        ) {
            // No word is another's with another ending.
            let word = |word: &u8| format!("{}{}{word}", (b'a' + word % 26) as char, (b'a' + word / 26) as char);
            let join = |words: &[u8]| words.iter().map(word).collect::<Vec<_>>().join(" ");
            let texts: Vec<String> = passages.iter().map(|passage| join(passage)).collect();
            let keywords = Keywords::build(texts.iter().map(|text| ("", text.as_str())));
            let value = |asked: &u8| {
                let with = passages.iter().filter(|passage| passage.contains(asked)).count();
                let count = text.iter().filter(|other| *other == asked).count() as f32;
                if with > 0 { count * keywords.idf(with) } else { 0.0 }
            };
            let mut expected: Vec<f32> = (0..70).map(|word| value(&word)).filter(|value| *value > 0.0).collect();
            expected.sort_by(|a, b| b.total_cmp(a));
            expected.truncate(WORDS);
            let query = keywords.like([(join(&text).as_str(), 1)]);
            let terms = query.map_or_else(Vec::new, |query| query.terms);
            let found: Vec<f32> = terms.iter().map(|term| value(&(0..70).find(|other| word(other) == term.text).unwrap())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
