//! The int8 codes that a site should ship: of what is left of each row without the mean of all, rounded so that the
//! errors cancel where queries and passages vary.
//!
//! A score is off by e·q, e being what rounding lost of the row. Rounding each value to the nearest code makes |e|
//! least; but queries are not alike in all directions, and E (e·q)² = e'He, H being the second moments of queries. Those are
//! not known, and passages stand for them. With H = LL', e'He = |L'e|²: from the last dimension to the first, each is
//! rounded to the code that is nearest to its value and to what the errors of those before ask it to make good (Babai's
//! nearest plane, *On Lovász' lattice reduction and the nearest lattice point problem*, 1986).

use std::ops::Range;

use crate::rank::Moments;
use crate::vector::dense::Dense;
use crate::vector::{Matrix, quantize};

/// The largest code; -128 is left out, so that codes are symmetric.
const MAX_CODE: f64 = 127.0;

/// Dimensions, at most, whose errors all cancel among each other; and how many do where there are more.
const TOGETHER: usize = 2048;
const BLOCK: usize = 256;

/// Rows whose lengths differ by more than this factor are not centred: what the long ones have in common would drown the
/// short ones.
const LENGTHS_ALIKE: f64 = 1.25;

/// What is added to H in every direction, of the passages' mean variance: queries are not quite like passages. From 0.03 to
/// 1 the errors of scores differ by a few hundredths.
const RIDGE: f64 = 0.1;

/// The weight in H of the mean, which queries and passages share: enough for no error to point there.
const MEAN: f64 = 0.01;

/// Rows as codes with one scale a row, and their mean as the centre. The mean of the unit vectors of multilingual-e5-small has the
/// length 0.9, so the codes of the rest need steps of only half the size. For d dimensions this costs d² multiplications a row.
pub fn quantize_centred(rows: &Matrix) -> Matrix<i8> {
    let none = vec![0.0; rows.dims()];
    if !alike_in_length(rows) {
        return quantize(rows).with_centre(&none);
    }
    let blocks: Vec<Block> = blocks(rows.dims()).map(|range| Block::of(rows, range)).collect();
    // Where no block varies, rounding leaves no H.
    if blocks.iter().all(|block| block.factor.is_none()) {
        return quantize(rows).with_centre(&none);
    }
    let mean: Vec<f32> = blocks.iter().flat_map(|block| &block.mean).copied().collect();
    let mut quantized = Matrix::zeros(rows.rows(), rows.dims());
    for row in 0..rows.rows() {
        let left: Vec<f64> = rows.meaning(row).zip(&mean).map(|(x, &mean)| x - f64::from(mean)).collect();
        let step = (left.iter().fold(0.0f64, |max, x| max.max(x.abs())) / MAX_CODE) as f32;
        quantized.scales_mut()[row] = step;
        for block in &blocks {
            let codes = &mut quantized.values_mut(row)[block.range.clone()];
            block.round(&left[block.range.clone()], f64::from(step), codes);
        }
    }
    quantized.with_centre(&mean)
}

/// Dimensions whose errors cancel among each other. All of them, unless they are so many that H, and the cube of its side, would
/// be out of reach: then few enough for both to grow with the dimensions alone.
fn blocks(dims: usize) -> impl Iterator<Item = Range<usize>> {
    let size = if dims <= TOGETHER { dims } else { BLOCK };
    (0..dims).step_by(size.max(1)).map(move |first| first..dims.min(first + size))
}

struct Block {
    range: Range<usize>,
    mean: Vec<f32>,
    /// L of H; none where the rows do not vary.
    factor: Option<Dense>,
}

impl Block {
    fn of(rows: &Matrix, range: Range<usize>) -> Self {
        let mut columns = Matrix::zeros(rows.rows(), range.len());
        for row in 0..rows.rows() {
            columns.values_mut(row).copy_from_slice(&rows.values(row)[range.clone()]);
            columns.scales_mut()[row] = rows.scale(row);
        }
        let moments = Moments::of(&columns);
        let mean: Vec<f32> = moments.mean().iter().map(|&x| x as f32).collect();
        let factor = factor(&moments, &mean);
        Self { range, mean, factor }
    }

