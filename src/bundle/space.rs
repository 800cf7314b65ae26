//! The embedding space: what makes two vectors comparable.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The model, how texts are given to it, and what its vectors are like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingSpace {
    /// The model's name; for people and for error messages.
    pub model: String,
    /// Values in each vector, 1 to 65,536.
    pub dimensions: usize,
    /// Whether every vector has unit length.
    #[serde(default)]
    pub normalized: bool,
    /// Whether every vector is the first [`Self::dimensions`] values of what the model gives, brought to unit length.
    /// A longer vector of a query is to be cut likewise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// How a query is embedded.
    #[serde(default, skip_serializing_if = "Recipe::is_empty")]
    pub query: Recipe,
    /// How the passages were embedded.
    #[serde(default, skip_serializing_if = "Recipe::is_empty")]
    pub passage: Recipe,
    /// The space's fingerprint: a few texts and what the model makes of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<Probe>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What to tell an embedding API beside the text, where the model tells queries from passages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Put before the text, such as `query: `.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The request's `input_type`, such as `query`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// The request's `model`, where it differs from the space's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Further fields of the request, such as `{ "output_dimension": 512 }`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Recipe {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A text and its vector, embedded by the query recipe; another model gives another vector.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub text: String,
    /// Of [`EmbeddingSpace::dimensions`] values.
    pub vector: Vec<f32>,
}
