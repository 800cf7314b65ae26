//! Combining the scores of several methods.

use std::str::FromStr;

use super::top_k;
use crate::{Error, Result};

/// The z-scores of `scores`: each minus the mean, divided by the population standard deviation. A constant list becomes zeros,
/// because it says nothing about the order.
pub fn z_scores(scores: &[f32]) -> Vec<f32> {
    let n = scores.len().max(1) as f64;
    let mean = scores.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let variance = scores.iter().map(|&s| (f64::from(s) - mean).powi(2)).sum::<f64>() / n;
    let deviation = variance.sqrt();
    // Scores are float32: a spread below their resolution is rounding, not information.
    let resolution = f64::from(f32::EPSILON) * mean.abs();
    if deviation <= resolution {
        return vec![0.0; scores.len()];
    }
    scores.iter().map(|&s| ((f64::from(s) - mean) / deviation) as f32).collect()
}

/// How scores of different methods are made comparable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fusion {
    /// The weighted mean of the z-scores.
    #[default]
    ZScore,
    /// The weighted mean of 1 / (60 + rank): reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). Equal scores share the mean of
    /// their ranks, so passages without a word of the query gain nothing by their position.
    ReciprocalRank,
}

impl FromStr for Fusion {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "z-score" => Ok(Self::ZScore),
            "rrf" => Ok(Self::ReciprocalRank),
            _ => Err(Error::option("fusion", format!("\"{name}\""), "expected z-score or rrf")),
        }
    }
}

impl Fusion {
    /// Combines lists of one score for each passage; each list has a weight above 0.
    pub fn fuse(self, lists: &[(f32, &[f32])]) -> Vec<f32> {
        let comparable = match self {
            Self::ZScore => z_scores,
            Self::ReciprocalRank => reciprocal_ranks,
        };
        let passages = lists.iter().map(|(_, list)| list.len()).min().unwrap_or(0);
        let total: f32 = lists.iter().map(|(weight, _)| weight).sum();
        let lists: Vec<(f32, Vec<f32>)> =
            lists.iter().map(|(weight, list)| (*weight, comparable(list))).collect();
        (0..passages)
            .map(|i| lists.iter().map(|(weight, list)| weight * list[i]).sum::<f32>() / total)
            .collect()
    }
}

/// The constant of reciprocal rank fusion, its authors' choice.
const RRF_K: f64 = 60.0;

fn reciprocal_ranks(scores: &[f32]) -> Vec<f32> {
    let order = top_k(scores, scores.len());
    let mut ranks = vec![0.0; scores.len()];
    let mut first = 1;
    for equal in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let mean = first as f64 + (equal.len() - 1) as f64 / 2.0;
        equal.iter().for_each(|&i| ranks[i] = (1.0 / (RRF_K + mean)) as f32);
        first += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{Fusion, z_scores};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn uses_the_population_standard_deviation() {
        // Mean 5, population deviation 2.
        let z = z_scores(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(z, [-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn constant_scores_contribute_nothing() {
        assert_eq!(z_scores(&[0.1; 7]), [0.0; 7]);
        assert_eq!(z_scores(&[3.0]), [0.0]);
        assert_eq!(Fusion::ZScore.fuse(&[(1.0, &[0.7, 0.7]), (1.0, &[1.0, 3.0])]), [-0.5, 0.5]);
    }

    #[test]
    fn weights_are_ratios() {
        let lists = |a, b| [(a, &[1.0, 3.0][..]), (b, &[3.0, 1.0][..])];
        assert_eq!(Fusion::ZScore.fuse(&lists(3.0, 1.0)), [-0.5, 0.5]);
        assert_eq!(Fusion::ZScore.fuse(&lists(0.75, 0.25)), [-0.5, 0.5]);
    }

    #[test]
    fn equal_scores_share_a_reciprocal_rank() {
        let ranks = |ranks: &[f32]| -> Vec<f32> { ranks.iter().map(|rank| 1.0 / (60.0 + rank)).collect() };
        assert_eq!(
            Fusion::ReciprocalRank.fuse(&[(1.0, &[0.0, 5.0, 0.0, 7.0])]),
            ranks(&[3.5, 2.0, 3.5, 1.0])
        );
        assert_eq!(Fusion::ReciprocalRank.fuse(&[(2.0, &[0.0; 3])]), ranks(&[2.0; 3]));
        assert_eq!(Fusion::ReciprocalRank.fuse(&[(1.0, &[])]), [0.0; 0]);
    }

    proptest! {
        #[test]
        fn the_mean_is_zero_and_the_deviation_one(
            scores in prop::collection::vec(prop_oneof![-1.0f32..1.0, -1e30f32..1e30], 1..60),
        ) {
            let z = z_scores(&scores);
            prop_assert!(z.iter().all(|z| z.is_finite()));
            let n = z.len() as f32;
            let mean = z.iter().sum::<f32>() / n;
            let variance = z.iter().map(|z| z * z).sum::<f32>() / n;
            prop_assert!(mean.abs() < 1e-4, "mean {}", mean);
            prop_assert!((variance - 1.0).abs() < 1e-4 || z.iter().all(|&z| z == 0.0), "variance {}", variance);
        }

        #[test]
        fn keeps_the_order(scores in prop::collection::vec(any::<i16>().prop_map(f32::from), 2..60)) {
            let z = z_scores(&scores);
            for i in 1..z.len() {
                prop_assert_eq!(z[i - 1].partial_cmp(&z[i]), scores[i - 1].partial_cmp(&scores[i]));
            }
        }
    }
}
