//! The searchable index: a bundle in memory.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::Result;
use crate::bundle::{Article, Bundle, Checked, EmbeddingSpace, Passage, Prepared, SHRINKAGES, WHITENING};
use crate::closeness::Calibration;
use crate::encoder::{self, Encoded, LazyEncoder, QueryEncoder};
use crate::error::Cause;
use crate::lexical::{self, Keywords};
use crate::query::check_length;
use crate::rank::svm::Background;
use crate::rank::whitened::{self, Whitening};
use crate::rank::{Moments, Projection};
use crate::search::weight;
use crate::vector::{Deviations, Element, Vectors};

/// Multiplications that a browser does in about a second. If something takes more and the bundle does not hold it, a query computes
/// it only when the query's method names it.
const A_SECOND: f64 = 4e9;
/// More than this takes many seconds, and is refused.
const TOO_LONG: f64 = 1e11;
/// Matrices of this many rows and dimensions do not fit into a browser's memory.
const TOO_LARGE: usize = 8192;

/// A bundle's articles and the vectors of their passages, ready to rank.
#[derive(Clone, Debug)]
pub struct SearchIndex {
    space: EmbeddingSpace,
    articles: Vec<Article>,
    passages: Vec<Passage>,
    /// One row a passage; if `normalize`, its scale brings it to unit length.
    rows: Vectors,
    normalize: bool,
    mean_query: Option<Vec<f32>>,
    calibration: Option<Calibration>,
    /// The article of each passage, which is all that a search looks at for most passages.
    article_of: Vec<u32>,
    /// True for each article: what a search without a filter starts from.
    every_article: Vec<bool>,
    /// What each article counts, as logarithms; empty if all count alike.
    log_weights: Vec<f32>,
    /// The articles in the order of their ids.
    by_id: Vec<usize>,
    keywords: Option<Keywords>,
    encoder: Option<LazyEncoder>,
    /// What the build computed ahead for all queries, if it did and rows have unit length.
    prepared: Option<Prepared>,
    /// What is the same for every query and costs many scans; computed when first needed.
    mean: OnceLock<Vec<f64>>,
    moments: OnceLock<Moments>,
    projection: OnceLock<Projection>,
    whitenings: [OnceLock<Whitening>; 2],
    /// For the C that was asked for last.
    background: Arc<Mutex<Option<Arc<Background>>>>,
}

impl SearchIndex {
    /// Makes an index of a bundle: brings its vectors to unit length, sorts its ids and reads its keywords. The query encoder is read in
    /// full when the first text is encoded.
    ///
    /// # Errors
    ///
    /// Those of [`Bundle::read`]: a bundle that was put together in memory is checked here in the same way.
    pub fn new(bundle: Bundle) -> Result<Self> {
        Self::with(bundle, true)
    }

    /// [`SearchIndex::new`] with a choice: unless `normalize`, vectors and queries keep their lengths, kNN ranks by dot products
    /// instead of cosines, and the SVM learns from vectors of any length, as in the "knn_vs_svm" notebook.
    pub fn with(bundle: Bundle, normalize: bool) -> Result<Self> {
        let keywords =
            bundle.part(lexical::PART).map(|part| part.keywords(bundle.passages.len())).transpose()?;
        let encoder = bundle.part(encoder::PART).cloned();
        let encoder = encoder.map(|part| LazyEncoder::of(part, &bundle.space)).transpose()?;
        Self::of_read(bundle, keywords, encoder, normalize)
    }

    /// [`SearchIndex::with`] for a bundle whose keywords and query encoder have been read already.
    pub(crate) fn of_parts(
        bundle: Bundle,
        keywords: Option<Keywords>,
        encoder: Option<QueryEncoder>,
        normalize: bool,
    ) -> Result<Self> {
        Self::of_read(bundle, keywords, encoder.map(LazyEncoder::known), normalize)
    }

