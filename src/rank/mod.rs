//! Ranking: pure functions from a matrix and a query to scores, and from scores to an order.

pub mod fusion;
pub mod knn;
pub(crate) mod mixture;
mod projection;
pub mod svm;
pub mod whitened;

pub use crate::vector::Moments;
pub use crate::vector::top_k::top_k;
pub use projection::Projection;
