//! What to mark in a text that matches a query, and which stretch of it to show.

use std::ops::Range;

use super::query_terms::QueryTerms;
use super::tokenizer::{Token, TokenKind, tokenize};

/// A stretch of a text, and what to mark in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The bytes of the text to show; on character boundaries.
    pub range: Range<usize>,
    /// The bytes to mark, counted from the start of the excerpt; they ascend and do not touch.
    pub marks: Vec<Range<usize>>,
}

/// Terms that say less than this part of what the query's best says are not marked: in "the borrow checker", `the`.
const LEAST_WEIGHT: f32 = 0.05;

/// The part of an excerpt that may lie before the first mark, where the sentence starts too far back.
const LEAD: usize = 4;

/// An occurrence of a term of the query.
#[derive(Debug)]
struct Mark {
    range: Range<usize>,
    term: usize,
    /// Whether it is a pair of an unspaced script.
    pair: bool,
}

impl QueryTerms {
    /// The bytes of `text` to mark; they ascend and do not touch.
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        merged(self.find(text).into_iter().map(|mark| mark.range))
    }

    /// The stretch of at most `length` characters of `text` that matches the query best, from the start of a sentence if one is near.
    /// If nothing matches, the start of the text.
    pub fn excerpt(&self, text: &str, length: usize) -> Excerpt {
        let marks = self.find(text);
        let sentences = sentence_starts(text);
        let starts = marks.iter().map(|mark| {
            let before = sentences.partition_point(|&start| start <= mark.range.start);
            let sentence = before.checked_sub(1).map_or(0, |i| sentences[i]);
            let fits = text[sentence..mark.range.end].chars().nth(length).is_none();
            let lead = || back(text, mark.range.start, length / LEAD);
            if fits { sentence } else { word_start(text, lead(), mark.range.start) }
        });
        let mut starts: Vec<usize> = starts.collect();
        starts.dedup();
        let mut best: Option<(f32, Range<usize>)> = None;
        for start in starts {
            let range = start..window_end(text, start, length);
            let worth = self.worth(&marks, &range);
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, range));
            }
        }
        let mut range = best.map_or_else(|| 0..window_end(text, 0, length), |(_, range)| range);
        if range.end == text.trim_end().len() {
            // There is room before it.
            let fits = |start: &&usize| text[**start..range.end].chars().nth(length).is_none();
            range.start = sentences.iter().find(fits).map_or(range.start, |&start| start.min(range.start));
        }
        let inside = marks.into_iter().map(|mark| mark.range).filter(|mark| within(mark, &range));
        let marks = merged(inside).into_iter().map(|mark| mark.start - range.start..mark.end - range.start);
        Excerpt { marks: marks.collect(), range }
    }

    /// What the marks of a stretch say: each term once, and a little for more.
    fn worth(&self, marks: &[Mark], range: &Range<usize>) -> f32 {
        let mut counts = vec![0_u32; self.terms.len()];
        let first = marks.partition_point(|mark| mark.range.start < range.start);
        for mark in marks[first..].iter().take_while(|mark| mark.range.start < range.end) {
            counts[mark.term] += u32::from(within(&mark.range, range));
        }
        let term = |(count, weight): (u32, f32)| match count {
            0 => 0.0,
            more => weight * (1.0 + 0.1 * (more.min(4) - 1) as f32),
        };
        counts.into_iter().zip(self.terms.iter().map(|term| term.weight)).map(term).sum()
    }

    /// Where terms of the query stand in `text`, by where they start.
    fn find(&self, text: &str) -> Vec<Mark> {
        let most = self.terms.iter().map(|term| term.weight).fold(0.0, f32::max);
        let tokens = tokenize(text);
        let mut marks: Vec<Mark> = Vec::new();
        for (i, token) in tokens.iter().enumerate() {
            for (term, asked) in self.terms.iter().enumerate() {
                if asked.weight < most * LEAST_WEIGHT || asked.likeness(&token.text).is_none() {
                    continue;
                }
                let range = match asked.kind {
                    TokenKind::Single => first_character(token, tokens.get(i + 1)),
                    _ => token.range.clone(),
                };
                marks.push(Mark { range, term, pair: asked.kind == TokenKind::Pair });
            }
        }
        self.drop_chance_pairs(&mut marks);
        marks
    }

    /// Drops pairs that are likely there by chance: with hiragana in them, which any sentence has, and not part of a
    /// longer match, unless the pair is all that was typed in one go; and those of katakana where less stands together than was
    /// typed together: ック of ロック is in バックアップ, too.
    fn drop_chance_pairs(&self, marks: &mut Vec<Mark>) {
        let joined = |a: &Mark, b: &Mark| a.pair && b.pair && b.range.start < a.range.end;
        let (mut start, mut end) = (0, 0);
        let keep: Vec<bool> = (0..marks.len())
            .map(|i| {
                let mark = &marks[i];
                if i >= end {
                    start = i;
                    end = i + 1;
                    while end < marks.len() && joined(&marks[end - 1], &marks[end]) {
                        end += 1;
                    }
                }
                let term = &self.terms[mark.term];
                let grammar = end - start == 1 && term.share < 1.0;
                !mark.pair || term.whole_run || !grammar && end - start + 1 >= term.stretch
            })
            .collect();
        let mut keep = keep.into_iter();
        marks.retain(|_| keep.next().unwrap_or(true));
    }
}