    fn of_read(
        bundle: Bundle,
        keywords: Option<Keywords>,
        encoder: Option<LazyEncoder>,
        normalize: bool,
    ) -> Result<Self> {
        let Checked { lengths, by_id } = bundle.checked()?;
        let prepared = bundle.part(WHITENING).filter(|_| normalize);
        let prepared = prepared
            .map(|part| part.whitening(bundle.passages.len(), bundle.space.dimensions))
            .transpose()?;
        let Bundle { space, articles, passages, vectors: mut rows, statistics, .. } = bundle;
        if normalize {
            rows.bring_to_unit_length(&lengths);
        }
        Ok(Self {
            by_id,
            article_of: passages.iter().map(|passage| passage.article as u32).collect(),
            space,
            every_article: vec![true; articles.len()],
            log_weights: weight::logs_of(&articles),
            articles,
            passages,
            rows,
            normalize,
            mean_query: statistics.mean_query,
            calibration: statistics.closeness,
            keywords,
            encoder,
            prepared,
            mean: OnceLock::new(),
            moments: OnceLock::new(),
            projection: OnceLock::new(),
            whitenings: Default::default(),
            background: Arc::default(),
        })
    }

    /// The bundle's embedding space: the model of the vectors, and how to embed a query.
    pub fn space(&self) -> &EmbeddingSpace {
        &self.space
    }

    /// All articles, in the order of the bundle.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The article with this id.
    pub fn article(&self, id: &str) -> Result<&Article> {
        Ok(&self.articles[self.position(id)?])
    }

