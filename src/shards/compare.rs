//! What passages are compared with: a query, examples, or both.

use super::Shards;
use super::examples::Examples;
use super::place::{Target, Targets, UnitQuery, of_length_one};
use super::start::Start;
use super::svm::{self, Learner};
use crate::{Result, SearchOptions, Weights};

/// What passages are compared with; nothing but words, where there is no place to compare with.
#[derive(Default)]
pub(super) struct Compared {
    pub targets: Option<Targets>,
    /// Of the SVM, if that is to rank.
    pub learner: Option<Learner>,
}

impl Compared {
    /// # Errors
    ///
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) if an option of the SVM is out of range.
    pub fn of(
        start: &Start,
        query: Option<&UnitQuery>,
        examples: &Examples,
        weights: Weights,
        options: &SearchOptions,
    ) -> Result<Self> {
        let metric = &start.metric;
        // Next to examples a query counts what it counted with all of the encoder's offset.
        let near = examples.with(query.map(|query| metric.near(query)));
        let place = query.map(|query| metric.place(query, options.align));
        let whitened = examples.with(place.clone());
        let (Some(near), Some(whitened)) = (near, whitened) else { return Ok(Self::default()) };
        let targets = Targets {
            plain: metric.plain(&near),
            whitened: match query {
                None if svm::IS_HERE => metric.whitened_for_articles(&whitened),
                _ => metric.whitened(&whitened),
            },
            svm: Target::default(),
        };
        let mut learner = None;
        if svm::IS_HERE && weights.svm > 0.0 {
            let query = place.map(of_length_one).into_iter();
            let positives = query.chain(examples.liked().cloned()).collect();
            learner = Some(Learner::new(positives, examples.liked_and_disliked(), options)?);
        }
        Ok(Self { targets: Some(targets), learner })
    }
}

impl Shards {
    /// Takes the passages of examples from what may be hits.
    pub(super) fn without(&self, allowed: Option<Vec<bool>>, examples: &Examples) -> Option<Vec<bool>> {
        if !examples.any() {
            return allowed;
        }
        let mut allowed = allowed.unwrap_or_else(|| vec![true; self.manifest.passages]);
        examples.passages().for_each(|passage| allowed[passage as usize] = false);
        Some(allowed)
    }
}
