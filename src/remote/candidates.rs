//! The rows that an engine has returned for a query.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::unread::{Found, LazyRow, find};
use super::{Partial, Remote, Request, Response, response_error};
use crate::Result;
use crate::bundle::Article;
use crate::decimal::Decimal;
use crate::rank::knn;
use crate::vector::{Matrix, float32};

/// How far a row's vector may be from unit length: float16 and the codes of engines lose less.
const LENGTHS: std::ops::RangeInclusive<f64> = 0.9..=1.1;
/// How far a row's vector may be from what it was in another response.
const SAME: f32 = 0.01;
/// How far below the mean product of all rows the best may be, for rounding.
const ROUNDING: f64 = 2e-3;

/// The rows that an engine has returned for one query so far, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// How many responses there were.
    pub(super) responses: usize,
    pub(super) rows: Vec<LazyRow>,
    /// The article that each is of.
    pub(super) article_of: Vec<usize>,
    /// The first row of each article.
    articles: Vec<usize>,
    pub(super) words: Vec<f32>,
    /// The vectors, of unit length, once there are any.
    pub(super) vectors: Option<Matrix>,
    /// The w of the first SVM, from which the next one goes on.
    pub(super) start: OnceLock<Vec<f64>>,
    partial: Option<Partial>,
    by_id: BTreeMap<String, usize>,
    article_by_id: BTreeMap<String, usize>,
}

impl Candidates {
    /// How many rows were looked at.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// How many articles they are of.
    pub(super) fn articles(&self) -> usize {
        self.articles.len()
    }

    pub(super) fn article(&self, article: usize) -> &Article {
        &self.rows[self.articles[article]].article
    }

    /// The natural logarithm of what it counts.
    pub(super) fn log(&self, article: usize) -> f32 {
        self.rows[self.articles[article]].log()
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
        let rows = rows.into_iter().map(LazyRow::from).collect();
        self.take(remote, request, Found { rows, vectors, partial })
    }

    /// [`Candidates::add`] of a response that is read here, as [`Response::read`] does it, but for the texts of rows that become no hits:
    /// reading them is most of what an answer costs beside the engine.
    ///
    /// # Errors
    ///
    /// Those of [`Response::read`] and [`Candidates::add`].
    pub fn add_json(
        &mut self,
        remote: &Remote,
        request: &Request,
        json: Vec<u8>,
        vectors: Option<Vec<f32>>,
    ) -> Result<()> {
        let json = Arc::new(json);
        match find(&json, vectors.is_none()) {
            None => self.add(remote, request, Response::read(&json, vectors)?),
            Some(found) => {
                let vectors = vectors.unwrap_or(found.vectors);
                self.take(remote, request, Found { vectors, ..found })
            }
        }
    }

