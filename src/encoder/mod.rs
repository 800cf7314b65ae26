//! The query encoder: makes a query's embedding without an API. `docs/query-encoder.md` says how it is fitted and how it is
//! stored.
//!
//! Fitting needs the feature `fit`. Encoding uses the same arithmetic everywhere, so a query has the same vector in every browser.

mod apply;
mod bytes;
mod coefficients;
pub(crate) mod features;
#[cfg(feature = "fit")]
mod fit;
mod lazy;
pub(crate) mod range_coder;
#[cfg(feature = "fit")]
mod reduce;
#[cfg(feature = "fit")]
mod ridge;
#[cfg(all(test, feature = "fit"))]
mod tests;
#[cfg(feature = "fit")]
mod texts;
#[cfg(feature = "fit")]
mod vocabulary;

pub use apply::{Encoded, QueryEncoder};
#[cfg(feature = "fit")]
pub use fit::{FitOptions, FitReport, Fitted, Training, fit};
#[cfg(feature = "fit")]
pub use texts::{PassageText, TextKind, TrainingText, training_texts, training_words};

pub(crate) use apply::Coefficients;
pub(crate) use lazy::LazyEncoder;

/// The name of the bundle's part.
pub const PART: &str = "encoder";
/// Its encoding.
pub const ENCODING: &str = "query-encoder-1";
