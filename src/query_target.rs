//! What is searched for, as the vectors that the ways of ranking start from.

use crate::embedded::{Embedded, aligned, for_knn};
use crate::error::Cause;
use crate::rank::svm::TrainingSet;
use crate::rank::whitened;
use crate::{Result, SearchIndex};

/// How much the mean of the disliked articles counts against the mean of what is wanted (Rocchio, *Relevance Feedback
/// in Information Retrieval*, 1971).
const DISLIKED_SHARE: f64 = 0.25;

/// The query, liked and disliked articles.
pub(crate) struct QueryTarget<'i> {
    index: &'i SearchIndex,
    /// With the padding of a row.
    query: Option<Vec<f32>>,
    /// The encoder's, if it made the query.
    offset: Option<&'i [f32]>,
    /// Positions of articles, ascending, none in both.
    more: Vec<usize>,
    less: Vec<usize>,
}

impl<'i> QueryTarget<'i> {
    /// Looks up the ids.
    pub fn new(
        index: &'i SearchIndex,
        query: Option<Embedded<'i>>,
        more: &[&str],
        less: &[&str],
    ) -> Result<Self> {
        let positions = |ids: &[&str]| -> Result<Vec<usize>> {
            let mut positions = Vec::new();
            for id in ids {
                let position = index.position(id)?;
                if let Err(place) = positions.binary_search(&position) {
                    positions.insert(place, position);
                }
            }
            Ok(positions)
        };
        let (more_at, less_at) = (positions(more)?, positions(less)?);
        let offset = query.and_then(|query| query.offset);
        let query = query.map(|query| index.unit_query(query.vector)).transpose()?;
        Ok(Self { index, query, offset, more: more_at, less: less_at })
    }

    /// The articles that are examples, and so no hits.
    pub fn example_articles(&self) -> impl Iterator<Item = usize> {
        self.more.iter().chain(&self.less).copied()
    }

    /// Whether there is something that the methods with vectors can go by.
    pub fn has_vector(&self) -> bool {
        self.query.is_some() || !self.more.is_empty()
    }

    /// What kNN compares with: the query, or Rocchio's mean of query and examples.
    pub fn knn_vector(&self) -> Result<Vec<f32>> {
        let Some((query, offset)) = self.query.as_ref().zip(self.offset) else {
            return self.rocchio(self.query.clone());
        };
        let near = for_knn(query, offset);
        // Next to examples it counts what it counted with all of the offset, in which it differs from no other query.
        let alone = self.more.is_empty() && self.less.is_empty();
        self.rocchio(if alone { self.index.to_unit(near) } else { Some(near) })
    }

    /// What the whitened cosine compares with, the query being aligned if `align`.
    pub fn whitened_vector(&self, align: bool) -> Result<Vec<f32>> {
        self.rocchio(self.aligned_query(align))
    }

    /// How far the whitened cosine shrinks the covariance.
    pub fn shrinkage(&self) -> f64 {
        if self.query.is_some() { whitened::QUERY_SHRINKAGE } else { whitened::ARTICLE_SHRINKAGE }
    }

    /// What the SVM learns from: each liked article is one positive, whatever its length, and its passages are no
    /// negatives; each passage of a disliked one is a negative of more weight.
    pub fn training_set(&self, align: bool) -> Result<TrainingSet> {
        let mut positives: Vec<Vec<f32>> = self.aligned_query(align).into_iter().collect();
        for &article in &self.more {
            positives.push(self.mean_passage(article)?);
        }
        let rows = |articles: &[usize]| {
            articles.iter().flat_map(|&article| self.index.passages_of(article)).collect()
        };
        Ok(TrainingSet { positives, left_out: rows(&self.more), disliked: rows(&self.less) })
    }

    /// The query, at unit length, and aligned if that is asked for.
    fn aligned_query(&self, align: bool) -> Option<Vec<f32>> {
        let query = self.query.clone()?;
        let Some(mean_query) = self.index.mean_query().filter(|_| align) else { return Some(query) };
        let moved = aligned(&query, mean_query, self.index.mean());
        Some(self.index.to_unit(moved).unwrap_or(query))
    }

