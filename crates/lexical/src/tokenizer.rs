//! The one tokenizer, for bundles and for queries.
//!
//! - Texts are folded first ([`fold`]): NFKC, case, accents.
//! - A word of a spaced script is a token.
//! - An identifier whose parts are joined by `_` or `.` (`block_on`, `x86_64`, `1.94.1`, `Cargo.toml`), or that ends in
//!   `++` or `#` (`C++`, `C#`), is a token beside its parts: who types all of it means all of it.
//! - A run of an unspaced script gives overlapping pairs and its last character: every character starts exactly one
//!   token, so a query of one character finds all that it starts.
//! - A single letter after an apostrophe (Rust's, don't) is no token.

use std::ops::Range;

use super::fold::{Folded, fold};
use super::script::{Script, in_words, script};

/// A token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Folded.
    pub text: String,
    /// What it is of its text.
    pub kind: TokenKind,
    /// The bytes of the text that it stands for; on character boundaries.
    pub range: Range<usize>,
}

/// What a token is of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of a spaced script, also as a part of an identifier.
    Word,
    /// A whole identifier; its parts follow as words.
    Identifier,
    /// An identifier with the signs before it, or an operator.
    Sign,
    /// Another spelling of a compound or an identifier: its words as one, or a version without its `v`.
    Joined,
    /// A part of a word in camel case.
    Part,
    /// Two neighbouring characters of an unspaced script.
    Pair,
    /// The last character of several of an unspaced script.
    Last,
    /// A character of an unspaced script on its own.
    Single,
}

/// The tokens of `text`, by where they start; an identifier comes before its parts.
pub fn tokenize(text: &str) -> Vec<Token> {
    let folded = fold(text);
    let runs = split(&folded);
    let mut tokens = Vec::with_capacity(runs.len());
    let mut named = 0;
    let mut compound = 0;
    for (i, (script, run)) in runs.iter().enumerate() {
        let word = &folded[run.clone()];
        match script {
            Script::Spaced => {
                let whole = run.start >= named;
                if whole {
                    named = suffixed(&folded, chain(&folded, &runs[i..], '.'));
                }
                let together = run.start >= compound;
                if together {
                    compound = chain(&folded, &runs[i..], '-');
                }
                if let Some(start) = sign(&folded, run.start) {
                    tokens.push(token(&folded[start..named.max(compound)], TokenKind::Sign));
                }
                if whole && named > run.end {
                    let identifier = token(&folded[run.start..named], TokenKind::Identifier);
                    let version = version(&identifier);
                    tokens.push(identifier);
                    tokens.extend(version);
                }
                if together && compound > run.end {
                    tokens.extend(put_together(&folded[run.start..compound]));
                }
                tokens.push(token(word, TokenKind::Word));
                camel(word, &mut tokens);
            }
            Script::Unspaced => pairs(word, &mut tokens),
            Script::Signs => tokens.push(token(word, TokenKind::Sign)),
        }
    }
    tokens
}

/// The words, runs of unspaced scripts and operators of `text`, folded, with a space before, between and after them.
pub fn spaced(text: &str) -> String {
    let folded = fold(text);
    let mut spaced = String::from(" ");
    for (_, run) in split(&folded) {
        spaced.extend(folded[run].iter().map(|f| f.char));
        spaced.push(' ');
    }
    spaced
}

/// Where the runs lie in `folded`.
fn split(folded: &[Folded]) -> Vec<(Script, Range<usize>)> {
    let mut runs: Vec<(Script, Range<usize>)> = Vec::new();
    for (i, Folded { char, mark, .. }) in folded.iter().enumerate() {
        let continued = runs.last_mut().filter(|(_, run)| run.end == i);
        match (continued, script(*char)) {
            (Some((_, run)), _) if *mark => run.end += 1,
            (Some((same, run)), Some(script)) if *same == script => run.end += 1,
            (_, Some(script)) if !mark => runs.push((script, i..i + 1)),
            _ => {}
        }
    }
    let char = |i: usize| folded.get(i).map(|f| f.char);
    let tail = |run: &Range<usize>| {
        run.len() == 1
            && matches!(run.start.checked_sub(1).and_then(char), Some('\'' | '’'))
            && run.start.checked_sub(2).and_then(char).is_some_and(char::is_alphanumeric)
    };
    runs.retain(|(script, run)| match script {
        Script::Spaced => !tail(run),
        Script::Unspaced => true,
        // Longer ones are lines, and hyphens are dashes.
        Script::Signs => {
            (2..4).contains(&run.len())
                && opens(folded, run.start)
                && !char(run.end).is_some_and(in_words)
                && folded[run.clone()].iter().any(|f| f.char != '-')
        }
    });
    runs
}

