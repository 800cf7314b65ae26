//! How much of a query's words passages have.

use crate::lexical::{Coverage, Keywords, QueryTerms};
use crate::rank::top_k;

/// So many of the best passages by words are looked at: one that has nearly all words of a query is among them.
const LOOKED_AT: usize = 16;

/// What passages have of a query's words, of which those that are not `looked_up` do not count. `scores` are those of the keywords.
pub(crate) fn words_found(
    keywords: &Keywords,
    terms: &QueryTerms,
    scores: &[f32],
    looked_up: &dyn Fn(&str) -> bool,
) -> Coverage {
    keywords.coverage(terms, &top_k(scores, LOOKED_AT), looked_up)
}
