//! What is the same for every query: the preconditioner, and the half of the solver's start that no query changes.
//!
//! Every query has its own active set. But it has about as many rows for one as for another, and on text embeddings they
//! are spread over all of the collection. So that share of the Gram matrix of all rows stands in for the Gram matrix of the
//! active ones.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pool::Work;
use super::products::products;
use super::row_space::RowSpace;
use super::start::Plane;
use crate::rank::Moments;
use crate::vector::dense::{Dense, dot};
use crate::vector::{Matrix, Rows};

/// Rows that are taken for queries, to see how many rows are active.
const PROBES: usize = 6;
/// Active rows at the optimum for each one at the lowest point in the plane of the probe and the mean: on text embeddings and
/// on clustered rows, with C from 0.01 to 1, 1.0 to 1.4.
const AT_THE_OPTIMUM: f64 = 1.25;

/// Positives that a row space has room for, or a multiple of it.
const SPARE: usize = 8;

/// A collection's preconditioner for one C.
#[derive(Debug)]
pub struct Background {
    c: f64,
    /// The rows in other coordinates, where there are fewer of these; then all below is in them.
    pub(super) space: Option<RowSpace>,
    /// B = (I + 2 c share Σ x x')⁻¹ for rows with their constant 1, row by row, in float32: it only steers.
    inverse: Matrix,
    /// B times the rows' mean, and its product with each row.
    pub(super) mean: Vec<f64>,
    pub(super) mean_products: Vec<f32>,
    /// The mean of the rows' squared lengths, with the constant.
    square: f64,
    /// What the last query worked with, for the next one; two at once each have their own.
    work: Mutex<Work>,
}

impl Background {
    /// `moments` gives those of the rows; `c` is [`super::Options::c`], within its range; `positives` is how many there may be
    /// in a query, at least. With d dimensions, or fewer rows than that, costs d³ multiplications and a few scans, and keeps 4 d²
    /// bytes and 4 a row.
    pub fn new<'a>(rows: &dyn Rows, moments: impl FnOnce() -> &'a Moments, c: f64, positives: usize) -> Self {
        match RowSpace::of(rows, positives.next_multiple_of(SPARE)) {
            Some(space) => {
                let background = Self::of(&space.rows, &Moments::of(&space.rows), c);
                Self { space: Some(space), ..background }
            }
            None => Self::of(rows, moments(), c),
        }
    }

    fn of(rows: &dyn Rows, moments: &Moments, c: f64) -> Self {
        let mut mean = moments.mean();
        mean.push(1.0);
        let mut hessian = moments.gram_with_constant();
        let factor = c * active_share(rows, &mean, c) * (1.0 + 1.0 / rows.rows().max(1) as f64);
        hessian.data.iter_mut().for_each(|x| *x *= factor);
        (0..hessian.size).for_each(|i| hessian.data[i * hessian.size + i] += 1.0);
        // I plus a sum of squares: only rounding could make this fail, and then the identity steers badly but right.
        if !hessian.factorise() {
            hessian = Dense::identity(hessian.size);
        }
        let inverse = hessian.inverse_of_factor().transposed_square();
        let values: Vec<f32> = inverse.data.iter().map(|&x| x as f32).collect();
        let inverse = Matrix::from_values(&values, inverse.size);
        let square = moments.mean_square() + 1.0;
        let mut background = Self {
            c,
            space: None,
            inverse,
            mean: Vec::new(),
            mean_products: Vec::new(),
            square,
            work: Mutex::default(),
        };
        background.mean = background.precondition(&mean);
        background.mean_products = products(rows, &background.mean);
        background
    }

    /// Whether it is for this C, and for so many positives.
    pub fn is_for(&self, c: f64, positives: usize) -> bool {
        self.c == c && self.space.as_ref().is_none_or(|space| positives <= space.positives())
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let space = self.space.as_ref().map_or(0, |space| space.rows.bytes());
        let work = self.work().bytes();
        space + self.inverse.bytes() + 8 * self.mean.len() + 4 * self.mean_products.len() + work
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_work(&self) -> Work {
        std::mem::take(&mut *self.work())
    }

    pub(super) fn keep_work(&self, work: Work) {
        *self.work() = work;
    }

    pub(super) fn square(&self) -> f64 {
        self.square
    }

    /// The inverse times `vector`, both with the intercept.
    pub(super) fn precondition(&self, vector: &[f64]) -> Vec<f64> {
        let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let mut product = vec![0.0; vector.len()];
        self.inverse.scan(&self.inverse.pad(&narrow), &mut product);
        product.into_iter().map(f64::from).collect()
    }
}

/// The share of the rows that is active for a typical query, 0 to 1.
fn active_share(rows: &dyn Rows, mean: &[f64], c: f64) -> f64 {
    let m = rows.rows();
    let of_mean = products(rows, mean);
    let mut active = 0;
    let probes = PROBES.min(m);
    for probe in 0..probes {
        let row = (2 * probe + 1) * m / (2 * probes);
        let query: Vec<f64> = rows.meaning(row).into_iter().chain([1.0]).collect();
        let of_query = products(rows, &query);
        let (between, square) = (dot(&query, mean), dot(&query, &query));
        let class_cost = 0.5 * c * (m + 1) as f64;
        let plane = Plane {
            rows: [&of_query, &of_mean],
            weights: &[],
            gram: [[square, between], [between, dot(mean, mean)]],
            positives: vec![[square, between]],
            positive_cost: class_cost,
            negative_cost: class_cost / m as f64,
        };
        active += plane.margins(plane.minimise()).filter(|&margin| margin > -1.0).count();
    }
    (AT_THE_OPTIMUM * active as f64 / (probes * m).max(1) as f64).min(1.0)
}