/// Where the words end that `joint` or `_` joins to the first of `runs`, a word.
fn chain(folded: &[Folded], runs: &[(Script, Range<usize>)], joint: char) -> usize {
    let mut end = runs[0].1.end;
    for (script, run) in &runs[1..] {
        let joins = folded.get(end).is_some_and(|f| f.char == '_' || f.char == joint);
        if *script != Script::Spaced || run.start != end + 1 || !joins {
            break;
        }
        end = run.end;
    }
    end
}

/// The end of a name with the `++` or `#` that belongs to it.
fn suffixed(folded: &[Folded], end: usize) -> usize {
    let after = |i: usize| folded.get(end + i).map(|f| f.char);
    match (after(0), after(1)) {
        (Some('+'), Some('+')) => end + 2,
        (Some('#'), next) if next.is_none_or(|c| !in_words(c)) => end + 1,
        _ => end,
    }
}

/// Where the one or two signs start that a word begins with after a space or a bracket: `.NET`, `--dry-run`, `@media`.
fn sign(folded: &[Folded], start: usize) -> Option<usize> {
    let before = |i: usize| start.checked_sub(i).map(|i| folded[i].char);
    let signs = (1..4).take_while(|&i| matches!(before(i), Some('.' | '-' | '@' | '#' | '$'))).count();
    ((1..3).contains(&signs) && opens(folded, start - signs)).then(|| start - signs)
}

/// Whether a space or a bracket is before this place, or nothing.
fn opens(folded: &[Folded], place: usize) -> bool {
    let before = place.checked_sub(1).map(|i| folded[i].char);
    before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '<' | '"' | '\'' | '`'))
}

/// A version without its `v`.
fn version(identifier: &Token) -> Option<Token> {
    let number =
        identifier.text.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(Token { text: number.into(), kind: TokenKind::Joined, range: identifier.range.clone() })
}

/// Words that `-` or `_` joins, as one; none of numbers alone.
fn put_together(folded: &[Folded]) -> Option<Token> {
    let mut token = token(folded, TokenKind::Joined);
    token.text.retain(|c| !matches!(c, '-' | '_'));
    token.text.contains(char::is_alphabetic).then_some(token)
}

/// The parts of a word in camel case. Each starts with a capital after a small letter, or with the last of several capitals before
/// small letters, and has two characters or more: `XMLHttpRequest`, but not `URLs` and `iPhone`.
fn camel(word: &[Folded], tokens: &mut Vec<Token>) {
    let small = |i: usize| word.get(i).is_some_and(|f| !f.capital && f.char.is_alphabetic());
    let mut start = 0;
    for i in 2..word.len() {
        let written = word[i].source.start > word[i - 1].source.start; // The h of Þ has not been.
        let starts = written && word[i].capital && (small(i - 1) || small(i + 1) && small(i + 2));
        if starts && i >= start + 2 && i + 2 <= word.len() {
            tokens.push(token(&word[start..i], TokenKind::Part));
            start = i;
        }
    }
    if start > 0 {
        tokens.push(token(&word[start..], TokenKind::Part));
    }
}

/// The tokens of a run of an unspaced script. Marks count to the character that they are on.
fn pairs(run: &[Folded], tokens: &mut Vec<Token>) {
    let starts: Vec<usize> = (0..run.len()).filter(|&i| i == 0 || !run[i].mark).collect();
    let end = |i: usize| starts.get(i).copied().unwrap_or(run.len());
    for (i, &start) in starts.iter().enumerate() {
        tokens.push(match starts.len() - i {
            1 if i == 0 => token(run, TokenKind::Single),
            1 => token(&run[start..], TokenKind::Last),
            _ => token(&run[start..end(i + 2)], TokenKind::Pair),
        });
    }
}

fn token(folded: &[Folded], kind: TokenKind) -> Token {
    let (text, range) = joined(folded);
    Token { text, kind, range }
}

/// The text of folded characters, and where it stands in the original. Composition and ordering may have moved
/// marks, so the end is not always the last one's.
fn joined(folded: &[Folded]) -> (String, Range<usize>) {
    let start = folded.iter().map(|f| f.source.start).min().unwrap_or(0);
    let end = folded.iter().map(|f| f.source.end).max().unwrap_or(start);
    (folded.iter().map(|f| f.char).collect(), start..end)
}
