//! Words next to each other, as they stand in a text.

use super::Keywords;
use super::keywords::MAX_WORD;
use super::script::{Script, script};
use super::tokenizer::{TokenKind, spaced, tokenize};

/// One word, or several that stand next to each other in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// As [`spaced`] has it, without the spaces at ends where a script has none between words.
    spaced: String,
    /// Words of the index that every passage with it has, folded.
    words: Vec<String>,
}

impl Phrase {
    /// Nothing if the text has no word. If `unfinished`, its last word may be the start of a longer one.
    pub fn of(text: &str, unfinished: bool) -> Option<Self> {
        let all = spaced(text);
        // What it is between the outer spaces.
        let words = all.get(1..all.len() - 1)?;
        let joined = |char: Option<char>| char.and_then(script) == Some(Script::Unspaced);
        let (first, last) = (words.chars().next()?, words.chars().next_back());
        let start = usize::from(joined(Some(first)));
        let end = all.len() - usize::from(unfinished || joined(last));
        let mut tokens = tokenize(text);
        tokens.retain(|token| {
            let listed = matches!(token.kind, TokenKind::Word | TokenKind::Pair);
            listed && token.text.len() <= MAX_WORD && (!unfinished || token.range.end < text.len())
        });
        Some(Self {
            spaced: all.get(start..end)?.to_owned(),
            words: tokens.into_iter().map(|token| token.text).collect(),
        })
    }

    /// Words of the index that every passage with it has, folded. They may be none.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether it is a single word of a spaced script, so that every passage in the word's list has it.
    pub fn is_a_word(&self) -> bool {
        match self.words.as_slice() {
            // Between the spaces around it.
            [word] => self.spaced.get(1..self.spaced.len() - 1) == Some(word),
            _ => false,
        }
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        // Not by the standard library's search, which is several kilobytes of WebAssembly.
        spaced(text).as_bytes().windows(self.spaced.len()).any(|part| part == self.spaced.as_bytes())
    }
}

impl Keywords {
    /// Which passages have all these words as they are, folded.
    pub fn with_all<'w>(&self, words: impl IntoIterator<Item = &'w String>) -> Vec<bool> {
        let mut with_all = vec![true; self.passages()];
        for word in words {
            let mut with = vec![false; with_all.len()];
            let list = self.find(word).map_or(&[][..], |word| self.list(word).0);
            list.iter().for_each(|&passage| with[passage as usize] = true);
            with_all.iter_mut().zip(with).for_each(|(all, with)| *all &= with);
        }
        with_all
    }

    /// Whether any passage has this word as it is, folded.
    pub fn has(&self, word: &str) -> bool {
        self.find(word).is_some()
    }

    /// The index of this word, folded.
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        let place = self.position(|other| other < word);
        (place < self.words() && self.word(place) == word).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn is_in(phrase: &str, text: &str) -> bool {
        Phrase::of(phrase, false).unwrap().is_in(text)
    }

    #[test]
    fn words_stand_together_in_their_order_and_are_whole() {
        assert!(is_in("Borrow Checker", "the borrow-checker, of course"));
        assert!(!is_in("borrow checker", "the checker may borrow"));
        assert!(!is_in("borrow", "borrowed"));
        assert!(is_in("café", "CAFE"));
        assert!(is_in("&&", "a && b"));
    }

    #[test]
    fn scripts_without_spaces_need_none_around() {
        assert!(is_in("入力", "日本語入力の設定"));
        assert!(!is_in("力入", "日本語入力の設定"));
        assert!(is_in("rustの", "rustの所有権"));
    }

    #[test]
    fn what_is_unfinished_may_go_on() {
        assert!(Phrase::of("borrow che", true).unwrap().is_in("a borrow checker"));
        assert!(!Phrase::of("borrow che", false).unwrap().is_in("a borrow checker"));
        assert_eq!(Phrase::of("borrow che", true).unwrap().words(), ["borrow"]);
    }

    #[test]
    fn signs_alone_are_no_phrase() {
        assert_eq!(Phrase::of(" .,; ", false), None);
        assert!(Phrase::of("tide", false).unwrap().is_a_word());
        assert!(!Phrase::of("high tide", false).unwrap().is_a_word());
        assert!(!Phrase::of("tide", true).unwrap().is_a_word());
        assert!(!Phrase::of("入力", false).unwrap().is_a_word());
    }

    proptest! {
        /// Next to a count by hand: the lists leave out no passage that has the phrase, and a word's list has no other.
        #[test]
        fn lists_have_every_passage_with_the_phrase(
            passages in prop::collection::vec(prop::collection::vec(0usize..4, 0..8), 1..12),
            phrase in prop::collection::vec(0usize..4, 1..3),
        ) {
            let text = |words: &[usize]| words.iter().map(|&word| ["tide", "入力", "moon's", "入力の"][word]).collect::<Vec<_>>().join(" ");
            let texts: Vec<String> = passages.iter().map(|words| text(words)).collect();
            let keywords = Keywords::build(texts.iter().map(|text| ("", text.as_str())));
            let phrase = Phrase::of(&text(&phrase), false).unwrap();
            let listed = keywords.with_all(phrase.words());
            for (text, listed) in texts.iter().zip(listed) {
                prop_assert!(listed || !phrase.is_in(text), "{:?} in {}", phrase, text);
                prop_assert!(!phrase.is_a_word() || listed == phrase.is_in(text), "{:?} in {}", phrase, text);
            }
        }
    }
}
