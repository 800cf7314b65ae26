//! Chooses which texts go into one request.

use crate::api::Preset;
use crate::engine::Engine;

/// Texts in one request where nothing is known of the API.
const TEXTS: usize = 16;

/// What one request may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    texts: usize,
    /// By estimate, which may be off by a third; a text above it goes alone.
    tokens: usize,
}

impl Limits {
    /// As the preset knows, unless `texts` says otherwise; one text at a time for a model on this machine.
    ///
    /// # Errors
    ///
    /// `texts` is more than the API takes.
    pub fn new(engine: &Engine, preset: Option<Preset>, texts: Option<u16>) -> Result<Self, String> {
        match engine {
            Engine::Api(_) => Self::of_api(preset, texts),
            Engine::Model(_) => Ok(Self { texts: 1, tokens: usize::MAX }),
        }
    }

    fn of_api(preset: Option<Preset>, texts: Option<u16>) -> Result<Self, String> {
        let Some(facts) = preset.map(Preset::facts) else {
            return Ok(Self { texts: texts.map_or(TEXTS, usize::from), tokens: usize::MAX });
        };
        let texts = texts.map_or(facts.batch, usize::from);
        if texts > facts.max_batch {
            let most = facts.max_batch;
            return Err(format!(
                "--batch-size {texts} is more than the {most} texts that this API takes in one request"
            ));
        }
        Ok(Self { texts, tokens: facts.max_tokens.map_or(usize::MAX, |most| most / 3 * 2) })
    }

    /// Cuts `items`, each of so many tokens, into batches, in order.
    pub fn batches<T>(self, items: impl IntoIterator<Item = (T, usize)>) -> Vec<Vec<T>> {
        let mut batches: Vec<Vec<T>> = Vec::new();
        let mut used = 0;
        for (item, tokens) in items {
            match batches.last_mut() {
                Some(batch) if batch.len() < self.texts && used + tokens <= self.tokens => {
                    used += tokens;
                    batch.push(item);
                }
                _ => {
                    used = tokens;
                    batches.push(vec![item]);
                }
            }
        }
        batches
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Preset};

    #[test]
    fn a_batch_is_full_by_texts_or_by_tokens() {
        let batches = |texts, tokens, items: &[usize]| {
            let items = items.iter().map(|&tokens| (tokens, tokens));
            Limits { texts, tokens }.batches(items)
        };
        assert_eq!(batches(2, 100, &[1, 2, 3]), [vec![1, 2], vec![3]]);
        assert_eq!(batches(9, 5, &[1, 2, 3, 9, 1]), [vec![1, 2], vec![3], vec![9], vec![1]]);
        assert!(batches(9, 5, &[]).is_empty());
    }

    #[test]
    fn a_preset_knows_how_much_is_too_much() {
        assert_eq!(Limits::of_api(Some(Preset::Tei), None).unwrap().texts, 16);
        assert_eq!(Limits::of_api(Some(Preset::Tei), Some(32)).unwrap().texts, 32);
        assert!(Limits::of_api(Some(Preset::Tei), Some(33)).unwrap_err().contains("more than the 32 texts"));
        assert_eq!(Limits::of_api(None, Some(5_000)).unwrap().texts, 5_000);
    }
}
