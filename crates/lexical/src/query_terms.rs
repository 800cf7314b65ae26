//! A query's words, and which words of the index match each.

use super::keywords;
use super::spelling::{REST, SHARED, one_edit, other_ending};
use super::tokenizer::{Token, TokenKind, spaced, tokenize};

/// A query's words. [`QueryTerms::parse`] needs no index; [`Keywords::query`](super::Keywords::query) also finds the words of the index
/// that match, which ranking needs.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryTerms {
    pub(super) terms: Vec<Term>,
    /// All of it as it was typed; see [`spaced`]. Empty if it was not typed.
    pub(super) typed: String,
}

/// A word of a query, as a partly loaded index looks it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedUp<'q> {
    /// Folded.
    pub text: &'q str,
    /// The start of each word that matches it.
    pub stem: &'q str,
    /// Whether it is two words of the query that were put together.
    pub joined: bool,
    /// Whether it may be the start of a longer word.
    pub unfinished: bool,
}

/// One word of a query, however often it was typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    /// Folded.
    pub text: String,
    pub kind: TokenKind,
    /// How often it was typed.
    pub count: u32,
    /// Whether it may be the start of a longer word.
    pub unfinished: bool,
    /// Whether words one edit away are meant too.
    pub misspelt: bool,
    /// Whether it is a pair that was typed on its own, not as part of a longer run.
    pub whole_run: bool,
    /// Of a pair of katakana, the characters of the shortest stretch of katakana that it was typed in; 0 of others.
    pub stretch: usize,
    /// Whether it is two words that a space kept apart.
    pub joined: bool,
    /// What it counts next to other terms, 0 to 1; see [`share`].
    pub share: f32,
    /// How much a passage that has it stands out; 1 until an index has been asked, 0 where no passage does.
    pub weight: f32,
    /// The words of the index that answer to it.
    pub matches: Vec<Match>,
}

/// A word of the index that answers to a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    pub word: usize,
    pub likeness: Likeness,
}

/// How well a word answers to a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Likeness {
    /// 1 for the word itself; what an occurrence of the other counts.
    pub discount: f32,
    /// Whether it is only guessed that this word is meant.
    pub guessed: bool,
}

/// What an occurrence of the word with another ending counts.
const OTHER_ENDING: f32 = 0.5;
/// What a word counts that a typed one starts, or that is an edit away, before it is discounted by how much of it was
/// typed: MiniSearch's defaults.
const PREFIX: f32 = 0.375;
const EDIT: f32 = 0.45;

/// What a part of camel case counts, or a compound put together, to who typed it as a word: next to nothing, so that it is
/// found, but after all pages that have the word itself.
const DERIVED: f32 = 0.02;

/// What pairs of hiragana, and of hiragana and another script, count.
const HIRAGANA: f32 = 0.25;
const MIXED: f32 = 0.5;

/// What a name with its signs counts, beside its words, which count already; what a compound put together does; and what the parts
/// of camel case do: who types JavaScript does not mean Java.
const SIGN: f32 = 0.1;
const JOINED: f32 = 0.25;
const PART: f32 = 0.25;

/// The least characters that are taken for the start of a longer word, and for a word with a slip in it.
const LEAST_PREFIX: usize = 2;
const LEAST_EDITED: usize = 5;

impl QueryTerms {
    /// Splits a text as it was typed. If `unfinished`, the last word also matches words that begin with it, unless a space or a full
    /// stop follows.
    pub fn parse(text: &str, unfinished: bool) -> Self {
        let tokens = tokenize(text);
        let mut terms: Vec<Term> = Vec::new();
        let mut add = |text: String, kind, unfinished, whole_run, joined, stretch: usize| {
            // A query has few words, of a search box's 2,000 characters at most: no table is worth its making.
            let place = terms.iter().position(|term| term.kind == kind && term.text == text);
            let place = place.unwrap_or_else(|| {
                terms.push(Term::new(text, kind));
                terms.len() - 1
            });
            terms[place].count += 1;
            terms[place].joined &= joined;
            terms[place].unfinished |= unfinished;
            terms[place].whole_run |= whole_run;
            terms[place].stretch = terms[place].stretch.min(stretch);
        };
        let mut stretch = 0;
        let is = |token: Option<&Token>, kind| token.is_some_and(|token| token.kind == kind);
        for (i, token) in tokens.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|before| tokens.get(before));
            let unfinished = unfinished && token.range.end == text.len();
            if let Some(before) = before.filter(|before| together(text, before, token)) {
                // Whoever types hash map may mean HashMap.
                add(
                    format!("{}{}", before.text, token.text),
                    TokenKind::Identifier,
                    unfinished,
                    false,
                    true,
                    0,
                );
            }
            // Only texts are searched for the last character of a run: to a query, its pairs say more.
            if token.kind != TokenKind::Last {
                let whole_run = is(tokens.get(i + 1), TokenKind::Last) && !is(before, TokenKind::Pair);
                let katakana = |i: usize| tokens.get(i).is_some_and(is_katakana);
                if !katakana(i) {
                    stretch = 0;
                } else if stretch == 0 {
                    stretch = (i..).take_while(|&i| katakana(i)).count() + 1;
                }
                add(token.text.clone(), token.kind, unfinished, whole_run, false, stretch);
            }
        }
        Self { terms, typed: spaced(text) }
    }

    /// Whether they are of a text that was typed, and not [`like`](super::Keywords::like) others.
    pub fn are_typed(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Whether the text has the words of the query in their order, and no others.
    pub fn is_all_of(&self, text: &str) -> bool {
        self.typed.len() > 1 && spaced(text) == self.typed
    }

    /// Whether the text has no word: no letter, digit or other character of a word.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The words to look up, each with the start of all words that match it, without typing errors.
    pub fn looked_up(&self) -> impl Iterator<Item = LookedUp<'_>> {
        self.terms.iter().map(|term| LookedUp {
            text: &term.text,
            stem: term.stem().unwrap_or(&term.text),
            joined: term.joined,
            unfinished: term.unfinished,
        })
    }

    /// Whether no word of the index matches the query, so that all scores are 0.
    pub fn finds_nothing(&self) -> bool {
        self.terms.iter().all(|term| term.matches.is_empty())
    }
}