    /// The codes of these values. A step of 0 makes no numbers of them, and that codes of 0.
    fn round(&self, left: &[f64], step: f64, codes: &mut [i8]) {
        let mut pull = vec![0.0; left.len()];
        for (i, code) in codes.iter_mut().enumerate().rev() {
            let value = left[i] / step;
            let asked = self.factor.as_ref().map_or(0.0, |factor| pull[i] / factor.row(i)[i]);
            let nearest = (value + asked).round().clamp(-MAX_CODE, MAX_CODE);
            *code = nearest as i8;
            let Some(factor) = &self.factor else { continue };
            let error = value - nearest;
            pull[..i].iter_mut().zip(factor.row(i)).for_each(|(pull, x)| *pull += x * error);
        }
    }
}

fn alike_in_length(rows: &Matrix) -> bool {
    let (shortest, longest) = rows
        .lengths()
        .into_iter()
        .fold((f64::INFINITY, 0.0f64), |(low, high), length| (low.min(length), high.max(length)));
    longest <= LENGTHS_ALIKE * shortest
}

/// L of H; none where the rows do not vary, and rounding leaves no H.
fn factor(moments: &Moments, mean: &[f32]) -> Option<Dense> {
    let mut second = moments.covariance();
    let dims = mean.len();
    let variance = (0..dims).map(|i| second.row(i)[i]).sum::<f64>() / dims.max(1) as f64;
    for (i, row) in second.data.chunks_exact_mut(dims.max(1)).enumerate() {
        row.iter_mut().zip(mean).for_each(|(x, &other)| *x += MEAN * f64::from(mean[i]) * f64::from(other));
        row[i] += RIDGE * variance;
    }
    second.factorise().then_some(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Rows that share a part and vary most along one direction.
    fn rows() -> impl Strategy<Value = Matrix> {
        (20usize..60, prop::collection::vec(-1.0f32..1.0, 60 * 17)).prop_map(|(rows, values)| {
            let of_row = |row: &[f32]| -> Vec<f32> {
                // Never near to nothing, so that each collection has its direction.
                let along = 0.1 * (row[16] + row[16].signum());
                row[..16].iter().enumerate().map(|(i, x)| 1.0 + 0.02 * x + along * (i % 3) as f32).collect()
            };
            Matrix::from_values(&values.chunks_exact(17).take(rows).flat_map(of_row).collect::<Vec<_>>(), 16)
        })
    }

    /// The mean square of what codes lose of each row's product with the rows.
    fn loss(rows: &Matrix, codes: &Matrix<i8>) -> f64 {
        let mut sum = 0.0;
        for row in 0..rows.rows() {
            let error: Vec<f64> = rows.meaning(row).zip(codes.meaning(row)).map(|(x, y)| x - y).collect();
            for query in 0..rows.rows() {
                sum += error.iter().zip(rows.meaning(query)).map(|(e, q)| e * q).sum::<f64>().powi(2);
            }
        }
        sum / (rows.rows() * rows.rows()) as f64
    }

    proptest! {
        #[test]
        fn scores_lose_less_than_by_rounding_each_value(rows in rows()) {
            prop_assert!(loss(&rows, &quantize_centred(&rows)) <= loss(&rows, &quantize(&rows)));
        }

        /// What one dimension makes good of another's error is a few steps at most.
        #[test]
        fn codes_stay_near_the_values(rows in rows()) {
            let codes = quantize_centred(&rows);
            for row in 0..rows.rows() {
                let bound = 4.0 * f64::from(codes.scale(row)) + 1e-6;
                for (value, found) in rows.meaning(row).zip(codes.meaning(row)) {
                    prop_assert!((value - found).abs() <= bound, "{value} {found} {bound}");
                }
            }
        }
    }

    #[test]
    fn rows_of_many_lengths_are_not_centred() {
        let rows = Matrix::from_values(&[1e-6, 2e-6, 3e-6, 1e3, -2e3, 3e3], 3);
        let codes = quantize_centred(&rows);
        assert_eq!(codes.centre().unwrap().vector()[..3], [0.0; 3]);
        for row in 0..2 {
            for (found, value) in codes.meaning(row).zip(rows.meaning(row)) {
                assert!((found - value).abs() <= 0.01 * value.abs(), "{found} {value}");
            }
        }
    }

    #[test]
    fn rows_that_are_all_alike_and_no_rows_are_what_they_were() {
        for count in [0, 1, 3] {
            let rows = Matrix::from_values(&[0.6, 0.8].repeat(count), 2);
            let codes = quantize_centred(&rows);
            assert_eq!(codes.rows(), count);
            for row in 0..count {
                let mut pairs = codes.meaning(row).zip(rows.meaning(row));
                assert!(pairs.all(|(found, value)| (found - value).abs() < 0.01));
                assert!((codes.length(row) - 1.0).abs() < 0.01);
            }
        }
    }
}
