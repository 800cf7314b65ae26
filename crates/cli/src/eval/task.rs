//! The tasks: how queries are asked, and which of their documents count.

use std::collections::HashMap;

use anyhow::Result;
use exemplar_search::vector::Matrix;
use exemplar_search::{Query, Refine, SearchIndex};
use serde::Serialize;

use super::collection::{self, Collection};
use super::metrics::{DEPTH, Metrics};
use super::setting::Setting;
use crate::shard_files::{Cost, ShardFiles};

/// Hits of kNN that the reader of [`Task::Refine`] sees, and how many of them they like at most.
const SEEN: usize = 20;
const LIKED: usize = 3;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Queries as they are typed
    #[default]
    Search,
    /// Articles like the one whose id is the query's
    Similar,
    /// Queries with the first three relevant hits among kNN's first twenty as examples, which then no longer count
    Refine,
}

/// Where a query's embedding comes from.
#[derive(Clone, Copy)]
pub enum EmbeddingSource<'a> {
    /// A row a query: the API's, or a file's.
    Api(&'a Matrix),
    /// The bundle's query encoder.
    Encoder,
    /// Nowhere: the method needs none.
    None,
}

impl EmbeddingSource<'_> {
    pub fn name(self) -> &'static str {
        match self {
            Self::Api(_) => "api",
            Self::Encoder => "encoder",
            Self::None => "",
        }
    }
}

/// A query that can be measured.
pub struct Case<'a> {
    pub query: &'a collection::JudgedQuery,
    /// Its row among the queries' vectors.
    row: usize,
    /// Ids of the documents that the reader liked.
    liked: Vec<&'a str>,
    /// The document that is left out of the ranking.
    left_out: Option<&'a str>,
    /// Without the liked ones.
    grades: HashMap<String, u32>,
}

/// A query's answer by shards.
pub struct InShards {
    pub metrics: Metrics,
    pub cost: Cost,
    /// How complete it says that it is, and which share of the whole bundle's hits it has.
    pub complete: f64,
    pub same: f64,
}

impl Case<'_> {
    /// What the query finds in shards, next to the whole bundle's `index`, and what it costs.
    pub fn measure_in_shards(
        &self,
        files: &mut ShardFiles,
        index: &SearchIndex,
        source: EmbeddingSource,
        setting: &Setting,
    ) -> Result<InShards> {
        let options = setting.options(DEPTH + usize::from(self.left_out.is_some()));
        let query = self.query(source);
        let (cost, _) = files.load_wanted(&query.into(), &options)?;
        let result = files.shards.search(query, &options)?.result;
        let ids = || result.hits.iter().map(|hit| hit.article.id.as_str());
        let whole = index.search(query, &options)?.hits;
        let same = whole.iter().filter(|hit| ids().any(|id| id == hit.article.id)).count();
        Ok(InShards {
            metrics: self.metrics(ids()),
            cost,
            complete: result.complete.unwrap_or(1.0).into(),
            same: same as f64 / whole.len().max(1) as f64,
        })
    }

    /// Of documents by their ids, best first.
    pub fn metrics<'d>(&self, ids: impl Iterator<Item = &'d str>) -> Metrics {
        Metrics::of(ids.filter(|id| Some(*id) != self.left_out), &self.grades)
    }

    /// The query as it is asked.
    pub fn query<'q>(&'q self, source: EmbeddingSource<'q>) -> Query<'q> {
        let embedding = match source {
            EmbeddingSource::Api(vectors) => Some(vectors.values(self.row)),
            EmbeddingSource::Encoder | EmbeddingSource::None => None,
        };
        Query { text: Some(self.query.text.as_str()), embedding, unfinished: false }
    }
}

impl Task {
    /// The queries that have a relevant document, and what else the task asks for.
    pub fn cases<'a>(
        self,
        index: &'a SearchIndex,
        collection: &'a Collection,
        vectors: &Matrix,
        leave_out_own: bool,
    ) -> Result<Vec<Case<'a>>> {
        let mut cases = Vec::new();
        for (row, query) in collection.queries.iter().enumerate() {
            let left_out = leave_out_own.then_some(query.id.as_str());
            let mut grades = query.grades.clone();
            left_out.map(|id| grades.remove(id));
            let mut case = Case { query, row, liked: Vec::new(), left_out, grades };
            match self {
                Self::Search => {}
                Self::Similar if index.article(&query.id).is_err() => continue,
                Self::Similar => {
                    case.grades.remove(&query.id);
                    case.liked.push(&query.id);
                }
                Self::Refine => {
                    let options = Setting::of(exemplar_search::Method::Knn).options(SEEN);
                    let seen = index.search(vectors.values(row), &options)?;
                    let seen = seen.hits.iter().map(|hit| hit.article.id.as_str());
                    case.liked = seen.filter(|id| case.grades.contains_key(*id)).take(LIKED).collect();
                    if case.liked.is_empty() {
                        continue;
                    }
                    case.grades.retain(|id, _| !case.liked.contains(&id.as_str()));
                }
            }
            if !case.grades.is_empty() {
                cases.push(case);
            }
        }
        Ok(cases)
    }

    pub fn measure(
        self,
        case: &Case,
        index: &SearchIndex,
        source: EmbeddingSource,
        setting: &Setting,
    ) -> Result<Metrics> {
        let options = setting.options(DEPTH + 1);
        let query = case.query(source);
        let result = match self {
            Self::Search => index.search(query, &options)?,
            Self::Similar => index.similar(&case.query.id, &options)?,
            Self::Refine => index.refine(&Refine { query, more: &case.liked, less: &[] }, &options)?,
        };
        Ok(case.metrics(result.hits.iter().map(|hit| hit.article.id.as_str())))
    }

    /// What its methods can rank by.
    pub fn has_text(self) -> bool {
        self != Self::Similar
    }
}
