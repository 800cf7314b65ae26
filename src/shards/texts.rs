//! What a result shows of some passages, as JSON: their texts and their articles.

use serde::Serialize;

use super::shard::{Id, Kind, damaged};
use crate::Result;
use crate::bundle::{Article, Passage};
use crate::fields::{Fields, FromFields, FromJson, Mismatch, Place};

/// Consecutive passages, and their articles.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Texts {
    pub articles: Vec<Article>,
    pub passages: Vec<Placed>,
}

/// A passage and where it belongs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Placed {
    /// Which of the bundle's passages it is.
    pub index: usize,
    /// Its article among those of this shard.
    pub own: usize,
    /// Its `article` is that of the bundle.
    #[serde(flatten)]
    pub passage: Passage,
    /// Left out where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl FromFields for Placed {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        let (index, own) = (fields.required("index")?, fields.required("own")?);
        let text = fields.or_default("text")?;
        Ok(Self {
            index,
            own,
            passage: Passage { text, ..Passage::from_fields(fields)? },
            text: String::new(),
        })
    }
}

impl FromFields for Texts {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self { articles: fields.required("articles")?, passages: fields.required("passages")? })
    }
}

impl Texts {
    /// Reads a shard that has `count` passages.
    pub fn read(number: u32, payload: &[u8], count: usize) -> Result<Self> {
        let id = Id { kind: Kind::Texts, number };
        let wrong = |problem: String| damaged(id, format!("is damaged: {problem}"));
        let value =
            exemplar_search_json::read::value(payload).map_err(|problem| wrong(problem.to_string()))?;
        let texts = Self::from_json(value, &Place::Top).map_err(|mismatch| {
            let Mismatch { place, found, expected } = *mismatch;
            wrong(format!("{place} is {found}, expected {expected}"))
        })?;
        if texts.passages.len() != count
            || texts.passages.iter().any(|placed| placed.own >= texts.articles.len())
        {
            return Err(wrong(format!("it has other passages than the {count} that belong there")));
        }
        Ok(texts)
    }
}
