//! Exact nearest neighbours by cosine similarity.

use crate::vector::{Centre, Matrix, Rows, indices};

/// The cosine similarity of each row to `query`, -1 to 1, one for each row; rows and query have unit length, and
/// the query has the padding of a row ([`Matrix::pad`]).
pub fn scores(rows: &dyn Rows, query: &[f32]) -> Vec<f32> {
    let mut scores = vec![0.0; rows.rows()];
    rows.scan(query, &mut scores);
    scores
}

/// Estimates of [`scores`].
pub struct Estimates {
    /// One estimate for each row.
    pub scores: Vec<f32>,
    /// The largest difference between an estimate and the row's score.
    pub error: f32,
}

/// [`scores`] of int8 rows in whole numbers: less than half the time of the scan in floats.
///
/// The query becomes int16 codes c in steps of s, with the error e = query - s c. Of a row x of unit length,
/// x·query - x·(s c) = x·e is at most |e| by the Cauchy-Schwarz inequality, and |e| is known. The rounding of either scan adds to
/// it: half an epsilon for each addition that a term passes through, of terms whose sizes add up to at most |query|, by the same
/// inequality. If the rows have a centre, its product is that of the scan in floats, and the rest of a row is no longer than the row
/// and the centre's share together.
pub fn estimates(rows: &Matrix<i8>, query: &[f32]) -> Estimates {
    // No code of a row is beyond -128, so that no sum of products leaves an int32.
    let products = rows.stride().max(1) * 128;
    let largest_code = (i32::MAX as usize / products).min(i16::MAX as usize) as f32;
    let largest = query.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
    let step = largest / largest_code;
    let codes: Vec<i16> = query.iter().map(|x| (x / step).round() as i16).collect();
    let lost = |(&x, &code): (&f32, &i16)| f64::from(x) - f64::from(step) * f64::from(code);
    let error = query.iter().zip(&codes).map(|pair| lost(pair).powi(2)).sum::<f64>().sqrt();
    let roundings = rows.stride() as f64 / 8.0 + 10.0;
    let length = query.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let longest = 1.0 + rows.centre().map_or(0.0, Centre::longest);
    let error = longest * (1.001 * error + length * roundings * f64::from(f32::EPSILON));

    let mut scores = vec![0.0; rows.rows()];
    rows.scan_codes(query, &codes, step, &mut scores);
    Estimates { scores, error: error as f32 }
}

impl Estimates {
    /// Scores in which every row that can be among the k best has its exact score of [`scores`], and every other row has a lower
    /// one. `kth` is the k-th best estimate.
    ///
    /// At least k rows score `kth` minus the error or more. So a row among the k best has an estimate of at least `kth` minus twice
    /// the error, and rows with lower estimates score lower.
    pub fn settle(mut self, rows: &Matrix<i8>, query: &[f32], kth: f32) -> Vec<f32> {
        let floor = kth - 2.0 * self.error;
        let near = indices::at_least(&self.scores, floor);
        let mut scores = vec![0.0; near.len()];
        rows.scan_list(&near, query, &mut scores);
        indices::put(&mut self.scores, &near, &scores);
        self.scores
    }
}

#[cfg(test)]
mod tests {
    use super::{estimates, scores};
    use crate::rank::top_k;
    use crate::vector::{Matrix, quantize};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Int8 rows and a query, all of unit length. Every other row is close to the row before, so that ties and near
    /// ties are common.
    fn rows_and_query() -> impl Strategy<Value = (Matrix<i8>, Vec<f32>)> {
        let shape = (1usize..60, prop::sample::select(vec![1usize, 7, 8, 24, 384, 2000]));
        shape.prop_flat_map(|(rows, dims)| {
            (prop::collection::vec(-1.0f32..1.0, (rows / 2 + 2) * dims), 0.0f32..0.01, any::<bool>())
                .prop_map(move |(values, apart, centred)| {
                    let mut matrix = Matrix::zeros(rows, dims);
                    for row in 0..rows {
                        for (i, to) in matrix.values_mut(row).iter_mut().enumerate() {
                            let near = if i % 7 == row % 7 { apart } else { 0.0 };
                            *to = values[row / 2 * dims + i] + 1e-3 + near;
                        }
                    }
                    let mut rows = quantize(&matrix);
                    let with_centre = rows.clone().with_centre(&values[..dims]);
                    // A row that its centre all but cancels has no direction worth the name.
                    let lengths = with_centre.lengths().into_iter().zip(rows.lengths());
                    if centred && lengths.into_iter().all(|(with, without)| with > 0.5 * without) {
                        rows = with_centre;
                    }
                    rows.bring_to_unit_length(&rows.lengths());
                    let query = &values[values.len() - dims..];
                    let length: f64 = query.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
                    let query: Vec<f32> = query.iter().map(|&x| (f64::from(x) / length) as f32).collect();
                    let query = rows.pad(&query);
                    (rows, query)
                })
        })
    }

    proptest! {
        #[test]
        fn estimates_are_as_near_as_they_say((rows, query) in rows_and_query()) {
            let exact = scores(&rows, &query);
            let estimates = estimates(&rows, &query);
            for (score, estimate) in exact.iter().zip(&estimates.scores) {
                let off = (f64::from(*score) - f64::from(*estimate)).abs();
                prop_assert!(off <= f64::from(estimates.error), "{} and {} within {}", score, estimate, estimates.error);
            }
            prop_assert!(estimates.error < 0.02, "{}", estimates.error);
        }

        #[test]
        fn the_best_are_those_of_the_scan_in_floats((rows, query) in rows_and_query(), k in 1usize..20) {
            let exact = scores(&rows, &query);
            let estimates = estimates(&rows, &query);
            let kth = top_k(&estimates.scores, k).last().map_or(0.0, |&last| estimates.scores[last]);
            let settled = estimates.settle(&rows, &query, kth);
            let best = top_k(&settled, k);
            prop_assert_eq!(&best, &top_k(&exact, k));
            for row in best {
                prop_assert_eq!(settled[row].to_bits(), exact[row].to_bits());
            }
        }
    }
}
