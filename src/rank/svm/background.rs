//! What is the same for every query: the preconditioner.
//!
//! Every query has its own active set, and on text embeddings it is a quarter of the rows, spread over all of the
//! collection. So a share of the Gram matrix of all rows stands in for that of the active ones, and steers conjugate
//! gradients well.

use crate::rank::Moments;
use crate::rank::dense::Dense;
use crate::vector::{Matrix, Native, kernels};

/// The share of the rows that is taken to be active.
const ACTIVE: f64 = 0.2;

/// A collection's preconditioner for one C.
#[derive(Debug)]
pub struct Background {
    c: f64,
    /// (I + 2 c ACTIVE Σ x x')⁻¹ for rows with their constant 1, row by row, in float32: it only steers.
    inverse: Matrix,
    /// The mean of the rows' squared lengths, with the constant.
    square: f64,
}

impl Background {
    /// `moments` are those of the rows; `c` is [`super::Options::c`], within its range. Costs d³ multiplications for d
    /// dimensions, and 4 d² bytes.
    pub fn new(moments: &Moments, c: f64) -> Self {
        let mut hessian = moments.gram_with_constant();
        let factor = c * ACTIVE;
        hessian.data.iter_mut().for_each(|x| *x *= factor);
        (0..hessian.size).for_each(|i| hessian.data[i * hessian.size + i] += 1.0);
        // I plus a sum of squares: only rounding could make this fail, and then the identity steers badly but right.
        if !hessian.factorise() {
            hessian = Dense::identity(hessian.size);
        }
        let inverse = hessian.inverse_of_factor().transposed_square();
        let values: Vec<f32> = inverse.data.iter().map(|&x| x as f32).collect();
        Self { c, inverse: Matrix::from_values(&values, inverse.size), square: moments.mean_square() + 1.0 }
    }

    /// Whether it is for this C.
    pub fn is_for(&self, c: f64) -> bool {
        self.c == c
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.inverse.bytes()
    }

    pub(super) fn square(&self) -> f64 {
        self.square
    }

    /// The inverse times `vector`, both with the intercept.
    pub(super) fn precondition(&self, vector: &[f64]) -> Vec<f64> {
        let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let mut product = vec![0.0; vector.len()];
        kernels::scan::<Native, f32>(&self.inverse, &self.inverse.pad(&narrow), &mut product);
        product.into_iter().map(f64::from).collect()
    }
}
