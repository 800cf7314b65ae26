//! The measurements as a table and as JSON.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::interval::Interval;
use super::metrics::Metrics;
use super::task::Task;
use crate::shard_files::Cost;

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
    pub rounds: f64,
    /// nDCG@10 over that of the whole bundle.
    pub of_whole: f64,
}

impl ShardCost {
    pub fn of(costs: &[Cost], of_whole: f64) -> Self {
        let mean = |value: fn(&Cost) -> usize| {
            costs.iter().map(|cost| value(cost) as f64).sum::<f64>() / costs.len().max(1) as f64
        };
        let mut bytes: Vec<usize> = costs.iter().map(|cost| cost.bytes).collect();
        bytes.sort_unstable();
        Self {
            bytes: mean(|cost| cost.bytes),
            bytes_p90: bytes.get(bytes.len() * 9 / 10).copied().unwrap_or(0),
            files: mean(|cost| cost.files),
            rounds: mean(|cost| cost.rounds),
            of_whole,
        }
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
            "\n{:<8} {:<width$}  {:<22} {:<10} {:<8} {:<24} {:>8}",
            "vectors", "method", "nDCG@10", "Recall@10", "MRR@10", "nDCG@10 less kNN's", "ms"
        ));
        for Row { embedder, method, mean, difference, milliseconds, shards } in &self.rows {
            let Interval { mean: ndcg, low, high } = mean["ndcg@10"];
            let by = difference["ndcg@10"];
            lines.push(format!(
                "{embedder:<8} {method:<width$}  {:<22} {:<10.3} {:<8.3} {:<24} {milliseconds:>8.2}",
                format!("{ndcg:.3} [{low:.3}, {high:.3}]"),
                mean["recall@10"].mean,
                mean["mrr@10"].mean,
                format!("{:+.3} [{:+.3}, {:+.3}]", by.mean, by.low, by.high),
            ));
            lines.extend(shards.as_ref().map(|ShardCost { bytes, bytes_p90, files, rounds, of_whole }| {
                format!(
                    "{:<8} {of_whole:.3} of the whole bundle's nDCG@10, by {:.1} kB (p90 {:.1}) in {files:.1} files and {rounds:.1} rounds",
                    "",
                    bytes / 1e3,
                    *bytes_p90 as f64 / 1e3
                )
            }));
        }
        lines.join("\n")
    }
}
