//! `exemplar inspect`: what a bundle holds and what it weighs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use exemplar_search::bundle::{Bundle, Layout, Recipe};
use exemplar_search::encoder::{self, QueryEncoder};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agreement;
use crate::bundle_file::{self, BundleFiles};
use crate::inspect_shards;
use crate::output::print;
use crate::shard_files::ShardFiles;

/// Show what a bundle holds: counts, embedding space, bytes
#[derive(clap::Args)]
pub struct Args {
    /// The bundle to look into
    bundle: PathBuf,
    /// Another encoding of the same bundle, such as float32, to compare the hits of each method with
    #[arg(long, value_name = "BUNDLE")]
    against: Option<PathBuf>,
    /// The queries of the comparison, a .npy file with a row for each [default: passages of the bundle]
    #[arg(long, value_name = "FILE", requires = "against")]
    queries: Option<PathBuf>,
}

/// The pieces of a bundle's JSON whose bytes are counted, as they stand there.
#[derive(Deserialize)]
struct Pieces<'a> {
    #[serde(borrow)]
    articles: &'a RawValue,
    #[serde(borrow)]
    passages: Option<&'a RawValue>,
    /// Of version 1.
    #[serde(borrow)]
    vectors: Option<&'a RawValue>,
    /// Of version 2.
    #[serde(borrow, default)]
    parts: BTreeMap<&'a str, PartPlace<'a>>,
}

/// Where a part's bytes are: in the JSON, as base64 or text, or in a file beside it.
#[derive(Deserialize)]
struct PartPlace<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    file: Option<&'a str>,
    #[serde(default)]
    offset: usize,
    length: usize,
}

pub fn run(args: &Args) -> Result<()> {
    if let Ok(json) = std::fs::read(&args.bundle)
        && bundle_file::is_sharded(&json)
    {
        let files = ShardFiles::new(&json, args.bundle.as_path().into())?;
        let mut lines = vec![args.bundle.display().to_string()];
        let bundle = bundle_file::read(&args.bundle)?.bundle;
        lines.extend(facts(&bundle).into_iter().map(|(name, value)| format!("  {name:<12}{value}")));
        lines.extend(inspect_shards::lines(files, &json, &args.bundle, bundle)?);
        return print(&lines.join("\n"));
    }
    let files = bundle_file::read(&args.bundle)?;
    let passages = files.bundle.passages.len();
    let name = args.bundle.file_name().unwrap_or_default().to_string_lossy();

    let mut lines = vec![args.bundle.display().to_string()];
    lines.extend(facts(&files.bundle).into_iter().map(|(name, value)| format!("  {name:<12}{value}")));
    lines.push(format!("\n  {:<28}{:>10}{:>10}{:>14}{:>8}", "", "bytes", "gzip", "per passage", "gzip"));
    for (name, bytes) in weighed(&files, &name)? {
        let (raw, packed) = (bytes.len(), bundle_file::gzip_len(bytes)?);
        let (each, each_packed) = (raw / passages.max(1), packed / passages.max(1));
        lines.push(format!("  {name:<28}{raw:>10}{packed:>10}{each:>14}{each_packed:>8}"));
    }
    if let Some(other) = &args.against {
        let against = bundle_file::read(other)?.bundle;
        lines.push(format!("\n  against {}", other.display()));
        let compared = agreement::compare(files.bundle, against, args.queries.as_deref())?;
        lines.extend(compared.into_iter().map(|line| format!("  {line}")));
    }
    print(&lines.join("\n"))
}

/// The files, and the pieces that they are made of, each with its bytes as they are shipped.
fn weighed<'a>(files: &'a BundleFiles, name: &str) -> Result<Vec<(String, &'a [u8])>> {
    let pieces: Pieces =
        serde_json::from_slice(&files.json).context("cannot tell the bundle's pieces apart")?;
    let mut weighed = vec![(name.to_owned(), files.json.as_slice())];
    weighed.extend(files.beside.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())));
    let fields =
        [("articles", Some(pieces.articles)), ("passages", pieces.passages), ("vectors", pieces.vectors)];
    for (name, piece) in fields {
        weighed.extend(piece.map(|piece| (format!("  {name}"), piece.get().as_bytes())));
    }
    for (name, part) in pieces.parts {
        let in_file = || files.beside.get(part.file?)?.get(part.offset..)?.get(..part.length);
        let bytes = part.data.or(part.text).map(|data| data.get().as_bytes()).or_else(in_file);
        weighed.extend(bytes.map(|bytes| (format!("  {name}"), bytes)));
    }
    Ok(weighed)
}

fn facts(bundle: &Bundle) -> Vec<(&'static str, String)> {
    let space = &bundle.space;
    let layout = match bundle.layout {
        Layout::V1Arrays => "nested JSON arrays",
        Layout::V1Base64 | Layout::V2Inline | Layout::V2Base64 => "base64 in the JSON",
        Layout::V2Sidecar => "a file beside the JSON",
        Layout::Shards => "in shards by clusters",
    };
    vec![
        ("format", format!("exemplar-search, version {}", bundle.layout.version())),
        ("articles", format!("{}{}", bundle.articles.len(), languages(bundle))),
        ("passages", bundle.passages.len().to_string()),
        ("model", space.model.clone()),
        ("dimensions", space.dimensions.to_string()),
        ("normalized", if space.normalized { "yes" } else { "no" }.into()),
        ("query", describe(&space.query)),
        ("passage", describe(&space.passage)),
        ("vectors", format!("{}, {layout}", bundle.encoding.name())),
        ("queries", placing(bundle)),
    ]
}

/// What places a query among the passages.
fn placing(bundle: &Bundle) -> String {
    match bundle.part(encoder::PART).map(|part| QueryEncoder::from_part(part, &bundle.space)) {
        None => "by an API alone".into(),
        Some(Err(error)) => format!("by an API alone: {error}"),
        Some(Ok(encoder)) => format!(
            "by the query encoder, {} words and {} n-grams in {} directions, or an API",
            encoder.words(),
            encoder.ngrams(),
            encoder.directions()
        ),
    }
}

/// ` (en 98, ja 2)`: how many articles state each language.
fn languages(bundle: &Bundle) -> String {
    let mut counts = BTreeMap::<&str, usize>::new();
    for lang in bundle.articles.iter().filter_map(|article| article.lang.as_deref()) {
        *counts.entry(lang).or_default() += 1;
    }
    match counts.is_empty() {
        true => String::new(),
        false => {
            let counts: Vec<_> = counts.iter().map(|(lang, count)| format!("{lang} {count}")).collect();
            format!(" ({})", counts.join(", "))
        }
    }
}

fn describe(recipe: &Recipe) -> String {
    let mut parts = Vec::new();
    if !recipe.prefix.is_empty() {
        parts.push(format!("prefix {:?}", recipe.prefix));
    }
    if let Some(input_type) = &recipe.input_type {
        parts.push(format!("input_type {input_type:?}"));
    }
    if let Some(model) = &recipe.model {
        parts.push(format!("model {model:?}"));
    }
    match parts.is_empty() {
        true => "the text alone".into(),
        false => parts.join(", "),
    }
}
