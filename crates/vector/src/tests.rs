//! Every implementation of the lanes must pass the same tests: its kernels against a naive float64 oracle, and bit
//! for bit against the order of additions that `kernels` promises.

use proptest::prelude::*;

use super::lanes::{BLOCK, Element, F32x4, I32x4};
use super::{Matrix, Rows, kernels};

/// The promised order, written out: entry `i` goes to sum `i mod 16`.
fn dot_in_order<E: Element>(row: &[E], query: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    for (i, (&x, &y)) in row.iter().zip(query).enumerate() {
        // Every element is a float32 or an i8, so nothing is lost on the way back from float64.
        sums[i % 16] += x.into() as f32 * y;
    }
    let [a, b, c, d]: [f32; 4] =
        core::array::from_fn(|lane| (sums[lane] + sums[lane + 4]) + (sums[lane + 8] + sums[lane + 12]));
    (a + c) + (b + d)
}

/// The exact dot product, as far as float64 goes, and how far from it float32 may be: half an epsilon for each
/// rounding that a term passes through, times the sum of the terms' sizes.
fn dot_exactly(terms: impl Iterator<Item = f64>, roundings: usize) -> (f64, f64) {
    let (dot, size) = terms.fold((0.0, 0.0), |(dot, size), term| (dot + term, size + term.abs()));
    (dot, size * roundings as f64 * f64::from(f32::EPSILON))
}

/// The roundings that a term of a dot product passes through.
fn roundings(length: usize) -> usize {
    length / BLOCK + 8
}

/// The terms of what row `row` means times `query`: those of the stored row, then those of the centre.
fn terms<E: Element>(rows: &Matrix<E>, row: usize, query: &[f32]) -> Vec<f64> {
    let times = |x: f64, factor: f32, y: f32| x * f64::from(factor) * f64::from(y);
    let stored = rows.row(row).iter().zip(query).map(|(&x, &y)| times(x.into(), rows.scale(row), y));
    let centre = rows.centre().map(|centre| (centre.vector(), centre.share(row)));
    let common = centre
        .into_iter()
        .flat_map(|(vector, share)| vector.iter().zip(query).map(move |(&x, &y)| times(x.into(), share, y)));
    stored.chain(common).collect()
}

/// `product`, of the stored row, and what the centre adds to it.
fn with_centre<E: Element>(rows: &Matrix<E>, row: usize, query: &[f32], product: f32) -> f32 {
    match rows.centre() {
        Some(centre) => product + centre.share(row) * dot_in_order(centre.vector(), query),
        None => product,
    }
}

fn check_scan<L: F32x4, E: Element>(rows: &Matrix<E>, query: &[f32]) {
    let mut found = vec![f32::NAN; rows.rows()];
    kernels::scan::<L, E>(rows, query, &mut found);
    for (row, &found) in found.iter().enumerate() {
        let in_order = dot_in_order(rows.values(row), query);
        assert_eq!(kernels::dot::<L, E>(rows.row(row), query).to_bits(), in_order.to_bits());
        let expected = with_centre(rows, row, query, in_order * rows.scale(row));
        assert_eq!(found.to_bits(), expected.to_bits());
        let (exact, tolerance) = dot_exactly(terms(rows, row, query).into_iter(), roundings(query.len()));
        assert!((f64::from(found) - exact).abs() <= tolerance, "{found}, not {exact} within {tolerance}");
    }
}

/// What a row means, its length, and how both change when it is brought to unit length.
fn check_meaning<E: Element>(rows: &Matrix<E>) {
    let mut units = rows.clone();
    units.bring_to_unit_length(&rows.lengths());
    for row in 0..rows.rows() {
        let meaning: Vec<f64> = rows.meaning(row).collect();
        for (dim, &value) in meaning.iter().enumerate() {
            let axis: Vec<f32> = (0..rows.stride()).map(|i| if i == dim { 1.0 } else { 0.0 }).collect();
            let (exact, tolerance) = dot_exactly(terms(rows, row, &axis).into_iter(), 1);
            assert!((value - exact).abs() <= tolerance);
        }
        let length = meaning.iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((rows.length(row) - length).abs() <= 1e-3 * length, "{} {length}", rows.length(row));
        if length == 0.0 {
            continue;
        }
        for (unit, value) in units.meaning(row).zip(&meaning) {
            assert!((unit - value / length).abs() <= 1e-3, "{unit}, {value} of {length}");
        }
    }
}

