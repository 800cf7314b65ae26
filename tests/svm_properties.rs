//! The SVM solver against a naive float64 oracle, on generated and on hard input.

use std::cell::OnceCell;

use crate::support::cases;
use exemplar_search::rank::svm::{self, Background, Fit, Options, Stop, TrainingSet};
use exemplar_search::rank::{Moments, knn};
use exemplar_search::vector::{Matrix, Rows, quantize};
use ndarray::{Array1, Array2};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The textbook algorithm: Newton with the whole Hessian, Gaussian elimination, and step halving.
fn oracle(rows: &Matrix, examples: &TrainingSet, options: &Options) -> Vec<f64> {
    let (m, dims) = (rows.rows(), rows.dims());
    let positives = examples.positives.len();
    let negatives = m - examples.left_out.len();
    let mut x = Array2::<f64>::ones((m + positives, dims + 1));
    for i in 0..m + positives {
        let (values, scale) =
            if i < m { (rows.values(i), rows.scale(i)) } else { (&examples.positives[i - m][..dims], 1.0) };
        for (j, &value) in values.iter().enumerate() {
            x[(i, j)] = f64::from(value) * f64::from(scale);
        }
    }
    let y = Array1::from_iter((0..m + positives).map(|i| if i < m { -1.0 } else { 1.0 }));
    let balanced = |class: usize| options.c * (negatives + positives) as f64 / (2.0 * class as f64);
    let cost = Array1::from_iter((0..m + positives).map(|i| match i {
        i if i >= m => balanced(positives) * options.positive_weight,
        i if examples.left_out.contains(&i) => 0.0,
        i if examples.disliked.contains(&i) => balanced(negatives) * options.less_weight,
        _ => balanced(negatives),
    }));
    let slack = |w: &Array1<f64>| 1.0 - &y * &x.dot(w);
    let objective = |w: &Array1<f64>| 0.5 * w.dot(w) + (&cost * &slack(w).mapv(|s| s.max(0.0).powi(2))).sum();
    let mut w = Array1::<f64>::zeros(dims + 1);
    for _ in 0..200 {
        let slack = slack(&w);
        let weight =
            Array1::from_shape_fn(m + positives, |i| if slack[i] > 0.0 { 2.0 * cost[i] } else { 0.0 });
        let gradient = &w - &x.t().dot(&(&weight * &slack * &y));
        let mut hessian = Array2::<f64>::eye(dims + 1);
        for i in 0..m + positives {
            let row = x.row(i);
            for j in 0..=dims {
                hessian.row_mut(j).scaled_add(weight[i] * row[j], &row);
            }
        }
        let direction = solve(hessian, -gradient);
        let mut step = 1.0;
        while step > 1e-12 && objective(&(&w + &(step * &direction))) > objective(&w) {
            step *= 0.5;
        }
        let next = &w + &(step * &direction);
        if next == w {
            break;
        }
        w = next;
    }
    (0..m).map(|i| x.row(i).dot(&w) - w[dims]).collect()
}

fn solve(mut a: Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    let n = b.len();
    for column in 0..n {
        let pivot =
            (column..n).max_by(|&i, &j| a[(i, column)].abs().total_cmp(&a[(j, column)].abs())).unwrap();
        for j in 0..n {
            a.swap((column, j), (pivot, j));
        }
        b.swap(column, pivot);
        for i in column + 1..n {
            let factor = a[(i, column)] / a[(column, column)];
            for j in column..n {
                let above = a[(column, j)];
                a[(i, j)] -= factor * above;
            }
            b[i] -= factor * b[column];
        }
    }
    for i in (0..n).rev() {
        for j in i + 1..n {
            b[i] -= a[(i, j)] * b[j];
        }
        b[i] /= a[(i, i)];
    }
    b
}

/// Rows of values in -1..1 with scales, some rows repeated, and a query that is sometimes one of them.
fn rows_and_query() -> impl Strategy<Value = (Matrix, Vec<f32>)> {
    rows_and_query_of(vec![1, 2, 3, 5, 8, 13])
}

