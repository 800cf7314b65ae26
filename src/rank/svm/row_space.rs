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
            factor_of_gram(positives.len(), |i, j| dot(&wide[i], &wide[j]) - dot(&shared[i], &shared[j]));
        let coordinates = |(i, shared): (usize, Vec<f64>)| {
            let mut coordinates = vec![0.0; self.rows.stride()];
            let values = shared.iter().chain(&own.row(i)[..=i]);
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