    fn rocchio(&self, query: Option<Vec<f32>>) -> Result<Vec<f32>> {
        match query {
            Some(query) if self.more.is_empty() && self.less.is_empty() => return Ok(query),
            _ => {}
        }
        let wide = |vector: Vec<f32>| vector.into_iter().map(f64::from).collect::<Vec<f64>>();
        let means = |articles: &[usize]| -> Result<Vec<Vec<f64>>> {
            articles.iter().map(|&article| Ok(wide(self.mean_passage(article)?))).collect()
        };
        let wanted: Vec<Vec<f64>> = query.map(wide).into_iter().chain(means(&self.more)?).collect();
        let sum = rocchio(&wanted, &means(&self.less)?).into_iter().map(|x| x as f32).collect();
        self.index
            .to_unit(sum)
            .ok_or_else(|| Cause::ZeroVector { place: "the mean of the examples".into() }.into())
    }

    /// The mean of the article's passages, with the padding of a row.
    fn mean_passage(&self, article: usize) -> Result<Vec<f32>> {
        let rows = self.index.rows().as_rows();
        let mut mean = vec![0.0f64; rows.stride()];
        let passages = self.index.passages_of(article);
        let share = 1.0 / passages.len().max(1) as f64;
        passages.for_each(|row| rows.add_to(row, share, &mut mean));
        let mean = mean.into_iter().map(|x| x as f32).collect();
        self.index.to_unit(mean).ok_or_else(|| {
            let id = &self.index.articles()[article].id;
            Cause::ZeroVector { place: format!("the mean of the passages of article \"{id}\"") }.into()
        })
    }
}

/// The mean of what is wanted, at least one vector, less a share of the mean of what is not.
pub(crate) fn rocchio(wanted: &[Vec<f64>], unwanted: &[Vec<f64>]) -> Vec<f64> {
    let mut sum = vec![0.0f64; wanted.first().map_or(0, Vec::len)];
    for (vectors, share) in [(wanted, 1.0), (unwanted, -DISLIKED_SHARE)] {
        for vector in vectors {
            let factor = share / vectors.len() as f64;
            sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += factor * x);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::{Article, Bundle, EmbeddingSpace, Encoding, Layout, Passage, Statistics};
    use crate::vector::Matrix;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Of one article, "0", at this place.
    fn index(place: [f32; 2]) -> SearchIndex {
        let bundle = Bundle {
            layout: Layout::V1Base64,
            encoding: Encoding::Float32,
            space: EmbeddingSpace { model: "m".into(), dimensions: 2, ..Default::default() },
            articles: vec![Article { id: "0".into(), ..Default::default() }],
            passages: Passage::whole_articles(1),
            vectors: Matrix::from_values(&place, 2).into(),
            statistics: Statistics::default(),
            parts: Vec::new(),
            extra: Default::default(),
        };
        SearchIndex::new(bundle).unwrap()
    }

    #[test]
    fn next_to_an_example_an_encoders_query_counts_as_much_without_its_offset() {
        let index = index([1.0, 0.0]);
        let (query, offset) = ([0.8f32, 0.6], [0.5, 0.0]);
        let target = |more: &[&str]| {
            let embedded = Embedded { vector: &query, offset: Some(&offset) };
            QueryTarget::new(&index, Some(embedded), more, &[]).unwrap().knn_vector().unwrap()
        };
        let near = for_knn(&query, &offset);
        for (found, [x, y]) in [(target(&[]), [near[0], near[1]]), (target(&["0"]), [1.0 + near[0], near[1]])]
        {
            let length = x.hypot(y);
            assert!(
                (found[0] - x / length).abs() < 1e-6 && (found[1] - y / length).abs() < 1e-6,
                "{found:?}"
            );
        }
    }
}
