//! Typed values out of JSON, a bundle's or a page's, in this crate's terms.

pub(crate) use exemplar_search_json::fields::*;

use crate::Error;
use crate::bundle::{Article, EmbeddingSpace, Passage, Probe, Recipe, Statistics};

/// As of a bundle.
impl From<Box<Mismatch>> for Box<Error> {
    fn from(mismatch: Box<Mismatch>) -> Self {
        let Mismatch { place, found, expected } = *mismatch;
        Error::field(place, format!("is {found}, expected {expected}"))
    }
}

/// serde's reading of types that have ours.
macro_rules! deserialize {
    ($($type:ty),+) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?.to_string();
                let value = value.parse().map_err(serde::de::Error::custom)?;
                Self::from_json(value, &Place::Top).map_err(|mismatch| {
                    let Mismatch { place, found, expected } = *mismatch;
                    serde::de::Error::custom(format_args!("field {place}: is {found}, expected {expected}"))
                })
            }
        }
    )+};
}

deserialize!(Article, EmbeddingSpace, Passage, Probe, Recipe, Statistics);
