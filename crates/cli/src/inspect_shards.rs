//! `exemplar inspect` for a bundle in shards: its files, and what first searches cost and lose.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use exemplar_search::bundle::Bundle;
use exemplar_search::shards::Kind;
use exemplar_search::{Method, Query, SearchIndex, SearchOptions};

use crate::shard_files::{Cost, ShardFiles};

/// Searches that are tried, at most: titles of the site, spread over it.
const QUERIES: usize = 100;
/// The methods that are tried.
const METHODS: [&str; 3] = ["auto", "whitened", "lexical"];

/// The files of each kind.
#[derive(Default)]
struct Files {
    count: usize,
    bytes: usize,
    largest: usize,
}

/// Lines for people. `bundle` is the whole bundle, with whose ranking the parts' are compared.
pub fn lines(mut files: ShardFiles, json: &[u8], path: &Path, bundle: Bundle) -> Result<Vec<String>> {
    let mut kinds: BTreeMap<Kind, Files> = BTreeMap::new();
    while let missing @ [_, ..] = files.shards.missing().as_slice() {
        for &id in missing {
            let bytes = files.load(id)?;
            let kind = kinds.entry(id.kind).or_default();
            kind.count += 1;
            kind.bytes += bytes;
            kind.largest = kind.largest.max(bytes);
        }
    }
    let mut lines =
        vec![format!("\n  {:<12}{:>8}{:>12}{:>10}{:>10}", "", "files", "bytes", "mean", "largest")];
    lines.push(format!("  {:<12}{:>8}{:>12}", "manifest", 1, json.len()));
    for (kind, Files { count, bytes, largest }) in &kinds {
        lines.push(format!("  {:<12}{count:>8}{bytes:>12}{:>10}{largest:>10}", kind.name(), bytes / count));
    }
    let titles: Vec<String> = bundle.articles.iter().map(|article| article.title.clone()).collect();
    let index = SearchIndex::new(bundle)?;
    let count = titles.len().min(QUERIES);
    lines.push(format!("\n  {count} first searches, each for a title of the site"));
    lines.push(format!(
        "  {:<12}{:>8}{:>12}{:>10}{:>10}{:>12}",
        "", "files", "bytes", "p90", "rounds", "same hits"
    ));
    for name in METHODS {
        let method: Method = name.parse()?;
        let queries = (0..count).map(|i| titles[i * titles.len() / count].as_str());
        lines.push(format!("  {name:<12}{}", tried(json, path, &index, method, queries)?));
    }
    Ok(lines)
}

fn tried<'t>(
    json: &[u8],
    path: &Path,
    index: &SearchIndex,
    method: Method,
    queries: impl Iterator<Item = &'t str>,
) -> Result<String> {
    let options = SearchOptions::default().method(method);
    let mut costs: Vec<Cost> = Vec::new();
    let (mut same, mut all) = (0, 0);
    for text in queries {
        let query = Query::from(text);
        let mut files = ShardFiles::new(json, path.into())?;
        let (cost, _) = files.load_wanted(&query.into(), &options)?;
        costs.push(cost);
        let found = files.shards.search(query, &options)?.result;
        let whole = index.search(query, &options)?;
        all += whole.hits.len();
        let is_found = |id: &str| found.hits.iter().any(|hit| hit.article.id == id);
        same += whole.hits.iter().filter(|hit| is_found(&hit.article.id)).count();
    }
    let n = costs.len().max(1);
    let mut bytes: Vec<usize> = costs.iter().map(|cost| cost.bytes).collect();
    bytes.sort_unstable();
    let p90 = bytes.get(bytes.len() * 9 / 10).copied().unwrap_or(0);
    let sum = |value: fn(&Cost) -> usize| costs.iter().map(value).sum::<usize>() as f64 / n as f64;
    Ok(format!(
        "{:>8.1}{:>12.0}{p90:>10}{:>10.1}{:>11.1}%",
        sum(|cost| cost.files),
        sum(|cost| cost.bytes),
        sum(|cost| cost.rounds),
        100.0 * same as f64 / all.max(1) as f64
    ))
}
