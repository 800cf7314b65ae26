//! The k best of a list of scores.

use std::cmp::Ordering;

/// The indices of the `k` highest scores, best first; all of them where `k` is larger than the list. Equal scores
/// keep their order in the list, so that results are the same everywhere. Partial selection: O(n + k log k).
pub fn top_k(scores: &[f32], k: usize) -> Vec<usize> {
    let better = |a: &usize, b: &usize| -> Ordering { scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)) };
    let mut order: Vec<usize> = (0..scores.len()).collect();
    if 0 < k && k < order.len() {
        order.select_nth_unstable_by(k - 1, better);
    }
    order.truncate(k);
    order.sort_unstable_by(better);
    order
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
