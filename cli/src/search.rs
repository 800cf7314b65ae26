//! `exemplar search`: the browser's ranking, on the command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ArgGroup;
use exemplar_search::{Fusion, Method, Query, SearchIndex, SearchOptions, SearchResult};

use crate::api::{ApiArgs, Client, Input};
use crate::output::print;
use crate::{bundle_file, npy};

/// Search a bundle as the browser does
#[derive(clap::Args)]
#[command(group(ArgGroup::new("asked").required(true).args(["query", "embedding", "similar"])))]
pub struct Args {
    /// The bundle to search
    bundle: PathBuf,
    /// Text to search for; where the method needs its embedding, --api makes it as the bundle says, else the bundle's
    /// query encoder
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// File with the query's embedding: a JSON array of numbers, or a .npy vector
    #[arg(long, value_name = "FILE", conflicts_with = "api")]
    embedding: Option<PathBuf>,
    /// Find the articles most like the one with this id
    #[arg(long, value_name = "ID", conflicts_with = "api")]
    similar: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
    /// Ranking: knn, svm, hybrid, lexical, or a sum such as knn+lexical or knn+0.5*lexical
    #[arg(long, default_value = "hybrid")]
    method: Method,
    /// How a ranking of several is put together: z-score or rrf (reciprocal rank fusion)
    #[arg(long, default_value = "z-score")]
    fusion: Fusion,
    /// Number of hits
    #[arg(short, default_value_t = 10)]
    k: usize,
    /// Print the result as JSON, as the browser's search returns it
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let index = SearchIndex::new(bundle_file::read(&args.bundle)?.bundle)?;
    let options =
        SearchOptions { method: args.method, fusion: args.fusion, k: args.k, ..SearchOptions::default() };
    let result = match (&args.query, &args.embedding, &args.similar) {
        (Some(text), ..) => {
            let embedding = embed(text, args, &index)?;
            let query = Query { text: Some(text), embedding: embedding.as_deref(), unfinished: false };
            index.search(query, &options)?
        }
        (_, Some(file), _) => {
            index.search(&read_vector(file)?, &options).with_context(|| file.display().to_string())?
        }
        (_, _, Some(id)) => {
            index.similar(id, &options).context("--similar takes the id of an article of the bundle")?
        }
        _ => bail!("one of --query, --embedding and --similar is needed"),
    };
    match args.json {
        true => print(&serde_json::to_string_pretty(&result)?),
        false => print(&listing(&result, index.articles().len())),
    }
}

/// The query's embedding, made by the API as the bundle's recipe for queries says, where the method needs one. Without
/// an API it is left to the bundle's query encoder.
fn embed(text: &str, args: &Args, index: &SearchIndex) -> Result<Option<Vec<f32>>> {
    if text.trim().is_empty() {
        bail!("--query is empty: give it some text");
    }
    if !args.method.needs_embedding() {
        return Ok(None);
    }
    let Some(client) = Client::new(&args.api)? else {
        if index.encoder().is_some() {
            return Ok(None);
        }
        bail!(
            "--method {} needs --api URL to embed the query, as the bundle has no query encoder; --method lexical needs none",
            args.method
        );
    };
    let space = index.space();
    let input = Input { name: "the query", text };
    let retrying = |notice: &str| eprintln!("{notice}");
    let mut vectors = client.embed(&[input], &space.query, &space.model, retrying)?;
    vectors.pop().context("the API answered no vector").map(Some)
}

fn read_vector(path: &PathBuf) -> Result<Vec<f32>> {
    let name = || format!("--embedding {}", path.display());
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", name()))?;
    if bytes.starts_with(npy::MAGIC) {
        let array = npy::read(bytes.as_slice(), bytes.len() as u64).with_context(name)?;
        if array.rows != 1 {
            bail!("{} has {} rows, expected one vector: save a single row", name(), array.rows);
        }
        return Ok(array.values);
    }
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{}: expected a JSON array of numbers or a .npy file", name()))
}

fn listing(result: &SearchResult, articles: usize) -> String {
    let placed = match result.known {
        None => String::new(),
        Some(0.0) => "; the bundle's query encoder knows nothing of the query".into(),
        Some(known) => {
            format!(
                "; the query is placed by the bundle's query encoder, which knows {:.0}% of it",
                known * 100.0
            )
        }
    };
    let mut lines = vec![format!("{} of {articles} articles{placed}", result.hits.len())];
    for hit in &result.hits {
        let parts = [("knn", hit.scores.knn), ("svm", hit.scores.svm), ("lexical", hit.scores.lexical)];
        let parts: Vec<_> =
            parts.iter().filter_map(|(name, score)| Some(format!("{name} {:.3}", (*score)?))).collect();
        lines.push(format!("{:>3}  {:>7.3}  {}", hit.rank, hit.score, hit.article.title));
        let anchor = hit.passage.anchor.as_ref().map(|anchor| format!("#{anchor}")).unwrap_or_default();
        lines.push(format!("              {}{anchor}  ({})", hit.article.url, parts.join(", ")));
    }
    lines.join("\n")
}
