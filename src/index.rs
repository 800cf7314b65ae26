//! The searchable index: what a bundle becomes in memory.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::bundle::{Article, Bundle, Checked, EmbeddingSpace, Passage};
use crate::encoder::{self, Encoded, LazyEncoder};
use crate::lexical::{self, Keywords};
use crate::rank::svm::Background;
use crate::rank::whitened::{ARTICLE_SHRINKAGE, QUERY_SHRINKAGE, Whitening};
use crate::rank::{Moments, Projection};
use crate::vector::{Element, Vectors};
use crate::{Error, Result};

/// A bundle's articles and the vectors of their passages, ready to rank.
#[derive(Clone, Debug)]
pub struct SearchIndex {
    space: EmbeddingSpace,
    articles: Vec<Article>,
    passages: Vec<Passage>,
    /// One row a passage, of unit length by its scale if `normalize`.
    rows: Vectors,
    normalize: bool,
    mean_query: Option<Vec<f32>>,
    /// The article of each passage: searches look at nothing else of most.
    article_of: Vec<u32>,
    /// The articles in the order of their ids.
    by_id: Vec<usize>,
    keywords: Option<Keywords>,
    encoder: Option<LazyEncoder>,
    /// What is the same for every query and costs many scans: worked out when first needed.
    moments: OnceLock<Moments>,
    projection: OnceLock<Projection>,
    whitenings: [(f64, OnceLock<Whitening>); 2],
    /// For the C that was asked for last.
    background: Arc<Mutex<Option<Arc<Background>>>>,
}

impl SearchIndex {
    /// Brings the bundle's vectors to unit length, looks up its ids and reads its keywords; its query encoder is read in
    /// full when a text is first to be placed. The bundle has been checked when it was read; one put together by hand is
    /// checked here for the same.
    pub fn new(bundle: Bundle) -> Result<Self> {
        Self::with(bundle, true)
    }

    /// [`SearchIndex::new`]; unless `normalize`, vectors and queries keep their lengths, and kNN ranks by dot products
    /// instead of cosines, as the SVM of the "knn_vs_svm" notebook does with vectors that have other lengths.
    pub fn with(bundle: Bundle, normalize: bool) -> Result<Self> {
        let Checked { lengths, by_id } = bundle.checked()?;
        let keywords =
            bundle.part(lexical::PART).map(|part| part.keywords(bundle.passages.len())).transpose()?;
        let Bundle { space, articles, passages, vectors: mut rows, statistics, parts, .. } = bundle;
        let encoder = parts.into_iter().find(|(name, _)| name == encoder::PART);
        let encoder = encoder.map(|(_, part)| LazyEncoder::of(part, &space)).transpose()?;
        if normalize {
            rows.bring_to_unit_length(&lengths);
        }
        Ok(Self {
            by_id,
            article_of: passages.iter().map(|passage| passage.article as u32).collect(),
            space,
            articles,
            passages,
            rows,
            normalize,
            mean_query: statistics.mean_query,
            keywords,
            encoder,
            moments: OnceLock::new(),
            projection: OnceLock::new(),
            whitenings: [QUERY_SHRINKAGE, ARTICLE_SHRINKAGE].map(|shrinkage| (shrinkage, OnceLock::new())),
            background: Arc::default(),
        })
    }

    /// What made the vectors, and how a query is to be embedded.
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

    /// In the order of their articles.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The vectors of the passages, a row each, as the bundle has them: the index keeps beside them what brings them to unit
    /// length. None where they are not float32.
    #[cfg(feature = "ndarray")]
    pub fn view(&self) -> Option<ndarray::ArrayView2<'_, f32>> {
        match &self.rows {
            Vectors::Float32(rows) => Some(rows.view()),
            Vectors::Int8(_) => None,
        }
    }

    /// What the bundle knows of the words of its passages, if it was built with keywords.
    pub fn keywords(&self) -> Option<&Keywords> {
        self.keywords.as_ref()
    }

    /// Whether the bundle was built with a query encoder, which places texts without an API.
    pub fn has_encoder(&self) -> bool {
        self.encoder.is_some()
    }

    /// Places a text in the bundle's embedding space without an API; none where nothing of it is known.
    ///
    /// # Errors
    ///
    /// [`Error::NoEncoder`], and [`Error::Encoder`] where it is damaged.
    pub fn encode(&self, text: &str) -> Result<Option<Encoded>> {
        Ok(self.encoder.as_ref().ok_or_else(|| Box::new(Error::NoEncoder))?.read()?.encode(text))
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

    pub(crate) fn position(&self, id: &str) -> Result<usize> {
        let place = self.by_id.binary_search_by_key(&id, |&article| &self.articles[article].id);
        place.map(|place| self.by_id[place]).map_err(|_| Error::UnknownArticle { id: id.into() }.into())
    }

    pub(crate) fn rows(&self) -> &Vectors {
        &self.rows
    }

    /// Whether each row means a vector of unit length.
    pub(crate) fn has_unit_rows(&self) -> bool {
        self.normalize
    }

    /// The mean embedding of texts like queries, if the bundle has it.
    pub(crate) fn mean_query(&self) -> Option<&[f32]> {
        self.mean_query.as_deref()
    }

    pub(crate) fn moments(&self) -> &Moments {
        self.moments.get_or_init(|| Moments::of(self.rows.as_rows()))
    }

    pub(crate) fn projection(&self) -> &Projection {
        self.projection.get_or_init(|| Projection::of(self.moments()))
    }

    /// The whitening with the one of the two shrinkages that is `shrinkage`.
    pub(crate) fn whitening(&self, shrinkage: f64) -> &Whitening {
        let [one, other] = &self.whitenings;
        let (shrinkage, whitening) = if one.0 == shrinkage { one } else { other };
        whitening.get_or_init(|| Whitening::of(self.rows.as_rows(), self.moments(), *shrinkage))
    }

    /// What the SVM with this C, which is within its range, needs for any query with so many positives.
    pub(crate) fn background(&self, c: f64, positives: usize) -> Arc<Background> {
        let mut kept = self.background.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(background) if background.is_for(c, positives) => background.clone(),
            _ => {
                let background = Background::new(self.rows.as_rows(), || self.moments(), c, positives);
                kept.insert(Arc::new(background)).clone()
            }
        }
    }

    /// Checks a query and brings it to the length and the padding of a row.
    pub(crate) fn unit_query(&self, query: &[f32]) -> Result<Vec<f32>> {
        let expected = self.space.dimensions;
        if query.len() != expected {
            let model = self.space.model.clone();
            return Err(Error::QueryDimensions { found: query.len(), expected, model }.into());
        }
        if let Some((i, &value)) = query.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { place: format!("query[{i}]"), value }.into());
        }
        let padded = self.rows.as_rows().pad(query);
        self.to_unit(padded).ok_or_else(|| Error::ZeroVector { place: "the query".into() }.into())
    }

    /// The vector at unit length, or as it is where lengths are kept; nothing for zeros.
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
