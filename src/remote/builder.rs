//! Makes a remote bundle, of a whole bundle or of rows that stream by.

use std::collections::BTreeSet;

use super::manifest::{
    CLUSTERS, COVARIANCE, COVARIANCE_ENCODING, Clusters, MAX_CLUSTERS, MAX_PASSAGES, MEAN, MEAN_QUERY,
    Manifest, NORMS, PASSAGES, check_dimensions, clusters_part, floats_part, passages_part,
};
use crate::bundle::{Article, Bundle, EmbeddingSpace, Part, Statistics, Written, put_covariance};
use crate::clusters::Points;
use crate::decimal::Decimal;
use crate::error::Cause;
use crate::random::SplitMix64;
use crate::rank::Moments;
use crate::rank::whitened::{InDimensions, QUERY_SHRINKAGE};
use crate::vector::{Matrix, Vectors};
use crate::{Error, Result, encoder};

/// Rows that clusters are made of at most; a larger collection is known by so many random rows of it.
const KEPT: usize = 20_000;

/// How much of a collection a remote bundle holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Clusters of the mixture that stands for the rows, 1 to 4,096. Default 128.
    pub clusters: usize,
    /// Random passages, 1 to 16,384. Default 256.
    pub passages: usize,
}

impl Default for Sample {
    fn default() -> Self {
        Self { clusters: 128, passages: 256 }
    }
}

impl Sample {
    fn check(&self) -> Result<()> {
        for (name, value, most) in
            [("clusters", self.clusters, MAX_CLUSTERS), ("passages", self.passages, MAX_PASSAGES)]
        {
            if !(1..=most).contains(&value) {
                return Err(Error::option(name, value, format!("expected a whole number from 1 to {most}")));
            }
        }
        Ok(())
    }
}

/// What a remote bundle says of its collection, beside what is measured of the rows.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The embedding space of the rows.
    pub space: EmbeddingSpace,
    /// How many articles the rows are of.
    pub articles: usize,
    /// The fields that the engine filters by.
    pub fields: Vec<String>,
    /// Whether the engine searches for words.
    pub words: bool,
    /// The mean query, and how near the nearest row is to queries.
    pub statistics: Statistics,
    /// The part `encoder` of the collection's bundle, if it has one.
    pub encoder: Option<Part>,
}

impl About {
    /// Of a whole bundle, whose articles are filtered by every field that holds texts or numbers.
    pub fn of(bundle: &Bundle, words: bool) -> Self {
        let names: BTreeSet<&str> = bundle.articles.iter().flat_map(Article::fields).collect();
        let has = |name: &str| bundle.articles.iter().any(|article| !article.values(name).is_empty());
        Self {
            space: bundle.space.clone(),
            articles: bundle.articles.len(),
            fields: names.into_iter().filter(|name| has(name)).map(str::to_owned).collect(),
            words,
            statistics: bundle.statistics.clone(),
            encoder: bundle.part(encoder::PART).cloned(),
        }
    }
}

/// The remote bundle of a whole one. `words` says whether the engine searches for words.
///
/// # Errors
///
/// Those of [`Bundle::check`] and of [`Builder`].
pub fn write(bundle: &Bundle, words: bool, sample: &Sample) -> Result<Written> {
    bundle.check()?;
    let mut builder = Builder::new(bundle.space.dimensions, sample)?;
    builder.add(&bundle.vectors)?;
    builder.finish(&About::of(bundle, words))
}

/// Makes a remote bundle of rows that come in batches, and keeps no more than 20,000 of them. The same rows in the same order
/// give the same bundle, whatever the batches.
#[derive(Debug)]
pub struct Builder {
    sample: Sample,
    dims: usize,
    rows: usize,
    moments: Moments,
    /// Rows that wait for more to be added to the moments together: sums in float32 depend on which are.
    waiting: Vec<f32>,
    /// A random sample of the rows so far: algorithm R (Vitter, *Random Sampling with a Reservoir*, 1985).
    kept: Vec<f32>,
    random: SplitMix64,
}

/// Rows that are added to the moments together.
const TOGETHER: usize = 4096;

impl Builder {
    /// For rows of so many dimensions.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) for a sample out of range, and
    /// [`ErrorKind::BundleField`](crate::ErrorKind::BundleField) for no dimensions or more than [`MAX_DIMENSIONS`](super::MAX_DIMENSIONS).
    pub fn new(dimensions: usize, sample: &Sample) -> Result<Self> {
        sample.check()?;
        check_dimensions(dimensions)?;
        Ok(Self {
            sample: *sample,
            dims: dimensions,
            rows: 0,
            moments: Moments::of(&Matrix::<f32>::zeros(0, dimensions)),
            waiting: Vec::new(),
            kept: Vec::new(),
            random: SplitMix64(0),
        })
    }

