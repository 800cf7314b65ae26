//! Ascending lists of indices into vectors. They are made without a branch for each index, which the processor could not predict:
//! each index is written, and stays if it counts.

/// Fills `found` with those indices of `list` whose value is above `floor`.
pub fn above(values: &[f32], list: &[u32], floor: f32, found: &mut Vec<u32>) {
    keep(list.iter().copied(), found, |place| values[place as usize] > floor);
}

/// The indices of all values that are at least `floor`.
pub fn at_least(values: &[f32], floor: f32) -> Vec<u32> {
    let mut found = Vec::new();
    keep(0..values.len() as u32, &mut found, |place| values[place as usize] >= floor);
    found
}

/// Fills `found` with the indices below `end` that are not in `list`.
pub fn others(list: &[u32], end: usize, found: &mut Vec<u32>) {
    let mut seen = 0;
    keep(0..end as u32, found, |place| {
        let is_listed = list.get(seen) == Some(&place);
        seen += usize::from(is_listed);
        !is_listed
    });
}

#[inline(always)]
fn keep(from: impl ExactSizeIterator<Item = u32>, found: &mut Vec<u32>, mut counts: impl FnMut(u32) -> bool) {
    found.resize(from.len(), 0);
    let mut count = 0;
    for place in from {
        found[count] = place;
        count += usize::from(counts(place));
    }
    found.truncate(count);
}

/// Writes these values to the indices in `list`.
pub fn put(values: &mut [f32], list: &[u32], new: &[f32]) {
    list.iter().zip(new).for_each(|(&place, &new)| values[place as usize] = new);
}

/// Adds `factor` times the changes to the indices in `list`.
pub fn add(values: &mut [f32], list: &[u32], factor: f32, changes: &[f32]) {
    list.iter().zip(changes).for_each(|(&place, change)| values[place as usize] += factor * change);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn above_keeps_what_is_above_and_others_all_else(
            values in prop::collection::vec((-3i8..3).prop_map(f32::from), 0..50),
            floor in -3i8..3,
            left in 0usize..60,
        ) {
            let floor = f32::from(floor);
            let mut found = vec![7; left];
            let list: Vec<u32> = (0..values.len() as u32).step_by(2).collect();
            above(&values, &list, floor, &mut found);
            let kept: Vec<u32> = list.iter().copied().filter(|&place| values[place as usize] > floor).collect();
            prop_assert_eq!(&found, &kept);
            let from_floor: Vec<u32> = (0..values.len() as u32).filter(|&place| values[place as usize] >= floor).collect();
            prop_assert_eq!(at_least(&values, floor), from_floor);
            others(&kept, values.len(), &mut found);
            let all_else: Vec<u32> = (0..values.len() as u32).filter(|place| !kept.contains(place)).collect();
            prop_assert_eq!(found, all_else);
        }
    }

    #[test]
    fn what_is_put_or_added_is_at_the_places_of_the_list() {
        let mut values = [1.0, 2.0, 3.0, 4.0];
        put(&mut values, &[1, 3], &[5.0, 6.0]);
        assert_eq!(values, [1.0, 5.0, 3.0, 6.0]);
        add(&mut values, &[0, 3], 0.5, &[2.0, 4.0]);
        assert_eq!(values, [2.0, 5.0, 3.0, 8.0]);
    }
}
