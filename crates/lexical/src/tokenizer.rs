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
use super::script::{Script, script};

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
    /// Two neighbouring characters of an unspaced script.
    Pair,
    /// The last character of several of an unspaced script.
    Last,
    /// A character of an unspaced script on its own.
    Single,
}

/// A word of a spaced script, or a run of an unspaced one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Folded.
    pub text: String,
    /// Whether it is of a spaced script.
    pub script: Script,
    /// The bytes of the text that it stands for; on character boundaries.
    pub range: Range<usize>,
}

/// The tokens of `text`, by where they start; an identifier comes before its parts.
pub fn tokenize(text: &str) -> Vec<Token> {
    let folded = fold(text);
    let runs = split(&folded);
    let mut tokens = Vec::with_capacity(runs.len());
    let mut identifier_end = 0;
    for (i, (script, run)) in runs.iter().enumerate() {
        match script {
            Script::Spaced => {
                if run.start >= identifier_end {
                    identifier_end = identifier(&folded, &runs[i..]);
                    if identifier_end > run.end {
                        tokens.push(token(&folded[run.start..identifier_end], TokenKind::Identifier));
                    }
                }
                tokens.push(token(&folded[run.clone()], TokenKind::Word));
            }
            Script::Unspaced => pairs(&folded[run.clone()], &mut tokens),
        }
    }
    tokens
}

/// The words and runs of `text`, folded, in their order.
pub fn runs(text: &str) -> impl Iterator<Item = Run> {
    let folded = fold(text);
    split(&folded).into_iter().map(move |(script, run)| {
        let (text, range) = joined(&folded[run]);
        Run { text, script, range }
    })
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
    runs.retain(|(script, run)| *script == Script::Unspaced || !tail(run));
    runs
}

/// Where an identifier ends that starts with the first of `runs`, a word; the word's own end where it is none.
fn identifier(folded: &[Folded], runs: &[(Script, Range<usize>)]) -> usize {
    let joined = |pair: &&[(Script, Range<usize>)]| {
        let [(_, a), (script, b)] = pair else { return false };
        *script == Script::Spaced && b.start == a.end + 1 && matches!(folded[a.end].char, '_' | '.')
    };
    let parts = 1 + runs.windows(2).take_while(joined).count();
    let end = runs[parts - 1].1.end;
    let after = |i: usize| folded.get(end + i).map(|f| f.char);
    match (after(0), after(1)) {
        (Some('+'), Some('+')) => end + 2,
        (Some('#'), next) if next.is_none_or(|c| script(c).is_none()) => end + 1,
        _ => end,
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
