//! A query.

/// A query: its text, its embedding, or both. The method decides which of them it needs. `from` makes a query of either one
/// alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Query<'a> {
    /// As it was typed.
    pub text: Option<&'a str>,
    /// Whether the reader may still be typing the last word of the text.
    pub unfinished: bool,
    /// As many finite values as the space has dimensions, not all zero. The vector's length does not matter.
    pub embedding: Option<&'a [f32]>,
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
