//! Sums of vectors in float32, without padding.

/// `to += factor * vector`.
pub fn add(to: &mut [f32], factor: f32, vector: &[f32]) {
    to.iter_mut().zip(vector).for_each(|(to, &value)| *to += factor * value);
}

/// [`add`] of whole numbers.
pub fn add_whole(to: &mut [f32], factor: f32, vector: &[i16]) {
    to.iter_mut().zip(vector).for_each(|(to, &value)| *to += factor * f32::from(value));
}