    fn take(&mut self, remote: &Remote, request: &Request, found: Found) -> Result<()> {
        let Found { rows, vectors, partial } = found;
        let dims = remote.space().dimensions;
        let vectors = unit_vectors(vectors, rows.len(), dims, &remote.space().model)?;
        for (i, row) in rows.iter().enumerate() {
            self.check_row(i, row, vectors.values(i), request)?;
        }
        check_nearness(remote, request, &vectors)?;
        let new: Vec<usize> = (0..).zip(rows).filter_map(|(i, row)| self.insert(row).then_some(i)).collect();
        match &mut self.vectors {
            // Most often there is one response, and no row twice.
            None if new.len() == vectors.rows() => self.vectors = Some(vectors),
            known => {
                let known = known.get_or_insert_with(|| Matrix::zeros(0, dims));
                new.into_iter().for_each(|row| known.push(vectors.values(row)));
            }
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

    fn check_row(&self, i: usize, row: &LazyRow, vector: &[f32], request: &Request) -> Result<()> {
        let place = |field: &str| format!("rows[{i}].{field}");
        let (id, article) = (row.id(), row.article_id());
        if id.is_empty() || article.is_empty() {
            return Err(response_error(place("id"), "is empty: each row and each article needs an id"));
        }
        if !request.filter.is_empty() && !request.filter.allows(&row.article) {
            let problem = format!("is \"{article}\", which the filter forbids");
            return Err(response_error(place("article.id"), problem));
        }
        if row.words().is_some_and(|words| !words.is_finite() || words < 0.0) {
            return Err(response_error(place("words"), "is no finite number from 0"));
        }
        if let Some(&known) = self.by_id.get(id)
            && (self.article_of[known] != *self.article_by_id.get(article).unwrap_or(&usize::MAX)
                || !float32::are_near(self.vector(known), vector, SAME))
        {
            let problem = format!("is \"{id}\", which was another row before: ids must differ");
            return Err(response_error(place("id"), problem));
        }
        Ok(())
    }

    /// Takes a row, but for its vector, unless it is there already.
    fn insert(&mut self, mut row: LazyRow) -> bool {
        let words = row.words().unwrap_or(0.0);
        if let Some(&known) = self.by_id.get(row.id()) {
            self.words[known] = self.words[known].max(words);
            return false;
        }
        self.by_id.insert(row.id().to_owned(), self.rows.len());
        let next = self.articles.len();
        let article = *self.article_by_id.entry(row.article_id().to_owned()).or_insert(next);
        if article == next {
            self.articles.push(self.rows.len());
        }
        row.set_article(article);
        self.rows.push(row);
        self.article_of.push(article);
        self.words.push(words);
        true
    }

    fn vector(&self, row: usize) -> &[f32] {
        self.vectors.as_ref().map_or(&[], |vectors| vectors.values(row))
    }

    /// The products of the vectors with this one.
    pub(super) fn products(&self, vector: &[f32]) -> Vec<f32> {
        self.vectors.as_ref().map_or_else(Vec::new, |vectors| knn::scores(vectors, &vectors.pad(vector)))
    }

    /// The vectors of these rows, of so many dimensions.
    pub(super) fn matrix(&self, rows: &[usize], dims: usize) -> Matrix {
        let mut matrix = Matrix::zeros(rows.len(), dims);
        for (place, row) in rows.iter().enumerate() {
            matrix.values_mut(place).copy_from_slice(self.vector(*row));
        }
        matrix
    }
}

/// The vectors, brought to the length 1 that they nearly have.
fn unit_vectors(mut vectors: Vec<f32>, rows: usize, dims: usize, model: &str) -> Result<Matrix> {
    if vectors.len() != rows * dims {
        let problem = format!(
            "has {} values, expected {rows} rows x {dims} dimensions (model \"{model}\")",
            vectors.len()
        );
        return Err(response_error("vectors", problem));
    }
    for (row, values) in vectors.chunks_exact_mut(dims).enumerate() {
        let length = float32::square(values).sqrt();
        if !LENGTHS.contains(&length) {
            // The length of what is not finite is not, either.
            if let Some(i) = values.iter().position(|value| !value.is_finite()) {
                let problem = format!(
                    "holds {} at {i} of row {row}: vectors must be finite numbers",
                    Decimal::from(values[i])
                );
                return Err(response_error("vectors", problem));
            }
            let problem = format!(
                "has length {} in row {row}, expected 1: the engine holds unit vectors",
                Decimal::short(length)
            );
            return Err(response_error("vectors", problem));
        }
        float32::scale(values, (1.0 / length) as f32);
    }
    Ok(Matrix::from_vec(vectors, dims))
}

/// The best of all rows is no worse than their mean. Where that of the response is, its rows are of another model, or the engine went by
/// another vector.
fn check_nearness(remote: &Remote, request: &Request, vectors: &Matrix) -> Result<()> {
    if request.vector.is_empty() || !request.filter.is_empty() || vectors.rows() == 0 {
        return Ok(());
    }
    let best =
        knn::scores(vectors, &vectors.pad(&request.vector)).into_iter().fold(f32::NEG_INFINITY, f32::max);
    if f64::from(best) + ROUNDING >= remote.metric.mean_product(&request.vector) {
        return Ok(());
    }
    let problem = format!(
        "are of rows that are further from the request's vector than the mean of all: is this the engine of this bundle, with vectors of model \"{}\"?",
        remote.space().model
    );
    Err(response_error("vectors", problem))
}
