//! Exact nearest neighbours by cosine similarity.

use crate::vector::{Element, Matrix, Native, kernels};

/// The cosine similarity of each row to `query`, -1 to 1, one for each row; rows and query have unit length, and
/// the query has the padding of a row ([`Matrix::pad`]).
pub fn scores<E: Element>(rows: &Matrix<E>, query: &[f32]) -> Vec<f32> {
    let mut scores = vec![0.0; rows.rows()];
    kernels::scan::<Native, E>(rows, query, &mut scores);
    scores
}
