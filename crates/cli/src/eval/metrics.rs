//! Metrics of the first ten hits, as trec_eval computes them.

use std::collections::HashMap;
use std::ops::Sub;

use serde::Serialize;

/// Hits that count.
pub const DEPTH: usize = 10;

/// Each 0 to 1; or the difference of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Metrics {
    /// Discounted cumulative gain over the best possible one, the grade itself as gain (Järvelin and Kekäläinen 2002):
    /// trec_eval's `ndcg_cut_10`.
    #[serde(rename = "ndcg@10")]
    pub ndcg: f64,
    /// The share of the relevant documents that are found: trec_eval's `recall_10`.
    #[serde(rename = "recall@10")]
    pub recall: f64,
    /// 1 over the rank of the first relevant document, 0 without one: trec_eval's `recip_rank` of ten hits.
    #[serde(rename = "mrr@10")]
    pub mrr: f64,
    /// 1 if there is any hit, relevant or not.
    pub found: f64,
}

impl Metrics {
    /// Of the documents in `ranking`, best first, of which [`DEPTH`] count. `grades` has those above 0.
    pub fn of<'a>(ranking: impl Iterator<Item = &'a str>, grades: &HashMap<String, u32>) -> Self {
        let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
        let gain = |(place, grade): (usize, u32)| f64::from(grade) * discount(place);
        let mut ranking = ranking.peekable();
        let any = f64::from(u8::from(ranking.peek().is_some()));
        let found: Vec<(usize, u32)> = ranking
            .take(DEPTH)
            .enumerate()
            .filter_map(|(place, document)| Some((place, *grades.get(document)?)))
            .collect();
        let mut ideal: Vec<u32> = grades.values().copied().collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let ideal: f64 = ideal.into_iter().take(DEPTH).enumerate().map(gain).sum();
        if ideal == 0.0 {
            return Self { found: any, ..Self::default() };
        }
        Self {
            recall: found.len() as f64 / grades.len() as f64,
            mrr: found.first().map_or(0.0, |(place, _)| 1.0 / (*place as f64 + 1.0)),
            ndcg: found.into_iter().map(gain).sum::<f64>() / ideal,
            found: any,
        }
    }
}

impl Sub for Metrics {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            ndcg: self.ndcg - other.ndcg,
            recall: self.recall - other.recall,
            mrr: self.mrr - other.mrr,
            found: self.found - other.found,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::Metrics;

    /// What `crates/cli/tests/golden/generate_metrics.py` wrote with pytrec_eval.
    const GOLDEN: &str = include_str!("../../tests/golden/metrics.json");

    #[derive(Deserialize)]
    struct Case {
        ranking: Vec<String>,
        grades: HashMap<String, i64>,
        ndcg: f64,
        recall: f64,
        mrr: f64,
    }

    #[test]
    fn pytrec_eval_measures_the_same() {
        let cases: Vec<Case> = serde_json::from_str(GOLDEN).unwrap();
        assert!(cases.len() > 100);
        for Case { ranking, grades, ndcg, recall, mrr } in cases {
            let grades = grades.into_iter().filter_map(|(id, grade)| Some((id, u32::try_from(grade).ok()?)));
            let grades = grades.filter(|(_, grade)| *grade > 0).collect();
            let found = Metrics::of(ranking.iter().map(String::as_str), &grades);
            for (found, expected) in [(found.ndcg, ndcg), (found.recall, recall), (found.mrr, mrr)] {
                assert!((found - expected).abs() < 1e-12, "{found} {expected}: {ranking:?} {grades:?}");
            }
        }
    }
}