    /// Adds the next rows, of any length; each counts by its direction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BundleField`](crate::ErrorKind::BundleField) for other dimensions,
    /// [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) and [`ErrorKind::ZeroVector`](crate::ErrorKind::ZeroVector).
    pub fn add(&mut self, rows: &Vectors) -> Result<()> {
        if rows.dims() != self.dims {
            let problem = format!("have {} values each, but space.dimensions is {}", rows.dims(), self.dims);
            return Err(Error::field("vectors", problem));
        }
        for row in 0..rows.rows() {
            let values = rows.values(row);
            let place = || format!("vectors[{}]", self.rows);
            let length = values.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
            if let Some((i, &value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
                return Err(Cause::NotFinite { place: format!("{}[{i}]", place()), value }.into());
            }
            if length == 0.0 {
                return Err(Cause::ZeroVector { place: place() }.into());
            }
            if !length.is_finite() {
                return Err(Error::field(
                    place(),
                    format!("has length {}: scale it", Decimal::short(length)),
                ));
            }
            let unit: Vec<f32> = values.iter().map(|&x| (f64::from(x) / length) as f32).collect();
            self.keep(&unit);
            self.waiting.extend(&unit);
            self.rows += 1;
            if self.waiting.len() == TOGETHER * self.dims {
                self.flush();
            }
        }
        Ok(())
    }

    fn keep(&mut self, unit: &[f32]) {
        if self.rows < KEPT {
            self.kept.extend(unit);
            return;
        }
        let place = (self.random.draw() % (self.rows as u64 + 1)) as usize;
        if place < KEPT {
            self.kept[place * self.dims..][..self.dims].copy_from_slice(unit);
        }
    }

    fn flush(&mut self) {
        let rows = Matrix::from_values(&std::mem::take(&mut self.waiting), self.dims);
        self.moments.add(&Moments::of(&rows));
    }

    /// The files of the remote bundle: the manifest, and the file beside it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BundleField`](crate::ErrorKind::BundleField) if there was no row, or what `about` says does not fit.
    pub fn finish(mut self, about: &About) -> Result<Written> {
        self.flush();
        let About { space, articles, fields, words, statistics, encoder } = about;
        if space.dimensions != self.dims {
            let problem = format!("is {}, but rows have {} values", space.dimensions, self.dims);
            return Err(Error::field("space.dimensions", problem));
        }
        if let Some(mean) = statistics.mean_query.as_ref().filter(|mean| mean.len() != self.dims) {
            let problem = format!("has {} values, but space.dimensions is {}", mean.len(), self.dims);
            return Err(Error::field("statistics.mean_query", problem));
        }
        if self.rows == 0 {
            return Err(Error::field("rows", "is 0: a collection needs at least one row"));
        }
        let covariance = self.moments.covariance();
        let mut bytes = Vec::new();
        put_covariance(&covariance, &mut bytes);
        let covariance_part = Part { encoding: COVARIANCE_ENCODING.into(), bytes, extra: Default::default() };
        let passages = self.random_passages();
        let scales = InDimensions::of(&self.moments, QUERY_SHRINKAGE).scales(&passages);
        let mut parts = vec![
            (MEAN, floats_part(self.moments.mean().into_iter().map(|x| x as f32))),
            (COVARIANCE, covariance_part),
            (CLUSTERS, clusters_part(&self.clusters())),
            (PASSAGES, passages_part(&passages)),
            (NORMS, floats_part(scales)),
        ];
        if let Some(mean) = &statistics.mean_query {
            parts.push((MEAN_QUERY, floats_part(mean.iter().copied())));
        }
        if let Some(encoder) = encoder {
            parts.push((encoder::PART, encoder.clone()));
        }
        let (space, fields) = (space.clone(), fields.clone());
        Manifest::without_parts(space, self.rows, *articles, fields, *words, statistics.closeness)
            .write(&parts)
    }

    /// Spread evenly over the kept rows, which are in no order that matters if the collection is large, and all of it otherwise.
    fn random_passages(&self) -> Matrix {
        let kept = self.kept.len() / self.dims;
        let count = self.sample.passages.min(kept);
        let row = |place: usize| &self.kept[(2 * place + 1) * kept / (2 * count) * self.dims..][..self.dims];
        let values: Vec<f32> = (0..count).flat_map(row).copied().collect();
        Matrix::from_values(&values, self.dims)
    }

    fn clusters(&self) -> Clusters {
        let kept = self.kept.len() / self.dims;
        let row = |row: u32| &self.kept[row as usize * self.dims..][..self.dims];
        let clusters =
            Points { values: &self.kept, dims: self.dims }.clusters(kept.div_ceil(self.sample.clusters));
        let mut centroids = Matrix::zeros(clusters.len(), self.dims);
        for (number, cluster) in clusters.iter().enumerate() {
            let mut mean = vec![0.0f64; self.dims];
            for &own in cluster {
                mean.iter_mut().zip(row(own)).for_each(|(mean, &x)| *mean += f64::from(x));
            }
            mean.iter_mut().for_each(|x| *x /= cluster.len() as f64);
            let centroid = centroids.values_mut(number);
            centroid.iter_mut().zip(&mean).for_each(|(to, &x)| *to = x as f32);
        }
        Clusters { counts: clusters.iter().map(|cluster| cluster.len() as u32).collect(), centroids }
    }
}