/// Every other row, last first.
fn check_lists<L: F32x4, E: Element>(rows: &Matrix<E>, query: &[f32]) {
    let list: Vec<u32> = (0..rows.rows() as u32).rev().step_by(2).collect();
    let (mut all, mut found) = (vec![0.0; rows.rows()], vec![0.0; list.len()]);
    kernels::scan::<L, E>(rows, query, &mut all);
    kernels::scan_list::<L, E>(rows, &list, query, &mut found);
    let expected: Vec<f32> = list.iter().map(|&i| all[i as usize]).collect();
    assert_eq!(found, expected);

    let factors: Vec<f32> = (0..list.len()).map(|i| 0.1 * i as f32 - 0.3).collect();
    let mut sum = query.to_vec();
    kernels::combine::<L, E>(rows, &list, &factors, &mut sum);
    for (dim, (&found, &start)) in sum.iter().zip(query).enumerate() {
        let axis: Vec<f32> = (0..rows.stride()).map(|i| if i == dim { 1.0 } else { 0.0 }).collect();
        let parts = list.iter().zip(&factors).flat_map(|(&i, &factor)| {
            terms(rows, i as usize, &axis).into_iter().map(move |term| f64::from(factor) * term)
        });
        let (exact, tolerance) = dot_exactly([f64::from(start)].into_iter().chain(parts), list.len() + 4);
        assert!((f64::from(found) - exact).abs() <= tolerance, "{found}, not {exact} within {tolerance}");
    }
}

/// Whole numbers are exact, so there is one right answer.
fn check_codes<L: F32x4>(rows: &Matrix<i8>, query: &[f32]) {
    let codes: Vec<i16> = query.iter().map(|x| (x * 32767.0) as i16).collect();
    let mut found = vec![f32::NAN; rows.rows()];
    kernels::scan_codes::<L>(rows, query, &codes, 0.5, &mut found);
    for (row, &found) in found.iter().enumerate() {
        let exact: i64 = rows.row(row).iter().zip(&codes).map(|(&x, &y)| i64::from(x) * i64::from(y)).sum();
        assert_eq!(i64::from(kernels::dot_codes::<L>(rows.row(row), &codes)), exact);
        let expected = with_centre(rows, row, query, exact as f32 * (rows.scale(row) * 0.5));
        assert_eq!(found.to_bits(), expected.to_bits());
    }
}

fn check_dots<L: F32x4>(rows: &Matrix, query: &[f32]) {
    let others = core::array::from_fn(|i| if rows.rows() > i { rows.row(i) } else { query });
    for (other, found) in others.iter().zip(kernels::dots::<L>(query, others)) {
        let terms = other.iter().zip(query).map(|(&x, &y)| f64::from(x) * f64::from(y));
        let (exact, tolerance) = dot_exactly(terms, roundings(query.len()));
        assert!((f64::from(found) - exact).abs() <= tolerance, "{found}, not {exact} within {tolerance}");
    }
}

fn check_lanes<L: F32x4>(a: [f32; 4], b: [f32; 4]) {
    let bits = |lanes: [f32; 4]| lanes.map(f32::to_bits);
    let stored = |lanes: L| {
        let mut out = [f32::NAN; 4];
        lanes.store(&mut out);
        bits(out)
    };
    let zip = |op: fn(f32, f32) -> f32| bits(core::array::from_fn(|lane| op(a[lane], b[lane])));
    let (x, y) = (L::load(&a), L::load(&b));
    assert_eq!(stored(x), bits(a));
    assert_eq!(stored(L::splat(a[0])), bits([a[0]; 4]));
    assert_eq!(stored(x.add(y)), zip(|a, b| a + b));
    assert_eq!(stored(x.sub(y)), zip(|a, b| a - b));
    assert_eq!(stored(x.mul(y)), zip(|a, b| a * b));
    assert_eq!(stored(x.max(y)), zip(|a, b| if a > b { a } else { b }));
    assert_eq!(x.sum().to_bits(), ((a[0] + a[2]) + (a[1] + a[3])).to_bits());
}

