//! What every bundle must satisfy, whether it was read from a file or put together in memory.

use std::collections::BTreeMap;

use super::{Bundle, EmbeddingSpace};
use crate::decimal::Decimal;
use crate::error::Cause;
use crate::{Error, Result};

/// More dimensions than any embedding model has, and few enough that rows x dimensions cannot overflow.
pub const MAX_DIMENSIONS: usize = 65_536;

/// How far from 1 a vector's length may be where `space.normalized` is true: models that answer in low precision
/// are off by less.
const LENGTH_TOLERANCE: f64 = 0.01;

/// Lengths whose inverse is a float32 with room to spare.
const LENGTHS: std::ops::RangeInclusive<f64> = 1e-18..=1e18;

impl EmbeddingSpace {
    pub(super) fn check(&self) -> Result<()> {
        if !(1..=MAX_DIMENSIONS).contains(&self.dimensions) {
            let problem = format!("is {}, expected 1 to {MAX_DIMENSIONS}", self.dimensions);
            return Err(Error::field("space.dimensions", problem));
        }
        Ok(())
    }
}

/// What checking a bundle works out.
pub(crate) struct Checked {
    /// The length of each vector.
    pub lengths: Vec<f64>,
    /// The articles in the order of their ids.
    pub by_id: Vec<usize>,
}

impl Bundle {
    /// Checks everything that [`SearchIndex`](crate::SearchIndex) relies on. The error names the first place that is wrong.
    pub fn check(&self) -> Result<()> {
        self.checked().map(drop)
    }

    /// [`Bundle::check`], with those of its results that an index needs too.
    pub(crate) fn checked(&self) -> Result<Checked> {
        self.space.check()?;
        let by_id = self.checked_articles()?;
        self.check_passages()?;
        let dims = self.space.dimensions;
        let (rows, passages) = (self.vectors.rows(), self.passages.len());
        if rows != passages {
            let problem = format!("has {rows} rows, but there are {passages} passages: each needs one");
            return Err(Error::field("vectors", problem));
        }
        if self.vectors.dims() != dims {
            let problem = format!("have {} values each, but space.dimensions is {dims}", self.vectors.dims());
            return Err(Error::field("vectors", problem));
        }
        for (place, (name, _)) in self.parts.iter().enumerate() {
            if self.parts[..place].iter().any(|(other, _)| other == name) {
                return Err(Error::field(format!("parts.{name}"), "occurs twice"));
            }
        }
        let lengths = (0..rows).map(|row| self.checked_length(row)).collect::<Result<_>>()?;
        if let Some(mean) = &self.statistics.mean_query {
            check_values("statistics.mean_query", mean, dims)?;
        }
        self.space.probes.iter().enumerate().try_for_each(|(i, probe)| {
            let place = format!("space.probes[{i}].vector");
            check_values(&place, &probe.vector, dims)?;
            match probe.vector.iter().all(|&value| value == 0.0) {
                true => Err(Error::from(Cause::ZeroVector { place })),
                false => Ok(()),
            }
        })?;
        Ok(Checked { lengths, by_id })
    }

    fn checked_articles(&self) -> Result<Vec<usize>> {
        if self.articles.is_empty() {
            return Err(Error::field("articles", "is empty: a bundle needs at least one article"));
        }
        let mut by_id = BTreeMap::new();
        for (index, article) in self.articles.iter().enumerate() {
            if article.id.is_empty() {
                return Err(Error::field(
                    format!("articles[{index}].id"),
                    "is empty: each article needs an id",
                ));
            }
            if let Some(first) = by_id.insert(article.id.as_str(), index) {
                return Err(Cause::DuplicateId { id: article.id.clone(), first, second: index }.into());
            }
        }
        Ok(by_id.into_values().collect())
    }

    /// Every article has at least one passage, and passages stand in the order of their articles.
    fn check_passages(&self) -> Result<()> {
        let mut next = 0;
        for (index, passage) in self.passages.iter().enumerate() {
            let article = passage.article;
            if article == next && article < self.articles.len() {
                next += 1;
            } else if article.checked_add(1) != Some(next) {
                let problem = format!(
                    "is {article}, expected {} or {next} of {} articles: passages stand in the order of their articles, each with at least one",
                    next.saturating_sub(1),
                    self.articles.len()
                );
                return Err(Error::field(format!("passages[{index}].article"), problem));
            }
        }
        if next != self.articles.len() {
            let problem = format!(
                "has no passage: each article needs at least one, {} has none",
                self.articles[next].id
            );
            return Err(Error::field(format!("articles[{next}]"), problem));
        }
        Ok(())
    }

    fn checked_length(&self, row: usize) -> Result<f64> {
        let length = self.vectors.length(row);
        if !length.is_finite() {
            let values = self.vectors.values(row).into_iter().enumerate();
            let (i, value) = values.into_iter().find(|(_, value)| !value.is_finite()).unwrap_or_default();
            return Err(Cause::NotFinite { place: format!("vectors[{row}][{i}]"), value }.into());
        }
        if length == 0.0 {
            let article = &self.articles[self.passages[row].article];
            let place = format!("vectors[{row}] (article \"{}\")", article.id);
            return Err(Cause::ZeroVector { place }.into());
        }
        if !LENGTHS.contains(&length) {
            let problem = format!("has length {}, expected 1e-18 to 1e18: scale it", Decimal::short(length));
            return Err(Error::field(format!("vectors[{row}]"), problem));
        }
        if self.space.normalized && (length - 1.0).abs() > LENGTH_TOLERANCE {
            let problem = format!(
                "has length {}, but space.normalized is true: set it to false",
                Decimal::rounded(length, 4)
            );
            return Err(Error::field(format!("vectors[{row}]"), problem));
        }
        Ok(length)
    }
}

fn check_values(place: &str, values: &[f32], dims: usize) -> Result<()> {
    if values.len() != dims {
        let problem = format!("has {} values, but space.dimensions is {dims}", values.len());
        return Err(Error::field(place, problem));
    }
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((i, &value)) => Err(Cause::NotFinite { place: format!("{place}[{i}]"), value }.into()),
        None => Ok(()),
    }
}
