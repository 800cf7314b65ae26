//! A collection of fewer rows than dimensions, in fewer coordinates.
//!
//! The SVM uses vectors only through their products, and everything that it multiplies rows with lies in the span of the rows and the
//! positives. With the Gram matrix K = X X' of the m rows and its Cholesky factor, K = L L', the rows of L are the same
//! collection in m coordinates instead of d. A positive q becomes L⁻¹ X q, with further coordinates for the part that no row shares.
//! Any error in L⁻¹ X q is one of L's size in L L⁻¹ X q, so margins stay as exact as L (Higham, Accuracy and Stability of
//! Numerical Algorithms, chapter 8).

use crate::vector::dense::{Dense, dot, dot_float32};
use crate::vector::{Matrix, Rows};

/// Below this share of its square, what a row adds to those before it is left out: float32 could not divide by it.
const NOTHING_NEW: f64 = 1e-9;
/// It pays where the coordinates are no more than this share of the dimensions.
const SMALLER: f64 = 0.75;
/// And where it takes no more multiplications than this: about two seconds' in a browser.
const MULTIPLICATIONS: f64 = 2e9;

/// Rows of L, with coordinates to spare for the positives.
#[derive(Debug)]
pub struct RowSpace {
    pub rows: Matrix,
}

impl RowSpace {
    /// For so many positives at most; none where it would not pay. Costs m² d / 2 + m³ / 6 multiplications in float64.
    pub fn of(rows: &dyn Rows, positives: usize) -> Option<Self> {
        let (m, dims) = (rows.rows(), rows.rows() + positives);
        let multiplications = m as f64 * m as f64 * (0.5 * rows.dims() as f64 + m as f64);
        if dims as f64 > SMALLER * rows.dims() as f64 || multiplications > MULTIPLICATIONS {
            return None;
        }
        let wide: Vec<Vec<f64>> = (0..m).map(|row| rows.meaning(row)).collect();
        let factor = factor_of_gram(m, |i, j| dot(&wide[i], &wide[j]));
        let mut space = Self { rows: Matrix::zeros(m, dims) };
        for row in 0..m {
            let values = space.rows.values_mut(row).iter_mut();
            values.zip(&factor.row(row)[..=row]).for_each(|(to, &x)| *to = x as f32);
        }
        Some(space)
    }

    /// How many positives it has room for.
    pub fn positives(&self) -> usize {
        self.rows.dims() - self.rows.rows()
    }

    /// The positives in its coordinates, with their padding; no more than [`RowSpace::positives`]. `products` are those of each
    /// with every row.
    pub fn positives_of(&self, positives: &[Vec<f32>], products: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let m = self.rows.rows();
        let shared: Vec<Vec<f64>> = products.iter().map(|products| self.shared(products)).collect();
        let wide: Vec<Vec<f64>> =
            positives.iter().map(|positive| positive.iter().map(|&x| x.into()).collect()).collect();
        let own =
            own_coordinates(positives.len(), |i, j| dot(&wide[i], &wide[j]) - dot(&shared[i], &shared[j]));
        let coordinates = |(i, shared): (usize, Vec<f64>)| {
            let mut coordinates = vec![0.0; self.rows.stride()];
            let values = shared.iter().chain(&own[i]);
            coordinates[..=m + i].iter_mut().zip(values).for_each(|(to, &x)| *to = x as f32);
            coordinates
        };
        shared.into_iter().enumerate().map(coordinates).collect()
    }

    /// L⁻¹ X positive, by forward substitution.
    fn shared(&self, products: &[f32]) -> Vec<f64> {
        let mut shared: Vec<f64> = Vec::with_capacity(products.len());
        for (row, &product) in products.iter().enumerate() {
            let factor = self.rows.values(row);
            let known = dot_float32(&factor[..row], &shared);
            let pivot = f64::from(factor[row]);
            shared.push(if pivot == 0.0 { 0.0 } else { (f64::from(product) - known) / pivot });
        }
        shared
    }
}

/// The Cholesky factor of what rows leave of the positives' products, row by row. Of a positive that is one of the rows, rounding alone is left, and
/// dividing by that could give anything: so no coordinate is larger than what is left of its positive's square.
fn own_coordinates(positives: usize, left: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(positives);
    for i in 0..positives {
        let mut row: Vec<f64> = Vec::with_capacity(positives);
        let mut square = left(i, i).max(0.0);
        for (j, other) in factor.iter().enumerate() {
            let value = (left(i, j) - dot(&row, &other[..j])) / other[j];
            // Not by clamp(), whose message prints floats: 10 kB of the core.
            let value = value.abs().min(square.sqrt()).copysign(value);
            row.push(if other[j] == 0.0 { 0.0 } else { value });
            square = (square - row[j] * row[j]).max(0.0);
        }
        row.push(square.sqrt());
        factor.push(row);
    }
    factor
}

/// The Cholesky factor of a matrix of products, without what is [`NOTHING_NEW`].
fn factor_of_gram(size: usize, product: impl Fn(usize, usize) -> f64) -> Dense {
    let mut gram = Dense::zeros(size);
    for i in 0..size {
        for j in 0..=i {
            gram.data[i * size + j] = product(i, j);
        }
    }
    gram.factorise_above(NOTHING_NEW);
    gram
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::knn;
    use proptest::prelude::*;

    proptest! {
        /// Next to float64, also of positives that are rows, and of rows that stand twice.
        #[test]
        fn coordinates_keep_all_products(
            values in prop::collection::vec(-1.0f32..1.0, 6 * 24),
            copied in prop::collection::vec(0usize..6, 2),
            query in prop::collection::vec(-1.0f32..1.0, 24),
            liked in prop::collection::vec(0usize..8, 0..8),
        ) {
            let row_values = |row: usize| &values[24 * row..24 * (row + 1)];
            let all: Vec<f32> = (0..6).chain(copied).flat_map(|row| row_values(row).to_vec()).collect();
            let rows = Matrix::from_values(&all, 24);
            let wide = |row: usize| rows.values(row)[..24].to_vec();
            let positives: Vec<Vec<f32>> = std::iter::once(query).chain(liked.iter().map(|&row| wide(row))).collect();
            let space = RowSpace::of(&rows, positives.len()).unwrap();
            let padded: Vec<Vec<f32>> = positives.iter().map(|positive| rows.pad(positive)).collect();
            let products: Vec<Vec<f32>> = padded.iter().map(|positive| knn::scores(&rows, positive)).collect();
            let coordinates = space.positives_of(&padded, &products);
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
            for (i, positive) in positives.iter().enumerate() {
                for (j, other) in positives.iter().enumerate() {
                    let (found, expected) = (product(&coordinates[i], &coordinates[j]), product(positive, other));
                    prop_assert!((found - expected).abs() < 1e-4, "positives {i} and {j}: {found}, not {expected}");
                }
                for row in 0..8 {
                    let (found, expected) = (product(&coordinates[i], space.rows.values(row)), product(positive, &wide(row)));
                    prop_assert!((found - expected).abs() < 1e-4, "positive {i}, row {row}: {found}, not {expected}");
                }
            }
        }
    }
}
