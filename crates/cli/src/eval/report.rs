//! The measurements as a table and as JSON.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::closeness::{self, Shares};
use super::interval::Interval;
use super::metrics::Metrics;
use super::task::{InShards, Task};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub collection: String,
    pub task: Task,
    pub model: String,
    pub documents: usize,
    /// Those that were measured.
    pub queries: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Encoder>,
    /// The first is kNN with the API's vectors, with which the others are compared.
    pub rows: Vec<Row>,
    /// What the hits of the own and of foreign queries are called, if that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closeness: Vec<Shares>,
}

/// What was fitted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Encoder {
    pub texts: usize,
    pub bytes: usize,
    pub fit_seconds: f64,
    /// Mean of the queries.
    pub encode_milliseconds: f64,
    /// How much of the queries it knows, 0 to 1.
    pub known: f64,
}

/// One way of ranking.
#[derive(Serialize)]
pub struct Row {
    pub embedder: &'static str,
    pub method: String,
    /// By metric.
    pub mean: BTreeMap<&'static str, Interval>,
    /// To the first row, query by query.
    pub difference: BTreeMap<&'static str, Interval>,
    /// A query, with the making of hits.
    pub milliseconds: f64,
    /// Of a row that ranks by shards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shards: Option<ShardCost>,
}

/// What queries load of a bundle in shards, each on its own and with the start, and what they lose.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShardCost {
    /// Mean, and what nine in ten do not exceed.
    pub bytes: f64,
    pub bytes_p90: usize,
    pub files: f64,
    /// Of these, how many the ranking waits for: all but texts.
    pub files_to_ranking: f64,
    pub rounds: f64,
    /// nDCG@10 over that of the whole bundle.
    pub of_whole: f64,
    /// The same of the queries whose words find nothing relevant, and how many these are.
    pub of_whole_without_words: f64,
    pub without_words: usize,
    /// Means: how complete answers say that they are, and which share of the whole bundle's hits they have.
    pub complete: f64,
    pub same: f64,
}

impl ShardCost {
    /// `whole` are the whole bundle's metrics; `by_words` says of each query whether its words find anything relevant.
    pub fn of(answers: &[InShards], whole: &[Metrics], by_words: &[bool]) -> Self {
        let mean = |value: fn(&InShards) -> f64| {
            answers.iter().map(value).sum::<f64>() / answers.len().max(1) as f64
        };
        let mut bytes: Vec<usize> = answers.iter().map(|answer| answer.cost.bytes).collect();
        bytes.sort_unstable();
        let of_whole = |counts: &dyn Fn(bool) -> bool| {
            let all = answers.iter().zip(whole).zip(by_words).filter(|(_, by_words)| counts(**by_words));
            let (part, whole) = all.fold((0.0, 0.0), |(part, sum), ((answer, whole), _)| {
                (part + answer.metrics.ndcg, sum + whole.ndcg)
            });
            part / whole
        };
        Self {
            bytes: mean(|answer| answer.cost.bytes as f64),
            bytes_p90: bytes.get(bytes.len() * 9 / 10).copied().unwrap_or(0),
            files: mean(|answer| answer.cost.files as f64),
            files_to_ranking: mean(|answer| (answer.cost.files - answer.cost.texts) as f64),
            rounds: mean(|answer| answer.cost.rounds as f64),
            of_whole: of_whole(&|_| true),
            of_whole_without_words: of_whole(&|by_words| !by_words),
            without_words: by_words.iter().filter(|by_words| !**by_words).count(),
            complete: mean(|answer| answer.complete),
            same: mean(|answer| answer.same),
        }
    }

    fn line(&self) -> String {
        let Self { bytes, bytes_p90, files, files_to_ranking, rounds, of_whole, complete, same, .. } = self;
        let Self { of_whole_without_words, without_words, .. } = self;
        format!(
            "{:<8} {of_whole:.3} of the whole bundle's nDCG@10 ({of_whole_without_words:.3} in {without_words} queries whose words find nothing), \
             by {:.1} kB (p90 {:.1}) in {files:.1} files, {files_to_ranking:.1} of them to the ranking, and {rounds:.1} rounds; says that {complete:.3} of the hits are the whole bundle's, and {same:.3} are",
            "",
            bytes / 1e3,
            *bytes_p90 as f64 / 1e3
        )
    }
}

impl Row {
    pub fn new(
        embedder: &'static str,
        method: String,
        metrics: &[Metrics],
        first: &[Metrics],
        milliseconds: f64,
    ) -> Self {
        let of = |value: fn(Metrics, Metrics) -> Metrics| {
            let values: Vec<Metrics> =
                metrics.iter().zip(first).map(|(&own, &first)| value(own, first)).collect();
            let interval =
                |metric: fn(&Metrics) -> f64| Interval::of(&values.iter().map(metric).collect::<Vec<_>>());
            BTreeMap::from([
                ("ndcg@10", interval(|metrics| metrics.ndcg)),
                ("recall@10", interval(|metrics| metrics.recall)),
                ("mrr@10", interval(|metrics| metrics.mrr)),
                ("found", interval(|metrics| metrics.found)),
            ])
        };
        Self {
            embedder,
            method,
            mean: of(|own, _| own),
            difference: of(|own, first| own - first),
            milliseconds,
            shards: None,
        }
    }
}

impl Report {
    pub fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    pub fn to_table(&self) -> String {
        let Self { collection, model, documents, queries, .. } = self;
        let mut lines = vec![format!("{collection}: {documents} documents, {queries} queries, {model}")];
        if let Some(Encoder { texts, bytes, fit_seconds, encode_milliseconds, known }) = &self.encoder {
            lines.push(format!(
                "query encoder: {bytes} bytes, fitted to {texts} texts in {fit_seconds:.1} s; {encode_milliseconds:.3} ms a query, of which it knows {:.0}%",
                known * 100.0
            ));
        }
        let width = self.rows.iter().map(|row| row.method.chars().count()).max().unwrap_or(0).max(6);
        lines.push(format!(
            "\n{:<8} {:<width$}  {:<22} {:<10} {:<8} {:<6} {:<24} {:>8}",
            "vectors", "method", "nDCG@10", "Recall@10", "MRR@10", "found", "nDCG@10 less kNN's", "ms"
        ));
        for Row { embedder, method, mean, difference, milliseconds, shards } in &self.rows {
            let Interval { mean: ndcg, low, high } = mean["ndcg@10"];
            let by = difference["ndcg@10"];
            lines.push(format!(
                "{embedder:<8} {method:<width$}  {:<22} {:<10.3} {:<8.3} {:<6.3} {:<24} {milliseconds:>8.2}",
                format!("{ndcg:.3} [{low:.3}, {high:.3}]"),
                mean["recall@10"].mean,
                mean["mrr@10"].mean,
                mean["found"].mean,
                format!("{:+.3} [{:+.3}, {:+.3}]", by.mean, by.low, by.high),
            ));
            lines.extend(shards.as_ref().map(ShardCost::line));
        }
        let width = self.closeness.iter().map(|shares| shares.of.chars().count()).max();
        if let Some(width) = width.map(|width| width.max(7)) {
            lines.push(closeness::head(width));
            lines.extend(self.closeness.iter().map(|shares| shares.line(width)));
        }
        lines.join("\n")
    }
}
