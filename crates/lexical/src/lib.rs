//! Keyword search: one tokenizer, and BM25 over the passages of a bundle. `docs/keywords.md` says how it ranks and how it stores its
//! index.

mod bits;
mod bm25;
mod bytes;
mod coverage;
mod fold;
mod highlight;
mod keywords;
mod length;
mod like;
mod phrase;
mod query_terms;
mod script;
mod spelling;
mod tokenizer;
pub mod varint;

pub use bm25::Bm25;
pub use bytes::{Damaged, ENCODING, PART};
pub use coverage::Coverage;
pub use highlight::{Excerpt, utf16_ranges};
pub use keywords::{Keywords, LEVEL_COUNT as LEVELS, TITLE_WEIGHT, level as level_of, of_level as count_of};
pub use phrase::Phrase;
pub use query_terms::{LookedUp, QueryTerms};
pub use tokenizer::{Token, TokenKind, spaced, tokenize};
