//! A query.

use crate::{Error, Result};

/// Bytes of a query's text at most. An encoder's work grows with them, and a page waits for it; no embedding model reads as much.
pub const MAX_QUERY_BYTES: usize = 10_000;

/// A query: its text, its embedding, or both. The method decides which of them it needs. `from` makes a query of either one
/// alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Query<'a> {
    /// As it was typed; at most [`MAX_QUERY_BYTES`]. It may have search operators: `"a phrase"`, `-without`, `title:word`, `tag:name`; see
    /// `docs/keywords.md`.
    pub text: Option<&'a str>,
    /// Whether the reader may still be typing the last word of the text.
    pub unfinished: bool,
    /// As many finite values as the space has dimensions, not all zero. The vector's length does not matter. It is of the
    /// [`plain_text`](crate::plain_text).
    pub embedding: Option<&'a [f32]>,
}

impl Query<'_> {
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) if the text is too long.
    pub(crate) fn check(&self) -> Result<()> {
        self.text.map_or(Ok(()), check_length)
    }
}

/// As [`Query::check`].
pub(crate) fn check_length(text: &str) -> Result<()> {
    match text.len() {
        0..=MAX_QUERY_BYTES => Ok(()),
        bytes => {
            let expected = format!("a query has at most {MAX_QUERY_BYTES} bytes; shorten it");
            Err(Error::option("text", format!("{bytes} bytes long"), expected))
        }
    }
}

impl<'a> From<&'a str> for Query<'a> {
    fn from(text: &'a str) -> Self {
        Self { text: Some(text), ..Self::default() }
    }
}

impl<'a> From<&'a [f32]> for Query<'a> {
    fn from(embedding: &'a [f32]) -> Self {
        Self { embedding: Some(embedding), ..Self::default() }
    }
}

impl<'a> From<&'a Vec<f32>> for Query<'a> {
    fn from(embedding: &'a Vec<f32>) -> Self {
        embedding.as_slice().into()
    }
}

impl<'a, const N: usize> From<&'a [f32; N]> for Query<'a> {
    fn from(embedding: &'a [f32; N]) -> Self {
        embedding.as_slice().into()
    }
}
