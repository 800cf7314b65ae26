//! The k best of a list of scores.

use std::collections::BinaryHeap;

/// The indices of the `k` highest scores, best first; all of them where `k` is larger than the list. Equal scores
/// keep their order in the list, so that results are the same everywhere. Most scores are no better than the worst of k and cost one comparison: O(n + k log n log k) in
/// an order that is random.
pub fn top_k(scores: &[f32], k: usize) -> Vec<usize> {
    // The worst of the best so far is on top.
    let mut best = BinaryHeap::with_capacity(k.min(scores.len()));
    for (index, &score) in scores.iter().enumerate() {
        let place = place(score, index);
        if best.len() < k {
            best.push(place);
        } else if let Some(mut worst) = best.peek_mut()
            && place < *worst
        {
            *worst = place;
        }
    }
    best.into_sorted_vec().into_iter().map(|place| (place & u64::from(u32::MAX)) as usize).collect()
}

/// A number that is lower the higher the score, in the order of [`f32::total_cmp`], and then the lower the index.
fn place(score: f32, index: usize) -> u64 {
    let bits = score.to_bits();
    // As signed whole numbers, negative floats ascend the wrong way round.
    let ascending = bits ^ if bits >> 31 == 1 { u32::MAX } else { 1 << 31 };
    u64::from(!ascending) << 32 | index as u64
}

#[cfg(test)]
mod tests {
    use super::top_k;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn is_the_head_of_a_stable_sort(
            // A few distinct values, so that ties are common.
            scores in prop::collection::vec((-3i8..3).prop_map(f32::from), 0..60),
            k in 0usize..70,
        ) {
            let mut sorted: Vec<usize> = (0..scores.len()).collect();
            sorted.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            sorted.truncate(k);
            prop_assert_eq!(top_k(&scores, k), sorted);
        }
    }
}
