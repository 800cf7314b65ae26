//! The page whose title was typed comes first, whatever else scores; before it, the page that the owner has come first for the query.

use crate::bundle::Article;
use crate::json::Value;
use crate::lexical::QueryTerms;
use crate::vector::top_k::top_k;

/// So many of the best passages by words are looked at: one whose title is the query has all words of it, in the title.
pub(crate) const LOOKED_AT: usize = 128;

/// The field of articles with the queries for which they come first.
pub const PINS_FIELD: &str = "search_pins";

/// What of a passage is the query.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Named {
    /// A query that its article is pinned to.
    Pin,
    /// The title of its article.
    Title,
    /// Its innermost heading.
    Heading,
}

impl Named {
    pub fn of(terms: &QueryTerms, article: &Article, heading: &[String]) -> Option<Self> {
        let pins = article.extra.get(PINS_FIELD).and_then(Value::as_array).unwrap_or_default();
        if pins.iter().filter_map(Value::as_str).any(|pin| terms.is_all_of(pin)) {
            return Some(Self::Pin);
        }
        if terms.is_all_of(&article.title) {
            return Some(Self::Title);
        }
        heading.last().filter(|heading| terms.is_all_of(heading)).map(|_| Self::Heading)
    }
}

/// Lifts the passages whose heading is the query above all others, those whose article's title is above these, and those that are pinned
/// above all.
pub(crate) fn lift(scores: &mut [f32], lexical: &[f32], named: impl Fn(usize) -> Option<Named>) {
    let (mut by_pin, mut by_title, mut by_heading) = (Vec::new(), Vec::new(), Vec::new());
    for passage in top_k(lexical, LOOKED_AT).into_iter().filter(|&passage| lexical[passage] > 0.0) {
        match named(passage) {
            Some(Named::Pin) => by_pin.push(passage),
            Some(Named::Title) => by_title.push(passage),
            Some(Named::Heading) => by_heading.push(passage),
            None => {}
        }
    }
    lift_above(scores, &by_heading);
    lift_above(scores, &by_title);
    lift_above(scores, &by_pin);
}

/// Puts these passages 1/2 to 3/2 above the best of all, in the order that they have. Where each goes depends on no other of them, so
/// that it is the same where only some are known.
fn lift_above(scores: &mut [f32], lifted: &[usize]) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for &passage in lifted {
        let score = scores[passage];
        scores[passage] = top + 1.0 + 0.5 * score / (1.0 + score.abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn pinned_pages_come_before_titles_these_before_headings_and_these_before_all_else(
            passages in prop::collection::vec((-9i8..9, 0usize..4), 1..60)
        ) {
            let before: Vec<f32> = passages.iter().map(|passage| f32::from(passage.0)).collect();
            let mut after = before.clone();
            let named = |i: usize| [None, Some(Named::Heading), Some(Named::Title), Some(Named::Pin)][passages[i].1];
            lift(&mut after, &vec![1.0; before.len()], named);
            let class = |i: usize| passages[i].1;
            for a in 0..before.len() {
                for b in 0..before.len() {
                    let expected = (class(a), before[a]).partial_cmp(&(class(b), before[b]));
                    prop_assert_eq!(after[a].partial_cmp(&after[b]), expected, "{:?} {:?}", before, after);
                }
            }
        }
    }
}
