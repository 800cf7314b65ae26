//! What an engine answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::response_error;
use crate::Result;
use crate::bundle::{Article, Passage};
use crate::fields::{Fields, FromFields, FromJson, Mismatch, Place};
use crate::json::{Object, Value};
use crate::vector::float16;

/// Rows of an engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// In any order.
    pub rows: Vec<Row>,
    /// The vector of each row, one after the other.
    pub vectors: Vec<f32>,
    /// If a part of the engine did not answer.
    pub partial: Option<Partial>,
}

/// A row: a passage and its article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Different from every other row's.
    pub id: String,
    /// The article that the passage is of.
    pub article: Article,
    /// The passage, with its text. [`Passage::article`] says nothing.
    pub passage: Passage,
    /// Which of its article's passages it is, from 0.
    pub index: usize,
    /// How well the words of the request's text fit it, above 0, by the engine's own measure; none if no word found it.
    pub words: Option<f32>,
}

/// How much of an engine did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Partial {
    /// Parts, such as shards, that did not answer.
    pub missing: usize,
    /// How many parts there are.
    pub of: usize,
}

/// As the JSON has it.
struct Read {
    rows: Vec<Row>,
    vectors: Option<String>,
    partial: Option<Partial>,
}

impl FromFields for Read {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            rows: fields.required("rows")?,
            vectors: fields.optional("vectors")?,
            partial: fields.optional("partial")?,
        })
    }
}

impl FromFields for Partial {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self { missing: fields.required("missing")?, of: fields.required("of")? })
    }
}

impl FromFields for Row {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        let ReadPassage { index, passage } = fields.required("passage")?;
        let ReadArticle(article) = fields.required("article")?;
        Ok(Self { id: fields.required("id")?, article, passage, index, words: fields.optional("words")? })
    }
}

struct ReadArticle(Article);

/// The fields that an article has in a bundle, those that can be filtered by in an object of their own.
impl FromJson for ReadArticle {
    fn from_json(value: Value, place: &Place) -> std::result::Result<Self, Box<Mismatch>> {
        let mut fields = Fields::of(value, place)?;
        let mut all = fields.or_default::<Object>("fields")?;
        for (name, value) in fields.rest().0 {
            all.set(&name, value);
        }
        Article::from_json(Value::Object(all), place).map(Self)
    }
}

struct ReadPassage {
    index: usize,
    passage: Passage,
}

impl FromFields for ReadPassage {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            index: fields.required("index")?,
            passage: Passage {
                article: 0,
                anchor: fields.optional("anchor")?,
                heading: fields.or_default("heading")?,
                text: fields.or_default("text")?,
                extra: fields.rest(),
            },
        })
    }
}

impl Response {
    /// Reads the JSON of `POST /v1/candidates`. If there are `vectors`, those in the JSON do not count.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Response`](crate::ErrorKind::Response) that names the field.
    pub fn read(json: &[u8], vectors: Option<Vec<f32>>) -> Result<Self> {
        let wrong = |problem: String| response_error("the response", format!("is not valid JSON: {problem}"));
        let value = exemplar_search_json::read::value(json).map_err(wrong)?;
        let read = Read::from_json(value, &Place::Top).map_err(|mismatch| {
            let Mismatch { place, found, expected } = *mismatch;
            response_error(place, format!("is {found}, expected {expected}"))
        })?;
        let Read { rows, vectors: encoded, partial } = read;
        let vectors = match (vectors, encoded) {
            (Some(vectors), _) => vectors,
            (None, Some(encoded)) => float16(&encoded)?,
            (None, None) if rows.is_empty() => Vec::new(),
            (None, None) => return Err(response_error("vectors", "is missing: each row needs its vector")),
        };
        if let Some(Partial { missing, of }) = partial.filter(|partial| partial.missing > partial.of) {
            return Err(response_error("partial.missing", format!("is {missing} of {of}")));
        }
        Ok(Self { rows, vectors, partial })
    }
}

fn float16(encoded: &str) -> Result<Vec<f32>> {
    let bytes: Result<Vec<u8>> = STANDARD
        .decode(encoded.as_bytes())
        .map_err(|e| response_error("vectors", format!("is not base64: {e}")));
    let bytes = bytes?;
    if !bytes.len().is_multiple_of(2) {
        return Err(response_error("vectors", "ends within a value: expected float16, two bytes each"));
    }
    Ok(float16::values(&bytes))
}
