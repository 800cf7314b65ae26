//! Splits sentences by Unicode's rules (UAX 29). They know 。！？ too, but not Japanese quotation marks.

use unicode_segmentation::UnicodeSegmentation;

use crate::site::Block;
use crate::text::cut;

/// A sentence of a block, with the white space that follows it.
pub struct Sentence<'a> {
    /// The index of its block.
    pub block: usize,
    pub text: &'a str,
    /// Characters of `text`.
    pub chars: usize,
}

/// The sentences of `blocks`. One above `max_chars` characters, such as a listing, comes in several, cut between words.
pub fn sentences(blocks: &[Block], max_chars: usize) -> Vec<Sentence<'_>> {
    let mut found = Vec::new();
    for (block, text) in blocks.iter().map(|block| block.text.as_str()).enumerate() {
        for mut sentence in whole(text) {
            while !sentence.trim().is_empty() {
                // The white space after a cut belongs to what is before it.
                let words = cut(sentence, max_chars.max(1)).len();
                let rest = sentence[words..].trim_start();
                let text = &sentence[..sentence.len() - rest.len()];
                found.push(Sentence { block, text, chars: text.chars().count() });
                sentence = rest;
            }
        }
    }
    found
}

/// The sentences of a text, each with the white space that follows it.
fn whole(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (bound, _) in text.split_sentence_bound_indices().skip(1).chain([(text.len(), "")]) {
        // An opening bracket belongs to the sentence after it.
        let end = start + text[start..bound].trim_end_matches(OPENING).len();
        if !quotation_runs_on(&text[..end], &text[end..]) && end > start {
            sentences.push(&text[start..end]);
            start = end;
        }
    }
    sentences.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    sentences
}

const OPENING: [char; 10] = ['「', '『', '（', '〈', '《', '【', '〔', '“', '‘', '('];

/// In 「はい。」と言った, the quotation is a part of the sentence around it.
fn quotation_runs_on(before: &str, after: &str) -> bool {
    before.ends_with(['」', '』']) && after.starts_with(|c| ('ぁ'..='ゖ').contains(&c))
}
