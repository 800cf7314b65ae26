//! The confidence interval of a mean over queries: percentile bootstrap (Efron 1979; for retrieval, Sakai 2006).

use exemplar_search::random::SplitMix64;
use serde::Serialize;

const RESAMPLES: usize = 2000;
/// The share of resamples below and above the interval.
const TAIL: f64 = 0.025;

/// A mean and its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Of one value a query, at least one. The same values give the same interval.
    pub fn of(values: &[f64]) -> Self {
        let mean = |sum: f64| sum / values.len().max(1) as f64;
        let mut random = SplitMix64(values.len() as u64);
        let mut means: Vec<f64> = (0..RESAMPLES)
            .map(|_| mean((0..values.len()).map(|_| values[below(&mut random, values.len())]).sum()))
            .collect();
        means.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
        Self { mean: mean(values.iter().sum()), low: at(TAIL), high: at(1.0 - TAIL) }
    }
}

fn below(random: &mut SplitMix64, end: usize) -> usize {
    ((u128::from(random.draw()) * end as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn an_interval_is_about_two_standard_errors_wide_on_each_side() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        let Interval { mean, low, high } = Interval::of(&values);
        assert_eq!(mean, 0.5);
        // The standard error is 0.5 / sqrt(400).
        for side in [mean - low, high - mean] {
            assert!((side / 0.025 - 1.96).abs() < 0.2, "{low} {high}");
        }
        assert_eq!(Interval::of(&values), Interval { mean, low, high });
        assert_eq!(Interval::of(&[0.25; 3]), Interval { mean: 0.25, low: 0.25, high: 0.25 });
    }
}
