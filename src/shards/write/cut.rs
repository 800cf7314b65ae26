//! Cuts ascending words, or n-grams, into shards.

use crate::encoder::range_coder::Encoder;
use crate::shards::shard::{Id, Kind};

/// Codes all of a list into shards of about `limit` bytes, and gives the beginning of the first item of each but the first. `code`
/// codes the beginning of a list until so many bytes are full, and returns what it has coded.
pub(super) fn in_shards<T>(
    kind: Kind,
    items: &[T],
    limit: usize,
    code: impl Fn(&mut Encoder, &[T], usize) -> Option<Vec<T>>,
    text: impl Fn(&T) -> &str,
    payloads: &mut Vec<(Id, Vec<u8>)>,
) -> Vec<String> {
    let mut rest = items;
    let mut firsts = Vec::new();
    let mut number = 0;
    let fitting = |rest: &[T], limit: usize| {
        code(&mut Encoder::default(), rest, limit).map_or(rest.len(), |written| written.len())
    };
    loop {
        let (least, most) = (fitting(rest, limit - limit / 4), fitting(rest, limit + limit / 4));
        let (now, left) = rest.split_at(best_cut(rest, least, most, &text));
        let mut coder = Encoder::default();
        let _ = code(&mut coder, now, usize::MAX);
        payloads.push((Id::new(kind, number), coder.finish()));
        let (Some(last), Some(first)) = (now.last(), left.first()) else { return firsts };
        firsts.push(told_apart(text(last), text(first)));
        rest = left;
        number += 1;
    }
}

/// Where to cut a list after `least` to `most` items: between two that begin alike the least, so that a word and its other endings are
/// in one shard and the start needs few letters to tell shards apart; of equals the last.
fn best_cut<T>(items: &[T], least: usize, most: usize, text: &impl Fn(&T) -> &str) -> usize {
    let most = most.max(1);
    if most >= items.len() {
        return items.len();
    }
    let alike = |cut: &usize| {
        let (before, after) = (text(&items[cut - 1]).chars(), text(&items[*cut]).chars());
        before.zip(after).take_while(|(a, b)| a == b).count()
    };
    (least.max(1)..=most).rev().min_by_key(alike).unwrap_or(items.len())
}

/// The shortest beginning of `word` that is above the word `before`.
fn told_apart(before: &str, word: &str) -> String {
    let ends = word.char_indices().map(|(at, char)| at + char.len_utf8());
    let mut beginnings = ends.map(|end| &word[..end]);
    beginnings.find(|beginning| *beginning > before).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const WORDS: [&str; 9] =
        ["compare", "compared", "compile", "compiled", "compiler", "cone", "coned", "dog", "dogs"];

    #[test]
    fn words_that_begin_alike_are_not_cut_apart() {
        let cut = |least, most| best_cut(&WORDS, least, most, &|word| word);
        assert_eq!(cut(1, 8), 7, "before dog");
        assert_eq!(cut(1, 6), 5, "before cone");
        assert_eq!(cut(1, 4), 2, "before compile");
        assert_eq!(cut(4, 4), 4);
        assert_eq!(cut(0, 0), 1, "a shard has at least one");
        assert_eq!(cut(3, 9), 9, "what is left is one shard");
        assert_eq!(best_cut(&[] as &[&str], 0, 0, &|word| word), 0);
    }

    #[test]
    fn a_shard_is_told_from_the_one_before_by_few_letters() {
        assert_eq!(told_apart("compiler", "cone"), "con");
        assert_eq!(told_apart("a", "港"), "港");
        assert_eq!(told_apart("dog", "dogs"), "dogs");
    }
}
