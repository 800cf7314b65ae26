//! The inverted index: which words are in which passages, and how often.

use std::collections::HashMap;
use std::ops::Range;

use super::length;
use super::spelling::signature;
use super::tokenizer::{Token, TokenKind, tokenize};

/// Words of more bytes are not indexed, so that no bundle can unfold to more than a page can hold.
pub(super) const MAX_WORD: usize = 120;

/// Ends words that stand in no text as they are: parts of camel case, and compounds put together. They come right after the same
/// word as it stands in texts.
pub(super) const DERIVED: char = ' ';

/// How many times a word of the title counts: the field weight of BM25F with one length for both fields (Robertson,
/// Zaragoza and Taylor 2004, "Simple BM25 extension to multiple weighted fields").
pub const TITLE_WEIGHT: u32 = 3;

/// The counts that are told apart. BM25 levels off, so rounding to them changes a score little.
const LEVELS: [u8; 13] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];

/// How many counts are told apart.
pub const LEVEL_COUNT: usize = LEVELS.len();

/// The level nearest to a count from 1 on.
pub fn level(count: u32) -> u32 {
    let nearer = |pair: &&[u8]| u32::from(pair[0]) + u32::from(pair[1]) <= count.saturating_mul(2);
    LEVELS.windows(2).take_while(nearer).count() as u32
}

/// The count that stands for all of a level; none for a level that there is not.
pub fn of_level(level: u32) -> Option<u8> {
    LEVELS.get(level as usize).copied()
}

/// The words of a bundle's passages, ready to search. [`Keywords::from_bytes`] reads back exactly what [`Keywords::build`] makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Keywords {
    /// All distinct words, one after the other, ascending by their bytes.
    pub(super) text: String,
    /// Where each word ends in `text`.
    pub(super) ends: Vec<u32>,
    /// Which letters each word has, see [`signature`].
    pub(super) signatures: Vec<u32>,
    /// Where each word's list of passages ends in `passages` and `counts`.
    pub(super) lists: Vec<u32>,
    /// The passages that have the word, ascending within each list.
    pub(super) passages: Vec<u32>,
    /// How often, as one of [`LEVELS`]; in the title, [`TITLE_WEIGHT`] times.
    pub(super) counts: Vec<u8>,
    /// The length of each passage in words, those of the title [`TITLE_WEIGHT`] times; see [`length`].
    pub(super) lengths: Vec<u8>,
}

impl Keywords {
    /// Indexes passages, each given as its title and headings, and its text.
    pub fn build<'a>(passages: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut lists: HashMap<String, Vec<(u32, u8)>> = HashMap::new();
        let mut lengths = Vec::new();
        for (passage, (title, text)) in (0..).zip(passages) {
            let mut counts: HashMap<String, u32> = HashMap::new();
            let mut length = 0;
            for (field, weight) in [(title, TITLE_WEIGHT), (text, 1)] {
                for Token { mut text, kind, .. } in tokenize(field) {
                    let derived = matches!(kind, TokenKind::Joined | TokenKind::Part);
                    if derived {
                        text.push(DERIVED);
                    } else if text.len() <= MAX_WORD {
                        length += weight;
                    }
                    if text.len() <= MAX_WORD {
                        *counts.entry(text).or_default() += weight;
                    }
                }
            }
            lengths.push(length::encode(length));
            for (word, count) in counts {
                let count = LEVELS[level(count) as usize];
                lists.entry(word).or_default().push((passage, count));
            }
        }
        let mut lists: Vec<(String, Vec<(u32, u8)>)> = lists.into_iter().collect();
        lists.sort_unstable();
        let mut keywords = Self::empty(lengths);
        for (word, list) in lists {
            keywords.text.push_str(&word);
            keywords.ends.push(keywords.text.len() as u32);
            keywords.passages.extend(list.iter().map(|&(passage, _)| passage));
            keywords.counts.extend(list.iter().map(|&(_, count)| count));
            keywords.lists.push(keywords.passages.len() as u32);
        }
        keywords.sign();
        keywords
    }

    /// Keywords of passages whose lengths have these codes (see [`Keywords::lengths`]). Words ascend by their bytes; each has the
    /// passages that contain it, ascending, and how often. They may be only some of a site's words; queries do not find the others.
    pub fn of_lists<'a>(
        lengths: Vec<u8>,
        words: impl IntoIterator<Item = (&'a str, &'a [u32], &'a [u8])>,
    ) -> Self {
        let mut keywords = Self::empty(lengths);
        for (word, passages, counts) in words {
            keywords.text.push_str(word);
            keywords.ends.push(keywords.text.len() as u32);
            keywords.passages.extend(passages);
            keywords.counts.extend(counts);
            keywords.lists.push(keywords.passages.len() as u32);
        }
        keywords.sign();
        keywords
    }

    /// Passages of these lengths without a word.
    pub(super) fn empty(lengths: Vec<u8>) -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            signatures: Vec::new(),
            lists: Vec::new(),
            passages: Vec::new(),
            counts: Vec::new(),
            lengths,
        }
    }

    /// Works out the signatures of the words.
    pub(super) fn sign(&mut self) {
        self.signatures = (0..self.words()).map(|word| signature(self.word(word))).collect();
    }

    /// How many passages there are.
    pub fn passages(&self) -> usize {
        self.lengths.len()
    }

    /// The length of each passage in words, as a code of one byte: exact below 32, then sixteen steps to a doubling. Words of the title
    /// count three times.
    pub fn lengths(&self) -> &[u8] {
        &self.lengths
    }

    /// How many distinct words there are, pairs and single characters of unspaced scripts among them.
    pub fn words(&self) -> usize {
        self.ends.len()
    }

    /// The word at `index`, below [`Keywords::words`]; words ascend by their bytes.
    pub fn word(&self, index: usize) -> &str {
        self.text.get(span(&self.ends, index)).unwrap_or_default()
    }

    /// The words that start with `prefix`.
    pub(super) fn starting_with(&self, prefix: &str) -> Range<usize> {
        let start = self.position(|word| word < prefix);
        let end = self.position(|word| word < prefix || word.starts_with(prefix));
        start..end
    }

    /// The passages that have the word at `index`, and how often.
    pub fn list(&self, index: usize) -> (&[u32], &[u8]) {
        let span = span(&self.lists, index);
        (&self.passages[span.clone()], &self.counts[span])
    }

    /// The first word for which `before` does not hold.
    pub(super) fn position(&self, before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (0, self.words());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.word(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

fn span(ends: &[u32], index: usize) -> Range<usize> {
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    start as usize..ends[index] as usize
}