/// Whether a space alone keeps two words of letters apart.
fn together(text: &str, a: &Token, b: &Token) -> bool {
    let word = |token: &Token| token.kind == TokenKind::Word && token.text.chars().all(char::is_alphabetic);
    word(a) && word(b) && text.get(a.range.end..b.range.start) == Some(" ")
}

/// Whether it is a pair of katakana.
fn is_katakana(token: &Token) -> bool {
    token.kind == TokenKind::Pair && token.text.chars().all(|char| matches!(char, 'ァ'..='ヿ'))
}

/// What a term counts next to others: a pair of hiragana is grammar more often than not, and so is half of one that hiragana begins or
/// ends; what is made of words that count, too, counts less.
pub(super) fn share(text: &str, kind: TokenKind) -> f32 {
    let hiragana = text.chars().filter(|char| matches!(char, 'ぁ'..='ゟ')).count();
    match (kind, hiragana) {
        (TokenKind::Pair, 2) => HIRAGANA,
        (TokenKind::Pair, 1) => MIXED,
        (TokenKind::Sign, _) => SIGN,
        (TokenKind::Joined, _) => JOINED,
        (TokenKind::Part, _) => PART,
        _ => 1.0,
    }
}

impl Term {
    pub fn new(text: String, kind: TokenKind) -> Self {
        Self {
            share: share(&text, kind),
            text,
            kind,
            count: 0,
            unfinished: false,
            misspelt: false,
            whole_run: false,
            stretch: usize::MAX,
            joined: true,
            weight: 1.0,
            matches: Vec::new(),
        }
    }

    /// How well `word` answers to this term; none where it does not.
    pub fn likeness(&self, word: &str) -> Option<Likeness> {
        let length = |text: &str| text.chars().count() as f32;
        if !self.misspelt && word.as_bytes().first() != self.text.as_bytes().first() {
            return None;
        }
        if word == self.text {
            return Some(Likeness { discount: 1.0, guessed: false });
        }
        let longer = word.strip_prefix(&self.text);
        if word.ends_with(keywords::DERIVED) {
            // Where words were put together, they stand apart, too, and count already.
            let apart = self.joined || self.kind == TokenKind::Joined;
            let meant = longer.is_some_and(|rest| rest.len() == 1 || self.completes());
            return (meant && !apart).then_some(Likeness { discount: DERIVED, guessed: true });
        }
        match self.kind {
            // All that a single character starts has this character.
            TokenKind::Single => longer.map(|_| Likeness { discount: 1.0, guessed: false }),
            TokenKind::Word if other_ending(&self.text, word) => {
                Some(Likeness { discount: OTHER_ENDING, guessed: false })
            }
            TokenKind::Word | TokenKind::Identifier | TokenKind::Sign | TokenKind::Joined => {
                if let Some(rest) = longer.filter(|_| self.completes()) {
                    let discount = PREFIX * length(word) / (length(word) + 0.3 * length(rest));
                    Some(Likeness { discount, guessed: true })
                } else if self.misspelt && one_edit(&self.text, word) {
                    Some(Likeness { discount: EDIT * length(word) / (length(word) + 1.0), guessed: true })
                } else {
                    None
                }
            }
            TokenKind::Pair | TokenKind::Last | TokenKind::Part => None,
        }
    }

    /// Whether longer words that it starts answer to it.
    pub fn completes(&self) -> bool {
        self.unfinished && self.text.chars().count() >= LEAST_PREFIX
    }

    /// Whether a slip is to be looked for where nothing, or next to nothing, answers to it.
    pub fn may_be_misspelt(&self) -> bool {
        self.kind == TokenKind::Word
            && self.text.chars().count() >= LEAST_EDITED
            && self.text.chars().all(char::is_alphabetic)
    }

    /// What all words that answer to it start with, slips aside; none where only the word itself does.
    pub fn stem(&self) -> Option<&str> {
        let length = self.text.chars().count();
        let shared = match self.kind {
            TokenKind::Single => length,
            TokenKind::Word if length >= SHARED => length.saturating_sub(REST).max(SHARED),
            TokenKind::Word | TokenKind::Identifier | TokenKind::Sign | TokenKind::Joined
                if self.completes() =>
            {
                length
            }
            _ => return None,
        };
        let end = self.text.char_indices().nth(shared).map_or(self.text.len(), |(end, _)| end);
        self.text.get(..end)
    }
}