    /// All passages, in the order of their articles.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The vectors of the passages as the bundle has them, one row each, not scaled to unit length. None if they are not
    /// float32.
    #[cfg(feature = "ndarray")]
    pub fn view(&self) -> Option<ndarray::ArrayView2<'_, f32>> {
        match &self.rows {
            Vectors::Float32(rows) => Some(rows.view()),
            Vectors::Int8(_) => None,
        }
    }

    /// The bundle's keywords, if it was built with them.
    pub fn keywords(&self) -> Option<&Keywords> {
        self.keywords.as_ref()
    }

    /// Whether the bundle has a query encoder, which makes a query's embedding without an API.
    pub fn has_encoder(&self) -> bool {
        self.encoder.is_some()
    }

    /// Makes a text's embedding with the bundle's query encoder; none if the encoder knows nothing of the text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoEncoder`](crate::ErrorKind::NoEncoder) if the bundle has none, and
    /// [`ErrorKind::Encoder`](crate::ErrorKind::Encoder) if it is damaged; [`ErrorKind::Option`](crate::ErrorKind::Option) if the text is
    /// longer than [`MAX_QUERY_BYTES`](crate::MAX_QUERY_BYTES).
    pub fn encode(&self, text: &str) -> Result<Option<Encoded>> {
        check_length(text)?;
        Ok(self.encoder.as_ref().ok_or(Cause::NoEncoder)?.read()?.encode(text))
    }

    /// The indices of an article's passages.
    pub(crate) fn passages_of(&self, article: usize) -> Range<usize> {
        let article_of = &self.article_of;
        article_of.partition_point(|&other| (other as usize) < article)
            ..article_of.partition_point(|&other| other as usize <= article)
    }

    /// The article of each passage, ascending.
    pub(crate) fn article_of(&self) -> &[u32] {
        &self.article_of
    }

    /// True for each article.
    pub(crate) fn every_article(&self) -> &[bool] {
        &self.every_article
    }

    /// The logarithm of what each article counts; empty if all count alike.
    pub(crate) fn log_weights(&self) -> &[f32] {
        &self.log_weights
    }

    pub(crate) fn position(&self, id: &str) -> Result<usize> {
        let place = self.by_id.binary_search_by_key(&id, |&article| &self.articles[article].id);
        place.map(|place| self.by_id[place]).map_err(|_| Cause::UnknownArticle { id: id.into() }.into())
    }

    pub(crate) fn rows(&self) -> &Vectors {
        &self.rows
    }

    /// Whether each row stands for a vector of unit length.
    pub(crate) fn has_unit_rows(&self) -> bool {
        self.normalize
    }

    /// The mean embedding of texts like queries, if the bundle has it.
    pub(crate) fn mean_query(&self) -> Option<&[f32]> {
        self.mean_query.as_deref()
    }

    /// How close queries come that the site answers, if the bundle has it.
    pub(crate) fn calibration(&self) -> Option<Calibration> {
        self.calibration
    }

    pub(crate) fn moments(&self) -> &Moments {
        let known = self.prepared.as_ref().and_then(|prepared| prepared.moments.as_ref());
        known.unwrap_or_else(|| self.moments.get_or_init(|| Moments::of(self.rows.as_rows())))
    }

    /// The mean row.
    pub(crate) fn mean(&self) -> &[f64] {
        match &self.prepared {
            Some(prepared) => &prepared.mean,
            None => self.mean.get_or_init(|| Deviations::of(self.rows.as_rows()).mean().to_vec()),
        }
    }

    /// The moments, if they are known or soon computed.
    fn cheap_moments(&self) -> Option<&Moments> {
        let (rows, dims) = (self.rows.rows() as f64, self.rows.dims() as f64);
        let known = self.prepared.as_ref().is_some_and(|prepared| prepared.moments.is_some());
        (known || dims * dims * (rows + 4.0 * dims) <= A_SECOND).then(|| self.moments())
    }

    pub(crate) fn projection(&self) -> &Projection {
        self.projection.get_or_init(|| Projection::of(self.rows.as_rows(), self.cheap_moments()))
    }

    /// Whether the whitened cosine takes no more than about a second.
    pub(crate) fn whitens_soon(&self) -> bool {
        self.prepared.is_some() || whitened::cost(self.rows.rows(), self.rows.dims()) <= A_SECOND
    }

    /// Refuses what would take minutes, or more memory than there is.
    pub(crate) fn check_whitening(&self) -> Result<()> {
        let (rows, dims) = (self.rows.rows(), self.rows.dims());
        let possible = whitened::cost(rows, dims) <= TOO_LONG && rows.min(dims) <= TOO_LARGE;
        if possible || self.prepared.is_some() {
            return Ok(());
        }
        Err(Cause::TooManyDimensions { dimensions: dims, passages: rows }.into())
    }

    /// The whitening with this shrinkage, which is one of the two.
    pub(crate) fn whitening(&self, shrinkage: f64) -> &Whitening {
        let which = usize::from(SHRINKAGES[0] != shrinkage);
        self.whitenings[which].get_or_init(|| match &self.prepared {
            Some(Prepared { mean, variance, scales, moments }) => {
                let (mean, scales) = (mean.clone(), scales[which].clone());
                Whitening::with_scales(mean, *variance, moments.as_ref(), SHRINKAGES[which], scales)
            }
            None => Whitening::of(self.rows.as_rows(), || self.moments(), SHRINKAGES[which]),
        })
    }

    /// What the SVM with this C, which is within its range, needs for any query with so many positives.
    pub(crate) fn background(&self, c: f64, positives: usize) -> Arc<Background> {
        let mut kept = self.background.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(background) if background.is_for(c, positives) => background.clone(),
            _ => {
                let background = Background::new(self.rows.as_rows(), || self.cheap_moments(), c, positives);
                kept.insert(Arc::new(background)).clone()
            }
        }
    }

    /// Checks a query and brings it to the length and the padding of a row.
    pub(crate) fn unit_query(&self, query: &[f32]) -> Result<Vec<f32>> {
        self.space.check_query(query)?;
        let padded = self.rows.as_rows().pad(query);
        self.to_unit(padded).ok_or_else(|| Cause::ZeroVector { place: "the query".into() }.into())
    }

    /// The vector at unit length, or as it is if the index keeps lengths; none for zeros.
    pub(crate) fn to_unit(&self, mut vector: Vec<f32>) -> Option<Vec<f32>> {
        let length = length(&vector);
        if length == 0.0 {
            return None;
        }
        if self.normalize {
            vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
        }
        Some(vector)
    }
}

/// The length of a vector.
fn length(vector: &[f32]) -> f64 {
    f32::squares(vector).sqrt()
}
