//! Ranking: pure functions from a matrix and a query to scores, and from scores to an order.

pub(crate) mod dense;
pub mod fusion;
pub mod knn;
mod moments;
mod projection;
pub mod svm;
mod top_k;
pub mod whitened;

pub use moments::Moments;
pub use projection::Projection;
pub use top_k::top_k;