fn check_widen<L: F32x4>(bytes: [i8; BLOCK]) {
    let mut found = [[f32::NAN; 4]; 2];
    for (lanes, out) in L::widen(&bytes).into_iter().zip(&mut found) {
        lanes.store(out);
    }
    assert_eq!(found.concat(), bytes.map(f32::from));
    let squares: i32 = bytes.iter().map(|&x| i32::from(x).pow(2)).sum();
    assert_eq!(L::Int::zero().square_add(&bytes).sum(), squares);
}

/// Rows of `element`s with scales, of which every other matrix has a centre, and a query with their padding.
fn rows_and_query<E>(
    element: impl Strategy<Value = E> + Clone,
) -> impl Strategy<Value = (Matrix<E>, Vec<f32>)>
where
    E: Element + core::fmt::Debug,
{
    // Up to two whole blocks of rows in a list and a rest; dimensions on both sides of a block of floats.
    let shape = (0usize..40, prop::sample::select(vec![1usize, 2, 3, 5, 7, 8, 9, 16, 17, 24, 31, 383, 384]));
    shape.prop_flat_map(move |(rows, dims)| {
        let elements = prop::collection::vec(element.clone(), rows * dims);
        let scales = prop::collection::vec(1e-3f32..1e3, rows);
        let query = prop::collection::vec(-1.0f32..1.0, dims);
        let centre = prop::option::of(prop::collection::vec(0.5f32..100.0, dims));
        (elements, scales, query, centre).prop_map(move |(elements, scales, query, centre)| {
            let mut matrix = Matrix::from_values(&elements, dims);
            matrix.scales_mut().copy_from_slice(&scales);
            if let Some(centre) = centre {
                matrix = matrix.with_centre(&centre);
                // So that each row has another share of it.
                matrix.bring_to_unit_length(&matrix.lengths());
            }
            let query = matrix.pad(&query);
            (matrix, query)
        })
    })
}

/// What [`Rows`] gives of each row is of what the row means.
fn check_rows<E: Element>(matrix: &Matrix<E>, query: &[f32])
where
    Matrix<E>: Rows,
{
    let rows: &dyn Rows = matrix;
    let query: Vec<f64> = query[..rows.dims()].iter().map(|&x| f64::from(x)).collect();
    for row in 0..rows.rows() {
        let meaning: Vec<f64> = matrix.meaning(row).collect();
        assert_eq!(rows.meaning(row), meaning);
        let product = meaning.iter().zip(&query).fold(0.0, |sum, (x, y)| sum + x * y);
        assert_eq!(rows.product(row, &query), product);
        let mut sum = query.clone();
        rows.add_to(row, 0.3, &mut sum);
        assert!(sum.iter().zip(&query).zip(&meaning).all(|((sum, x), y)| *sum == x + 0.3 * y));
    }
}

/// The tests of one implementation.
macro_rules! test_lanes {
    ($name:ident, $lanes:ty) => {
        mod $name {
            use super::*;
            #[cfg(target_arch = "wasm32")]
            use wasm_bindgen_test::wasm_bindgen_test as test;

            proptest! {
                #[test]
                fn lanes(a: [f32; 4], b in prop::array::uniform4(prop_oneof![-2.0f32..2.0, Just(0.0), Just(-0.0)])) {
                    check_lanes::<$lanes>(a, b);
                    check_lanes::<$lanes>(b, a);
                }

                #[test]
                fn widen(bytes: [i8; BLOCK]) {
                    check_widen::<$lanes>(bytes);
                }

                #[test]
                fn scan_f32((rows, query) in rows_and_query(-1.0f32..1.0)) {
                    check_scan::<$lanes, f32>(&rows, &query);
                    check_lists::<$lanes, f32>(&rows, &query);
                    check_dots::<$lanes>(&rows, &query);
                    check_rows(&rows, &query);
                }

                #[test]
                fn scan_i8((rows, query) in rows_and_query(any::<i8>())) {
                    check_scan::<$lanes, i8>(&rows, &query);
                    check_lists::<$lanes, i8>(&rows, &query);
                    check_meaning(&rows);
                    check_codes::<$lanes>(&rows, &query);
                    check_rows(&rows, &query);
                }
            }
        }
    };
}

test_lanes!(scalar, crate::scalar::Scalar);
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
test_lanes!(simd128, crate::simd128::Simd128);
