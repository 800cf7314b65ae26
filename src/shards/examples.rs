//! Articles as examples, as far as the shards tell where their passages lie.

use super::place::of_length_one;
use super::shard::{Id, Kind};
use super::start::Start;
use super::svm;
use super::{Shards, sorted, unique};
use crate::error::Cause;
use crate::query_target::rocchio;
use crate::{Refine, Result};

/// The places of examples, and where their passages are among all.
#[derive(Debug, Default)]
pub(super) struct Examples {
    more: Vec<Example>,
    less: Vec<Example>,
}

/// An article.
#[derive(Debug, Default)]
struct Example {
    /// Its passages, as places among all, ascending.
    passages: Vec<u32>,
    /// The mean of their places, of length 1.
    mean: Vec<f32>,
}

/// What is known of examples. There are none by default.
pub(super) enum Found {
    There(Examples),
    /// These shards tell where they lie.
    Wants(Vec<Id>),
    /// Only the whole bundle can tell.
    Nowhere,
}

impl Default for Found {
    fn default() -> Self {
        Self::There(Examples::default())
    }
}

impl Examples {
    /// Whether there is any.
    pub fn any(&self) -> bool {
        svm::IS_HERE && !(self.more.is_empty() && self.less.is_empty())
    }

    /// The passages of all of them, which are no hits.
    pub fn passages(&self) -> impl Iterator<Item = u32> {
        self.more.iter().chain(&self.less).flat_map(|example| example.passages.iter().copied())
    }

    /// Those of liked articles, which the SVM learns nothing from one by one, ascending; and those of disliked ones.
    pub fn liked_and_disliked(&self) -> [Vec<u32>; 2] {
        [&self.more, &self.less]
            .map(|examples| sorted(examples.iter().flat_map(|it| it.passages.iter().copied()).collect()))
    }

    /// The places of liked articles.
    pub fn liked(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.more.iter().map(|example| &example.mean)
    }

    /// The mean of a query's place and the liked articles', less a share of the disliked ones'; of length 1. Nothing without any.
    pub fn with(&self, query: Option<Vec<f64>>) -> Option<Vec<f32>> {
        if !self.any() {
            return query.map(of_length_one);
        }
        let means = |examples: &[Example]| -> Vec<Vec<f64>> {
            examples.iter().map(|it| it.mean.iter().map(|&x| x.into()).collect()).collect()
        };
        let wanted: Vec<Vec<f64>> = query.into_iter().chain(means(&self.more)).collect();
        (!wanted.is_empty()).then(|| of_length_one(rocchio(&wanted, &means(&self.less))))
    }
}

impl Shards {
    /// # Errors
    ///
    /// [`ErrorKind::UnknownArticle`](crate::ErrorKind::UnknownArticle).
    pub(super) fn examples(&self, start: &Start, refine: &Refine) -> Result<Found> {
        let ids = || refine.more.iter().chain(refine.less);
        let files: Vec<Id> = ids().map(|id| start.article_file(id)).collect();
        let missing = self.left(unique(files.clone()));
        if !missing.is_empty() {
            return Ok(Found::Wants(missing));
        }
        if !files.iter().all(|&file| self.has(file)) {
            return Ok(Found::Nowhere);
        }
        let first = |ids: &[&str], i: usize| !ids[..i].contains(&ids[i]);
        let passages = |ids: &[&str]| {
            let once = (0..ids.len()).filter(|&i| first(ids, i));
            once.map(|i| self.passages_of(start, ids[i])).collect()
        };
        let (more, less): (Result<Vec<_>>, Result<Vec<_>>) = (passages(refine.more), passages(refine.less));
        let (more, less) = (more?, less?);
        let passages = more.iter().chain(&less).copied().flatten();
        let clusters = passages.map(|&place| Id::new(Kind::Passages, start.cluster_of(place)));
        let missing = self.left(unique(clusters.collect()));
        if !missing.is_empty() {
            return Ok(Found::Wants(missing));
        }
        let examples = |of: Vec<&[u32]>| of.into_iter().map(|it| self.example(start, it)).collect();
        let (more, less): (Option<Vec<_>>, Option<Vec<_>>) = (examples(more), examples(less));
        Ok(match (more, less) {
            (Some(more), Some(less)) => Found::There(Examples { more, less }),
            _ => Found::Nowhere,
        })
    }

    /// The passages of an article whose shard is there.
    fn passages_of(&self, start: &Start, id: &str) -> Result<&[u32]> {
        let listed =
            self.articles.get(start.article_file(id).number as usize).into_iter().flatten().flatten();
        let mut own = listed.filter(|listed| listed.id == id);
        own.next()
            .map(|own| own.places.as_slice())
            .ok_or_else(|| Cause::UnknownArticle { id: id.into() }.into())
    }

    /// Nothing if none of its passages is there.
    fn example(&self, start: &Start, passages: &[u32]) -> Option<Example> {
        let mut sum: Vec<f64> = Vec::new();
        for &passage in passages {
            let number = start.cluster_of(passage);
            let (cluster, own) = (&start.clusters[number], &self.passages[number]);
            let Some(own) = own else { continue };
            let place = start.metric.places_of(cluster, own)((passage - cluster.start) as usize);
            sum.resize(place.len(), 0.0);
            sum.iter_mut().zip(place).for_each(|(sum, x)| *sum += f64::from(x));
        }
        (!sum.is_empty()).then(|| Example { passages: passages.to_vec(), mean: of_length_one(sum) })
    }
}
