//! The whitened cosine against its definition in float64.

use crate::support::cases;
use exemplar_search::rank::Moments;
use exemplar_search::rank::whitened::Whitening;
use exemplar_search::vector::Matrix;
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// a⁻¹ b by Gaussian elimination; a is symmetric and positive definite.
pub fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        for j in i + 1..n {
            let (above, below) = a.split_at_mut(j);
            let factor = below[0][i] / above[i][i];
            below[0].iter_mut().zip(&above[i]).for_each(|(x, pivot)| *x -= factor * pivot);
            b[j] -= factor * b[i];
        }
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|j| a[i][j] * b[j]).sum::<f64>()) / a[i][i];
    }
    b
}

fn oracle(rows: &[Vec<f64>], target: &[f64], shrinkage: f64) -> Vec<f64> {
    let (n, dims) = (rows.len() as f64, target.len());
    let mean: Vec<f64> = (0..dims).map(|j| rows.iter().map(|row| row[j]).sum::<f64>() / n).collect();
    let centred = |row: &[f64]| -> Vec<f64> { row.iter().zip(&mean).map(|(x, mean)| x - mean).collect() };
    let mut covariance = vec![vec![0.0; dims]; dims];
    for row in rows.iter().map(|row| centred(row)) {
        for i in 0..dims {
            for j in 0..dims {
                covariance[i][j] += row[i] * row[j] / n;
            }
        }
    }
    let eigenvalue = (0..dims).map(|i| covariance[i][i]).sum::<f64>() / dims as f64;
    (0..dims).for_each(|i| covariance[i][i] += shrinkage * eigenvalue);
    let product = |a: &[f64], b: &[f64]| -> f64 {
        solve(covariance.clone(), b.to_vec()).iter().zip(a).map(|(x, y)| x * y).sum()
    };
    let target = centred(target);
    let length = product(&target, &target).sqrt();
    rows.iter()
        .map(|row| {
            let row = centred(row);
            product(&row, &target) / (product(&row, &row).sqrt() * length)
        })
        .collect()
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn whitened_scores_are_those_of_the_definition(
        (rows, dims) in prop_oneof![(2usize..70, 1usize..12), (2usize..12, 1usize..70)],
        values in prop::collection::vec(-1.0f32..1.0, 12 * 71),
        scale in 0.5f32..2.0,
        common in 0.0f32..2.0,
        shrinkage in 0.5f64..20.0,
    ) {
        // A direction that all rows share, as text embeddings have.
        let values: Vec<f32> = values.iter().enumerate().map(|(i, x)| if i % dims == 0 { x + common } else { *x }).collect();
        let (target, values) = (&values[..dims], &values[dims..][..rows * dims]);
        let mut matrix = Matrix::from_values(values, dims);
        matrix.scales_mut().fill(scale);
        let moments = Moments::of(&matrix);
        let whitening = Whitening::of(&matrix, || &moments, shrinkage);
        let found = whitening.scores(&matrix, &matrix.pad(target));
        let exact = |values: &[f32], scale: f32| values.iter().map(|x| f64::from(*x) * f64::from(scale)).collect::<Vec<f64>>();
        let rows: Vec<Vec<f64>> = values.chunks(dims).map(|row| exact(row, scale)).collect();
        let mean: Vec<f64> =
            (0..dims).map(|j| rows.iter().map(|row| row[j]).sum::<f64>() / rows.len() as f64).collect();
        let square = |row: &Vec<f64>| row.iter().zip(&mean).map(|(x, mean)| (x - mean).powi(2)).sum::<f64>();
        let variance = rows.iter().map(square).sum::<f64>() / values.len() as f64;
        let scales = whitening.scales().to_vec();
        let shipped = Whitening::with_scales(mean.clone(), variance, None, shrinkage, scales);
        let by_products = shipped.scores(&matrix, &matrix.pad(target));
        let oracle = oracle(&rows, &exact(target, 1.0), shrinkage);
        for (((found, expected), row), by_products) in found.iter().zip(oracle).zip(&rows).zip(by_products) {
            // The direction of a row next to the mean is what float32 leaves of it, and one at the mean has none.
            let from_mean = row.iter().zip(&mean).map(|(x, mean)| (x - mean).powi(2)).sum::<f64>().sqrt();
            if from_mean < 1e-3 {
                continue;
            }
            let tolerance = 1e-4 + 2e-6 / from_mean;
            prop_assert!((f64::from(*found) - expected).abs() < tolerance, "{} {}", found, expected);
            prop_assert!((f64::from(by_products) - expected).abs() < tolerance, "{} {}", by_products, expected);
        }
    }
}

#[test]
fn rows_that_do_not_vary_score_nothing() {
    for rows in [1, 5] {
        let matrix = Matrix::from_values(&[0.6, 0.8].repeat(rows), 2);
        let moments = Moments::of(&matrix);
        let whitening = Whitening::of(&matrix, || &moments, 10.0);
        assert_eq!(whitening.scores(&matrix, &matrix.pad(&[1.0, 0.0])), vec![0.0; rows]);
    }
}
