//! Ranges of words: in which passages each is, how often, and its row of the query encoder; and ranges of n-grams.

use super::code::{Context, Numbers, Rows, Words, ascending, contexts};
use super::shard::{Id, Kind, damaged};
use crate::Result;
use crate::encoder::range_coder::{Coder, Decoder};
use crate::lexical::{LEVELS, count_of, level_of};

/// A word of the site.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Word {
    pub text: String,
    /// The passages that have it, ascending, as places among all, and how often; none where only the encoder knows it.
    pub passages: Vec<u32>,
    pub counts: Vec<u8>,
    /// Its weight and its row of the query encoder, if it has one.
    pub row: Option<(u8, Vec<i16>)>,
}

/// An n-gram of the query encoder and its row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ngram {
    pub text: String,
    pub row: Vec<i16>,
}

/// The words of a shard; `classes` are the encoder's, and none where there is no encoder.
pub(crate) fn read_words(number: u32, payload: &[u8], passages: u32, classes: &[u8]) -> Result<Vec<Word>> {
    let id = Id { kind: Kind::Words, number };
    read(id, payload, |coder| code_words(coder, &[], 0, passages, classes))
}

pub(crate) fn read_ngrams(number: u32, payload: &[u8], classes: &[u8]) -> Result<Vec<Ngram>> {
    read(Id { kind: Kind::Ngrams, number }, payload, |coder| code_ngrams(coder, &[], 0, classes))
}

/// Reads all of a payload.
pub(super) fn read<T>(id: Id, payload: &[u8], code: impl FnOnce(&mut Decoder) -> Option<T>) -> Result<T> {
    let mut coder = Decoder::new(payload);
    let read = code(&mut coder);
    match read {
        _ if coder.overrun() => Err(damaged(id, "was cut short")),
        None => Err(damaged(id, "has counts or words that cannot be")),
        Some(_) if !coder.ends() => Err(damaged(id, "has more bytes after its end")),
        Some(read) => Ok(read),
    }
}

/// Writes these words until about `limit` bytes are full, or reads others.
pub(super) fn code_words(
    coder: &mut impl Coder,
    words: &[Word],
    limit: usize,
    passages: u32,
    classes: &[u8],
) -> Option<Vec<Word>> {
    let (mut contexts, mut more) = (Contexts::default(), Context::default());
    let none = Word::default();
    let mut read = Vec::new();
    while more.bit(coder, read.len() < words.len() && coder.written() < limit) {
        read.push(contexts.word(coder, words.get(read.len()).unwrap_or(&none), passages, classes)?);
        if coder.overrun() {
            return None;
        }
    }
    Some(read)
}

struct Contexts {
    texts: Words,
    has_list: Context,
    has_row: Context,
    frequencies: Numbers,
    levels: Vec<Context>,
    weights: Numbers,
    /// The weight of the last word of each class of frequency.
    usual: [u8; 32],
    rows: Rows,
}

impl Default for Contexts {
    fn default() -> Self {
        Self {
            texts: Words::default(),
            has_list: Context::default(),
            has_row: Context::default(),
            frequencies: Numbers::default(),
            levels: contexts(LEVELS),
            weights: Numbers::default(),
            usual: [128; 32],
            rows: Rows::default(),
        }
    }
}

impl Contexts {
    fn word(&mut self, coder: &mut impl Coder, word: &Word, all: u32, classes: &[u8]) -> Option<Word> {
        let text = self.texts.code(coder, &word.text)?;
        let (mut passages, mut counts) = (Vec::new(), Vec::new());
        if self.has_list.bit(coder, !word.passages.is_empty()) {
            let frequency =
                self.frequencies.code(coder, (word.passages.len() as u32).wrapping_sub(1)).checked_add(1)?;
            if frequency > all {
                return None;
            }
            passages = word.passages.clone();
            passages.resize(frequency as usize, 0);
            ascending(coder, &mut passages, 0, all);
            for index in 0..passages.len() {
                counts.push(self.count(coder, word.counts.get(index).copied().unwrap_or(1))?);
                if coder.overrun() {
                    return None;
                }
            }
        }
        let row = match classes {
            [_, ..] if self.has_row.bit(coder, word.row.is_some()) => {
                let none = (0, Vec::new());
                let (weight, row) = word.row.as_ref().unwrap_or(&none);
                let usual = &mut self.usual[(passages.len() as u32 + 1).ilog2() as usize];
                let weight = self.weights.signed(coder, i32::from(*weight) - i32::from(*usual));
                let weight = u8::try_from(i32::from(*usual).checked_add(weight)?).ok()?;
                *usual = weight;
                let mut row = row.clone();
                row.resize(classes.len(), 0);
                self.rows.code(coder, &mut row, classes);
                Some((weight, row))
            }
            _ => None,
        };
        Some(Word { text, passages, counts, row })
    }

    fn count(&mut self, coder: &mut impl Coder, count: u8) -> Option<u8> {
        let level = level_of(count.into()) as usize;
        let mut read = 0;
        while read < LEVELS - 1 && self.levels[read].bit(coder, level > read) {
            read += 1;
        }
        count_of(read as u32)
    }
}

/// Writes these n-grams until about `limit` bytes are full, or reads others.
pub(super) fn code_ngrams(
    coder: &mut impl Coder,
    ngrams: &[Ngram],
    limit: usize,
    classes: &[u8],
) -> Option<Vec<Ngram>> {
    let (mut texts, mut rows, mut more) = (Words::default(), Rows::default(), Context::default());
    let none = Ngram::default();
    let mut read = Vec::new();
    while more.bit(coder, read.len() < ngrams.len() && coder.written() < limit) {
        let Ngram { text, row } = ngrams.get(read.len()).unwrap_or(&none);
        let text = texts.code(coder, text)?;
        let mut row = row.clone();
        row.resize(classes.len(), 0);
        rows.code(coder, &mut row, classes);
        read.push(Ngram { text, row });
        if coder.overrun() {
            return None;
        }
    }
    Some(read)
}
