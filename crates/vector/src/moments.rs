//! A collection's moments: the mean of its rows and the sum of their squares.

use crate::dense::Dense;
use crate::{Native, Rows, kernels};

/// Rows whose products are summed in float32 before they go to float64; a multiple of 4.
const PANEL: usize = 64;

/// First and second moments of the rows of a matrix.
#[derive(Clone, Debug)]
pub struct Moments {
    rows: usize,
    /// Σ x
    sum: Vec<f64>,
    /// Σ x x'
    gram: Dense,
}

impl Moments {
    /// Computes them, with d² / 2 multiplications for each row of d dimensions: as much as d / 2 scans.
    pub fn of(rows: &dyn Rows) -> Self {
        let (m, dims) = (rows.rows(), rows.dims());
        let (mut sum, mut gram) = (vec![0.0; dims], Dense::zeros(dims));
        // A few rows at a time, transposed: these rows' values in dimension j are columns[j].
        let mut columns = vec![[0.0f32; PANEL]; dims.next_multiple_of(4)];
        for first in (0..m).step_by(PANEL) {
            columns.iter_mut().for_each(|column| column.fill(0.0));
            for (place, row) in (first..m.min(first + PANEL)).enumerate() {
                for (column, value) in columns.iter_mut().zip(rows.meaning(row)) {
                    column[place] = value as f32;
                }
            }
            for (i, column) in columns[..dims].iter().enumerate() {
                sum[i] += column.iter().map(|&x| f64::from(x)).sum::<f64>();
                let out = &mut gram.data[i * dims..][..=i];
                for (out, others) in out.chunks_mut(4).zip(columns.as_chunks::<4>().0) {
                    let dots = kernels::dots::<Native>(column, others.each_ref().map(|other| &other[..]));
                    out.iter_mut().zip(dots).for_each(|(out, dot)| *out += f64::from(dot));
                }
            }
        }
        gram.mirror();
        Self { rows: m, sum, gram }
    }

    /// Adds those of further rows, of the same dimensions.
    pub fn add(&mut self, others: &Self) {
        self.rows += others.rows;
        self.sum.iter_mut().zip(&others.sum).for_each(|(sum, x)| *sum += x);
        self.gram.data.iter_mut().zip(&others.gram.data).for_each(|(sum, x)| *sum += x);
    }

    /// The moments of so many rows with this mean and covariance.
    pub fn of_covariance(rows: usize, mean: &[f64], covariance: Dense) -> Self {
        let n = rows as f64;
        let mut gram = covariance;
        for (i, row) in gram.data.chunks_exact_mut(mean.len().max(1)).enumerate() {
            row.iter_mut().zip(mean).for_each(|(x, &other)| *x = n * (*x + mean[i] * other));
        }
        Self { rows, sum: mean.iter().map(|x| n * x).collect(), gram }
    }

    /// The mean row; zeros where there are no rows.
    pub fn mean(&self) -> Vec<f64> {
        self.sum.iter().map(|x| x / self.rows.max(1) as f64).collect()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        8 * (self.sum.len() + self.gram.data.len())
    }

    /// The mean of the rows' squared lengths.
    pub fn mean_square(&self) -> f64 {
        (0..self.sum.len()).map(|i| self.gram.row(i)[i]).sum::<f64>() / self.rows.max(1) as f64
    }

    /// Σ x x' for rows x with a constant 1 at their end.
    pub fn gram_with_constant(&self) -> Dense {
        let dims = self.sum.len();
        let mut gram = Dense::zeros(dims + 1);
        for (i, row) in gram.data.chunks_exact_mut(dims + 1).enumerate() {
            let (values, sum) = if i < dims {
                (self.gram.row(i), self.sum[i])
            } else {
                (self.sum.as_slice(), self.rows as f64)
            };
            row[..dims].copy_from_slice(values);
            row[dims] = sum;
        }
        gram
    }

    /// The covariance of the rows: the sum of squares around their mean, divided by their number.
    pub fn covariance(&self) -> Dense {
        let (n, mean) = (self.rows.max(1) as f64, self.mean());
        let mut covariance = self.gram.clone();
        for (i, row) in covariance.data.chunks_exact_mut(mean.len().max(1)).enumerate() {
            row.iter_mut().zip(&mean).for_each(|(x, &other)| *x = *x / n - mean[i] * other);
        }
        covariance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Matrix;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn moments_are_those_of_the_definition(
            (rows, dims) in (0usize..150, 1usize..12),
            values in prop::collection::vec(-1.0f32..1.0, 150 * 12),
            scale in 0.1f32..10.0,
        ) {
            let mut matrix = Matrix::from_values(&values[..rows * dims], dims);
            matrix.scales_mut().fill(scale);
            let moments = Moments::of(&matrix);
            let value = |row: usize, dim: usize| f64::from(values[row * dims + dim]) * f64::from(scale);
            let (mean, covariance) = (moments.mean(), moments.covariance());
            for i in 0..dims {
                let n = rows.max(1) as f64;
                let expected = (0..rows).map(|row| value(row, i)).sum::<f64>() / n;
                prop_assert!((mean[i] - expected).abs() < 1e-5 * f64::from(scale));
                for j in 0..dims {
                    let covered = |row| (value(row, i) - mean[i]) * (value(row, j) - mean[j]);
                    let expected = (0..rows).map(covered).sum::<f64>() / n;
                    prop_assert!((covariance.row(i)[j] - expected).abs() < 1e-5 * f64::from(scale * scale));
                }
            }
        }
    }
}
