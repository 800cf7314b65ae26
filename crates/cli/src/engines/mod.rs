//! Engines that hold the passages of a collection that is too large for a bundle: ClickHouse, and PostgreSQL with pgvector.
//! `exemplar export` loads the rows, and `exemplar serve --candidates` asks for those that a search wants.

mod address;
pub mod clickhouse;
mod credentials;
pub mod postgresql;
mod rows;
mod table;

use exemplar_search::Filter;

pub use address::{EngineKind, EngineUrl};
pub use credentials::{Credentials, WAY_OUT};
pub use rows::{Row, Rows, field_value};
pub use table::{Table, is_identifier};

/// Why an engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Failure {
    pub kind: FailureKind,
    /// What the engine said may be part of it.
    pub problem: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Nobody answers at its address.
    Down,
    /// No answer in time.
    Slow,
    /// It refuses the user or the password.
    Credentials,
    /// Its table is not there, or is not as `exemplar export` makes it.
    Schema,
    /// Its vectors have other dimensions than the one that was asked with.
    Dimensions,
    /// It has no words to search.
    NoWords,
    Other,
}

impl Failure {
    pub fn new(kind: FailureKind, problem: impl Into<String>) -> Self {
        Self { kind, problem: problem.into() }
    }
}

/// What a search asks an engine for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Finite, and not all zero; none where only words are asked for.
    pub vector: Option<Vec<f32>>,
    pub text: Option<String>,
    /// How many rows, by the vector and by words each.
    pub k: usize,
    pub filter: Filter,
}

/// What an engine found.
#[derive(Debug, Default)]
pub struct Found {
    pub candidates: Vec<Candidate>,
    pub partial: Option<Partial>,
}

/// A row that an engine found.
#[derive(Debug)]
pub struct Candidate {
    /// JSON, as [`Row`] is written.
    pub row: String,
    /// Float16 values, little-endian, one after the other.
    pub vector: Vec<u8>,
    /// The engine's own inner product.
    pub score: Option<f32>,
    /// The engine's score of the words, if any is in the row.
    pub words: Option<f32>,
}

/// Shards that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Partial {
    pub missing: usize,
    pub of: usize,
}
