//! The keywords as bytes of a bundle; `docs/keywords.md` specifies them.

use super::bits::{BitReader, BitWriter};
use super::keywords::{Keywords, MAX_WORD, level, of_level};
use super::varint;

/// What is wrong with the bytes of keywords.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Damaged(pub String);

type Result<T> = std::result::Result<T, Damaged>;

/// The name of the bundle's part that holds the keywords.
pub const PART: &str = "keywords";

/// The encoding of the bundle's part `keywords` that [`Keywords::to_bytes`] writes.
pub const ENCODING: &str = "keywords-1";

/// All words together take less: a site of a million words has a hundredth of this.
const MAX_TEXT: usize = 1 << 28;

/// A shared or an own part of a word that takes four bits; longer ones go on in a byte of their own.
const NIBBLE: usize = 15;

impl Keywords {
    /// The bytes that [`Keywords::from_bytes`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut heads, mut tails): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        let mut lists = BitWriter::default();
        let mut previous: &[u8] = &[];
        for index in 0..self.words() {
            let word = self.word(index).as_bytes();
            let shared = previous.iter().zip(word).take_while(|(a, b)| a == b).count();
            let own = word.len() - shared;
            heads.push((shared.min(NIBBLE) << 4 | own.min(NIBBLE)) as u8);
            heads.extend([shared, own].into_iter().filter(|&n| n >= NIBBLE).map(|n| (n - NIBBLE) as u8));
            tails.extend(&word[shared..]);
            previous = word;

            let (passages, counts) = self.list(index);
            lists.gamma(passages.len() as u32);
            lists.ascending(passages, 0, self.passages() as u32);
            counts.iter().for_each(|&count| lists.unary(level(count.into())));
        }
        let mut bytes = Vec::new();
        varint::write(&mut bytes, self.passages() as u32);
        varint::write(&mut bytes, self.words() as u32);
        bytes.extend(&self.lengths);
        bytes.extend(heads);
        bytes.extend(tails);
        bytes.extend(lists.finish());
        bytes
    }

    /// Reads the keywords of a bundle of so many passages, and checks the bytes in full, so that nothing can fail later. The error
    /// names the first place that is wrong.
    pub fn from_bytes(mut bytes: &[u8], passages: usize) -> Result<Self> {
        let numbers = (varint::read(&mut bytes), varint::read(&mut bytes));
        let (Some(for_passages), Some(words)) = numbers else {
            return Err(cut_short("the numbers at its start"));
        };
        if for_passages as usize != passages {
            let problem = format!(
                "is of {for_passages} passages, but the bundle has {passages}: it is of another build"
            );
            return Err(wrong(problem));
        }
        let words = words as usize;
        let (lengths, rest) =
            bytes.split_at_checked(passages).ok_or_else(|| cut_short("the lengths of the passages"))?;
        bytes = rest;
        // Each word takes a byte at least, so this is not more than the bundle is large.
        if words > bytes.len() {
            return Err(cut_short("the words"));
        }
        let mut keywords = Self::empty(lengths.to_vec());
        keywords.read_words(words, &mut bytes)?;
        keywords.read_lists(words, bytes)?;
        Ok(keywords)
    }

    fn read_words(&mut self, words: usize, bytes: &mut &[u8]) -> Result<()> {
        let mut take = || {
            let (&byte, rest) = bytes.split_first()?;
            *bytes = rest;
            Some(usize::from(byte))
        };
        let mut heads = Vec::with_capacity(words);
        for _ in 0..words {
            let head = take().ok_or_else(|| cut_short("the words"))?;
            let mut part = |nibble: usize| Some(if nibble < NIBBLE { nibble } else { NIBBLE + take()? });
            let parts = (part(head >> 4), part(head & 15));
            let (Some(shared), Some(own)) = parts else { return Err(cut_short("the words")) };
            heads.push((shared, own));
        }
        let mut text: Vec<u8> = Vec::new();
        let mut start = 0;
        for (index, (shared, own)) in heads.into_iter().enumerate() {
            let end = text.len();
            let bad = |problem: &str| Err(wrong(format!("word {index} {problem}")));
            if start + shared > end {
                return bad("shares more with the word before than that one has");
            }
            if own == 0 || shared + own > MAX_WORD || end > MAX_TEXT {
                return bad("is longer than words may be, or has no characters of its own");
            }
            let (tail, rest) = bytes.split_at_checked(own).ok_or_else(|| cut_short("the words"))?;
            *bytes = rest;
            if text.get(start + shared).is_some_and(|&other| other >= tail[0]) {
                return bad("is not above the word before");
            }
            text.extend_from_within(start..start + shared);
            text.extend(tail);
            start = end;
            self.ends.push(text.len() as u32);
        }
        self.text = String::from_utf8(text).map_err(|e| wrong(format!("words are not UTF-8: {e}")))?;
        if let Some(word) = self.ends.iter().position(|&end| !self.text.is_char_boundary(end as usize)) {
            return Err(wrong(format!("word {word} ends within a character")));
        }
        self.sign();
        Ok(())
    }

    fn read_lists(&mut self, words: usize, bytes: &[u8]) -> Result<()> {
        let all = self.passages();
        let mut reader = BitReader::new(bytes);
        self.lists.reserve(words);
        for word in 0..words {
            let length = reader.gamma() as usize;
            // Every entry has a bit at least for its count.
            if length > all || length > reader.remaining() {
                let problem = format!("word {word} is in {length} passages, more than there are");
                return Err(if reader.overrun() { cut_short("the lists") } else { wrong(problem) });
            }
            let start = self.passages.len();
            self.passages.resize(start + length, 0);
            reader.ascending(&mut self.passages[start..], 0, all as u32);
            for _ in 0..length {
                let count = of_level(reader.unary());
                self.counts
                    .push(count.ok_or_else(|| wrong(format!("word {word} has a count that is none")))?);
            }
            self.lists.push(self.passages.len() as u32);
        }
        if reader.overrun() {
            return Err(cut_short("the lists"));
        }
        if reader.remaining() >= 8 {
            return Err(wrong(format!("has {} more bytes after its end", reader.remaining() / 8)));
        }
        Ok(())
    }
}

fn wrong(problem: impl Into<String>) -> Damaged {
    Damaged(problem.into())
}

fn cut_short(place: &str) -> Damaged {
    wrong(format!("ends within {place}: it was cut short"))
}
