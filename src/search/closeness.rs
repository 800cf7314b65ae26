//! How close a search comes to its query, by what it has computed already, where it has.

use super::SearchOptions;
use super::collect::Candidates;
use super::coverage::words_found;
use super::score::{Asked, Scored};
use crate::closeness::{Bounds, Closeness, PlacedBy, by_encoder};
use crate::lexical::Bm25;
use crate::rank::{knn, whitened};
use crate::{Result, SearchIndex};

/// The highest of some scores.
pub(crate) fn highest(scores: impl IntoIterator<Item = f32>) -> f32 {
    scores.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

impl Candidates<'_> {
    /// The highest score of a passage that may be a hit.
    fn highest(&self, scores: &[f32]) -> f32 {
        let hits = scores.iter().enumerate().filter(|&(passage, _)| self.may_be_hit(passage));
        highest(hits.map(|(_, score)| *score))
    }
}

impl SearchIndex {
    /// None if it was not to be told, or the bundle has no bounds for such queries.
    pub(super) fn closeness(&self, asked: &Asked, scored: &Scored) -> Result<Option<Closeness>> {
        // Examples are near by themselves.
        let placed_by = asked.placed_by.filter(|_| asked.target.example_articles().next().is_none());
        let Some((placed_by, bounds)) = placed_by.zip(self.bounds_of(placed_by, asked.options)) else {
            return Ok(None);
        };
        let near = match placed_by {
            PlacedBy::Embedding => match &scored.knn {
                Some(scores) => asked.candidates.highest(scores),
                None => {
                    let scores = knn::scores(self.rows().as_rows(), &asked.target.knn_vector()?);
                    asked.candidates.highest(&scores)
                }
            },
            PlacedBy::Encoder(0.0) => 0.0,
            PlacedBy::Encoder(known) => by_encoder(known, self.highest_whitened(asked, scored)?),
        };
        let words = scored.found.or_else(|| {
            let (keywords, terms) = self.keywords().zip(asked.terms)?;
            Some(words_found(keywords, terms, &keywords.scores(terms, Bm25::default()), &|_| true))
        });
        Ok(Some(bounds.judge(near, words, asked.options.strictness)))
    }

    /// What queries that are placed in this way are measured by.
    pub(super) fn bounds_of(&self, placed_by: Option<PlacedBy>, options: &SearchOptions) -> Option<Bounds> {
        let placed_by = placed_by?;
        let measurable = self.has_unit_rows() && (placed_by == PlacedBy::Embedding || self.whitens_soon());
        self.calibration().filter(|_| measurable)?.bounds(placed_by, options.strictness)
    }

    fn highest_whitened(&self, asked: &Asked, scored: &Scored) -> Result<f32> {
        if let Some(scores) = &scored.whitened {
            return Ok(asked.candidates.highest(scores));
        }
        let vector = asked.target.whitened_vector(asked.options.align)?;
        let whitening = self.whitening(whitened::QUERY_SHRINKAGE);
        Ok(asked.candidates.highest(&whitening.scores(self.rows().as_rows(), &vector)))
    }
}