/// The first character of a pair, which ends where the next token starts.
fn first_character(token: &Token, next: Option<&Token>) -> Range<usize> {
    let end = next.filter(|_| token.kind == TokenKind::Pair).map(|next| next.range.start);
    match end {
        Some(end) if end > token.range.start => token.range.start..end,
        _ => token.range.clone(),
    }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Ranges that ascend by their starts, with those that overlap or touch made one.
fn merged(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Where sentences start, 0 first: after a full stop and a space, after 。and its like, after a line's end.
fn sentence_starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let mut ended = false;
    let mut spaced = false;
    for (at, char) in text.char_indices() {
        let closes = matches!(char, ')' | '"' | '\'' | '”' | '’' | '」' | '』' | '）' | '】' | '»');
        match char {
            '\n' | '。' | '！' | '？' | '．' => (ended, spaced) = (true, true),
            '.' | '!' | '?' | '।' | '؟' | '۔' => (ended, spaced) = (true, false),
            _ if char.is_whitespace() => spaced = true,
            _ if ended && closes => {}
            _ => {
                if ended && spaced {
                    starts.push(at);
                }
                (ended, spaced) = (false, false);
            }
        }
    }
    starts
}

/// The byte `characters` before `at`.
fn back(text: &str, at: usize, characters: usize) -> usize {
    text[..at].char_indices().rev().take(characters).last().map_or(at, |(start, _)| start)
}

/// The first word that starts after a space between `from` and `to`; `from` where there is none, as in Japanese.
fn word_start(text: &str, from: usize, to: usize) -> usize {
    let stretch = &text[from..to];
    match stretch.char_indices().find(|(_, char)| char.is_whitespace()) {
        Some((space, _)) => to - stretch[space..].trim_start().len(),
        None => from,
    }
}

/// Where a stretch of at most `length` characters from `start` ends: with its last word.
fn window_end(text: &str, start: usize, length: usize) -> usize {
    let Some((cut, _)) = text[start..].char_indices().nth(length) else {
        return start + text[start..].trim_end().len();
    };
    let window = &text[start..start + cut];
    let cuts_word = text[start + cut..].chars().next().is_some_and(char::is_alphanumeric);
    // Not so far back for a space that there was none: in Japanese the next one may be at the start.
    match window.rfind(char::is_whitespace).filter(|&space| cuts_word && space * 2 > window.len()) {
        Some(space) => start + window[..space].trim_end().len(),
        None => start + window.trim_end().len(),
    }
}

/// Byte ranges of `text` in UTF-16 code units, as JavaScript counts. The ranges must ascend and be on character boundaries, like those
/// of [`QueryTerms::marks`].
pub fn utf16_ranges(text: &str, ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut byte, mut unit) = (0, 0);
    let mut units = |to: usize| {
        unit += text.get(byte..to).map_or(0, |between| between.encode_utf16().count());
        byte = byte.max(to);
        unit
    };
    ranges.iter().map(|range| units(range.start)..units(range.end)).collect()
}
