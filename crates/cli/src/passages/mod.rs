//! An article's passages: sections of its text that get an embedding each.

mod section;
mod sentences;

use crate::site::{Block, join};
use section::sections;

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
    /// The heading that it begins with, which its text does not repeat.
    own_heading: Option<String>,
}

/// Splits an article of this title into passages of about `max_chars` characters: by headings, then by paragraphs,
/// then by sentences. A passage exceeds `max_chars` by at most a quarter, which keeps a short rest with what it ends;
/// a section below a quarter joins its neighbour. An article that fits is one passage. There is always at least one.
pub fn split(title: &str, blocks: &[Block], max_chars: usize) -> Vec<Piece> {
    let whole = join(blocks);
    if whole.chars().count() <= max_chars {
        return vec![Piece { text: whole, ..Piece::default() }];
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
    pieces
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
        let before = self.own_heading.as_ref().filter(|own| larger && !next.heading.contains(own));
        let lines = [before, Some(&self.text), next.own_heading.as_ref(), Some(&next.text)];
        let lines: Vec<_> =
            lines.into_iter().flatten().map(String::as_str).filter(|line| !line.is_empty()).collect();
        let text = lines.join("\n");
        *self = match larger {
            true => Self { text, own_heading: None, ..next },
            false => Self { text, ..std::mem::take(self) },
        };
    }
}

#[cfg(test)]
mod tests;
