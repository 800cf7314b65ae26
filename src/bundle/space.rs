//! The embedding space: what makes two vectors comparable.

use serde::Serialize;

use crate::Result;
use crate::error::Cause;
use crate::fields::{Fields, FromFields, Mismatch};
use crate::json::Object;

/// The least cosine of an API's vector for a probe to the bundle's. Another model's is about 0, and no precision in which
/// the same model is served takes it this low. Nor does the other recipe of multilingual-e5-small, with 0.94 to 0.97:
/// that it is the right one is not what probes can tell.
const LEAST_COSINE: f64 = 0.9;

/// The model, how texts are given to it, and the form of its vectors.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EmbeddingSpace {
    /// The model's name, for people and for error messages.
    pub model: String,
    /// Values in each vector, 1 to 65,536.
    pub dimensions: usize,
    /// Whether every vector has unit length.
    pub normalized: bool,
    /// Whether every vector is the first [`Self::dimensions`] values of the model's, scaled to unit length. A query's longer
    /// vector must be cut in the same way.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// How a query is embedded.
    #[serde(skip_serializing_if = "Recipe::is_empty")]
    pub query: Recipe,
    /// How the passages were embedded.
    #[serde(skip_serializing_if = "Recipe::is_empty")]
    pub passage: Recipe,
    /// A few texts and their vectors, which identify the model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<Probe>,
    /// Fields that this release does not know.
    #[serde(flatten)]
    pub extra: Object,
}

/// What to send to an embedding API beside the text, for models that tell queries from passages.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Recipe {
    /// Put before the text, such as `query: `.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The request's `input_type`, such as `query`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// The request's `model`, if it differs from the space's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Further fields of the request, such as `{ "output_dimension": 512 }`.
    #[serde(skip_serializing_if = "Object::is_empty")]
    pub fields: Object,
    /// Fields that this release does not know.
    #[serde(flatten)]
    pub extra: Object,
}

impl FromFields for EmbeddingSpace {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            model: fields.required("model")?,
            dimensions: fields.required("dimensions")?,
            normalized: fields.or_default("normalized")?,
            truncated: fields.or_default("truncated")?,
            query: fields.or_default("query")?,
            passage: fields.or_default("passage")?,
            probes: fields.or_default("probes")?,
            extra: fields.rest(),
        })
    }
}

impl FromFields for Recipe {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            prefix: fields.or_default("prefix")?,
            input_type: fields.optional("input_type")?,
            model: fields.optional("model")?,
            fields: fields.or_default("fields")?,
            extra: fields.rest(),
        })
    }
}

impl FromFields for Probe {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self { text: fields.required("text")?, vector: fields.required("vector")? })
    }
}

impl EmbeddingSpace {
    /// The probe whose text to send to an API that is not verified yet, by the query recipe; see [`EmbeddingSpace::verify`].
    pub fn probe(&self) -> Option<&Probe> {
        self.probes.first()
    }

    /// Checks that a query's embedding has as many values as the space has dimensions, finite and not all zero.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::QueryDimensions`](crate::ErrorKind::QueryDimensions), [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) and
    /// [`ErrorKind::ZeroVector`](crate::ErrorKind::ZeroVector).
    pub(crate) fn check_query(&self, query: &[f32]) -> Result<()> {
        let expected = self.dimensions;
        if query.len() != expected {
            let model = self.model.clone();
            return Err(Cause::QueryDimensions { found: query.len(), expected, model }.into());
        }
        if let Some((i, &value)) = query.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Cause::NotFinite { place: format!("query[{i}]"), value }.into());
        }
        match query.iter().all(|&value| value == 0.0) {
            true => Err(Cause::ZeroVector { place: "the query".into() }.into()),
            false => Ok(()),
        }
    }

    /// Checks that a vector for [`EmbeddingSpace::probe`] is from the space's own model. A space without probes accepts any vector.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OtherModel`](crate::ErrorKind::OtherModel), and those of a query's embedding.
    pub fn verify(&self, vector: &[f32]) -> Result<()> {
        let Some(probe) = self.probe() else { return Ok(()) };
        if vector.len() != self.dimensions {
            let model = self.model.clone();
            return Err(
                Cause::QueryDimensions { found: vector.len(), expected: self.dimensions, model }.into()
            );
        }
        let cosine = cosine(vector, &probe.vector);
        // A NaN, of a vector of zeros or with one in it, is no cosine that would do.
        if cosine >= LEAST_COSINE {
            return Ok(());
        }
        let (text, model) = (probe.text.clone(), self.model.clone());
        Err(Cause::OtherModel { text, model, cosine, least: LEAST_COSINE }.into())
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

impl Recipe {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A text and its vector, embedded by the query recipe; another model gives another vector.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Probe {
    /// As it was given to the model, without the recipe's prefix.
    pub text: String,
    /// Of [`EmbeddingSpace::dimensions`] values.
    pub vector: Vec<f32>,
}
