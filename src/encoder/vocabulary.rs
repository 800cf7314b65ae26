//! The words and n-grams of a site, and texts as sparse rows over them.

use std::collections::BTreeMap;

use super::apply::{WEIGHT_PARTS, weight};
use super::features::{Feature, features, ngrams};
use super::ridge::Sparse;

/// What a word's n-grams weigh together, next to the word itself.
pub(super) const NGRAM_WEIGHT: f32 = 0.5;

/// An n-gram of fewer words tells nothing about other words.
const NGRAM_WORDS: usize = 3;

pub(super) struct Vocabulary {
    /// Ascending, with their weights.
    pub words: Vec<String>,
    pub weights: Vec<u8>,
    /// What any other word weighs.
    pub unknown: u8,
    /// Ascending.
    pub ngrams: Vec<String>,
    /// Words x n-grams.
    pub parts: Sparse,
    /// Texts x words, each of unit length; then those that are one word.
    pub texts: Sparse,
}

/// Leaves out the words of the fewest texts.
fn keep_commonest(found: &mut BTreeMap<&str, (usize, bool)>, most: usize) {
    let mut counts: Vec<usize> = found.values().map(|&(count, _)| count).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let Some(&least) = counts.get(most) else { return };
    // As many of those with as few as the first that has no place.
    let mut left = counts[..most].iter().filter(|&&count| count == least).count();
    found.retain(|_, &mut (count, _)| {
        let has_place = count > least || (count == least && left > 0);
        left -= usize::from(has_place && count == least);
        has_place
    });
}

impl Vocabulary {
    /// Of the words, `most` at most: those of the most texts, of equals the first. What is in `alone` says nothing of how common a word is.
    pub fn of<'a>(
        texts: impl Iterator<Item = &'a str>,
        alone: impl Iterator<Item = &'a str>,
        most: usize,
    ) -> Self {
        let texts: Vec<Vec<(String, Feature)>> = texts.map(features).collect();
        let mut found: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
        for (word, feature) in texts.iter().flatten() {
            let (count, spaced) = found.entry(word).or_default();
            *count += 1;
            *spaced |= feature.spaced;
        }
        keep_commonest(&mut found, most);
        let words: Vec<String> = found.keys().map(|&word| word.to_owned()).collect();
        // Robertson and Spärck Jones's inverse document frequency, above 0 for every word.
        let parts = |count: usize| {
            let idf = 1.0 + (texts.len() as f32 / count as f32).ln();
            (idf * WEIGHT_PARTS).round().clamp(1.0, 255.0) as u8
        };
        let weights: Vec<u8> = found.values().map(|&(count, _)| parts(count)).collect();

        let of_words: Vec<Vec<String>> =
            found.iter().map(|(word, (_, spaced))| if *spaced { ngrams(word) } else { Vec::new() }).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        of_words.iter().flatten().for_each(|ngram| *counts.entry(ngram).or_default() += 1);
        let shared = counts.into_iter().filter(|&(_, count)| count >= NGRAM_WORDS);
        let ngrams: Vec<String> = shared.map(|(ngram, _)| ngram.to_owned()).collect();
        let parts_of = of_words.iter().map(|of_word| {
            let weight = NGRAM_WEIGHT / (of_word.len() as f32).sqrt();
            of_word.iter().filter_map(|ngram| Some((ngrams.binary_search(ngram).ok()?, weight))).collect()
        });
        let alone: Vec<Vec<(String, Feature)>> = alone.map(features).collect();
        let texts_of = texts.iter().chain(&alone).map(|text| {
            let row: Vec<(usize, f32)> = text
                .iter()
                .filter_map(|(word, feature)| {
                    let index = words.binary_search(word).ok()?;
                    Some((index, weight(weights[index]) * feature.damped()))
                })
                .collect();
            let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
            row.into_iter().map(|(index, value)| (index, value / length)).collect()
        });
        let (parts_of, texts_of) = (Sparse::new(ngrams.len(), parts_of), Sparse::new(words.len(), texts_of));
        Self { unknown: parts(1), weights, parts: parts_of, texts: texts_of, words, ngrams }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn the_commonest_words_are_kept(counts in prop::collection::vec(1usize..5, 0..40), most in 0usize..45) {
            let names: Vec<String> = (0..counts.len()).map(|i| format!("{i:02}")).collect();
            let all: BTreeMap<&str, (usize, bool)> = names.iter().map(String::as_str).zip(counts.iter().map(|&count| (count, true))).collect();
            let mut kept = all.clone();
            keep_commonest(&mut kept, most);
            // The oracle sorts by count, then by name.
            let mut order: Vec<(std::cmp::Reverse<usize>, &str)> = all.iter().map(|(name, it)| (std::cmp::Reverse(it.0), *name)).collect();
            order.sort_unstable();
            let mut expected: Vec<&str> = order.into_iter().take(most).map(|it| it.1).collect();
            expected.sort_unstable();
            prop_assert_eq!(kept.into_keys().collect::<Vec<_>>(), expected);
        }
    }
}
