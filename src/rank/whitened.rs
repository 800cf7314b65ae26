//! The whitened cosine: the exemplar SVM's closed form.
//!
//! With the mean m of the rows, their covariance S, its mean eigenvalue s and P = (S + k s I)⁻¹, a row x scores
//! (x - m)'P(q - m) over the lengths √(x - m)'P(x - m) and √(q - m)'P(q - m): -1 to 1. It is the linear
//! discriminant of the query against the collection (Hariharan, Malik, Ramanan, *Discriminative Decorrelation for
//! Clustering and Classification*, 2012), and the direction of the SVM when every row is active.
//!
//! Three ways lead to the same scores. With d dimensions and n rows, they cost, beside the scan of a query:
//! - in the space of the dimensions, with P itself: n d² + d³ once;
//! - in the space of the rows, where these are fewer: with D the rows less their mean, D P = n (n k s I + D D')⁻¹ D (Woodbury's
//!   identity), so n² d + n³ once and n² a query are enough;
//! - with the lengths of all rows, which the build ships: nothing once, and for P(q - m) a few products with S by conjugate
//!   gradients, two scans each.

use super::Moments;
use crate::vector::dense::{Dense, add, dot, norm};
use crate::vector::{Deviations, Matrix, Rows, dots};

/// k for a query. With larger values the score approaches the cosine around the mean; 0.3 and less hurt.
pub const QUERY_SHRINKAGE: f64 = 10.0;
/// k for articles as examples, which are of the same kind as the rows.
pub const ARTICLE_SHRINKAGE: f64 = 3.0;

/// A variance below this share of the mean square is rounding of float32.
const ROUNDING: f64 = 1e-13;
/// A row whose whitened square is below this is at the mean. Those of other rows are about as large as the number of dimensions.
const AT_MEAN: f64 = 1e-8;
/// The largest error that conjugate gradients may leave in a score.
const TOLERANCE: f64 = 2e-6;
/// The most products with the covariance. Text embeddings take 7 to 16.
const MAX_PRODUCTS: usize = 100;

/// What computing a [`Whitening`] from the rows alone costs, in multiplications: those in float32 count once, in float64 four times.
pub fn cost(rows: usize, dims: usize) -> f64 {
    let (rows, dims) = (rows as f64, dims as f64);
    if rows < dims { rows * rows * (0.5 * dims + 2.0 * rows) } else { dims * dims * (rows + 2.0 * dims) }
}

/// What is the same for every query.
#[derive(Clone, Debug)]
pub struct Whitening {
    mean: Vec<f64>,
    /// k s
    ridge: f64,
    metric: Metric,
    /// 1 / √(x - m)'P(x - m) of each row; 0 for a row at the mean.
    scales: Vec<f32>,
}

/// How P is applied.
#[derive(Clone, Debug)]
enum Metric {
    /// P, row by row.
    Inverse(Matrix),
    /// The Cholesky factor of n k s I + D D'.
    RowSpace(Dense),
    /// By products with the covariance.
    Products,
}

