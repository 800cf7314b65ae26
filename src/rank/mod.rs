//! Ranking: pure functions from a matrix and a query to scores, and from scores to an order.

pub mod fusion;
pub mod knn;
mod projection;
pub mod svm;
mod top_k;
pub mod whitened;

pub use crate::vector::Moments;
pub use projection::Projection;
pub use top_k::top_k;
