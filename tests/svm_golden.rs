//! Both SVM solvers against scikit-learn's LinearSVC, from `tests/golden/generate_svm.py`.

use crate::support::synthetic;
use exemplar_search::rank::svm::{self, Options, Stop, TrainingSet};
use exemplar_search::rank::top_k;
use exemplar_search::vector::Matrix;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[derive(serde::Deserialize)]
struct Golden {
    rows: usize,
    dims: usize,
    seed: u64,
    c: f64,
    scores: Vec<f32>,
}

/// The rows and the query of a case.
fn vectors(golden: &Golden) -> (Matrix, Vec<f32>) {
    let all = synthetic::clustered(golden.rows + 1, golden.dims, golden.seed);
    let mut rows = Matrix::zeros(golden.rows, golden.dims);
    for row in 0..golden.rows {
        rows.values_mut(row).copy_from_slice(all.values(row));
    }
    (rows, all.row(golden.rows).to_vec())
}

fn goldens() -> Vec<Golden> {
    serde_json::from_str(include_str!("golden/svm.json")).unwrap()
}

fn check(golden: &Golden, fit: &svm::Fit) {
    let case = format!("{} x {}, C = {}: {:?}", golden.rows, golden.dims, golden.c, fit.report);
    assert_eq!(fit.report.stop, Stop::Converged, "{case}");
    assert_eq!(fit.scores.len(), golden.rows, "{case}");
    for (row, (score, expected)) in fit.scores.iter().zip(&golden.scores).enumerate() {
        assert!((score - expected).abs() < 1e-4, "row {row}: {score}, not {expected}; {case}");
    }
    // The order too, but for scores that the golden file's rounding cannot tell apart.
    for (found, expected) in top_k(&fit.scores, 10).into_iter().zip(top_k(&golden.scores, 10)) {
        assert!((golden.scores[found] - golden.scores[expected]).abs() < 2e-5, "{case}");
    }
}

#[test]
fn newton_agrees_with_scikit_learn() {
    for golden in goldens() {
        let (rows, query) = vectors(&golden);
        check(
            &golden,
            &svm::fit(&rows, &TrainingSet::query(&query), &Options::default().c(golden.c)).unwrap(),
        );
    }
}

#[test]
fn coordinate_descent_agrees_with_scikit_learn() {
    // A larger C takes it thousands of epochs, as it does liblinear.
    for golden in goldens().into_iter().filter(|golden| golden.c <= 1.0) {
        let (rows, query) = vectors(&golden);
        let options = Options::default().c(golden.c);
        check(&golden, &svm::dual::fit(&rows, &TrainingSet::query(&query), &options, 7).unwrap());
    }
}
