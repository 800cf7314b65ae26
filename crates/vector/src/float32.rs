//! Sums of vectors in float32, without padding.

/// `to += factor * vector`.
pub fn add(to: &mut [f32], factor: f32, vector: &[f32]) {
    to.iter_mut().zip(vector).for_each(|(to, &value)| *to += factor * value);
}

/// [`add`] of whole numbers.
pub fn add_whole(to: &mut [f32], factor: f32, vector: &[i16]) {
    to.iter_mut().zip(vector).for_each(|(to, &value)| *to += factor * f32::from(value));
}

/// Multiplies all values by a factor.
pub fn scale(values: &mut [f32], factor: f32) {
    values.iter_mut().for_each(|value| *value *= factor);
}

/// The square of a vector's length, in float64.
pub fn square(values: &[f32]) -> f64 {
    // Four sums do not wait for each other.
    let (blocks, rest) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for block in blocks {
        sums.iter_mut().zip(block).for_each(|(sum, &x)| *sum += f64::from(x).powi(2));
    }
    sums.into_iter().chain(rest.iter().map(|&x| f64::from(x).powi(2))).sum()
}

/// Whether no value is further than this from the other vector's.
pub fn are_near(a: &[f32], b: &[f32], limit: f32) -> bool {
    // All of them, without a branch for each: that becomes SIMD.
    !a.iter().zip(b).fold(false, |far, (a, b)| far | ((a - b).abs() > limit))
}
