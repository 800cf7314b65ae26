//! Ranking: pure functions from a matrix and a query to scores, and from scores to an order.

pub mod fusion;
pub mod knn;
pub mod svm;
mod top_k;

pub use top_k::top_k;
