//! The rows of a collection around their mean: products that take time and memory linear in the dimensions, because they need no
//! matrix of dimensions x dimensions.

use crate::dense::{Dense, dot};
use crate::{Native, Rows, kernels};

/// Rows that are multiplied and added up while they are in the cache, and whose sums are in float32.
const PANEL: usize = 64;
/// Values whose products are summed in float32 before they go to float64; a multiple of 4.
const CHUNK: usize = 512;

/// Rows and their mean.
pub struct Deviations<'a> {
    rows: &'a dyn Rows,
    mean: Vec<f64>,
}

impl<'a> Deviations<'a> {
    /// Computes the mean, in one scan.
    pub fn of(rows: &'a dyn Rows) -> Self {
        let mut mean = vec![0.0; rows.dims()];
        let share = 1.0 / rows.rows().max(1) as f64;
        for list in panels(rows.rows()) {
            add_combined(rows, &list, &vec![1.0; list.len()], &mut mean);
        }
        mean.iter_mut().for_each(|x| *x *= share);
        Self { rows, mean }
    }

    /// Uses a mean that is known.
    pub fn from(rows: &'a dyn Rows, mean: Vec<f64>) -> Self {
        Self { rows, mean }
    }

    /// The mean row; zeros where there are no rows.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The products of the deviations of each two rows: D D', where D are the m rows minus their mean. Costs m² d / 2
    /// multiplications, and 4 m d bytes on the way.
    pub fn gram(&self) -> Dense {
        let (m, dims) = (self.rows.rows(), self.rows.dims());
        let stride = dims.next_multiple_of(4);
        let all = m.next_multiple_of(4);
        let mut deviations = vec![0.0f32; all * stride];
        for (row, to) in deviations.chunks_exact_mut(stride.max(1)).take(m).enumerate() {
            let values = self.rows.meaning(row);
            to.iter_mut().zip(values).zip(&self.mean).for_each(|((to, x), mean)| *to = (x - mean) as f32);
        }
        let mut gram = Dense::zeros(m);
        for first in (0..stride).step_by(CHUNK) {
            let width = CHUNK.min(stride - first);
            let chunk = |row: usize| &deviations[row * stride + first..][..width];
            for i in 0..m {
                let out = &mut gram.data[i * m..][..=i];
                for (four, out) in out.chunks_mut(4).enumerate() {
                    let others = core::array::from_fn(|place| chunk(4 * four + place));
                    let dots = kernels::dots::<Native>(chunk(i), others);
                    out.iter_mut().zip(dots).for_each(|(out, dot)| *out += f64::from(dot));
                }
            }
        }
        gram.mirror();
        gram
    }

    /// The product of each row's deviation with that of `vector`, in float64; `vector` has the mean's length at least.
    pub fn products(&self, vector: &[f32]) -> Vec<f64> {
        let deviation: Vec<f64> = self.deviation(vector);
        let at_mean = dot(&deviation, &self.mean);
        (0..self.rows.rows()).map(|row| self.rows.product(row, &deviation) - at_mean).collect()
    }

    /// A vector minus the mean.
    pub fn deviation(&self, vector: &[f32]) -> Vec<f64> {
        vector.iter().zip(&self.mean).map(|(&x, mean)| f64::from(x) - mean).collect()
    }

    /// The covariance of the rows (their sum of squares divided by their number) times `vector`. Visits each row once, and multiplies it
    /// twice.
    pub fn covariance_times(&self, vector: &[f64]) -> Vec<f64> {
        let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let query = self.rows.pad(&narrow);
        let at_mean = self.mean.iter().zip(&narrow).map(|(mean, &x)| mean * f64::from(x)).sum::<f64>();
        let mut image = vec![0.0; self.mean.len()];
        let mut products = vec![0.0; PANEL];
        let mut sum = 0.0;
        for list in panels(self.rows.rows()) {
            let products = &mut products[..list.len()];
            self.rows.scan_list(&list, &query, products);
            for product in products.iter_mut() {
                *product = (f64::from(*product) - at_mean) as f32;
                sum += f64::from(*product);
            }
            add_combined(self.rows, &list, products, &mut image);
        }
        let share = 1.0 / self.rows.rows().max(1) as f64;
        image.iter_mut().zip(&self.mean).for_each(|(x, mean)| *x = (*x - sum * mean) * share);
        image
    }
}

fn panels(rows: usize) -> impl Iterator<Item = Vec<u32>> {
    (0..rows).step_by(PANEL).map(move |first| (first as u32..rows.min(first + PANEL) as u32).collect())
}

/// `to += Σ factor row` over the rows of `list`.
fn add_combined(rows: &dyn Rows, list: &[u32], factors: &[f32], to: &mut [f64]) {
    let mut sum = vec![0.0f32; rows.stride()];
    rows.combine(list, factors, &mut sum);
    to.iter_mut().zip(sum).for_each(|(to, x)| *to += f64::from(x));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Matrix, Moments};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn they_have_the_moments_of_the_rows(
            (rows, dims) in (0usize..150, 1usize..12),
            values in prop::collection::vec(-1.0f32..1.0, 150 * 12),
            scale in 0.1f32..10.0,
        ) {
            let mut matrix = Matrix::from_values(&values[..rows * dims], dims);
            matrix.scales_mut().fill(scale);
            let (moments, deviations) = (Moments::of(&matrix), Deviations::of(&matrix));
            let tolerance = 1e-5 * f64::from(scale * scale);
            for (found, expected) in deviations.mean().iter().zip(moments.mean()) {
                prop_assert!((found - expected).abs() < tolerance.max(1e-6));
            }
            let covariance = moments.covariance();
            let vector: Vec<f64> = (0..dims).map(|i| (i as f64 * 0.618).fract() - 0.5).collect();
            for (i, found) in deviations.covariance_times(&vector).into_iter().enumerate() {
                prop_assert!((found - dot(covariance.row(i), &vector)).abs() < 4.0 * tolerance);
            }
            let gram = deviations.gram();
            let exact = |row| deviations.deviation(
                &matrix.meaning(row).map(|x| x as f32).collect::<Vec<_>>());
            let target: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
            let products = deviations.products(&target);
            for (i, product) in products.iter().enumerate() {
                for j in 0..rows {
                    let expected = dot(&exact(i), &exact(j));
                    prop_assert!((gram.row(i)[j] - expected).abs() < 12.0 * tolerance, "{} {expected}", gram.row(i)[j]);
                }
                let expected = dot(&exact(i), &deviations.deviation(&target));
                prop_assert!((product - expected).abs() < 12.0 * tolerance.max(1e-6));
            }
        }
    }
}
