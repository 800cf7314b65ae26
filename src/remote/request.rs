//! What an engine is asked for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::{Filter, Result};

/// The rows that a page wants of an engine: the union of the `k` with the highest inner product with `vector`, and of the `k` that it finds
/// by the words of `text`, of those that the filter allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// As many values as the space has dimensions, of unit length; empty if words alone are asked for.
    pub vector: Vec<f32>,
    /// Rows to return by each, at least 1.
    pub k: usize,
    /// What to search words for, if the engine does so.
    pub text: Option<String>,
    /// Which articles' rows to return: in each field one of its values, in all fields.
    pub filter: Filter,
}

#[derive(Serialize)]
struct Write<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    vector: Option<String>,
    k: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<std::collections::BTreeMap<&'a str, &'a [String]>>,
}

impl Request {
    /// The JSON of `POST /v1/candidates`.
    pub fn to_json(&self) -> Result<String> {
        let Self { vector, k, text, filter } = self;
        let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
        crate::bundle::to_json(&Write {
            vector: (!vector.is_empty()).then(|| STANDARD.encode(bytes)),
            k: *k,
            text: text.as_deref(),
            filter: (!filter.is_empty()).then(|| filter.values().collect()),
        })
    }
}
