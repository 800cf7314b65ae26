//! Sums of vectors in float32, without padding.

/// `to += factor * vector`.
pub fn add(to: &mut [f32], factor: f32, vector: &[f32]) {
    to.iter_mut().zip(vector).for_each(|(to, &value)| *to += factor * value);
}

/// [`add`] of whole numbers.
pub fn add_whole(to: &mut [f32], factor: f32, vector: &[i16]) {
    to.iter_mut().zip(vector).for_each(|(to, &value)| *to += factor * f32::from(value));
}

/// Those of the places in `list` whose value is above `floor`.
pub fn above(values: &[f32], list: &[u32], floor: f32) -> Vec<u32> {
    // No branch that the processor could take wrongly: each place is written, and stays if it counts.
    let mut found = vec![0; list.len()];
    let mut count = 0;
    for &place in list {
        found[count] = place;
        count += usize::from(values[place as usize] > floor);
    }
    found.truncate(count);
    found
}

#[cfg(test)]
mod tests {
    use super::above;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn above_keeps_what_is_above(values in prop::collection::vec((-3i8..3).prop_map(f32::from), 0..50), floor in -3i8..3) {
            let floor = f32::from(floor);
            let list: Vec<u32> = (0..values.len() as u32).step_by(2).collect();
            let kept: Vec<u32> = list.iter().copied().filter(|&place| values[place as usize] > floor).collect();
            prop_assert_eq!(above(&values, &list, floor), kept);
        }
    }
}
