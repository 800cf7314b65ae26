//! Pooling: from the tokens' vectors to one.

use serde::Deserialize;

/// How the tokens' vectors become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The first token's, which BERT calls `[CLS]`.
    First,
    Mean,
    /// The largest of each dimension.
    Max,
    Last,
}

/// `1_Pooling/config.json`: a switch for each way in most models, a name in recent ones.
#[derive(Deserialize)]
pub struct Config {
    #[serde(default)]
    pooling_mode: Option<String>,
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_max_tokens: bool,
    #[serde(default)]
    pooling_mode_lasttoken: bool,
    #[serde(default)]
    pooling_mode_mean_sqrt_len_tokens: bool,
    #[serde(default)]
    pooling_mode_weightedmean_tokens: bool,
}

impl Config {
    /// The one way that is on.
    ///
    /// # Errors
    ///
    /// What is wrong with the file.
    pub fn pooling(&self) -> Result<Pooling, String> {
        const KNOWN: &str = "expected one of cls, mean, max and lasttoken";
        if let Some(name) = &self.pooling_mode {
            return match name.as_str() {
                "cls" => Ok(Pooling::First),
                "mean" => Ok(Pooling::Mean),
                "max" => Ok(Pooling::Max),
                "lasttoken" => Ok(Pooling::Last),
                other => Err(format!("pooling_mode is \"{other}\", {KNOWN}")),
            };
        }
        if self.pooling_mode_mean_sqrt_len_tokens || self.pooling_mode_weightedmean_tokens {
            return Err(format!("asks for a pooling that is not supported, {KNOWN}"));
        }
        let on = [
            (self.pooling_mode_cls_token, Pooling::First),
            (self.pooling_mode_mean_tokens, Pooling::Mean),
            (self.pooling_mode_max_tokens, Pooling::Max),
            (self.pooling_mode_lasttoken, Pooling::Last),
        ];
        let mut on = on.into_iter().filter(|(is_on, _)| *is_on).map(|(_, pooling)| pooling);
        match (on.next(), on.next()) {
            (Some(pooling), None) => Ok(pooling),
            (None, _) => Err(format!("names no pooling, {KNOWN}")),
            (Some(_), Some(_)) => Err(format!("asks for several poolings at once, {KNOWN}")),
        }
    }
}

impl Pooling {
    /// One vector from the rows of `dimensions` values in `tokens`; there is at least one row.
    pub fn pool(self, tokens: &[f32], dimensions: usize) -> Vec<f32> {
        let rows = tokens.chunks_exact(dimensions);
        match self {
            Self::First => tokens[..dimensions].to_vec(),
            Self::Last => tokens[tokens.len() - dimensions..].to_vec(),
            Self::Mean => {
                let count = rows.len() as f32;
                let mut sum = vec![0.0; dimensions];
                rows.for_each(|row| sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
                sum.iter_mut().for_each(|sum| *sum /= count);
                sum
            }
            Self::Max => {
                let mut most = vec![f32::NEG_INFINITY; dimensions];
                rows.for_each(|row| most.iter_mut().zip(row).for_each(|(most, x)| *most = most.max(*x)));
                most
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Pooling};

    fn pooling(json: &str) -> Result<Pooling, String> {
        serde_json::from_str::<Config>(json).unwrap().pooling()
    }

    #[test]
    fn the_way_is_read_from_switches_or_a_name() {
        assert_eq!(pooling(r#"{"pooling_mode_mean_tokens": true}"#), Ok(Pooling::Mean));
        assert_eq!(
            pooling(r#"{"pooling_mode_cls_token": true, "word_embedding_dimension": 3}"#),
            Ok(Pooling::First)
        );
        assert_eq!(pooling(r#"{"pooling_mode": "lasttoken"}"#), Ok(Pooling::Last));
        assert!(pooling("{}").unwrap_err().contains("names no pooling"));
        let two = r#"{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}"#;
        assert!(pooling(two).unwrap_err().contains("several poolings"));
        assert!(pooling(r#"{"pooling_mode": "sum"}"#).unwrap_err().contains("\"sum\""));
        assert!(pooling(r#"{"pooling_mode_weightedmean_tokens": true}"#).is_err());
    }

    #[test]
    fn tokens_become_one_vector() {
        let tokens = [1.0, -2.0, 3.0, 4.0, 5.0, -8.0];
        assert_eq!(Pooling::First.pool(&tokens, 2), [1.0, -2.0]);
        assert_eq!(Pooling::Mean.pool(&tokens, 2), [3.0, -2.0]);
        assert_eq!(Pooling::Max.pool(&tokens, 2), [5.0, 4.0]);
        assert_eq!(Pooling::Last.pool(&tokens, 2), [5.0, -8.0]);
    }
}
