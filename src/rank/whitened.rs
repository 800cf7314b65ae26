//! The whitened cosine: the exemplar SVM's closed form.
//!
//! With the mean m of the rows, their covariance S, its mean eigenvalue s and P = (S + k s I)⁻¹, a row x scores
//! (x - m)'P(q - m) over the lengths √(x - m)'P(x - m) and √(q - m)'P(q - m): -1 to 1. It is the linear
//! discriminant of the query against the collection (Hariharan, Malik, Ramanan, *Discriminative Decorrelation for
//! Clustering and Classification*, 2012), and the direction of the SVM when every row is active.

use super::Moments;
use crate::vector::dense::Dense;
use crate::vector::{Matrix, Rows, dots};

/// k for a query. Larger values near the cosine around the mean; 0.3 and less hurt.
pub const QUERY_SHRINKAGE: f64 = 10.0;
/// k for articles as examples, which are alike to the rows in kind.
pub const ARTICLE_SHRINKAGE: f64 = 3.0;

/// What is the same for every query.
#[derive(Clone, Debug)]
pub struct Whitening {
    mean: Vec<f32>,
    /// P, row by row.
    inverse: Matrix,
    /// 1 / √(x - m)'P(x - m) of each row; 0 for a row at the mean.
    scales: Vec<f32>,
}

impl Whitening {
    /// `moments` are those of `rows`. Costs d² / 2 multiplications a row of d dimensions.
    pub fn of(rows: &dyn Rows, moments: &Moments, shrinkage: f64) -> Self {
        let dims = rows.dims();
        let mean: Vec<f32> = moments.mean().iter().map(|&x| x as f32).collect();
        let mut shrunk = moments.covariance();
        let eigenvalue = (0..dims).map(|i| shrunk.row(i)[i]).sum::<f64>() / dims.max(1) as f64;
        // Where the rows do not vary, any metric does: what is left is rounding.
        let varies = eigenvalue > ROUNDING * moments.mean_square();
        let ridge = if varies { shrinkage * eigenvalue } else { 1.0 };
        (0..dims).for_each(|i| shrunk.data[i * dims + i] += ridge);
        let mut root = shrunk;
        // A covariance plus a part of its trace: only rounding could make this fail.
        if !root.factorise() {
            root = Dense::identity(dims);
        }
        let root = root.inverse_of_factor();
        let scales = scales(rows, &mean, &root);
        let values: Vec<f32> = root.transposed_square().data.iter().map(|&x| x as f32).collect();
        Self { mean, inverse: Matrix::from_values(&values, dims), scales }
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.inverse.bytes() + 4 * (self.mean.len() + self.scales.len())
    }

    /// The score of each row for a target, which has the padding of a row: one product with a d x d matrix and a scan.
    pub fn scores(&self, rows: &dyn Rows, target: &[f32]) -> Vec<f32> {
        let mut centred = target.to_vec();
        centred.iter_mut().zip(&self.mean).for_each(|(x, mean)| *x -= mean);
        let mut direction = vec![0.0; rows.dims()];
        self.inverse.scan(&centred, &mut direction);
        let dot = |other: &[f32]| -> f64 {
            direction.iter().zip(other).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum()
        };
        let (at_mean, square) = (dot(&self.mean), dot(&centred));
        let length = if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 };
        let mut scores = vec![0.0; rows.rows()];
        rows.scan(&rows.pad(&direction), &mut scores);
        for (score, scale) in scores.iter_mut().zip(&self.scales) {
            *score = ((f64::from(*score) - at_mean) * length) as f32 * scale;
        }
        scores
    }
}

/// A variance below this share of the mean square is rounding of float32.
const ROUNDING: f64 = 1e-13;
/// A row whose whitened square is below this is at the mean; others' are about as large as there are dimensions.
const AT_MEAN: f64 = 1e-8;

/// 1 / |L⁻¹ (x - m)| of each row, for the rows of L⁻¹ in `root`.
fn scales(rows: &dyn Rows, mean: &[f32], root: &Dense) -> Vec<f32> {
    const TOGETHER: usize = 4;
    let (dims, stride) = (rows.dims(), rows.stride());
    let values: Vec<f32> = root.data.iter().map(|&x| x as f32).collect();
    let root = Matrix::from_values(&values, dims);
    let mut centred = vec![0.0; TOGETHER * stride];
    let mut scales = Vec::with_capacity(rows.rows());
    for first in (0..rows.rows()).step_by(TOGETHER) {
        let together = TOGETHER.min(rows.rows() - first);
        for (row, centred) in (first..).zip(centred.chunks_exact_mut(stride.max(1)).take(together)) {
            for ((to, value), mean) in centred.iter_mut().zip(rows.meaning(row)).zip(mean) {
                *to = value as f32 - mean;
            }
        }
        let mut squares = [0.0f64; TOGETHER];
        for i in 0..dims {
            // The row's entries past the diagonal are zeros.
            let length = (i + 1).next_multiple_of(4);
            let others = core::array::from_fn(|place| &centred[place * stride..][..length]);
            let dots = dots(&root.row(i)[..length], others);
            squares.iter_mut().zip(dots).for_each(|(square, dot)| *square += f64::from(dot * dot));
        }
        let inverse = |square: f64| if square > AT_MEAN { (1.0 / square.sqrt()) as f32 } else { 0.0 };
        scales.extend(squares[..together].iter().map(|&square| inverse(square)));
    }
    scales
}
