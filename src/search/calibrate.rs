//! Measures how near a site's nearest passage is to a query that the site answers: with texts of its own, each without its article.
//!
//! What is left when an article is left out is as far from its title as the site is from what readers ask of it.

use super::closeness::highest;
use crate::closeness::{Bounds, Calibration};
use crate::embedded::Embedded;
use crate::query_target::QueryTarget;
use crate::rank::{knn, whitened};
use crate::{Result, SearchIndex};

/// Fewer texts tell nothing.
const LEAST: usize = 20;
/// Of texts of the site that the query encoder was fitted to, it knows all. What readers type is further by so much.
const TYPED: f32 = 0.7;
/// There is nothing below this share of what is near, by the encoder.
const FAR: f32 = 0.1;
/// What is near by the encoder on any site.
const LEAST_NEAR: f32 = 0.05;
/// Bounds are rounded to this.
const STEPS: f32 = 1e4;

/// Texts of a site that stand for queries, each with the index of its article, which is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnTexts {
    /// Embeddings of titles by the recipe for queries.
    pub titles: Vec<(usize, Vec<f32>)>,
    /// What the query encoder was fitted to.
    pub texts: Vec<(usize, String)>,
}

impl SearchIndex {
    /// The bounds for queries by embeddings, and for those by the query encoder, if there is one. The order of the texts does not matter.
    ///
    /// # Errors
    ///
    /// Those of a search for an embedding.
    pub fn calibrate(&self, own: &OwnTexts) -> Result<Calibration> {
        let rows = self.rows().as_rows();
        let (mut cosines, mut encoded) = (Vec::new(), Vec::new());
        for (article, embedding) in &own.titles {
            let embedded = Embedded::of(Some(embedding), None);
            let target = QueryTarget::new(self, embedded, &[], &[])?;
            cosines.push(self.highest_without(&knn::scores(rows, &target.knn_vector()?), *article));
        }
        for (article, text) in own.texts.iter().filter(|_| self.has_encoder() && self.whitens_soon()) {
            let Some(query) = self.encode(text)? else { continue };
            let embedded = Embedded::of(None, Some(&query));
            let target = QueryTarget::new(self, embedded, &[], &[])?;
            let vector = target.whitened_vector(true)?;
            let scores = self.whitening(whitened::QUERY_SHRINKAGE).scores(rows, &vector);
            encoded.push(self.highest_without(&scores, *article));
        }
        Ok(Calibration {
            embedding: ascending(cosines).map(|of| of_embeddings(&of)),
            encoder: ascending(encoded).map(|of| of_encoder(&of)),
        })
    }

    fn highest_without(&self, scores: &[f32], article: usize) -> f32 {
        let own = self.passages_of(article);
        highest(scores[..own.start].iter().chain(&scores[own.end..]).copied())
    }
}

/// In order; nothing of too few.
fn ascending(mut values: Vec<f32>) -> Option<Vec<f32>> {
    values.retain(|value| value.is_finite());
    values.sort_by(f32::total_cmp);
    (values.len() >= LEAST).then_some(values)
}

/// The value below which this share of them lies, in between two of them if need be.
fn quantile(ascending: &[f32], share: f32) -> f32 {
    let place = share * (ascending.len() - 1) as f32;
    let (below, part) = (place as usize, place.fract());
    let above = ascending[(below + 1).min(ascending.len() - 1)];
    ascending[below] + (above - ascending[below]) * part
}

fn of_embeddings(cosines: &[f32]) -> Bounds {
    let (near, close) = (quantile(cosines, 0.05), quantile(cosines, 0.25));
    rounded(near - (close - near), near, close)
}

fn of_encoder(scores: &[f32]) -> Bounds {
    let close = quantile(scores, 0.1).max(LEAST_NEAR / TYPED);
    let near = TYPED * close;
    rounded(FAR * near, near, close)
}

fn rounded(far: f32, near: f32, close: f32) -> Bounds {
    let round = |x: f32| (x * STEPS).round() / STEPS;
    Bounds { far: round(far), near: round(near), close: round(close) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quantile_is_between_the_values_around_it(values in prop::collection::vec(-1.0f32..1.0, 20..60), share in 0.0f32..1.0) {
            let sorted = ascending(values).unwrap();
            let value = quantile(&sorted, share);
            let below = sorted.iter().filter(|&&other| other < value - 1e-6).count() as f32;
            let above = sorted.iter().filter(|&&other| other > value + 1e-6).count() as f32;
            let last = (sorted.len() - 1) as f32;
            prop_assert!(below <= (share * last).ceil() + 1e-3 && above <= ((1.0 - share) * last).ceil() + 1e-3);
        }

        #[test]
        fn bounds_ascend_within_what_scores_can_be(values in prop::collection::vec(-1.0f32..1.0, 20..60)) {
            let mut turned = values.clone();
            turned.reverse();
            for bounds in [of_embeddings, of_encoder] {
                let of = bounds(&ascending(values.clone()).unwrap());
                prop_assert!(of.far <= of.near && of.near <= of.close, "{of:?}");
                prop_assert!(of.far >= -3.0 && of.close <= 1.0);
                prop_assert_eq!(of, bounds(&ascending(turned.clone()).unwrap()), "the order of texts does not matter");
                let nearer = values.iter().map(|value| value + (1.0 - value) * 0.5).collect();
                let nearer = bounds(&ascending(nearer).unwrap());
                prop_assert!(nearer.near >= of.near && nearer.close >= of.close);
            }
        }
    }

    #[test]
    fn few_texts_tell_nothing() {
        assert_eq!(ascending(vec![0.5; LEAST - 1]), None);
        assert_eq!(ascending(vec![f32::NEG_INFINITY; LEAST]), None, "an only article has no others");
    }
}