/// [`rows_and_query`] of one of these dimensions.
fn rows_and_query_of(dims: Vec<usize>) -> impl Strategy<Value = (Matrix, Vec<f32>)> {
    (1usize..30, prop::sample::select(dims)).prop_flat_map(|(rows, dims)| {
        let values = prop::collection::vec(-1.0f32..1.0, rows * dims);
        let scales = prop::collection::vec(0.5f32..2.0, rows);
        let sources = prop::collection::vec(0..rows, rows);
        let query = prop_oneof![
            prop::collection::vec(-1.0f32..1.0, dims).prop_map(Ok),
            (0..rows).prop_map(Err), // this row
        ];
        (values, scales, sources, query).prop_map(move |(values, scales, sources, query)| {
            let mut distinct = Matrix::from_values(&values, dims);
            distinct.scales_mut().copy_from_slice(&scales);
            let mut matrix = distinct.clone();
            for (row, source) in sources.into_iter().enumerate().step_by(3) {
                matrix.values_mut(row).copy_from_slice(distinct.values(source));
                matrix.scales_mut()[row] = distinct.scale(source);
            }
            let query = query
                .unwrap_or_else(|row| matrix.values(row).iter().map(|x| x * matrix.scale(row)).collect());
            let query = matrix.pad(&query);
            (matrix, query)
        })
    })
}

fn assert_solves(rows: &Matrix, query: &[f32], c: f64) {
    assert_solves_for(rows, &TrainingSet::query(query), &Options::default().c(c));
}

fn assert_solves_for(rows: &Matrix, examples: &TrainingSet, options: &Options) {
    let fit = svm::fit(rows, examples, options).unwrap();
    assert_ne!(fit.report.stop, Stop::StepLimit, "{:?}", fit.report);
    for (row, (&found, expected)) in fit.scores.iter().zip(oracle(rows, examples, options)).enumerate() {
        // The error of w is within 5e-5, and counts as often as the row is long.
        let square: f32 = rows.values(row).iter().map(|x| (x * rows.scale(row)).powi(2)).sum();
        let tolerance = 1e-4 * expected.abs().max(f64::from(square).sqrt()).max(1.0);
        assert!(
            (f64::from(found) - expected).abs() < tolerance,
            "row {row} of {} x {}, {options:?}: {found}, not {expected}; {:?}",
            rows.rows(),
            rows.dims(),
            fit.report
        );
    }
}

/// For up to four positives.
fn background(rows: &dyn Rows, c: f64) -> Background {
    let moments = OnceCell::new();
    Background::new(rows, || Some(moments.get_or_init(|| Moments::of(rows))), c, 4)
}

