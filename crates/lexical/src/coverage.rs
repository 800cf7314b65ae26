//! How much of a query the passages have, by the weights (idf) of its words: "the" says little, a word that no passage has the most.

use super::Keywords;
use super::query_terms::{QueryTerms, Term};
use super::tokenizer::TokenKind;

/// How much of a query's words passages have. The first two are shares of their weight, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// In words that any passage has.
    pub known: f32,
    /// In words that one passage has together, of those that are looked at.
    pub together: f32,
    /// The weight of all of the query's words, in nats: the sum of their inverse document frequencies.
    pub weight: f32,
}

impl Keywords {
    /// How much of a query of this index its passages have, and how much one of `best` has, which are below [`Keywords::passages`].
    /// Words that are not `looked_up` do not count: nothing is known of them.
    pub fn coverage(&self, query: &QueryTerms, best: &[usize], looked_up: &dyn Fn(&str) -> bool) -> Coverage {
        let (mut all, mut known, mut together) = (0.0, 0.0, vec![0.0_f32; best.len()]);
        for term in query.terms.iter().filter(|term| term.is_a_word() && looked_up(&term.text)) {
            let lists = || term.matches.iter().map(|m| self.list(m.word).0);
            let frequency = lists().map(<[u32]>::len).max().unwrap_or(0);
            let weight = term.share * self.idf(frequency);
            all += weight;
            if frequency > 0 {
                known += weight;
            }
            for (sum, &passage) in together.iter_mut().zip(best) {
                if lists().any(|list| list.binary_search(&(passage as u32)).is_ok()) {
                    *sum += weight;
                }
            }
        }
        let share = |sum: f32| if all > 0.0 { sum / all } else { 0.0 };
        let together = together.into_iter().fold(0.0, f32::max);
        Coverage { known: share(known), together: share(together), weight: all }
    }
}

impl Term {
    /// Whether it stands for itself; the others are made of words that count already.
    fn is_a_word(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Pair | TokenKind::Single)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&str; 6] = ["tide", "moon", "bread", "oven", "quantum", "hull"];

    fn text(words: &[usize]) -> String {
        words.iter().map(|&word| WORDS[word]).collect::<Vec<_>>().join(" ")
    }

    proptest! {
        /// Next to a count by hand, of words that have no other endings here.
        #[test]
        fn shares_are_those_of_the_words_weights(
            passages in prop::collection::vec(prop::collection::vec(0usize..5, 1..5), 1..12),
            asked in prop::collection::btree_set(0usize..6, 1..5),
        ) {
            let texts: Vec<String> = passages.iter().map(|words| text(words)).collect();
            let keywords = Keywords::build(texts.iter().map(|text| ("", text.as_str())));
            let asked: Vec<usize> = asked.into_iter().collect();
            let query = keywords.query(&text(&asked), false);
            let all: Vec<usize> = (0..passages.len()).collect();
            let found = keywords.coverage(&query, &all, &|_| true);

            let n = passages.len() as f32;
            let having = |word: usize| passages.iter().filter(|words| words.contains(&word)).count();
            let weight = |word: usize| (1.0 + (n - having(word) as f32 + 0.5) / (having(word) as f32 + 0.5)).ln();
            let sum = |words: &mut dyn Iterator<Item = usize>| words.map(weight).sum::<f32>();
            let whole = sum(&mut asked.iter().copied());
            let known = sum(&mut asked.iter().copied().filter(|&word| having(word) > 0)) / whole;
            let of = |words: &Vec<usize>| sum(&mut asked.iter().copied().filter(|word| words.contains(word))) / whole;
            let together = passages.iter().map(of).fold(0.0, f32::max);
            prop_assert!((found.known - known).abs() < 1e-4, "{} {known}", found.known);
            prop_assert!((found.weight - whole).abs() < 1e-4, "{} {whole}", found.weight);
            prop_assert!((found.together - together).abs() < 1e-4, "{} {together}", found.together);
            prop_assert!(found.together <= found.known + 1e-6 && (0.0..=1.0 + 1e-6).contains(&found.known));
        }
    }

    #[test]
    fn what_is_not_looked_up_does_not_count() {
        let keywords = Keywords::build([("", "tide and moon"), ("", "bread")]);
        let query = keywords.query("tide quantum", false);
        assert!(keywords.coverage(&query, &[0], &|_| true).known < 0.5);
        let without = keywords.coverage(&query, &[0], &|word| word != "quantum");
        assert_eq!((without.known, without.together), (1.0, 1.0));
        assert_eq!(keywords.coverage(&keywords.query("?!", false), &[0, 1], &|_| true), Coverage::default());
    }
}
