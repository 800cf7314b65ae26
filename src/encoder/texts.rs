//! The texts that an encoder learns from: those on the site that are most like queries, and its words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::lexical::{TokenKind, tokenize};

/// Sentences of an article at most.
const SENTENCES: usize = 20;
/// Characters of a sentence; shorter ones say too little, longer ones are no longer like a query.
const CHARS: std::ops::RangeInclusive<usize> = 8..=300;

/// Letters of a word; shorter ones are signs of something else.
const LETTERS: usize = 3;

/// A passage as the encoder learns from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassageText {
    /// Index of its article.
    pub article: usize,
    /// The article's title.
    pub title: String,
    /// The headings above the passage.
    pub headings: Vec<String>,
    /// The text itself.
    pub text: String,
}

impl PassageText {
    /// All of it.
    pub(super) fn whole(&self) -> String {
        format!("{}\n{}\n{}", self.title, self.headings.join("\n"), self.text)
    }
}

/// What a text is on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextKind {
    /// The article's title.
    Title,
    /// A heading above a passage.
    Heading,
    /// A sentence of a passage.
    Sentence,
}

/// A text to be embedded by the query recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingText {
    /// The text itself.
    pub text: String,
    /// What it is on its page.
    pub kind: TextKind,
    /// Index of the passage that it is from.
    pub passage: usize,
}

/// At most `budget` texts of the site, none twice: titles first, then headings, then sentences. An article gives up to 20 sentences,
/// spread over it; the first of every article come before the second of any. If a group does not fit, the texts taken from it are
/// spread over the site.
pub fn training_texts(passages: &[PassageText], budget: usize) -> Vec<TrainingText> {
    let articles = passages.iter().map(|passage| passage.article + 1).max().unwrap_or(0);
    let mut sentences: Vec<Vec<(usize, &str)>> = vec![Vec::new(); articles];
    // Each with its kind, and for a sentence how many of its article come before it.
    let mut candidates: Vec<(TextKind, usize, usize, &str)> = Vec::new();
    for (index, passage) in passages.iter().enumerate() {
        candidates.push((TextKind::Title, 0, index, passage.title.as_str()));
        candidates.extend(passage.headings.iter().map(|text| (TextKind::Heading, 0, index, text.as_str())));
        sentences[passage.article].extend(split(&passage.text).map(|sentence| (index, sentence)));
    }
    for sentences in sentences {
        let count = sentences.len().min(SENTENCES);
        candidates.extend((0..count).map(|i| {
            let (passage, sentence) = sentences[i * sentences.len() / count];
            (TextKind::Sentence, i, passage, sentence)
        }));
    }
    candidates.sort_by_key(|&(kind, round, passage, _)| (kind, round, passage));
    let mut seen = BTreeSet::new();
    candidates.retain_mut(|(.., text)| {
        *text = text.trim();
        !text.is_empty() && text.chars().nth(*CHARS.end()).is_none() && seen.insert(*text)
    });
    let mut texts: Vec<TrainingText> = Vec::new();
    for turn in candidates.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let count = turn.len().min(budget - texts.len());
        texts.extend((0..count).map(|i| {
            let (kind, _, passage, text) = turn[i * turn.len() / count];
            TrainingText { text: text.to_owned(), kind, passage }
        }));
    }
    texts
}

/// At most `budget` words of the site, as they are written but for capitals: those of the most passages first, of equals in their order.
/// They are of letters alone, in scripts that have spaces.
pub fn training_words(passages: &[PassageText], budget: usize) -> Vec<String> {
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for passage in passages {
        let whole = passage.whole();
        let mut seen = BTreeSet::new();
        for token in tokenize(&whole).into_iter().filter(|token| token.kind == TokenKind::Word) {
            let written = whole[token.range].to_lowercase();
            let long = written.chars().nth(LETTERS - 1).is_some();
            if long && written.chars().all(char::is_alphabetic) && seen.insert(token.text.clone()) {
                found.entry(token.text).or_insert((0, written)).0 += 1;
            }
        }
    }
    let mut words: Vec<(usize, String)> = found.into_values().collect();
    words.sort_by_key(|&(count, _)| Reverse(count));
    words.truncate(budget);
    words.into_iter().map(|(_, written)| written).collect()
}

/// The sentences of `text`: up to a full stop before a space, a full stop of the East, or the end of a line.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut chars = text.char_indices().peekable();
    let mut start = 0;
    let mut ends = Vec::new();
    while let Some((at, char)) = chars.next() {
        let spaced = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        if matches!(char, '\n' | '。' | '！' | '？') || (spaced && matches!(char, '.' | '!' | '?')) {
            ends.push(at + char.len_utf8());
        }
    }
    ends.push(text.len());
    ends.into_iter().filter_map(move |end| {
        let sentence = text[start..end].trim();
        start = end;
        CHARS.contains(&sentence.chars().count()).then_some(sentence)
    })
}
