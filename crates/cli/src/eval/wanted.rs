//! The owner's own queries, each with the page that should come first, and where that page stands.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::bundle::Article;
use exemplar_search::{Method, Query, SearchIndex, SearchOptions};
use serde::Serialize;

use super::args::Args;
use crate::output::print;
use crate::shard_files::ShardFiles;
use crate::{bundle_file, input};

/// How deep a page is looked for.
const DEPTH: usize = 50;
/// Of the file with queries.
const MAX_BYTES: u64 = 16 << 20;

/// A line of the file.
struct Wanted<'a> {
    query: &'a str,
    /// The address of the page, as the bundle has it.
    page: &'a str,
}

/// What a search found.
#[derive(Serialize)]
struct Outcome<'a> {
    query: &'a str,
    /// The page that should come first.
    page: &'a str,
    /// Where it stands, from 1; none if it is not among the first [`DEPTH`].
    rank: Option<usize>,
    /// The address of the first hit; none if nothing was found.
    first: Option<String>,
}

/// Asks each query of `queries` as a reader would, and prints where its page stands.
///
/// # Errors
///
/// If a page is further down than `args.within`, so that a check of the site fails.
pub fn run(args: &Args, bundle: &Path, queries: &Path) -> Result<()> {
    let files = bundle_file::read(bundle)?;
    let index = SearchIndex::new(files.bundle)?;
    let text = input::bytes(queries, MAX_BYTES)
        .map_err(|problem| anyhow!("cannot read {}: {problem}", queries.display()))?;
    let text = String::from_utf8(text).with_context(|| format!("{} is not UTF-8", queries.display()))?;
    let wanted = read(&text, index.articles()).with_context(|| queries.display().to_string())?;
    let sharded = bundle_file::is_sharded(&files.json).then_some((files.json.as_slice(), bundle));
    let options = SearchOptions::default().method(args.first_method().unwrap_or(Method::Auto)).k(DEPTH);
    let mut outcomes = Vec::with_capacity(wanted.len());
    for Wanted { query, page } in wanted {
        let found = addresses(&index, sharded, query, &options)?;
        let rank = found.iter().position(|address| address == page).map(|place| place + 1);
        outcomes.push(Outcome { query, page, rank, first: found.into_iter().next() });
    }
    print(&if args.json { serde_json::to_string_pretty(&outcomes)? } else { table(&outcomes) })?;
    let missed = outcomes.iter().filter(|one| one.rank.is_none_or(|rank| rank > args.within)).count();
    if missed > 0 {
        bail!(
            "{missed} of {} pages are not where they should be: among the first {}",
            outcomes.len(),
            args.within
        );
    }
    Ok(())
}

/// The addresses of the hits, best first: of a bundle in shards by what the query loads of it, as in a browser.
fn addresses(
    index: &SearchIndex,
    sharded: Option<(&[u8], &Path)>,
    query: &str,
    options: &SearchOptions,
) -> Result<Vec<String>> {
    let query = Query { text: Some(query), ..Query::default() };
    let of = |result: exemplar_search::SearchResult| -> Vec<String> {
        result.hits.iter().map(|hit| hit.article.url.clone()).collect()
    };
    if let Some((json, path)) = sharded {
        let mut files = ShardFiles::new(json, path.into())?;
        let (_, needs_whole) = files.load_wanted(&query.into(), options)?;
        if !needs_whole {
            return Ok(of(files.shards.search(query, options)?.result));
        }
    }
    Ok(of(index.search(query, options)?))
}

/// The lines: a query, a tab and an address. Empty ones and those that begin with # say nothing.
fn read<'a>(text: &'a str, articles: &'a [Article]) -> Result<Vec<Wanted<'a>>> {
    let mut wanted = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (query, address) = line.split_once('\t').with_context(|| {
            format!("line {} is \"{line}\": expected a query, a tab, and the address of a page", number + 1)
        })?;
        let page = page(address.trim(), articles).with_context(|| format!("line {}", number + 1))?;
        wanted.push(Wanted { query: query.trim(), page });
    }
    if wanted.is_empty() {
        bail!("there is no query in it: write a query, a tab, and the address of a page on each line");
    }
    Ok(wanted)
}

/// The address of the article that is meant; a slash before it, or a section after it, may be there or not.
fn page<'a>(address: &str, articles: &'a [Article]) -> Result<&'a str> {
    let plain = |address: &str| -> String {
        let (page, _) = address.split_once('#').unwrap_or((address, ""));
        page.trim_start_matches("./").trim_start_matches('/').to_owned()
    };
    let meant = plain(address);
    if let Some(found) = articles.iter().find(|article| plain(&article.url) == meant) {
        return Ok(&found.url);
    }
    let likeness = |article: &Article| strsim::jaro_winkler(&plain(&article.url), &meant);
    let nearest = articles.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let nearest = nearest.map(|article| format!("; the nearest is {}", article.url)).unwrap_or_default();
    bail!("no page of the bundle has the address \"{address}\"{nearest}")
}

fn table(outcomes: &[Outcome]) -> String {
    let mut lines = Vec::with_capacity(outcomes.len() + 1);
    for Outcome { query, page, rank, first } in outcomes {
        let place = rank.map_or_else(|| format!(">{DEPTH}"), |rank| rank.to_string());
        let before = match first {
            _ if *rank == Some(1) => String::new(),
            Some(first) => format!(", after {first}"),
            None => ", as nothing was found".into(),
        };
        lines.push(format!("{place:>4}  {query}\n      {page}{before}"));
    }
    let first = outcomes.iter().filter(|one| one.rank == Some(1)).count();
    lines.push(format!("{first} of {} pages are first", outcomes.len()));
    lines.join("\n")
}
