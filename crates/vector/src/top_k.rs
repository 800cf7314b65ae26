//! The best of a list of scores. Equal scores keep their order in the list, so that results are the same everywhere.

use std::collections::BinaryHeap;

/// The indices of the `k` highest scores, best first; all of them if `k` is larger than the list.
pub fn top_k(scores: &[f32], k: usize) -> Vec<usize> {
    top_k_among(scores, 0..scores.len() as u32, k)
}

/// [`top_k`] among these indices alone, which ascend.
pub fn top_k_of(scores: &[f32], among: &[u32], k: usize) -> Vec<usize> {
    top_k_among(scores, among.iter().copied(), k)
}

/// Most scores are no better than the worst of the k best, and cost one comparison: O(n + k log n log k) in random order.
#[inline(always)]
fn top_k_among(scores: &[f32], among: impl ExactSizeIterator<Item = u32>, k: usize) -> Vec<usize> {
    if k == 0 {
        return Vec::new();
    }
    // The worst of the best so far is on top, and `floor` is its score, once there are k.
    let mut best = BinaryHeap::with_capacity(k.min(among.len()));
    let mut floor = f32::NEG_INFINITY;
    for index in among {
        let score = scores[index as usize];
        if score < floor {
            continue;
        }
        let place = place(score, index);
        if best.len() < k {
            best.push(place);
        } else if let Some(mut worst) = best.peek_mut()
            && place < *worst
        {
            *worst = place;
        }
        if best.len() == k {
            floor = best.peek().map_or(floor, |&worst| scores[index_of(worst)]);
        }
    }
    best.into_sorted_vec().into_iter().map(index_of).collect()
}

/// The index of the highest score of each group, or the first of equal ones. `groups` has the group of each score, ascending. Groups
/// that are not `wanted` are left out.
pub fn top_of_groups(scores: &[f32], groups: &[u32], wanted: &[bool]) -> Vec<u32> {
    // Without a branch for what cannot be foreseen: each is written, to a place that stays if the group is wanted.
    let mut best = vec![0; wanted.len() + 1];
    let mut count = 0;
    let mut start = 0;
    while let Some(&group) = groups.get(start) {
        let (mut index, mut highest) = (start, scores[start]);
        let mut end = start + 1;
        while groups.get(end) == Some(&group) {
            let is_higher = scores[end] > highest;
            index = if is_higher { end } else { index };
            highest = if is_higher { scores[end] } else { highest };
            end += 1;
        }
        best[count] = index as u32;
        count += usize::from(wanted[group as usize]);
        start = end;
    }
    best.truncate(count);
    best
}

/// A number that is lower the higher the score, in the order of [`f32::total_cmp`], and then the lower the index.
fn place(score: f32, index: u32) -> u64 {
    let bits = score.to_bits();
    // As signed whole numbers, negative floats ascend the wrong way round.
    let ascending = bits ^ if bits >> 31 == 1 { u32::MAX } else { 1 << 31 };
    u64::from(!ascending) << 32 | u64::from(index)
}

/// The index of a [`place`].
fn index_of(place: u64) -> usize {
    (place & u64::from(u32::MAX)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A few distinct values, so that ties are common.
    fn scores() -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec((-3i8..3).prop_map(f32::from), 0..60)
    }

    proptest! {
        #[test]
        fn is_the_head_of_a_stable_sort(scores in scores(), step in 1usize..4, k in 0usize..70) {
            let mut sorted: Vec<usize> = (0..scores.len()).collect();
            sorted.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            let among: Vec<u32> = (0..scores.len() as u32).step_by(step).collect();
            let some: Vec<usize> = sorted.iter().copied().filter(|index| index % step == 0).take(k).collect();
            prop_assert_eq!(top_k_of(&scores, &among, k), some);
            sorted.truncate(k);
            prop_assert_eq!(top_k(&scores, k), sorted);
        }

        #[test]
        fn a_group_has_one_best(scores in scores(), steps in prop::collection::vec(0u32..3, 60), wanted in prop::collection::vec(any::<bool>(), 200)) {
            let groups: Vec<u32> = steps.iter().scan(0, |group, step| { *group += step; Some(*group) }).take(scores.len()).collect();
            let mut expected = Vec::new();
            for group in (0..200).filter(|&group| wanted[group as usize]) {
                let of_group: Vec<u32> = (0..groups.len() as u32).filter(|&i| groups[i as usize] == group).collect();
                expected.extend(top_k_of(&scores, &of_group, 1).into_iter().map(|index| index as u32));
            }
            prop_assert_eq!(top_of_groups(&scores, &groups, &wanted), expected);
        }
    }
}
