//! The last step of a search: from scores, one a passage, to the passages that are hits. How the scores were made does
//! not matter here, nor whose passages they are.

use std::borrow::Cow;
use std::ops::Range;

use crate::vector::top_k::{top_k, top_k_of, top_of_groups};

/// Whose passages are scored, and which articles may be hits.
pub(crate) struct Candidates<'a> {
    /// The article of each passage, ascending.
    pub article_of: &'a [u32],
    /// Whether each article may be a hit.
    pub allowed: Cow<'a, [bool]>,
    /// Whether each passage may be a hit, by the query's operators; nothing if all may.
    pub passages: Option<Vec<bool>>,
    /// Whether every passage is an article of its own that may be a hit, and there is nothing to choose.
    pub every_passage: bool,
}

impl Candidates<'_> {
    /// The best passage of each article that may be a hit, ascending.
    pub fn best_passages(&self, scores: &[f32]) -> Vec<u32> {
        let Some(passages) = &self.passages else {
            return top_of_groups(scores, self.article_of, &self.allowed);
        };
        let scores = scores.iter().zip(passages);
        let scores: Vec<f32> =
            scores.map(|(&score, &may)| if may { score } else { f32::NEG_INFINITY }).collect();
        let mut best = top_of_groups(&scores, self.article_of, &self.allowed);
        best.retain(|&passage| passages[passage as usize]);
        best
    }

    /// Whether a passage may be a hit.
    pub fn may_be_hit(&self, passage: usize) -> bool {
        self.passages.as_ref().is_none_or(|passages| passages[passage])
            && self.allowed[self.article_of[passage] as usize]
    }

    /// The best passage of each of the `k` best articles, best first.
    pub fn top(&self, scores: &[f32], k: usize) -> Vec<usize> {
        if self.every_passage && self.passages.is_none() {
            top_k(scores, k)
        } else {
            top_k_of(scores, &self.best_passages(scores), k)
        }
    }
}

/// Whether the first `k` of `order` keep their places if each score is off by `error`; `order` goes one further.
pub(crate) fn is_settled(scores: &[f32], order: &[usize], k: usize, error: f64) -> bool {
    let pairs = order.windows(2).take(k);
    pairs.map(|pair| f64::from(scores[pair[0]]) - f64::from(scores[pair[1]])).all(|lead| lead > 2.0 * error)
}

/// Which of the passages were found at all.
pub(crate) struct Found<'a> {
    scores: &'a [f32],
    /// Which may be hits; nothing if all may.
    passages: Option<&'a [bool]>,
    /// Only scores above 0 count.
    above_zero: bool,
    /// The lowest score, and how far above it a score must be.
    least: Option<(f32, f32)>,
}

impl<'a> Found<'a> {
    /// `threshold` is the share of the way from the lowest to the highest of the scores `merely`, which are those before any was
    /// lifted, that a hit is above.
    pub fn new(scores: &'a [f32], merely: &[f32], above_zero: bool, threshold: Option<f32>) -> Self {
        let least = threshold.map(|threshold| {
            let low = merely.iter().copied().fold(f32::INFINITY, f32::min);
            let high = merely.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            (low, threshold * (high - low))
        });
        Self { scores, passages: None, above_zero, least }
    }

    /// The same, of these passages alone.
    pub fn among(self, passages: Option<&'a [bool]>) -> Self {
        Self { passages, ..self }
    }

    pub fn has(&self, passage: usize) -> bool {
        let score = self.scores[passage];
        self.passages.is_none_or(|passages| passages[passage])
            && (!self.above_zero || score > 0.0)
            && self.least.is_none_or(|(low, above)| score - low >= above)
    }

    /// The first `k` of `order`, down to the first that was not found.
    pub fn hits(&self, order: &[usize], k: usize) -> Vec<usize> {
        order.iter().copied().take(k).take_while(|&passage| self.has(passage)).collect()
    }

