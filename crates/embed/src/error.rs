//! Errors of models.

use std::io;
use std::path::PathBuf;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder itself.
    #[error("{}: there is no such model folder", .0.display())]
    NoFolder(PathBuf),
    /// A file of the folder, and what it is needed for.
    #[error("{} is missing, which {purpose}: a model folder holds it beside the weights, as sentence-transformers writes it", path.display())]
    Missing { path: PathBuf, purpose: &'static str },
    /// There is no file of weights under any of the names that are looked for.
    #[error("{}: no weights are there; expected one of {names}{way_out}", folder.display())]
    NoWeights { folder: PathBuf, names: String, way_out: &'static str },
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// A file that is there but does not say what it should.
    #[error("{}: {problem}", path.display())]
    Invalid { path: PathBuf, problem: String },
    /// Weights that the engine refuses.
    #[error("{} cannot be loaded: {problem}. It is cut short, damaged, or of a kind that is not supported: fetch it again, or take another model", path.display())]
    Weights { path: PathBuf, problem: String },
    /// A text that the model fails on.
    #[error("the model failed on a text of {tokens} tokens: {problem}")]
    Run { tokens: usize, problem: String },
}
