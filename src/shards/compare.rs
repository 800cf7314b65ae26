//! What passages are compared with: a query, examples, or both.

use super::Shards;
use super::examples::Examples;
use super::place::{Target, Targets, UnitQuery};
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
        let place = query.map(|query| metric.place(query, options.align));
        let wide = |place: &Vec<f32>| place.iter().map(|&x| f64::from(x)).collect();
        // Next to examples a query counts what it counted with all of the encoder's offset.
        let near = query.map(|query| metric.near(query));
        let (near, whitened) = (examples.with(near), examples.with(place.as_ref().map(wide)));
        let targets = near.zip(whitened).map(|(near, whitened)| Targets {
            plain: metric.plain(&near),
            whitened: match query {
                None if svm::IS_HERE => metric.whitened_for_articles(&whitened),
                _ => metric.whitened(&whitened),
            },
            svm: Target::default(),
        });
        let learner = match targets {
            Some(_) if svm::IS_HERE && weights.svm > 0.0 => {
                let positives = place.into_iter().chain(examples.liked().cloned()).collect();
                Some(Learner::new(positives, examples.liked_and_disliked(), options)?)
            }
            _ => None,
        };
        Ok(Self { targets, learner })
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
