//! How many queries are called close: the collection's own, which its documents answer, and foreign ones, which nothing should answer.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::shards::Written;
use exemplar_search::vector::Matrix;
use exemplar_search::{Closeness, Query, SearchIndex, SearchOptions};
use serde::Serialize;

use super::task::{Case, EmbeddingSource};
use crate::input;
use crate::shard_files::ShardFiles;

/// Of a file with queries.
const MAX_BYTES: u64 = 16 << 20;

/// The queries of a file.
pub struct Foreign {
    /// The file's, without its ending.
    pub name: String,
    /// One a line.
    pub texts: Vec<String>,
    /// A row each, if there is something to embed with.
    pub vectors: Option<Matrix>,
}

/// What some queries' hits are called: shares of the queries.
#[derive(Debug, PartialEq, Serialize)]
pub struct Shares {
    pub embedder: &'static str,
    /// Which queries.
    pub of: String,
    pub queries: usize,
    pub good: f64,
    pub nearest: f64,
    pub nothing: f64,
}

impl Foreign {
    /// Reads the file; the texts have no vectors yet.
    pub fn read(path: &Path) -> Result<Self> {
        let text = input::bytes(path, MAX_BYTES)
            .map_err(|problem| anyhow!("cannot read {}: {problem}", path.display()))?;
        let text = String::from_utf8(text).with_context(|| format!("{} is not UTF-8", path.display()))?;
        let texts: Vec<String> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if texts.is_empty() {
            bail!("{} has no line: write a query on each", path.display());
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, texts, vectors: None })
    }

    fn queries(&self, source: EmbeddingSource) -> Vec<Query<'_>> {
        let vectors = self.vectors.as_ref().filter(|_| matches!(source, EmbeddingSource::Api(_)));
        let texts = self.texts.iter().enumerate();
        texts
            .map(|(row, text)| Query {
                embedding: vectors.map(|vectors| vectors.values(row)),
                ..Query::from(text.as_str())
            })
            .collect()
    }
}

/// What the own queries, `cases`, and the foreign ones are called, with embeddings of `source`; for the query encoder also by the
/// bundle in shards, each query by what it loads on its own, if there is one.
pub fn shares(
    cases: &[Case],
    foreign: &[Foreign],
    source: EmbeddingSource,
    index: &SearchIndex,
    shards: Option<&Written>,
) -> Result<Vec<Shares>> {
    let mut sets: Vec<(&str, Vec<Query>)> =
        vec![("own", cases.iter().map(|case| case.query(source)).collect())];
    sets.extend(foreign.iter().map(|one| (one.name.as_str(), one.queries(source))));
    let options = SearchOptions::default();
    let whole = |query: Query| Ok(index.search(query, &options)?.closeness);
    let in_shards = |query: Query| {
        let mut files = ShardFiles::in_memory(shards.context("there are no shards")?)?;
        files.load_wanted(&query.into(), &options)?;
        Ok(files.shards.search(query, &options)?.result.closeness)
    };
    let mut all = Vec::new();
    for (name, queries) in &sets {
        all.push(Shares::of(source.name(), name, queries, &whole)?);
        if shards.is_some() && matches!(source, EmbeddingSource::Encoder) {
            all.push(Shares::of("shards", name, queries, &in_shards)?);
        }
    }
    Ok(all)
}

impl Shares {
    fn of(
        embedder: &'static str,
        name: &str,
        queries: &[Query],
        ask: &dyn Fn(Query) -> Result<Option<Closeness>>,
    ) -> Result<Self> {
        let mut counts = [0usize; 3];
        for &query in queries {
            let Some(closeness) = ask(query)? else {
                bail!("nothing says how close hits are: the collection has too few documents with titles");
            };
            counts[closeness as usize] += 1;
        }
        let share = |closeness: Closeness| counts[closeness as usize] as f64 / queries.len().max(1) as f64;
        Ok(Self {
            embedder,
            of: name.to_owned(),
            queries: queries.len(),
            good: share(Closeness::Good),
            nearest: share(Closeness::Nearest),
            nothing: share(Closeness::Nothing),
        })
    }

    /// A line of the table.
    pub fn line(&self, width: usize) -> String {
        let Self { embedder, of, queries, good, nearest, nothing } = self;
        format!("{embedder:<8} {of:<width$}  {queries:>7} {good:>8.3} {nearest:>8.3} {nothing:>8.3}")
    }
}

/// The table's head.
pub fn head(width: usize) -> String {
    format!(
        "\n{:<8} {:<width$}  {:>7} {:>8} {:>8} {:>8}",
        "vectors", "queries", "", "good", "nearest", "nothing"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let queries = ["a", "b", "c", "d"].map(Query::from);
        let ask = |query: Query| {
            Ok(Some(match query.text {
                Some("a" | "b") => Closeness::Good,
                Some("c") => Closeness::Nearest,
                _ => Closeness::Nothing,
            }))
        };
        let shares = Shares::of("encoder", "own", &queries, &ask).unwrap();
        assert_eq!((shares.good, shares.nearest, shares.nothing), (0.5, 0.25, 0.25));
        assert!(Shares::of("encoder", "own", &queries, &|_| Ok(None)).is_err());
    }
}
