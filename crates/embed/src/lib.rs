//! Sentence models of BERT's family, run on this machine: a text goes in, its vector comes out.
//!
//! A model is a folder as sentence-transformers writes it: the weights (`model.onnx`), `tokenizer.json`, and files that say how many
//! tokens it takes, how the tokens' vectors become one, and which prefixes queries and passages need. `docs/models.md` lists them.
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
//! Each text is embedded by itself on one thread, so a vector depends only on the model and the text: not on the number of threads or
//! on other texts. To use several cores, call [`SentenceModel::embed`] from several threads.

mod error;
mod folder;
mod model;
mod operators;
mod pooling;
mod tokens;

pub use error::Error;
pub use folder::Prefixes;
pub use model::SentenceModel;

/// The crate's result type.
pub type Result<T> = std::result::Result<T, Error>;
