//! A bundle's passages as an engine keeps them.

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::{Article, Bundle};
use serde::Serialize;
use serde_json::{Map, Value};

/// Longer values are not to filter by: they are texts, and indexes have limits.
const LONGEST_VALUE: usize = 200;

/// The passages of a bundle, in its order.
pub struct Rows<'b> {
    bundle: &'b Bundle,
    /// By article: its first passage.
    firsts: Vec<usize>,
}

/// A passage as an answer tells it.
#[derive(Serialize)]
pub struct Row {
    /// `<article id>#<passage index in the article>`
    pub id: String,
    article: Map<String, Value>,
    passage: Map<String, Value>,
}

/// A passage as it is loaded.
#[derive(Serialize)]
pub struct EngineRow {
    /// Its place in the bundle.
    pub row: usize,
    /// The article's id.
    article: String,
    /// Its place among the article's passages.
    passage: usize,
    /// What can be filtered by, each as [`field_value`].
    field_values: Vec<String>,
    /// A [`Row`] as JSON.
    payload: String,
    /// Of unit length.
    vector: Vec<f32>,
}

impl<'b> Rows<'b> {
    pub fn of(bundle: &'b Bundle) -> Self {
        let mut firsts = vec![bundle.passages.len(); bundle.articles.len()];
        for (place, passage) in bundle.passages.iter().enumerate().rev() {
            firsts[passage.article] = place;
        }
        Self { bundle, firsts }
    }

    pub fn len(&self) -> usize {
        self.bundle.passages.len()
    }

    /// The article of a row, by its index.
    pub fn article(&self, row: usize) -> usize {
        self.bundle.passages[row].article
    }

    /// As it is told.
    pub fn row(&self, row: usize) -> Result<Row> {
        let passage = &self.bundle.passages[row];
        let article = &self.bundle.articles[passage.article];
        let index = row - self.firsts[passage.article];
        let mut fields = object(article)?;
        let mut told = Map::new();
        for name in ["id", "title", "url"] {
            told.insert(name.into(), fields.shift_remove(name).unwrap_or_default());
        }
        told.insert("fields".into(), fields.into());
        let mut section = object(passage)?;
        section.shift_remove("article");
        section.insert("text".into(), passage.text.clone().into());
        section.insert("index".into(), index.into());
        let id = without_nul_in(&format!("{}#{index}", article.id));
        Ok(Row { id, article: without_nul(told), passage: without_nul(section) })
    }

    /// As it is loaded.
    pub fn engine_row(&self, row: usize) -> Result<EngineRow> {
        let told = self.row(row)?;
        let passage = &self.bundle.passages[row];
        let article = &self.bundle.articles[passage.article];
        Ok(EngineRow {
            row,
            article: without_nul_in(&article.id),
            passage: row - self.firsts[passage.article],
            field_values: field_values(article),
            payload: serde_json::to_string(&told)?,
            vector: self.vector(row)?,
        })
    }

    /// Of unit length.
    ///
    /// # Errors
    ///
    /// Where it has no direction.
    pub fn vector(&self, row: usize) -> Result<Vec<f32>> {
        let values = self.bundle.vectors.values(row);
        let length = values.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        let usable = length.is_finite() && length > 0.0;
        let length = Some(length).filter(|_| usable).with_context(|| {
            format!("the vector of passage {row} is zero or not finite: build the bundle again")
        })?;
        Ok(values.iter().map(|&x| (f64::from(x) / length) as f32).collect())
    }
}

/// The fields of an article or a passage, as a bundle's JSON has them.
fn object(of: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(of)? {
        Value::Object(fields) => Ok(fields),
        _ => bail!("expected fields"),
    }
}

/// A value of a field as engines keep and compare it: `["tags","rust"]`.
pub fn field_value(field: &str, value: &str) -> String {
    serde_json::json!([without_nul_in(field), without_nul_in(value)]).to_string()
}

/// What a filter may ask of an article.
fn field_values(article: &Article) -> Vec<String> {
    let of_field = |field| article.values(field).into_iter().map(move |value| (field, value));
    let values = article.fields().flat_map(of_field);
    let kept = values.filter(|(_, value)| value.chars().count() <= LONGEST_VALUE);
    kept.map(|(field, value)| field_value(field, &value)).collect()
}

/// PostgreSQL's texts hold no NUL.
fn without_nul(object: Map<String, Value>) -> Map<String, Value> {
    object.into_iter().map(|(name, value)| (without_nul_in(&name), without_nul_of(value))).collect()
}

fn without_nul_of(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => without_nul_in(&text).into(),
        Value::Array(values) => values.into_iter().map(without_nul_of).collect(),
        Value::Object(object) => without_nul(object).into(),
        other => other,
    }
}

fn without_nul_in(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
