//! Rows that are not known one by one, as a mixture of clusters: normal distributions around centroids that share one covariance.

use crate::vector::top_k::top_k;
use crate::vector::{Matrix, Rows};

/// Clusters, nearest to what a request asked for, among which a candidate's own is sought.
const NEAR: usize = 24;

/// The mixture of all rows.
#[derive(Debug)]
pub(crate) struct Mixture {
    /// How many rows are in each cluster, which may be an estimate.
    pub counts: Vec<f64>,
    pub centroids: Matrix,
    /// Half the square of each centroid.
    half_squares: Vec<f32>,
    /// The covariance within clusters, pooled.
    pub within: Matrix,
}

impl Mixture {
    /// Of clusters with so many rows each, these centroids, and the covariance within clusters.
    pub fn new(counts: Vec<f64>, centroids: Matrix, within: Matrix) -> Self {
        let half = |row: usize| (centroids.length(row).powi(2) / 2.0) as f32;
        Self { half_squares: (0..counts.len()).map(half).collect(), counts, centroids, within }
    }

    /// The clusters among which rows near to a vector are; all if there is none.
    pub fn near(&self, vector: &[f32]) -> Vec<u32> {
        if vector.is_empty() {
            return (0..self.counts.len() as u32).collect();
        }
        let mut products = vec![0.0; self.counts.len()];
        self.centroids.scan(&self.centroids.pad(vector), &mut products);
        top_k(&products, NEAR).into_iter().map(|cluster| cluster as u32).collect()
    }

    /// Which of these clusters a row is nearest to.
    pub fn nearest(&self, near: &[u32], row: &[f32]) -> u32 {
        let mut products = vec![0.0; near.len()];
        self.centroids.scan_list(near, &self.centroids.pad(row), &mut products);
        let distance = |place: usize| products[place] - self.half_squares[near[place] as usize];
        let best = (0..near.len()).max_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        best.map_or(0, |place| near[place])
    }

    /// How many rows of each cluster are left without these, of which each is in one of them.
    pub fn counts_without(&self, clusters: &[u32]) -> Vec<f64> {
        let mut counts = self.counts.clone();
        clusters.iter().for_each(|&cluster| counts[cluster as usize] -= 1.0);
        counts.iter_mut().for_each(|count| *count = count.max(0.0));
        counts
    }

    /// The pooled covariance times a vector.
    pub fn within_times(&self, vector: &[f32]) -> Vec<f64> {
        times(&self.within, vector)
    }
}

/// A symmetric matrix times a vector.
pub(crate) fn times(matrix: &Matrix, vector: &[f32]) -> Vec<f64> {
    let mut image = vec![0.0; matrix.rows()];
    matrix.scan(&matrix.pad(vector), &mut image);
    image.into_iter().map(f64::from).collect()
}

/// Of a normal distribution of margins t with this mean and variance, the expectation of max(0, 1 + t)², half of its derivative by the mean, and
/// its derivative by the variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hinge {
    pub expected: f64,
    pub by_mean: f64,
    pub by_variance: f64,
    /// The density of 1 + t at 0, times the deviation.
    density: f64,
    deviation: f64,
    mean: f64,
}

impl Hinge {
    /// With m = 1 + mean and z = m / deviation: (m² + s²) Φ(z) + m s φ(z).
    pub fn of(mean: f64, variance: f64) -> Self {
        let (m, s) = (1.0 + mean, variance.max(0.0).sqrt());
        // Beyond this there is nothing on the other side, and 0/0 is none of it.
        const FAR: f64 = 38.0;
        let (share, density) = if m.abs() >= FAR * s {
            (f64::from(u8::from(m > 0.0)), 0.0)
        } else {
            let z = m / s;
            (0.5 * libm::erfc(-z / std::f64::consts::SQRT_2), (-0.5 * z * z).exp() / ROOT_OF_CIRCLE)
        };
        let by_mean = m * share + s * density;
        Self {
            expected: m * by_mean + s * s * share,
            by_mean,
            by_variance: share,
            density,
            deviation: s,
            mean: m,
        }
    }

    /// The first and second derivative along a line, on which the mean changes by `mean`, and the variance by `first` and then `second`.
    pub fn along(&self, mean: f64, first: f64, second: f64) -> (f64, f64) {
        let Self { by_mean, by_variance, density, deviation, .. } = *self;
        let slope = 2.0 * by_mean * mean + by_variance * first;
        if density == 0.0 {
            return (slope, 2.0 * by_variance * mean * mean + by_variance * second);
        }
        let widens = first / (2.0 * deviation);
        let turns = mean / deviation - self.mean * widens / (deviation * deviation);
        let bend = 2.0 * (by_variance * mean + density * widens) * mean
            + density * turns * first
            + by_variance * second;
        (slope, bend)
    }
}

/// √(2π)
const ROOT_OF_CIRCLE: f64 = 2.506_628_274_631_000_5;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        /// Against the integral by the midpoints of many slices.
        #[test]
        fn the_expectation_is_the_integral(mean in -4.0f64..3.0, deviation in 0.01f64..3.0) {
            const SLICES: usize = 20_000;
            let width = 20.0 / SLICES as f64;
            let integral: f64 = (0..SLICES)
                .map(|slice| {
                    let z = -10.0 + (slice as f64 + 0.5) * width;
                    let density = (-0.5 * z * z).exp() / ROOT_OF_CIRCLE;
                    (1.0 + mean + deviation * z).max(0.0).powi(2) * density * width
                })
                .sum();
            let hinge = Hinge::of(mean, deviation * deviation);
            prop_assert!((hinge.expected - integral).abs() <= 1e-6 * (1.0 + integral), "{hinge:?} {integral}");
        }

        /// Against differences.
        #[test]
        fn derivatives_are_those_of_the_expectation(
            mean in -3.0f64..2.0, variance in 0.05f64..2.0, along in -1.0f64..1.0, first in -0.3f64..0.3, second in 0.0f64..0.5,
        ) {
            let at = |t: f64| Hinge::of(mean + t * along, variance + t * first + 0.5 * t * t * second);
            let h = 1e-4;
            let (slope, bend) = at(0.0).along(along, first, second);
            let differences = (at(h).expected - at(-h).expected) / (2.0 * h);
            prop_assert!((slope - differences).abs() < 1e-5, "{slope} {differences}");
            let differences = (at(h).along(along, first + h * second, second).0 - at(-h).along(along, first - h * second, second).0) / (2.0 * h);
            prop_assert!((bend - differences).abs() < 1e-4, "{bend} {differences}");
        }
    }

    #[test]
    fn without_variance_it_is_the_hinge() {
        for (mean, expected) in [(-2.0, 0.0f64), (-1.0, 0.0), (0.0, 1.0), (1.0, 4.0)] {
            let hinge = Hinge::of(mean, 0.0);
            assert_eq!((hinge.expected, hinge.by_mean), (expected, expected.sqrt()), "{mean}");
        }
    }
}
