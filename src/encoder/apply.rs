//! Encoding a query: a sparse sum of rows, transformed back into the embedding space.

use super::features::{features, ngrams};
use crate::vector::float32::{add, add_whole};

/// The rows of n-grams count in steps this many times as large: unknown words are rare.
pub(super) const NGRAM_STEP: f32 = 2.0;

/// Weights of words are stored in parts of this.
pub(super) const WEIGHT_PARTS: f32 = 16.0;

/// What knowing an n-gram of an unknown word counts, next to knowing the word.
const NGRAM_KNOWN: f32 = 0.5;

/// A text encoder fitted to one site and its embedding space.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryEncoder {
    pub(crate) model: String,
    /// The vector of a text without any feature; one value for each dimension.
    pub(crate) offset: Vec<f32>,
    /// The principal directions, one row of the space's dimensions each.
    pub(crate) basis: Vec<Vec<f32>>,
    /// Its values are whole numbers of these, one a direction.
    pub(crate) basis_steps: Vec<f32>,
    /// The step of each principal direction's coefficients.
    pub(crate) steps: Vec<f32>,
    /// Ascending; `weights` are theirs, in parts of [`WEIGHT_PARTS`].
    pub(crate) words: Vec<String>,
    pub(crate) weights: Vec<u8>,
    /// What a word that is not among them weighs.
    pub(crate) unknown: u8,
    /// Ascending.
    pub(crate) ngrams: Vec<String>,
    /// The coefficients of the words, then of the n-grams, without the zeros at their end.
    pub(crate) rows: Vec<Box<[i16]>>,
}

/// A query's embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// The embedding, of unit length.
    pub vector: Vec<f32>,
    /// How much of the query the encoder knows, above 0 and up to 1: the share of its words' weight.
    pub known: f32,
    /// What all of the encoder's embeddings lie around.
    pub(crate) offset: Vec<f32>,
}

impl QueryEncoder {
    /// The model whose embeddings these approximate.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many values a vector has.
    pub fn dimensions(&self) -> usize {
        self.offset.len()
    }

    /// How many words it knows.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// How many character n-grams it knows.
    pub fn ngrams(&self) -> usize {
        self.ngrams.len()
    }

    /// How many principal directions are in use.
    pub fn directions(&self) -> usize {
        self.steps.len()
    }

    /// Encodes `text`; none if the encoder knows nothing of it.
    pub fn encode(&self, text: &str) -> Option<Encoded> {
        let Coefficients { values, known } = self.coefficients(text)?;
        let mut vector = self.offset.clone();
        for (&coefficient, direction) in values.iter().zip(&self.basis) {
            add(&mut vector, coefficient, direction);
        }
        let length = vector.iter().fold(0.0, |sum: f32, value| sum + value * value).sqrt();
        if !(length > 0.0 && length.is_finite()) {
            return None;
        }
        vector.iter_mut().for_each(|value| *value /= length);
        Some(Encoded { vector, known, offset: self.offset.clone() })
    }

    /// The coordinates of `text`, from the offset, along the principal directions; none if the encoder knows nothing of it.
    pub(crate) fn coefficients(&self, text: &str) -> Option<Coefficients> {
        let mut sum = vec![0.0; self.steps.len()];
        let (mut all, mut known, mut squares) = (0.0, 0.0, 0.0);
        for (word, feature) in features(text) {
            let damped = feature.damped();
            if let Ok(index) = self.words.binary_search(&word) {
                let weight = weight(self.weights[index]) * damped;
                add_whole(&mut sum, damped, &self.rows[index]);
                all += weight;
                known += weight;
                squares += weight * weight;
                continue;
            }
            let weight = weight(self.unknown) * damped;
            all += weight;
            if feature.spaced {
                let ngrams = ngrams(&word);
                let scale = damped * NGRAM_STEP / (ngrams.len() as f32).sqrt();
                let mut found = 0;
                for index in ngrams.iter().filter_map(|ngram| self.ngrams.binary_search(ngram).ok()) {
                    add_whole(&mut sum, scale, &self.rows[self.words.len() + index]);
                    found += 1;
                }
                let weight = weight * found as f32 / ngrams.len().max(1) as f32;
                known += NGRAM_KNOWN * weight;
                squares += weight * weight;
            }
        }
        if known <= 0.0 {
            return None;
        }
        let length = squares.sqrt();
        sum.iter_mut().zip(&self.steps).for_each(|(sum, &step)| *sum = *sum * step / length);
        Some(Coefficients { values: sum, known: (known / all).min(1.0) })
    }
}

/// A text along the principal directions.
pub(crate) struct Coefficients {
    /// One a direction.
    pub values: Vec<f32>,
    /// See [`Encoded::known`].
    pub known: f32,
}

pub(super) fn weight(parts: u8) -> f32 {
    f32::from(parts) / WEIGHT_PARTS
}