    /// The `most` best of an article's `passages` beside the hit `best`, each of another heading than those before it, with
    /// a score of `floor` or above.
    pub fn others(
        &self,
        best: usize,
        passages: Range<usize>,
        floor: f32,
        most: usize,
        same_heading: &dyn Fn(usize, usize) -> bool,
    ) -> Vec<usize> {
        if most == 0 {
            return Vec::new();
        }
        let listed = |&other: &usize| other != best && self.scores[other] >= floor && self.has(other);
        let rest: Vec<u32> = passages.filter(listed).map(|other| other as u32).collect();
        let mut taken = vec![best];
        for other in top_k_of(self.scores, &rest, rest.len()) {
            if taken.len() <= most && !taken.iter().any(|&it| same_heading(it, other)) {
                taken.push(other);
            }
        }
        taken.remove(0);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Scores with ties, their articles, which of these may be hits, and k.
    fn collection() -> impl Strategy<Value = (Vec<f32>, Vec<u32>, Vec<bool>, usize)> {
        let passages = prop::collection::vec(((-3i8..3).prop_map(f32::from), any::<bool>()), 1..60);
        (passages, prop::collection::vec(any::<bool>(), 60), 0usize..20).prop_map(
            |(passages, candidates, k)| {
                let scores = passages.iter().map(|passage| passage.0).collect();
                let mut article = 0;
                let article_of = passages.iter().enumerate().map(|(i, passage)| {
                    article += u32::from(i > 0 && passage.1);
                    article
                });
                (scores, article_of.collect(), candidates, k)
            },
        )
    }

    fn candidates_of<'a>(article_of: &'a [u32], allowed: &'a [bool]) -> Candidates<'a> {
        Candidates { article_of, allowed: Cow::Borrowed(allowed), passages: None, every_passage: false }
    }

    proptest! {
        #[test]
        fn an_article_ranks_by_its_best_passage((scores, article_of, candidates, k) in collection()) {
            let mut expected: Vec<usize> = (0..scores.len()).filter(|&i| candidates[article_of[i] as usize]).collect();
            expected.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            let mut seen = Vec::new();
            expected.retain(|&i| !seen.contains(&article_of[i]) && { seen.push(article_of[i]); true });
            expected.truncate(k);
            let of = candidates_of(&article_of, &candidates);
            prop_assert_eq!(of.top(&scores, k), expected);
            let every = Candidates { every_passage: true, ..candidates_of(&[], &[]) };
            prop_assert_eq!(every.top(&scores, k), top_k(&scores, k));
        }

        #[test]
        fn hits_end_where_nothing_more_was_found((scores, article_of, candidates, k) in collection(), threshold in 0.0f32..1.0) {
            let order = candidates_of(&article_of, &candidates).top(&scores, scores.len());
            let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
            let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let found = |i: usize| scores[i] > 0.0 && scores[i] - low >= threshold * (high - low);
            let expected: Vec<usize> = order.iter().copied().filter(|&i| found(i)).take(k).collect();
            prop_assert_eq!(Found::new(&scores, &scores, true, Some(threshold)).hits(&order, k), expected);
        }

        #[test]
        fn others_have_headings_of_their_own(scores in prop::collection::vec(-3i8..3, 1..20), most in 0usize..4) {
            let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
            let all: Vec<u32> = (0..scores.len() as u32).collect();
            let best = top_k_of(&scores, &all, 1)[0];
            let same = |a: usize, b: usize| a % 3 == b % 3;
            let others = Found::new(&scores, &scores, false, None).others(best, 0..scores.len(), 0.0, most, &same);
            prop_assert!(others.len() <= most);
            for (place, &other) in others.iter().enumerate() {
                prop_assert!(other != best && scores[other] >= 0.0 && !same(other, best));
                prop_assert!(others[..place].iter().all(|&it| !same(it, other) && scores[it] >= scores[other]));
            }
        }
    }

    #[test]
    fn an_order_is_settled_by_leads_of_twice_the_error() {
        let scores = [3.0, 2.0, 1.9];
        assert!(is_settled(&scores, &[0, 1, 2], 1, 0.4) && !is_settled(&scores, &[0, 1, 2], 1, 0.5));
        assert!(!is_settled(&scores, &[0, 1, 2], 2, 0.1));
    }
}
