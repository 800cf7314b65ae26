//! Sentence models of BERT's family, run on this machine: a text in, its vector out.
//!
//! A model is a folder as sentence-transformers writes it: weights (`model.onnx`), `tokenizer.json`, and the files that say how
//! many tokens it takes, how the tokens' vectors become one, and what stands before queries and passages. `docs/models.md`
//! lists them.
//!
//! ```no_run
//! use exemplar_search_embed::SentenceModel;
//!
//! let model = SentenceModel::open("models/multilingual-e5-small".as_ref())?;
//! let vector = model.embed("query: how do I share data between threads")?;
//! assert_eq!(vector.len(), model.dimensions());
//! # Ok::<(), exemplar_search_embed::Error>(())
//! ```
//!
//! Each text is a run of its own on one thread, so that a vector depends on the model and the text alone: not on the number
//! of threads, nor on the texts beside it. Where there are several cores, several threads call [`SentenceModel::embed`].

mod error;
mod folder;
mod model;
mod pooling;
mod tokens;

pub use error::Error;
pub use folder::Prefixes;
pub use model::SentenceModel;

/// The crate's results.
pub type Result<T> = std::result::Result<T, Error>;