impl Whitening {
    /// Computes it from the rows alone, in the space of the rows or of the dimensions, whichever costs less (see [`cost`]). `moments`
    /// returns those of `rows`.
    pub fn of<'a>(rows: &dyn Rows, moments: impl FnOnce() -> &'a Moments, shrinkage: f64) -> Self {
        if rows.rows() < rows.dims() {
            Self::in_row_space(rows, shrinkage)
        } else {
            Self::in_dimensions(rows, moments(), shrinkage)
        }
    }

    fn in_row_space(rows: &dyn Rows, shrinkage: f64) -> Self {
        let n = rows.rows() as f64;
        let deviations = Deviations::of(rows);
        let mut factor = deviations.gram();
        let traces: f64 = (0..factor.size).map(|i| factor.row(i)[i]).sum();
        let mean_square = traces / n.max(1.0) + dot(deviations.mean(), deviations.mean());
        let ridge = ridge(shrinkage, traces / (n * rows.dims() as f64).max(1.0), mean_square);
        (0..factor.size).for_each(|i| factor.data[i * factor.size + i] += n * ridge);
        // A sum of squares plus a part of it: only rounding could make this fail.
        if !factor.factorise() {
            factor = Dense::identity(factor.size);
        }
        let inverse = factor.inverse_of_factor();
        let mut squares = vec![0.0; factor.size];
        for row in inverse.data.chunks_exact(factor.size.max(1)) {
            squares.iter_mut().zip(row).for_each(|(square, x)| *square += x * x);
        }
        let scales = squares.into_iter().map(|square| scale(n * (1.0 - n * ridge * square))).collect();
        let mean = deviations.mean().to_vec();
        Self { mean, ridge, metric: Metric::RowSpace(factor), scales }
    }

    fn in_dimensions(rows: &dyn Rows, moments: &Moments, shrinkage: f64) -> Self {
        let (inverse, ridge, root) = inverse(moments, shrinkage);
        let mean = moments.mean();
        let scales = scales(rows, &mean, &narrow(&root));
        Self { mean, ridge, metric: Metric::Inverse(inverse), scales }
    }

    /// Makes it from `scales` that are known, one for each row, and the rows' mean and mean variance (s). With the rows' `moments` a
    /// query takes one scan.
    pub fn with_scales(
        mean: Vec<f64>,
        variance: f64,
        moments: Option<&Moments>,
        shrinkage: f64,
        scales: Vec<f32>,
    ) -> Self {
        match moments {
            Some(moments) => {
                let (inverse, ridge, _) = inverse(moments, shrinkage);
                Self { mean, ridge, metric: Metric::Inverse(inverse), scales }
            }
            None => Self { mean, ridge: shrinkage * variance, metric: Metric::Products, scales },
        }
    }

    /// 1 / √(x - m)'P(x - m) of each row x; 0 for a row at the mean.
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let metric = match &self.metric {
            Metric::Inverse(inverse) => inverse.bytes(),
            Metric::RowSpace(factor) => 8 * factor.data.len(),
            Metric::Products => 0,
        };
        metric + 8 * self.mean.len() + 4 * self.scales.len()
    }

    /// The score of each row for a target, which has the padding of a row.
    pub fn scores(&self, rows: &dyn Rows, target: &[f32]) -> Vec<f32> {
        let deviations = Deviations::from(rows, self.mean.clone());
        let centred = deviations.deviation(target);
        let direction = match &self.metric {
            Metric::RowSpace(factor) => return self.in_rows(&deviations, factor, target, &centred),
            Metric::Inverse(inverse) => times(inverse, &centred),
            Metric::Products => self.solve(&deviations, &centred).iter().map(|&x| x as f32).collect(),
        };
        let direction = Direction::new(direction, &self.mean, &centred);
        let mut scores = vec![0.0; rows.rows()];
        rows.scan(&rows.pad(&direction.vector), &mut scores);
        direction.scale(&mut scores);
        scores.iter_mut().zip(&self.scales).for_each(|(score, scale)| *score *= scale);
        scores
    }

    fn in_rows(&self, deviations: &Deviations, factor: &Dense, target: &[f32], centred: &[f64]) -> Vec<f32> {
        let products = deviations.products(target);
        let mut solved = products.clone();
        factor.solve_factored(&mut solved);
        let square = (dot(centred, centred) - dot(&products, &solved)) / self.ridge;
        let factor = over_root(square) * solved.len() as f64;
        solved.iter().zip(&self.scales).map(|(x, &scale)| (x * factor) as f32 * scale).collect()
    }

    /// P times a vector, by conjugate gradients (Hestenes and Stiefel, 1952). They minimise the error in the norm of S + k s I. If y is
    /// the vector found and x the exact one, that error is √(x - y)'(S + k s I)(x - y), at most the residual's length over √(k s). By the
    /// Cauchy-Schwarz inequality, no score is off by more than the ratio of this to √x'(S + k s I)x.
    fn solve(&self, deviations: &Deviations, vector: &[f64]) -> Vec<f64> {
        let mut solution = vec![0.0; vector.len()];
        let mut residual = vector.to_vec();
        let mut search = residual.clone();
        let mut square = dot(&residual, &residual);
        for _ in 0..MAX_PRODUCTS {
            if square == 0.0 {
                break;
            }
            let mut image = deviations.covariance_times(&search);
            add(&mut image, self.ridge, &search);
            let length = square / dot(&search, &image);
            add(&mut solution, length, &search);
            add(&mut residual, -length, &image);
            let left = norm(&residual) / self.ridge.sqrt();
            if left <= TOLERANCE * dot(vector, &solution).max(0.0).sqrt() {
                break;
            }
            let next = square_of(&residual);
            search.iter_mut().for_each(|x| *x *= next / square);
            add(&mut search, 1.0, &residual);
            square = next;
        }
        solution
    }
}

fn square_of(vector: &[f64]) -> f64 {
    dot(vector, vector)
}

/// k s. Where the rows do not vary, any metric does: what is left is rounding.
fn ridge(shrinkage: f64, variance: f64, mean_square: f64) -> f64 {
    if variance > ROUNDING * mean_square { shrinkage * variance } else { 1.0 }
}

