//! Texts of one kind, and how many of them are still to be embedded.

use exemplar_search::bundle::Recipe;

use super::batches::Limits;
use super::cache::Space;
use super::texts::Texts;
use crate::api::tokens;
use crate::output::note;

/// Cached vectors that are named where they cannot be used.
const PROBLEMS_SHOWN: usize = 3;

/// Texts of one kind, which are embedded by one recipe.
pub struct Job {
    /// What they are, such as `passages`.
    pub kind: &'static str,
    pub texts: Texts,
    pub recipe: Recipe,
}

/// Those of a [`Job`] that no earlier build has embedded.
pub struct Missing {
    /// Indices of texts, each text once, in the batches in which they are asked for.
    pub batches: Vec<Vec<usize>>,
    /// By estimate.
    pub tokens: usize,
}

/// How much is to be embedded.
#[derive(Clone, Copy, Default)]
pub struct Count {
    pub texts: usize,
    /// Those of them that go to the API: not embedded before, each once.
    pub missing: usize,
    pub requests: usize,
    /// Of those, by estimate.
    pub tokens: usize,
}

impl Job {
    /// What of it is not in the cache, which is that of its recipe.
    pub fn missing(&self, cache: &Space, limits: Limits) -> Missing {
        let mut unusable = Vec::new();
        let new: Vec<_> = self
            .texts
            .each_once()
            .filter(|&i| match cache.get(self.texts.text(i)) {
                Ok(vector) => vector.is_none(),
                Err(problem) => {
                    unusable.push(problem);
                    true
                }
            })
            .collect();
        tell(&unusable);
        let mut all = 0;
        let new = new.into_iter().map(|i| {
            let tokens = tokens::estimate(&self.recipe.prefix) + tokens::estimate(self.texts.text(i));
            all += tokens;
            (i, tokens)
        });
        let batches = limits.batches(new);
        Missing { batches, tokens: all }
    }

    pub fn count(&self, missing: &Missing) -> Count {
        Count {
            texts: self.texts.len(),
            missing: missing.batches.iter().map(Vec::len).sum(),
            requests: missing.batches.len(),
            tokens: missing.tokens,
        }
    }
}

impl Count {
    pub fn plus(self, other: Self) -> Self {
        Self {
            texts: self.texts + other.texts,
            missing: self.missing + other.missing,
            requests: self.requests + other.requests,
            tokens: self.tokens + other.tokens,
        }
    }

    /// A line about `kind` for people, with what it costs at `price` for a million tokens.
    pub fn describe(self, kind: &str, has_requests: bool, price: Option<f64>) -> String {
        let Self { texts, missing, requests, tokens } = self;
        let requests = if has_requests { format!(" in {requests} requests") } else { String::new() };
        let price = price.map_or(String::new(), |price| format!(", {}", self::price(tokens, price)));
        format!("{kind}: {texts} texts, {missing} of them to embed{requests}, about {tokens} tokens{price}")
    }
}

/// Says which vectors are embedded again; the first few by name.
fn tell(unusable: &[String]) {
    for problem in unusable.iter().take(PROBLEMS_SHOWN) {
        note(&format!("{problem}: it is embedded again"));
    }
    if unusable.len() > PROBLEMS_SHOWN {
        note(&format!("and {} more", unusable.len() - PROBLEMS_SHOWN));
    }
}

/// What `tokens` cost, in whichever currency `per_million` is.
pub fn price(tokens: usize, per_million: f64) -> String {
    format!("{:.4} at {per_million} a million", tokens as f64 / 1e6 * per_million)
}
