//! Chooses which words of a query to look up, and in which shards.

use std::cmp::Reverse;

use super::shard::{Id, Kind};
use super::sorted;
use super::start::{Common, Start};
use crate::encoder::features::features;
use crate::lexical;

/// The most shards of words that a query asks for.
const MAX_WORD_FILES: usize = 24;
/// Shards beside a word's own in which words with other endings are looked for.
const OTHER_ENDINGS: usize = 2;
/// A word in more than this share of the passages, and in so many that its list is long, is not looked up if the query has other
/// words, because it says next to nothing.
const TOO_COMMON: f32 = 0.5;
const LONG_LIST: u32 = 2000;

impl Start {
    pub fn word_files(&self) -> usize {
        self.words.len() + 1
    }

    pub fn ngram_files(&self) -> usize {
        if self.encoder.is_some() { self.ngrams.len() + 1 } else { 0 }
    }

    /// The shard of words in which a word stands, if it is one of the site's.
    pub fn words_of(&self, word: &str) -> usize {
        self.words.partition_point(|first| first.as_str() <= word)
    }

    /// The last shard of words that has any that begin so.
    fn last_of(&self, beginning: &str) -> usize {
        self.words.partition_point(|first| first.as_str() <= beginning || first.starts_with(beginning))
    }

    fn ngrams_of(&self, ngram: &str) -> usize {
        self.ngrams.partition_point(|first| first.as_str() <= ngram)
    }

    pub fn common(&self, word: &str) -> Option<&Common> {
        self.common
            .binary_search_by(|common| common.text.as_str().cmp(word))
            .ok()
            .map(|place| &self.common[place])
    }
}

/// What of a text is looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lookup {
    /// The shards, those that tell most first.
    pub files: Vec<usize>,
    /// How many of these, from the first, are for the words as they stand; the others are for other endings.
    pub own: usize,
    /// Those of these that are needed whichever letters are typed next.
    pub sure: Vec<usize>,
    /// Words that are too common to be looked up, of which the start knows enough.
    pub passed_over: Vec<String>,
}

impl Lookup {
    /// `text` is what the query encoder is to encode, if it is; words that hits are not to have come first.
    pub fn of<'w>(
        start: &Start,
        query: &lexical::QueryTerms,
        text: Option<&str>,
        without: impl IntoIterator<Item = &'w String>,
    ) -> Self {
        let frequency = |word: &str| start.common(word).map_or(0, |common| common.frequency);
        // Rare words first, which are the long ones among those of which nothing is known yet.
        let mut words: Vec<(u32, Reverse<usize>, &str, &str, bool)> = Vec::new();
        let mut passed_over: Vec<String> = Vec::new();
        let long_list = ((start.passages as f32 * TOO_COMMON) as u32).max(LONG_LIST);
        let too_common = |word: &str| frequency(word) > long_list;
        let any_rare = query.looked_up().any(|word| !word.joined && !too_common(word.text));
        for word in query.looked_up() {
            if any_rare && too_common(word.text) {
                passed_over.push(word.text.to_owned());
            } else if !word.joined {
                let length = Reverse(word.text.chars().count());
                words.push((frequency(word.text), length, word.text, word.stem, word.unfinished));
            }
        }
        let words = sorted(words);
        let mut files: Vec<usize> = Vec::new();
        let add = |files: &mut Vec<usize>, file: usize| {
            if files.len() < MAX_WORD_FILES && !files.contains(&file) {
                files.push(file);
            }
        };
        without.into_iter().for_each(|word| add(&mut files, start.words_of(word)));
        words.iter().for_each(|(_, _, text, ..)| add(&mut files, start.words_of(text)));
        if let Some(text) = text {
            let features = features(text);
            let resident = |word: &str| start.common(word).is_some_and(|common| common.row.is_some());
            features
                .iter()
                .filter(|(word, _)| !resident(word))
                .for_each(|(word, _)| add(&mut files, start.words_of(word)));
        }
        let own = files.len();
        let mut sure = files.clone();
        for &(_, _, text, stem, unfinished) in &words {
            let here = start.words_of(text);
            let near = (start.words_of(stem)..=start.last_of(stem))
                .filter(|file| file.abs_diff(here) <= OTHER_ENDINGS / 2);
            for file in near {
                add(&mut files, file);
                if !unfinished {
                    sure.push(file);
                }
            }
        }
        // Longer words may stand elsewhere.
        for (_, _, text, ..) in words
            .iter()
            .filter(|(_, _, text, _, unfinished)| *unfinished && start.words_of(text) != start.last_of(text))
        {
            let here = start.words_of(text);
            let others = words.iter().any(|(_, _, other, ..)| other != text && start.words_of(other) == here);
            sure.retain(|&file| others || file != here);
        }
        Self { files, own, sure, passed_over }
    }
}

/// The shards of the n-grams of words that no shard knows.
pub(super) fn ngram_files(start: &Start, unknown: &[String]) -> Vec<Id> {
    let mut files: Vec<usize> = unknown
        .iter()
        .flat_map(|word| crate::encoder::features::ngrams(word))
        .map(|ngram| start.ngrams_of(&ngram))
        .collect();
    files = sorted(files);
    files.dedup();
    files.into_iter().map(|file| Id::new(Kind::Ngrams, file)).collect()
}
