//! What is the same for every query: the preconditioner, and the half of the solver's start that no query changes.
//!
//! Every query has its own active set. But the sets have about the same number of rows, and on text embeddings these are spread over
//! the whole collection. So that share of the Gram matrix of all rows stands in for the Gram matrix of the active ones. If there are
//! too many dimensions for such a matrix, some of the rows stand in for all (Woodbury's identity takes their number cubed). The
//! preconditioner only steers, so the optimum is the same, after a few more steps.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pool::Work;
use super::products::products;
use super::row_space::RowSpace;
use super::start::Plane;
use crate::rank::Moments;
use crate::vector::dense::{Dense, dot};
use crate::vector::{Deviations, Matrix, Rows};

/// Rows that are taken for queries, to see how many rows are active.
const PROBES: usize = 6;
/// Active rows at the optimum for each one at the lowest point in the plane of the probe and the mean: on text embeddings and
/// on clustered rows, with C from 0.01 to 1, 1.0 to 1.4.
const AT_THE_OPTIMUM: f64 = 1.25;

/// Positives that a row space has room for, or a multiple of it.
const SPARE: usize = 8;

/// Rows that stand in for all, at most; and values of them in memory.
const SAMPLE: usize = 256;
const SAMPLE_VALUES: usize = 4_000_000;

/// A matrix that steers: the identity plus a multiple of the rows' products, inverted.
#[derive(Debug)]
enum Inverse {
    /// Row by row, in float32.
    Matrix(Matrix),
    /// Some rows with their constant 1, and the Cholesky factor of their products plus 1 over the multiple.
    Sample(Matrix, Dense),
}

/// A collection's preconditioner for one C.
#[derive(Debug)]
pub struct Background {
    c: f64,
    /// The rows in other coordinates, where there are fewer of these; then all below is in them.
    pub(super) space: Option<RowSpace>,
    /// B = (I + 2 c share Σ x x')⁻¹ for rows with their constant 1.
    inverse: Inverse,
    /// B times the rows' mean, and its product with each row.
    pub(super) mean: Vec<f64>,
    pub(super) mean_products: Vec<f32>,
    /// The mean of the rows' squared lengths, with the constant.
    square: f64,
    /// What the last query worked with, for the next one; two at once each have their own.
    work: Mutex<Work>,
}

impl Background {
    /// `moments` gives those of the rows, or nothing where they would take too long; `c` is [`super::Options::c`], within its range; `positives` is how many there may be
    /// in a query, at least. With d dimensions, or fewer rows than that, costs d³ multiplications and a few scans, and keeps 4 d²
    /// bytes and 4 a row; without moments, a few scans alone, and 16 MB.
    pub fn new<'a>(
        rows: &dyn Rows,
        moments: impl FnOnce() -> Option<&'a Moments>,
        c: f64,
        positives: usize,
    ) -> Self {
        if let Some(space) = RowSpace::of(rows, positives.next_multiple_of(SPARE)) {
            let background = Self::of(&space.rows, &Moments::of(&space.rows), c);
            return Self { space: Some(space), ..background };
        }
        match moments() {
            Some(moments) => Self::of(rows, moments, c),
            None => Self::of_sample(rows, c),
        }
    }

    fn of(rows: &dyn Rows, moments: &Moments, c: f64) -> Self {
        let mut mean = moments.mean();
        mean.push(1.0);
        let factor = c * active_share(rows, &mean, c) * (1.0 + 1.0 / rows.rows().max(1) as f64);
        let inverse = Inverse::Matrix(inverse_hessian(moments, factor));
        Self::with(rows, inverse, mean, moments.mean_square() + 1.0, c)
    }

    fn of_sample(rows: &dyn Rows, c: f64) -> Self {
        let (m, dims) = (rows.rows(), rows.dims());
        let mut mean = Deviations::of(rows).mean().to_vec();
        mean.push(1.0);
        let size = (SAMPLE_VALUES / (dims + 1)).clamp(1, SAMPLE).min(m);
        let mut sample = Matrix::zeros(size, dims + 1);
        for place in 0..size {
            let values = rows.meaning((2 * place + 1) * m / (2 * size)).into_iter().chain([1.0]);
            sample.values_mut(place).iter_mut().zip(values).for_each(|(to, x)| *to = x as f32);
        }
        let mut products = Deviations::from(&sample, vec![0.0; dims + 1]).gram();
        let squares: f64 = (0..size).map(|i| products.row(i)[i]).sum();
        let factor = c * active_share(rows, &mean, c) * (1.0 + 1.0 / m.max(1) as f64);
        let ridge = size as f64 / (factor * m.max(1) as f64).max(1e-9);
        (0..size).for_each(|i| products.data[i * size + i] += ridge);
        // As in `of`: the identity steers badly but right.
        let inverse = if products.factorise() {
            Inverse::Sample(sample, products)
        } else {
            Inverse::Sample(Matrix::zeros(0, dims + 1), Dense::zeros(0))
        };
        Self::with(rows, inverse, mean, squares / size.max(1) as f64, c)
    }

    /// `mean` is that of the rows with their constant, `square` that of their squares.
    fn with(rows: &dyn Rows, inverse: Inverse, mean: Vec<f64>, square: f64, c: f64) -> Self {
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
        self.inverse.times(vector)
    }
}

impl Inverse {
    fn bytes(&self) -> usize {
        match self {
            Self::Matrix(inverse) => inverse.bytes(),
            Self::Sample(sample, factor) => sample.bytes() + 8 * factor.data.len(),
        }
    }

    fn times(&self, vector: &[f64]) -> Vec<f64> {
        let (Self::Matrix(rows) | Self::Sample(rows, _)) = self;
        let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let mut products = vec![0.0; rows.rows()];
        rows.scan(&rows.pad(&narrow), &mut products);
        let mut products: Vec<f64> = products.into_iter().map(f64::from).collect();
        let Self::Sample(_, factor) = self else { return products };
        factor.solve_factored(&mut products);
        let shares: Vec<f32> = products.into_iter().map(|x| -x as f32).collect();
        let list: Vec<u32> = (0..shares.len() as u32).collect();
        let mut sum = vec![0.0; rows.stride()];
        rows.combine(&list, &shares, &mut sum);
        vector.iter().zip(sum).map(|(x, less)| x + f64::from(less)).collect()
    }
}

/// (I + factor Σ x x')⁻¹ for rows x with their constant 1, in float32.
pub(crate) fn inverse_hessian(moments: &Moments, factor: f64) -> Matrix {
    let mut hessian = moments.gram_with_constant();
    hessian.data.iter_mut().for_each(|x| *x *= factor);
    (0..hessian.size).for_each(|i| hessian.data[i * hessian.size + i] += 1.0);
    // I plus a sum of squares: only rounding could make this fail, and then the identity steers badly but right.
    if !hessian.factorise() {
        hessian = Dense::identity(hessian.size);
    }
    let inverse = hessian.inverse_of_factor().transposed_square();
    let values: Vec<f32> = inverse.data.iter().map(|&x| x as f32).collect();
    Matrix::from_values(&values, inverse.size)
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
