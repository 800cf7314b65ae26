//! An article's passages: sections of its text that get an embedding each.

mod section;
mod sentences;
pub mod starts;

use crate::site::{Block, join};
use section::sections;
use starts::Start;

/// The share of a passage's length below which a section is joined with its neighbour.
const SMALL: usize = 4;

/// A section of an article, or a part of one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// The headings above it, outermost first, without the article's title.
    pub heading: Vec<String>,
    /// The fragment that leads to it, without `#`; the start of the article needs none.
    pub anchor: Option<String>,
    pub text: String,
    /// Further sections that its text is of, in order, each of another line.
    pub sections: Vec<Start>,
    /// The heading that it begins with, which its text does not repeat.
    own_heading: Option<String>,
}

/// Splits an article of this title into passages of about `max_chars` characters: by headings, then by paragraphs,
/// then by sentences. A passage exceeds `max_chars` by at most a quarter, which keeps a short rest with what it ends, and by the headings of
/// sections that are joined in it;
/// a section below a quarter joins its neighbour. An article that fits is one passage. There is always at least one.
pub fn split(title: &str, blocks: &[Block], max_chars: usize) -> Vec<Piece> {
    let whole = join(blocks);
    if whole.chars().count() <= max_chars {
        let sections = section::starts(title, blocks);
        return vec![Piece { text: whole, sections, ..Piece::default() }];
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in sections(title, blocks).iter().flat_map(|section| section.split(max_chars)) {
        match pieces.last_mut() {
            Some(last) if last.fits_with(&piece, max_chars) => last.append(piece),
            _ => pieces.push(piece),
        }
    }
    if let Some(first) = pieces.first_mut() {
        first.anchor = None;
    }
    pieces.into_iter().map(Piece::without_idle_starts).collect()
}

impl Piece {
    fn chars(&self) -> usize {
        self.text.chars().count()
    }

    fn fits_with(&self, next: &Self, max_chars: usize) -> bool {
        let (here, there, small) = (self.chars(), next.chars(), max_chars / SMALL);
        here.min(there) < small && here + there <= max_chars + small
    }

    /// The larger of both gives the headings and the anchor.
    fn append(&mut self, next: Self) {
        let larger = next.chars() > self.chars();
        let before =
            self.own_heading.as_deref().filter(|own| larger && !next.heading.iter().any(|it| it == own));
        let (before, between) = (before.unwrap_or_default(), next.own_heading.as_deref().unwrap_or_default());
        let (here, there) = (joined(before, &self.text), joined(between, &next.text));
        let mut sections = self.starts(0, before.lines().count());
        sections.extend(next.starts(here.lines().count(), between.lines().count()));
        let text = joined(&here, &there);
        *self = match larger {
            true => Self { text, sections, own_heading: None, ..next },
            false => Self { text, sections, ..std::mem::take(self) },
        };
    }

    /// Where its sections begin in a text in which it begins at `line`, with so many lines of its heading above its own.
    fn starts(&self, line: usize, above: usize) -> Vec<Start> {
        let own = Start { line, heading: self.heading.clone(), anchor: self.anchor.clone() };
        let later = |start: &Start| Start { line: line + above + start.line, ..start.clone() };
        match &self.sections[..] {
            [] => vec![own],
            [first, others @ ..] => {
                [Start { line, ..first.clone() }].into_iter().chain(others.iter().map(later)).collect()
            }
        }
    }

    /// Leaves out the starts that say nothing: those that have no place of their own, and the first where the piece says the same.
    fn without_idle_starts(mut self) -> Self {
        self.sections.retain(|start| start.line == 0 || start.anchor.is_some());
        let same = |start: &Start| start.anchor == self.anchor && start.heading == self.heading;
        if self.sections.first().is_some_and(same) {
            self.sections.remove(0);
        }
        self
    }
}

/// On lines of their own, if both say something.
fn joined(a: &str, b: &str) -> String {
    let line = if a.is_empty() || b.is_empty() { "" } else { "\n" };
    [a, line, b].concat()
}

#[cfg(test)]
mod tests;
