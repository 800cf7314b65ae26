//! Putting scores of several methods together.

/// The z-scores of `scores`: less their mean, over their population standard deviation. A constant list becomes
/// zeros: it says nothing about the order.
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

/// The mean of the z-scores of each list; every list has one score for each passage.
pub fn mean_z_scores(lists: &[&[f32]]) -> Vec<f32> {
    let z: Vec<Vec<f32>> = lists.iter().map(|list| z_scores(list)).collect();
    let passages = lists.iter().map(|list| list.len()).min().unwrap_or(0);
    (0..passages).map(|i| z.iter().map(|z| z[i]).sum::<f32>() / z.len() as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::{mean_z_scores, z_scores};
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
        assert_eq!(mean_z_scores(&[&[0.7, 0.7], &[1.0, 3.0]]), [-0.5, 0.5]);
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
