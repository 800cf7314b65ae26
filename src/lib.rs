//! Semantic search for static sites, wholly in the reader's browser.
//!
//! A *bundle* holds a site's *articles* and the embeddings of their *passages*. A [`SearchIndex`] is what a bundle becomes in
//! memory; it ranks its articles for a query by exact kNN, by an exemplar SVM (the query is the one
//! positive, every passage a negative), by its closed form ([`rank::whitened`]), by keywords ([`lexical`]) and by any of them together.
//!
//! Data flows one way: [`bundle`] → [`SearchIndex`] → [`rank`] → hits. [`rank`] and [`vector`] are pure functions
//! that know neither JSON nor JavaScript; `wasm.rs`, compiled for wasm32 alone, is the only file that knows the latter.
//!
//! Scores are always "higher is better".

pub mod bundle;
pub mod encoder;
mod error;
mod facets;
mod fields;
mod highlights;
mod index;
mod map;
mod method;
mod query;
mod query_target;
pub mod rank;
mod search;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::{Error, ErrorKind, Result};
use exemplar_search_json::decimal;
pub use exemplar_search_json::value as json;
pub use exemplar_search_lexical as lexical;
pub use exemplar_search_vector as vector;
pub use facets::{Count, Facet, Filter};
pub use highlights::Highlights;
pub use index::SearchIndex;
pub use map::{Map, Positive, View};
pub use method::{Method, Weights};
pub use query::Query;
pub use rank::fusion::Fusion;
pub use search::{Hit, OtherPassage, Refine, Scores, SearchOptions, SearchResult, Solver, StopAt};
