//! How much the owner of a site has pages count: the field `search_weight` of articles.

use std::ops::RangeInclusive;

use crate::bundle::Article;
use crate::json::Value;

/// The name of the field.
pub const FIELD: &str = "search_weight";
/// What a page may count. It is 1 if its article says nothing, or no number.
pub const RANGE: RangeInclusive<f64> = 0.01..=100.0;

/// The natural logarithm of what an article counts.
pub(crate) fn log_of(article: &Article) -> f32 {
    let weight = article.extra.get(FIELD).and_then(Value::as_f64);
    weight.map_or(0.0, |weight| weight.clamp(*RANGE.start(), *RANGE.end()).ln() as f32)
}

/// Those of all articles; nothing if all count alike.
pub(crate) fn logs_of(articles: &[Article]) -> Vec<f32> {
    let logs: Vec<f32> = articles.iter().map(log_of).collect();
    if logs.iter().all(|&log| log == 0.0) { Vec::new() } else { logs }
}

/// Has a score count by a weight. One that is a sum of z-scores gains as many deviations as the weight's logarithm, as it may be below 0;
/// others are multiplied by the weight.
pub(crate) fn weighed(score: f32, log: f32, is_sum: bool) -> f32 {
    if is_sum { score + log } else { score * log.exp() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Number;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_no_weight_counts_as_one_and_bounds_hold() {
        let log = |value| {
            let mut article = Article::default();
            article.extra.0.push((FIELD.into(), value));
            log_of(&article)
        };
        let number = |number| Value::Number(Number::of(number).unwrap());
        assert_eq!(log_of(&Article::default()), 0.0);
        assert_eq!(log(Value::String("2".into())), 0.0);
        assert_eq!(log(number(1.0)), 0.0);
        assert_eq!(log(number(1e9)), 100f32.ln());
        assert_eq!(log(number(-4.0)), 0.01f32.ln());
        assert!(logs_of(&[Article::default(), Article::default()]).is_empty());
    }
}