/// The first rows as examples, so many liked and disliked, beside the query.
fn examples(rows: &Matrix, query: &[f32], liked: usize, disliked: usize) -> TrainingSet {
    let liked = liked.min(rows.rows());
    let like = |row: usize| {
        let values: Vec<f32> = rows.values(row).iter().map(|x| x * rows.scale(row)).collect();
        rows.pad(&values)
    };
    TrainingSet {
        positives: std::iter::once(query.to_vec()).chain((0..liked).map(like)).collect(),
        left_out: (0..liked).collect(),
        disliked: (liked..rows.rows().min(liked + disliked)).collect(),
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn newton_agrees_with_the_oracle((rows, query) in rows_and_query(), exponent in -6.0f64..6.0) {
        assert_solves(&rows, &query, 10f64.powf(exponent).clamp(1e-6, 1e6));
    }

    #[test]
    fn several_examples_too(
        (rows, query) in rows_and_query(),
        liked in 0usize..4,
        disliked in 0usize..4,
        exponent in -3.0f64..3.0,
        positive_weight in 0.1f64..10.0,
        less_weight in 0.1f64..100.0,
    ) {
        let options = Options::default().c(10f64.powf(exponent)).positive_weight(positive_weight).less_weight(less_weight);
        assert_solves_for(&rows, &examples(&rows, &query, liked, disliked), &options);
    }

    #[test]
    fn fewer_rows_than_dimensions(
        (rows, query) in rows_and_query_of(vec![24, 37]),
        liked in 0usize..12,
        disliked in 0usize..4,
        exponent in -3.0f64..2.0,
    ) {
        let options = Options::default().c(10f64.powf(exponent));
        assert_solves_for(&rows, &examples(&rows, &query, liked, disliked), &options);
    }

    #[test]
    fn extra_products_are_the_scores_of_knn_and_nothing_else_changes(
        (rows, query) in prop_oneof![rows_and_query(), rows_and_query_of(vec![24, 37])],
        liked in 0usize..4,
        of_the_query: bool,
        exponent in -3.0f64..3.0,
    ) {
        let options = Options::default().c(10f64.powf(exponent));
        let target = if of_the_query { query.clone() } else { query.iter().map(|x| 0.3 * x).collect() };
        fn check(rows: &dyn Rows, examples: &TrainingSet, options: &Options, target: &[f32]) {
            let background = background(rows, options.c);
            let fit = |extra| svm::fit_until(rows, &background, examples, options, extra, &|_, _| false).unwrap();
            let expected = Fit { extra: knn::scores(rows, target), ..fit(None) };
            assert_eq!(fit(Some(target)), expected);
        }
        let examples = examples(&rows, &query, liked, 2);
        check(&rows, &examples, &options, &target);
        check(&quantize(&rows), &examples, &options, &target);
    }

    #[test]
    fn earlier_queries_leave_no_trace(
        (rows, query) in prop_oneof![rows_and_query(), rows_and_query_of(vec![24, 37])],
        asked in prop::collection::vec((0usize..4, 0usize..4, 0.1f32..3.0, any::<bool>()), 1..6),
    ) {
        let options = Options::default();
        let kept = background(&rows, options.c);
        for (liked, disliked, scale, soon) in asked {
            let query: Vec<f32> = query.iter().map(|x| scale * x).collect();
            let examples = examples(&rows, &query, liked, disliked);
            let fit = |background: &Background| {
                svm::fit_until(&rows, background, &examples, &options, None, &|_, error| soon && error < 0.1).unwrap()
            };
            prop_assert_eq!(fit(&kept), fit(&background(&rows, options.c)));
        }
    }

    #[test]
    fn coordinate_descent_agrees_with_newton((rows, query) in rows_and_query(), seed: u64) {
        // Of rows longer than 1, scores are off by as much more than the tolerance, and both solvers' are.
        let options = Options::default().c(0.3).tolerance(1e-5);
        let examples = examples(&rows, &query, 1, 1);
        let newton = svm::fit(&rows, &examples, &options).unwrap();
        let dual = svm::dual::fit(&rows, &examples, &options, seed).unwrap();
        for (a, b) in newton.scores.iter().zip(&dual.scores) {
            prop_assert!((a - b).abs() < 1e-4, "{} {}; {:?}", a, b, dual.report);
        }
    }
}

#[test]
fn one_row() {
    for c in [1e-6, 0.1, 1e6] {
        let row = Matrix::from_values(&[0.6, 0.8], 2);
        assert_solves(&row, &row.pad(&[1.0, 0.0]), c);
        assert_solves(&row, &row.pad(&[0.6, 0.8]), c);
    }
}

#[test]
fn identical_rows() {
    for c in [1e-6, 0.1, 1e6] {
        let rows = Matrix::from_values(&[0.6, 0.0, 0.8].repeat(20), 3);
        assert_solves(&rows, &rows.pad(&[0.0, 1.0, 0.0]), c);
        assert_solves(&rows, &rows.pad(&[0.6, 0.0, 0.8]), c);
    }
}

#[test]
fn odd_dimensions_and_long_rows() {
    let values: Vec<f32> = (0..40 * 383).map(|i| ((i * 7919 % 1009) as f32 - 504.0) / 100.0).collect();
    let rows = Matrix::from_values(&values, 383);
    let query: Vec<f32> = (0..383).map(|i| ((i * 104_729 % 997) as f32 - 498.0) / 3000.0).collect();
    assert_solves(&rows, &rows.pad(&query), 0.1);
}

#[test]
fn no_rows() {
    let fit = svm::fit(&Matrix::<f32>::zeros(0, 4), &TrainingSet::query(&[1.0; 8]), &Options::default());
    assert!(fit.unwrap().scores.is_empty());
}

#[test]
fn the_same_bits_on_every_run() {
    let values: Vec<f32> = (0..50 * 7).map(|i| ((i * 7919 % 1009) as f32 - 504.0) / 1000.0).collect();
    let rows = Matrix::from_values(&values, 7);
    let query = rows.pad(&[0.1, -0.2, 0.3, 0.1, 0.0, 0.9, 0.1]);
    let fit = || svm::fit(&rows, &TrainingSet::query(&query), &Options::default()).unwrap();
    assert_eq!(fit(), fit());
    let dual = || svm::dual::fit(&rows, &TrainingSet::query(&query), &Options::default(), 3).unwrap();
    assert_eq!(dual(), dual());
}
