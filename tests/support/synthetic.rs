//! Clustered unit vectors around a common direction, from a seed; the twin of `clustered` in
//! `tests/golden/generate_svm.py`, bit for bit.

use exemplar_search::vector::Matrix;

/// `rows` unit rows of `dims` values in clusters of about twenty.
pub fn clustered(rows: usize, dims: usize, seed: u64) -> Matrix {
    let clusters = rows.div_ceil(20);
    let draw = |row: usize, dim: usize| bell(seed, (row * dims + dim) as u64);
    let mut matrix = Matrix::zeros(rows, dims);
    for row in 0..rows {
        let centre = 1 + row % clusters;
        let noise = 1 + clusters + row;
        let values: Vec<i64> =
            (0..dims).map(|d| 16 * draw(0, d) + 6 * draw(centre, d) + 7 * draw(noise, d)).collect();
        let length = (values.iter().map(|v| v * v).sum::<i64>() as f64).sqrt();
        for (to, value) in matrix.values_mut(row).iter_mut().zip(values) {
            *to = (value as f64 / length) as f32;
        }
    }
    matrix
}

/// Draw `index`: an integer in a bell curve around zero, the sum of three uniforms of 11 bits of SplitMix64.
fn bell(seed: u64, index: u64) -> i64 {
    let z = seed.wrapping_add((index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let z = z ^ (z >> 31);
    [0, 11, 22].into_iter().map(|shift| ((z >> shift) & 0x7FF) as i64).sum::<i64>() - 3 * 1024
}
