//! The text below one heading, and how it is cut into passages.

use std::ops::Range;

use super::sentences::{Sentence, sentences};
use super::starts::Start;
use super::{Piece, SMALL};
use crate::site::Block;

/// The share of a passage's length that it repeats of the one before at most, in whole sentences.
const OVERLAP: usize = 8;

/// A heading and the text below it, up to the next heading of any level.
pub struct Section<'a> {
    /// Which of the article's blocks it begins with.
    start: usize,
    /// Outermost first, its own last, without the article's title.
    path: Vec<String>,
    heading: Option<&'a Block>,
    body: &'a [Block],
}

/// The sections of an article, in order. A heading without text is left out if the next section is below it.
pub fn sections<'a>(title: &str, blocks: &'a [Block]) -> Vec<Section<'a>> {
    let starts =
        blocks.iter().enumerate().filter(|(i, block)| *i == 0 || block.heading.is_some()).map(|(i, _)| i);
    let ends = starts.clone().skip(1).chain([blocks.len()]);
    let mut above: Vec<(u8, &str)> = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    for (start, end) in starts.zip(ends) {
        let (heading, body) = match &blocks[start..end] {
            [heading, body @ ..] if heading.heading.is_some() => (Some(heading), body),
            body => (None, body),
        };
        if let Some((heading, level)) = heading.and_then(|heading| Some((heading, heading.heading?))) {
            above.retain(|(other, _)| *other < level);
            above.push((level, &heading.text));
        }
        let path: Vec<_> =
            above.iter().filter(|(_, text)| *text != title).map(|(_, text)| (*text).to_owned()).collect();
        let above = sections.pop_if(|last| last.body.is_empty() && path.starts_with(&last.path));
        let start = above.map_or(start, |above| above.start);
        sections.push(Section { start, path, heading, body });
    }
    sections
}

/// Where the sections of an article that is one passage begin, but for those that only the page's top leads to.
pub fn starts(title: &str, blocks: &[Block]) -> Vec<Start> {
    let starts = sections(title, blocks).into_iter().map(|section| Start {
        line: section.start,
        anchor: section.anchor(None),
        heading: section.path,
    });
    starts.filter(|start| start.line > 0 && start.anchor.is_some()).collect()
}

impl Section<'_> {
    pub fn split(&self, max_chars: usize) -> Vec<Piece> {
        let sentences = sentences(self.body, max_chars);
        let mut pieces = Vec::new();
        let mut start = 0;
        while start < sentences.len() || pieces.is_empty() {
            let from = overlap(&sentences[..start], max_chars / OVERLAP);
            let end = end(&sentences, from..start, max_chars);
            pieces.push(Piece {
                heading: self.path.clone(),
                anchor: self.anchor(sentences.get(start)),
                text: text(&sentences[from..end]),
                sections: Vec::new(),
                own_heading: self.heading.filter(|_| start == 0).map(|heading| heading.text.clone()),
            });
            start = end;
        }
        pieces
    }

    /// That of the nearest block at or before the sentence, else the heading's.
    fn anchor(&self, first: Option<&Sentence>) -> Option<String> {
        let first = first.map_or(0, |sentence| sentence.block);
        let of_heading = self.heading.and_then(|heading| heading.anchor.as_ref());
        // The heading shows more of where one is than the paragraph below it.
        let of_block = || self.body.iter().take(first + 1).rev().find_map(|block| block.anchor.as_ref());
        match first {
            0 => of_heading.or_else(of_block).cloned(),
            _ => of_block().or(of_heading).cloned(),
        }
    }
}

/// Where a passage ends that begins with the repeated sentences `repeated`: at the last paragraph that fits, if that
/// fills half of it, else at the last sentence. It has at least one sentence that is not repeated.
fn end(sentences: &[Sentence], repeated: Range<usize>, max_chars: usize) -> usize {
    let mut chars: usize = sentences[repeated.clone()].iter().map(|sentence| sentence.chars).sum();
    let mut left: usize = sentences[repeated.end..].iter().map(|sentence| sentence.chars).sum();
    let mut paragraph = None;
    for (i, sentence) in sentences.iter().enumerate().skip(repeated.end) {
        if chars + left <= max_chars + max_chars / SMALL {
            return sentences.len();
        }
        let begins_paragraph = i > repeated.end && sentences[i - 1].block != sentence.block;
        if begins_paragraph && 2 * chars >= max_chars {
            paragraph = Some(i);
        }
        if i > repeated.end && chars + sentence.chars > max_chars {
            return paragraph.unwrap_or(i);
        }
        chars += sentence.chars;
        left -= sentence.chars;
    }
    sentences.len()
}

/// Where the last sentences of `before` begin that have at most `max_chars` characters.
fn overlap(before: &[Sentence], max_chars: usize) -> usize {
    let mut chars = 0;
    let fits = before.iter().rev().take_while(|sentence| {
        chars += sentence.chars;
        chars <= max_chars
    });
    before.len() - fits.count()
}

/// One line a block.
fn text(sentences: &[Sentence]) -> String {
    let mut text = String::new();
    for block in sentences.chunk_by(|a, b| a.block == b.block) {
        text.extend((!text.is_empty()).then_some('\n'));
        block.iter().for_each(|sentence| text.push_str(sentence.text));
        text.truncate(text.trim_end().len());
    }
    text
}
