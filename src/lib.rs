//! Search by meaning for static sites, entirely in the reader's browser.
//!
//! A *bundle* holds a site's *articles* and the embeddings of their *passages*. A [`SearchIndex`] holds a bundle in memory, ready to
//! rank. It ranks the articles for a query by exact kNN, by an exemplar SVM (the query is the one positive, every passage a
//! negative), by the SVM's closed form, by keywords, or by a weighted sum of these: see [`Method`]. Scores are always
//! "higher is better".
//!
//! # An index from vectors
//!
//! ```
//! use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace};
//! use exemplar_search::{Matrix, SearchIndex};
//!
//! # fn main() -> exemplar_search::Result<()> {
//! let articles = ["Moon", "Tides", "Bread"].map(|title| Article {
//!     id: title.to_lowercase(),
//!     title: title.into(),
//!     url: format!("{title}.html"),
//!     ..Article::default()
//! });
//! // An embedding model's vector for each article, one row after the other.
//! let vectors = Matrix::from_values(&[0.9, 0.4, 0.1, 0.7, 0.7, 0.1, 0.0, 0.2, 1.0], 3);
//! let space = EmbeddingSpace { model: "a-model".into(), dimensions: 3, ..EmbeddingSpace::default() };
//! let index = SearchIndex::new(Bundle::new(space, articles.to_vec(), vectors))?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Bundle::read`](bundle::Bundle::read) reads the files that the command `exemplar build` writes, and
//! [`Bundle::write`](bundle::Bundle::write) turns a bundle into such files.
//!
//! # Searching
//!
//! ```
//! # use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace};
//! # use exemplar_search::{Matrix, Method, SearchIndex, SearchOptions};
//! # fn main() -> exemplar_search::Result<()> {
//! # let article = |id: &str| Article { id: id.into(), ..Article::default() };
//! # let articles = ["moon", "tides", "bread"].map(article).to_vec();
//! # let vectors = Matrix::from_values(&[0.9, 0.4, 0.1, 0.7, 0.7, 0.1, 0.0, 0.2, 1.0], 3);
//! # let space = EmbeddingSpace { dimensions: 3, ..EmbeddingSpace::default() };
//! # let index = SearchIndex::new(Bundle::new(space, articles, vectors))?;
//! // The query's embedding, by the same model.
//! let query = [0.8, 0.5, 0.1];
//! let result = index.search(&query, &SearchOptions::default().method(Method::Svm).k(2))?;
//! for hit in &result.hits {
//!     println!("{} {:.3} {}", hit.rank, hit.score, hit.article.id);
//! }
//! assert_eq!(result.hits.len(), 2);
//!
//! let error = index.search(&[1.0, 0.0], &SearchOptions::default()).unwrap_err();
//! assert_eq!(error.code(), "query-dimensions");
//! # Ok(())
//! # }
//! ```
//!
//! # Refining
//!
//! ```
//! # use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace};
//! # use exemplar_search::{Matrix, Query, Refine, SearchIndex, SearchOptions};
//! # fn main() -> exemplar_search::Result<()> {
//! # let article = |id: &str| Article { id: id.into(), ..Article::default() };
//! # let articles = ["moon", "tides", "bread", "dough"].map(article).to_vec();
//! # let vectors = Matrix::from_values(&[0.9, 0.4, 0.1, 0.7, 0.7, 0.1, 0.0, 0.2, 1.0, 0.1, 0.1, 0.9], 3);
//! # let space = EmbeddingSpace { dimensions: 3, ..EmbeddingSpace::default() };
//! # let index = SearchIndex::new(Bundle::new(space, articles, vectors))?;
//! // Articles that the reader likes and does not want, with or without a query.
//! let refine = Refine { query: Query::default(), more: &["bread"], less: &["moon"] };
//! let result = index.refine(&refine, &SearchOptions::default())?;
//! assert_eq!(result.hits[0].article.id, "dough");
//! # Ok(())
//! # }
//! ```
//!
//! Data flows one way: bundle, index, plan, scores, hits. Only `wasm` knows JavaScript; it is compiled for wasm32 alone.

pub mod bundle;
mod closeness;
mod clusters;
mod embedded;
pub mod encoder;
mod error;
mod facets;
mod fields;
mod highlights;
mod index;
mod map;
mod method;
mod operators;
mod query;
mod query_target;
// Hidden: the command's intervals need it, too.
#[doc(hidden)]
pub mod random;
// Hidden: the tests and the benchmark look inside, and no release promises that it stays.
#[doc(hidden)]
pub mod rank;
pub mod remote;
mod search;
pub mod shards;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use closeness::{Bounds, Calibration, Closeness, Strictness};
pub use error::{Error, ErrorKind, Result};
use exemplar_search_json::decimal;
#[doc(hidden)]
pub use exemplar_search_json::value as json;
#[doc(hidden)]
pub use exemplar_search_lexical as lexical;
#[doc(inline)]
pub use exemplar_search_lexical::Keywords;
#[doc(hidden)]
pub use exemplar_search_vector as vector;
#[doc(inline)]
pub use exemplar_search_vector::{Matrix, Vectors};
pub use facets::{Count, Facet, Filter, Range, Wanted};
pub use highlights::Highlights;
pub use index::SearchIndex;
pub use map::{Map, Positive, View};
pub use method::{Method, Weights};
pub use operators::plain_text;
pub use query::{MAX_QUERY_BYTES, Query};
pub use rank::fusion::Fusion;
#[cfg(feature = "fit")]
pub use search::OwnTexts;
pub use search::exact::PINS_FIELD;
pub use search::weight::{FIELD as WEIGHT_FIELD, RANGE as WEIGHT_RANGE};
pub use search::{
    Explanation, Hit, OtherPassage, Refine, Scores, SearchOptions, SearchResult, Share, Solver, StopAt,
    WordShare,
};

/// The exemplar SVM's options, and the report on how its solver ended.
pub mod svm {
    pub use crate::rank::svm::{Options, SolverReport, Stop};
}
