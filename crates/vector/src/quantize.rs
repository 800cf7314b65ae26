//! Float32 rows as int8 codes with one scale a row.

use super::Matrix;

/// The largest code; -128 is left out, so that codes are symmetric.
const MAX_CODE: f32 = 127.0;

/// How much of a row's largest value is kept, tried from all to half of it in steps of 1/40: a row with one large
/// value loses less by cutting that value than by coarse steps for all the others.
const KEPT: std::ops::RangeInclusive<u8> = 20..=40;

/// The codes with the least squared error for each row, among the scales tried. The stored scale is then the best one for these
/// codes, which keeps the row's own direction unbiased.
pub fn quantize(rows: &Matrix) -> Matrix<i8> {
    let mut quantized = Matrix::zeros(rows.rows(), rows.dims());
    let mut codes = vec![0; rows.dims()];
    for row in 0..rows.rows() {
        let values = rows.values(row);
        let largest = values.iter().fold(0.0f32, |max, x| max.max(x.abs()));
        let mut least = f64::INFINITY;
        for kept in KEPT {
            let step = largest * f32::from(kept) / (f32::from(*KEPT.end()) * MAX_CODE);
            for (code, value) in codes.iter_mut().zip(values) {
                *code = (value / step).round().clamp(-MAX_CODE, MAX_CODE) as i8;
            }
            let (scale, loss) = best_scale(values, &codes);
            if loss < least {
                least = loss;
                quantized.values_mut(row).copy_from_slice(&codes);
                quantized.scales_mut()[row] = (scale * f64::from(rows.scale(row))) as f32;
            }
        }
    }
    quantized
}

/// The scale s that minimises |values - s codes|², and that minimum.
fn best_scale(values: &[f32], codes: &[i8]) -> (f64, f64) {
    let (mut vc, mut cc, mut vv) = (0.0, 0.0, 0.0);
    for (&value, &code) in values.iter().zip(codes) {
        let (value, code) = (f64::from(value), f64::from(code));
        vc += value * code;
        cc += code * code;
        vv += value * value;
    }
    if cc == 0.0 { (0.0, vv) } else { (vc / cc, vv - vc * vc / cc) }
}