/// P, k s, and the inverse of the Cholesky factor of P's inverse.
fn inverse(moments: &Moments, shrinkage: f64) -> (Matrix, f64, Dense) {
    let mut root = moments.covariance();
    let dims = root.size;
    let variance = (0..dims).map(|i| root.row(i)[i]).sum::<f64>() / dims.max(1) as f64;
    let ridge = ridge(shrinkage, variance, moments.mean_square());
    (0..dims).for_each(|i| root.data[i * dims + i] += ridge);
    // A covariance plus a part of its trace: only rounding could make this fail.
    if !root.factorise() {
        root = Dense::identity(dims);
    }
    let root = root.inverse_of_factor();
    (narrow(&root.transposed_square()), ridge, root)
}

/// A query's direction P(q - m), which ranks rows but for their own whitened lengths.
#[derive(Clone, Debug)]
pub struct Direction {
    /// P(q - m)
    pub vector: Vec<f32>,
    /// Its product with the mean.
    pub at_mean: f64,
    /// 1 / √(q - m)'P(q - m), or 0 for a query at the mean.
    pub length: f64,
}

impl Direction {
    fn new(vector: Vec<f32>, mean: &[f64], centred: &[f64]) -> Self {
        let wide: Vec<f64> = vector.iter().map(|&x| x.into()).collect();
        let (at_mean, length) = (dot(&wide, mean), over_root(dot(&wide, centred)));
        Self { vector, at_mean, length }
    }

    /// Makes of products with the direction the scores of rows whose whitened length is 1.
    pub fn scale(&self, products: &mut [f32]) {
        for product in products {
            *product = ((f64::from(*product) - self.at_mean) * self.length) as f32;
        }
    }
}

/// The metric in the space of the dimensions, without any rows.
#[derive(Clone, Debug)]
pub struct InDimensions {
    mean: Vec<f64>,
    /// P, row by row.
    inverse: Matrix,
    /// The inverse of the Cholesky factor of P's inverse.
    root: Matrix,
}

impl InDimensions {
    /// From the moments of all rows.
    pub fn of(moments: &Moments, shrinkage: f64) -> Self {
        let (inverse, _, root) = inverse(moments, shrinkage);
        Self { mean: moments.mean(), inverse, root: narrow(&root) }
    }

    /// That of a query.
    pub fn direction(&self, query: &[f32]) -> Direction {
        let centred: Vec<f64> = query.iter().zip(&self.mean).map(|(&x, mean)| f64::from(x) - mean).collect();
        Direction::new(times(&self.inverse, &centred), &self.mean, &centred)
    }

    /// 1 / √(x - m)'P(x - m) of each row x; 0 for a row at the mean. Costs d² / 2 multiplications a row of d dimensions.
    pub fn scales(&self, rows: &dyn Rows) -> Vec<f32> {
        scales(rows, &self.mean, &self.root)
    }
}

fn narrow(matrix: &Dense) -> Matrix {
    let values: Vec<f32> = matrix.data.iter().map(|&x| x as f32).collect();
    Matrix::from_values(&values, matrix.size)
}

/// A symmetric matrix times a vector, in float32.
fn times(matrix: &Matrix, vector: &[f64]) -> Vec<f32> {
    let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
    let mut image = vec![0.0; narrow.len()];
    matrix.scan(&matrix.pad(&narrow), &mut image);
    image
}

/// 1 / √square, or 0 where there is nothing to divide by.
fn over_root(square: f64) -> f64 {
    if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 }
}

/// That of a row with this whitened square.
fn scale(square: f64) -> f32 {
    if square > AT_MEAN { over_root(square) as f32 } else { 0.0 }
}

/// 1 / |L⁻¹ (x - m)| of each row, for the rows of L⁻¹ in `root`.
fn scales(rows: &dyn Rows, mean: &[f64], root: &Matrix) -> Vec<f32> {
    const TOGETHER: usize = 4;
    let (dims, stride) = (rows.dims(), rows.stride());
    let mut centred = vec![0.0; TOGETHER * stride];
    let mut scales = Vec::with_capacity(rows.rows());
    for first in (0..rows.rows()).step_by(TOGETHER) {
        let together = TOGETHER.min(rows.rows() - first);
        for (row, centred) in (first..).zip(centred.chunks_exact_mut(stride.max(1)).take(together)) {
            for ((to, value), mean) in centred.iter_mut().zip(rows.meaning(row)).zip(mean) {
                *to = value as f32 - *mean as f32;
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
        scales.extend(squares[..together].iter().map(|&square| scale(square)));
    }
    scales
}
