//! The query encoder: places a query in a site's own embedding space without an API. `docs/query-encoder.md` says how
//! it is fitted and how it is stored.
//!
//! Fitting is native; applying is the same arithmetic everywhere, so a query has the same vector in every browser.

mod apply;
mod bytes;
mod coefficients;
mod features;
#[cfg(not(target_arch = "wasm32"))]
mod fit;
mod lazy;
mod range_coder;
#[cfg(not(target_arch = "wasm32"))]
mod reduce;
#[cfg(not(target_arch = "wasm32"))]
mod ridge;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
#[cfg(not(target_arch = "wasm32"))]
mod texts;
#[cfg(not(target_arch = "wasm32"))]
mod vocabulary;

pub use apply::{Encoded, QueryEncoder};
#[cfg(not(target_arch = "wasm32"))]
pub use fit::{FitOptions, FitReport, Fitted, Training, fit};
#[cfg(not(target_arch = "wasm32"))]
pub use texts::{PassageText, TextKind, TrainingText, training_texts};

pub(crate) use lazy::LazyEncoder;

/// The name of the bundle's part.
pub const PART: &str = "encoder";
/// Its encoding.
pub const ENCODING: &str = "query-encoder-1";
