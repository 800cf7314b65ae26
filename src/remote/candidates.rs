//! The rows that an engine has returned for a query.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Partial, Remote, Request, Response, Row, response_error};
use crate::Result;
use crate::bundle::{Article, Passage};
use crate::decimal::Decimal;
use crate::rank::knn;
use crate::vector::{Element, Matrix};

/// How far a row's vector may be from unit length: float16 and the codes of engines lose less.
const LENGTHS: std::ops::RangeInclusive<f64> = 0.9..=1.1;
/// How far below the mean product of all rows the best may be, for rounding.
const ROUNDING: f64 = 2e-3;

/// The rows that an engine has returned for one query so far, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// How many responses there were.
    pub(super) responses: usize,
    pub(super) articles: Vec<Article>,
    pub(super) passages: Vec<Passage>,
    /// Which of its article's passages each is.
    pub(super) indices: Vec<usize>,
    pub(super) words: Vec<f32>,
    /// The vectors, of unit length, row after row.
    pub(super) vectors: Vec<f32>,
    /// The w of the first SVM, from which the next one goes on.
    pub(super) start: OnceLock<Vec<f64>>,
    partial: Option<Partial>,
    by_id: BTreeMap<String, usize>,
    article_by_id: BTreeMap<String, usize>,
}

impl Candidates {
    /// How many rows were looked at.
    pub fn rows(&self) -> usize {
        self.passages.len()
    }

    /// The worst of what responses said.
    pub fn partial(&self) -> Option<Partial> {
        self.partial
    }

    /// Takes the response to a request. What it refuses changes nothing. Rows that are there already count once, and fewer than were asked
    /// for are no error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Response`](crate::ErrorKind::Response) if the vectors are not as many as the rows, or of other dimensions, hold a NaN,
    /// or have not unit length; if a row has no id, or the filter forbids it; or if the rows are no nearer to the request's vector than any
    /// row is, as those of another model.
    pub fn add(&mut self, remote: &Remote, request: &Request, response: Response) -> Result<()> {
        let Response { rows, vectors, partial } = response;
        let dims = remote.space().dimensions;
        let vectors = unit_vectors(vectors, rows.len(), dims, &remote.space().model)?;
        for (i, row) in rows.iter().enumerate() {
            self.check_row(i, row, &vectors[i * dims..][..dims], request)?;
        }
        check_nearness(remote, request, &vectors)?;
        self.vectors.reserve(vectors.len());
        for (row, vector) in rows.into_iter().zip(vectors.chunks_exact(dims)) {
            self.insert(row, vector);
        }
        self.responses += 1;
        let missing = |partial: &Partial| partial.missing as f64 / partial.of.max(1) as f64;
        if let Some(partial) = partial.filter(|partial| partial.missing > 0)
            && self.partial.as_ref().is_none_or(|other| missing(other) < missing(&partial))
        {
            self.partial = Some(partial);
        }
        Ok(())
    }

    fn check_row(&self, i: usize, row: &Row, vector: &[f32], request: &Request) -> Result<()> {
        let place = |field: &str| format!("rows[{i}].{field}");
        if row.id.is_empty() || row.article.id.is_empty() {
            return Err(response_error(place("id"), "is empty: each row and each article needs an id"));
        }
        if !request.filter.allows(&row.article) {
            let problem = format!("is \"{}\", which the filter forbids", row.article.id);
            return Err(response_error(place("article.id"), problem));
        }
        if row.words.is_some_and(|words| !words.is_finite() || words < 0.0) {
            return Err(response_error(place("words"), "is no finite number from 0"));
        }
        if let Some(&known) = self.by_id.get(&row.id)
            && (self.passages[known].article
                != *self.article_by_id.get(&row.article.id).unwrap_or(&usize::MAX)
                || self.vectors[known * vector.len()..][..vector.len()]
                    .iter()
                    .zip(vector)
                    .any(|(a, b)| (a - b).abs() > 0.01))
        {
            let problem = format!("is \"{}\", which was another row before: ids must differ", row.id);
            return Err(response_error(place("id"), problem));
        }
        Ok(())
    }

    fn insert(&mut self, row: Row, vector: &[f32]) {
        let Row { id, article, passage, index, words } = row;
        let words = words.unwrap_or(0.0);
        if let Some(&known) = self.by_id.get(&id) {
            self.words[known] = self.words[known].max(words);
            return;
        }
        self.by_id.insert(id, self.passages.len());
        let next = self.articles.len();
        let place = *self.article_by_id.entry(article.id.clone()).or_insert(next);
        if place == next {
            self.articles.push(article);
        }
        self.passages.push(Passage { article: place, ..passage });
        self.indices.push(index);
        self.words.push(words);
        self.vectors.extend(vector);
    }

    /// The vectors of these rows, of so many dimensions.
    pub(super) fn matrix(&self, rows: &[usize], dims: usize) -> Matrix {
        let mut matrix = Matrix::zeros(rows.len(), dims);
        for (place, row) in rows.iter().enumerate() {
            matrix.values_mut(place).copy_from_slice(&self.vectors[row * dims..][..dims]);
        }
        matrix
    }
}

/// The vectors, brought to the length 1 that they nearly have.
fn unit_vectors(mut vectors: Vec<f32>, rows: usize, dims: usize, model: &str) -> Result<Vec<f32>> {
    if vectors.len() != rows * dims {
        let problem = format!(
            "has {} values, expected {rows} rows x {dims} dimensions (model \"{model}\")",
            vectors.len()
        );
        return Err(response_error("vectors", problem));
    }
    for (row, values) in vectors.chunks_exact_mut(dims).enumerate() {
        if let Some(i) = values.iter().position(|value| !value.is_finite()) {
            let value = Decimal::from(values[i]);
            let problem = format!("holds {value} at {i} of row {row}: vectors must be finite numbers");
            return Err(response_error("vectors", problem));
        }
        let length = f32::squares(values).sqrt();
        if !LENGTHS.contains(&length) {
            let problem = format!(
                "has length {} in row {row}, expected 1: the engine holds unit vectors",
                Decimal::short(length)
            );
            return Err(response_error("vectors", problem));
        }
        let factor = (1.0 / length) as f32;
        values.iter_mut().for_each(|x| *x *= factor);
    }
    Ok(vectors)
}

/// The best of all rows is no worse than their mean. Where that of the response is, its rows are of another model, or the engine went by
/// another vector.
fn check_nearness(remote: &Remote, request: &Request, vectors: &[f32]) -> Result<()> {
    if request.vector.is_empty() || !request.filter.is_empty() || vectors.is_empty() {
        return Ok(());
    }
    let rows = Matrix::from_values(vectors, request.vector.len());
    let best = knn::scores(&rows, &rows.pad(&request.vector)).into_iter().fold(f32::NEG_INFINITY, f32::max);
    if f64::from(best) + ROUNDING >= remote.metric.mean_product(&request.vector) {
        return Ok(());
    }
    let problem = format!(
        "are of rows that are further from the request's vector than the mean of all: is this the engine of this bundle, with vectors of model \"{}\"?",
        remote.space().model
    );
    Err(response_error("vectors", problem))
}
