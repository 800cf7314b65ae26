//! Rows of either element type, so that ranking code is compiled once. Only code that goes through a row's values is compiled for each
//! type.

use super::{Element, Matrix, Native, kernels};

/// A [`Matrix`] of float32 or int8. Every product is with what the rows mean.
pub trait Rows {
    /// How many there are.
    fn rows(&self) -> usize;
    /// [`Matrix::dims`]
    fn dims(&self) -> usize;
    /// [`Matrix::stride`]
    fn stride(&self) -> usize;
    /// [`Matrix::pad`]
    fn pad(&self, vector: &[f32]) -> Vec<f32>;
    /// [`kernels::scan`]
    fn scan(&self, query: &[f32], out: &mut [f32]);
    /// [`kernels::scan_list`]
    fn scan_list(&self, list: &[u32], query: &[f32], out: &mut [f32]);
    /// [`kernels::combine`]
    fn combine(&self, list: &[u32], factors: &[f32], sum: &mut [f32]);
    /// [`Matrix::meaning`]
    fn meaning(&self, row: usize) -> Vec<f64>;
    /// A row times `vector`, of [`Matrix::dims`] values, in float64.
    fn product(&self, row: usize, vector: &[f64]) -> f64;
    /// Adds `factor` times a row to `sum`, in float64.
    fn add_to(&self, row: usize, factor: f64, sum: &mut [f64]);
}

impl Matrix<i8> {
    /// [`kernels::scan_codes`]
    pub fn scan_codes(&self, query: &[f32], codes: &[i16], step: f32, out: &mut [f32]) {
        kernels::scan_codes::<Native>(self, query, codes, step, out);
    }
}

/// For each type by name, since generic code would be compiled where it is used, with whatever options are set there.
macro_rules! rows_of {
    ($($element:ty),*) => {$(
        impl Rows for Matrix<$element> {
            fn rows(&self) -> usize {
                self.rows()
            }
            fn dims(&self) -> usize {
                self.dims()
            }
            fn stride(&self) -> usize {
                self.stride()
            }
            fn pad(&self, vector: &[f32]) -> Vec<f32> {
                self.pad(vector)
            }
            fn scan(&self, query: &[f32], out: &mut [f32]) {
                kernels::scan::<Native, $element>(self, query, out);
            }
            fn scan_list(&self, list: &[u32], query: &[f32], out: &mut [f32]) {
                kernels::scan_list::<Native, $element>(self, list, query, out);
            }
            fn combine(&self, list: &[u32], factors: &[f32], sum: &mut [f32]) {
                kernels::combine::<Native, $element>(self, list, factors, sum);
            }
            fn meaning(&self, row: usize) -> Vec<f64> {
                let mut values = vec![0.0; self.dims()];
                visit(self, row, values.iter_mut(), |x, to| *to = x);
                values
            }
            fn product(&self, row: usize, vector: &[f64]) -> f64 {
                let mut sum = 0.0;
                visit(self, row, vector.iter(), |x, y| sum += x * y);
                sum
            }
            fn add_to(&self, row: usize, factor: f64, sum: &mut [f64]) {
                visit(self, row, sum.iter_mut(), |x, sum| *sum += factor * x);
            }
        }
    )*};
}

rows_of!(f32, i8);

/// Each value that a row means, with one of `others`.
#[inline(always)]
fn visit<E: Element, T>(
    rows: &Matrix<E>,
    row: usize,
    others: impl Iterator<Item = T>,
    mut with: impl FnMut(f64, T),
) {
    let (values, scale) = (rows.values(row).iter(), f64::from(rows.scale(row)));
    // Two loops: one that asked each time whether there is a centre would take half as long again.
    match rows.centre() {
        None => values.zip(others).for_each(|(&x, other)| with(x.into() * scale, other)),
        Some(centre) => {
            let share = f64::from(centre.share(row));
            let values = values.zip(centre.vector());
            let value = |x: E, centre: f32| x.into() * scale + f64::from(centre) * share;
            values.zip(others).for_each(|((&x, &centre), other)| with(value(x, centre), other));
        }
    }
}
