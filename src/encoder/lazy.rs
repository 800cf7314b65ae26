//! A bundle's encoder before its first query.

use std::sync::OnceLock;

use super::QueryEncoder;
use super::bytes::check;
use crate::Result;
use crate::bundle::{EmbeddingSpace, Part};

/// An encoder that is read when it is first needed. Reading it takes longer than the rest of a bundle, and a search for words does
/// without it.
#[derive(Clone, Debug)]
pub(crate) struct LazyEncoder {
    part: Part,
    read: OnceLock<QueryEncoder>,
}

impl LazyEncoder {
    /// Of a bundle of this embedding space.
    pub fn of(part: Part, space: &EmbeddingSpace) -> Result<Self> {
        check(&part, space)?;
        Ok(Self { part, read: OnceLock::new() })
    }

    /// One that has been read.
    pub fn known(encoder: QueryEncoder) -> Self {
        let part = Part { encoding: String::new(), bytes: Vec::new(), extra: Default::default() };
        Self { part, read: OnceLock::from(encoder) }
    }

    /// The encoder; the error is that of [`QueryEncoder::from_bytes`].
    pub fn read(&self) -> Result<&QueryEncoder> {
        if let Some(encoder) = self.read.get() {
            return Ok(encoder);
        }
        let encoder = QueryEncoder::from_bytes(&self.part.bytes)?;
        Ok(self.read.get_or_init(|| encoder))
    }
}
