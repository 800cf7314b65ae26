//! `exemplar search`: the browser's ranking, on the command line.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::ArgGroup;
use exemplar_search::bundle::{Bundle, EmbeddingSpace};
use exemplar_search::rank::svm;
use exemplar_search::{
    Fusion, Method, Query, Refine, SearchIndex, SearchOptions, SearchResult, StopAt, Strictness, plain_text,
};

use crate::api::{ApiArgs, Client, Input, Limits, shorten};
use crate::engine::Engine;
use crate::explain;
use crate::filter::{self, Condition};
use crate::listing::listing;
use crate::location::Location;
use crate::model::ModelArgs;
use crate::output::{note, print};
use crate::shard_files::{Cost, ShardFiles};
use crate::{bundle_file, input, npy};

/// Of a file with one vector.
const MAX_VECTOR_BYTES: u64 = 64 << 20;

/// Search a bundle as the browser does
#[derive(clap::Args)]
#[command(group(ArgGroup::new("asked").required(true).multiple(true).args(["query", "embedding", "more"])))]
pub struct Args {
    /// The bundle to search: the path of its JSON, or an address such as https://example.org/exemplar/bundle.json
    bundle: PathBuf,
    /// Text to search for; if the method needs its embedding, --api, --model-dir or --local-model makes it as the bundle says,
    /// or without them the bundle's query encoder
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    query: Option<String>,
    /// File with the query's embedding: a JSON array of numbers, or a .npy vector
    #[arg(long, value_name = "FILE", conflicts_with_all = ["endpoint", "query"])]
    embedding: Option<PathBuf>,
    /// Find articles like the one with this id, alone or beside a query; may be given again
    #[arg(long, value_name = "ID", visible_alias = "similar")]
    more: Vec<String>,
    /// Find articles unlike the one with this id; may be given again
    #[arg(long, value_name = "ID")]
    less: Vec<String>,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    local: ModelArgs,
    /// Embed the query with the bundle's model on this machine, looked for in the places of --model-dir
    #[arg(long, conflicts_with = "endpoint")]
    local_model: bool,
    /// Method of ranking: auto (the best for what is asked), knn, svm, whitened, hybrid, lexical, or a sum such as knn+lexical or knn+0.5*lexical
    #[arg(long, default_value = "auto")]
    method: Method,
    /// How the scores of a sum are combined: z-score or rrf (reciprocal rank fusion)
    #[arg(long, default_value = "z-score")]
    fusion: Fusion,
    /// Number of hits
    #[arg(short, default_value_t = 10)]
    k: usize,
    /// Only articles whose field (lang, tags, date, or another) has this value; given again for the same field, any of the values
    /// will do. FIELD=FROM..TO asks for dates or numbers in a range, such as date=2026-01..
    #[arg(long, value_name = "FIELD=VALUE", value_parser = filter::condition)]
    filter: Vec<Condition>,
    /// How many passages of an article to list, each under another heading
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    passages: usize,
    /// Leave out hits whose score, scaled to 0..1 over all passages, is below this
    #[arg(long, value_name = "SHARE")]
    relevance_threshold: Option<f32>,
    /// How easily hits are called close: mild, strict (sooner far than close), or off (nothing is said, and all are hits)
    #[arg(long, default_value = "mild")]
    strictness: Strictness,
    #[command(flatten)]
    svm: SvmArgs,
    /// Keep the lengths of vectors: knn then ranks by dot products
    #[arg(long)]
    no_normalize: bool,
    /// Read all of a bundle in shards and rank exactly, not only the shards that the query needs
    #[arg(long)]
    whole: bool,
    /// Print the result as JSON, as the browser's search returns it
    #[arg(long)]
    json: bool,
    /// Say of each hit which words it has, how much its meaning counts, and what its weight is; reads all of a bundle in shards
    #[arg(long, conflicts_with = "json")]
    explain: bool,
}

/// The SVM's options
#[derive(clap::Args)]
#[command(next_help_heading = "The SVM")]
struct SvmArgs {
    /// Cost of errors against the margin, 1e-6 to 1e6
    #[arg(short = 'C', default_value_t = 0.1)]
    c: f64,
    /// How far scores may be from the exact ones, 1e-7 to 1
    #[arg(long, default_value_t = 5e-5)]
    tolerance: f64,
    /// Weight of the query and the --more articles, on top of balanced classes, 1e-3 to 1e3
    #[arg(long, default_value_t = 1.0)]
    positive_weight: f64,
    /// Weight of a passage of a --less article, relative to another passage, 1e-3 to 1e3
    #[arg(long, default_value_t = 10.0)]
    less_weight: f64,
    /// When to stop: converged, or topk as soon as the order of the hits is proven
    #[arg(long, default_value = "converged")]
    stop: StopAt,
    /// Do not align the query for the SVM and whitened, as they do if the bundle holds its mean query
    #[arg(long)]
    no_align: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let at = Location::new(&args.bundle)?;
    let json = bundle_file::json(&at)?;
    if !bundle_file::is_sharded(&json) {
        return print(&search_whole(args, bundle_file::with_files_beside(json, &at)?.bundle)?);
    }
    let mut files = ShardFiles::new(&json, at)?;
    let mut answer = search_shards(args, &mut files);
    // A site that is published anew takes away the shards of its old build.
    if files.lost
        && let Some(mut newer) = files.newer()
    {
        note("the bundle has been built anew meanwhile: searching it again");
        answer = search_shards(args, &mut newer);
    }
    print(&answer?)
}

/// What a bundle in shards answers, as it is printed: by the shards that the query asks for, or by all where parts of it cannot
/// answer.
fn search_shards(args: &Args, files: &mut ShardFiles) -> Result<String> {
    if args.asks_whole() {
        return search_whole(args, files.whole()?);
    }
    let embedding = embedding(args, &files.shards.manifest().space, false)?;
    let query = Query { text: args.query.as_deref(), embedding: embedding.as_deref(), unfinished: false };
    let refine = Refine { query, more: &as_strs(&args.more), less: &as_strs(&args.less) };
    let options = args.options();
    let (cost, whole) = files.load_wanted(&refine, &options).map_err(|error| for_people(error, args))?;
    if whole {
        return search_whole(args, files.whole()?);
    }
    let result = files.shards.refine(&refine, &options)?.result;
    Ok(match args.json {
        true => serde_json::to_string_pretty(&result)?,
        false => {
            format!("{}\n{}", listing(&result, files.shards.manifest().articles), costs(cost, &result))
        }
    })
}

/// What a bundle answers, as it is printed.
fn search_whole(args: &Args, bundle: Bundle) -> Result<String> {
    let index = SearchIndex::with(bundle, !args.no_normalize)?;
    let options = args.options();
    let embedding = embedding(args, index.space(), index.needs_embedding(args.method))?;
    let text = args.query.as_deref();
    let query = Query { text, embedding: embedding.as_deref(), unfinished: false };
    let refine = Refine { query, more: &as_strs(&args.more), less: &as_strs(&args.less) };
    if args.explain {
        let explained = index.explain(&refine, &options).map_err(|error| for_people(error.into(), args))?;
        return Ok(explain::listing(&explained));
    }
    let result = index.refine(&refine, &options).map_err(|error| for_people(error.into(), args))?;
    Ok(match args.json {
        true => serde_json::to_string_pretty(&result)?,
        false => listing(&result, index.articles().len()),
    })
}

/// The core's error with options as they are written for the command, and with the file that the query came from.
fn for_people(error: anyhow::Error, args: &Args) -> anyhow::Error {
    let of_what = || match &args.embedding {
        Some(file) => file.display().to_string(),
        None => "cannot search".to_owned(),
    };
    match error.downcast::<exemplar_search::Error>() {
        Ok(error) => anyhow::Error::from(error.with_option_name(flag)).context(of_what()),
        Err(error) => error,
    }
}

/// What a search in shards has read.
fn costs(cost: Cost, result: &SearchResult) -> String {
    let Cost { files, bytes, rounds, .. } = cost;
    format!(
        "{files} shards, {} kB, in {rounds} rounds; about {:.0}% of these hits are those of the whole bundle",
        bytes.div_ceil(1000),
        result.complete.unwrap_or(1.0) * 100.0
    )
}

impl Args {
    /// Whether the planner of shards is not asked at all.
    fn asks_whole(&self) -> bool {
        self.no_normalize || self.whole || self.explain
    }

    /// Whether the command line names what embeds the query.
    fn has_engine(&self) -> bool {
        let api = self.api.api.is_some() || self.api.preset.is_some();
        api || self.local_model || self.local.model_dir.is_some()
    }

    /// What embeds the query, where the command line names something: for a bundle of `model`.
    fn engine(&self, model: &str) -> Result<Option<Engine>> {
        if let Some(client) = Client::new(&self.api, Limits::default())? {
            return Ok(Some(Engine::Api(Box::new(client))));
        }
        match self.has_engine() {
            true => Ok(Some(Engine::Model(Box::new(self.local.open(Some(model))?)))),
            false => Ok(None),
        }
    }

    fn options(&self) -> SearchOptions {
        let svm = svm::Options::default()
            .c(self.svm.c)
            .tolerance(self.svm.tolerance)
            .positive_weight(self.svm.positive_weight)
            .less_weight(self.svm.less_weight);
        SearchOptions::default()
            .method(self.method)
            .fusion(self.fusion)
            .k(self.k)
            .passages(self.passages)
            .filter(filter::filter(&self.filter))
            .relevance_threshold(self.relevance_threshold)
            .strictness(self.strictness)
            .svm(svm)
            .stop(self.svm.stop)
            .align(!self.svm.no_align)
    }
}

/// The embedding of what is searched for, if it has one.
fn embedding(args: &Args, space: &EmbeddingSpace, needed: bool) -> Result<Option<Vec<f32>>> {
    match (&args.query, &args.embedding) {
        (Some(text), _) => embed(text, args, space, needed),
        (None, Some(file)) => read_vector(file).map(Some),
        (None, None) => Ok(None),
    }
}

/// The query's embedding, made by an API or a model on this machine as the bundle's recipe for queries says, where the method
/// needs one. Without either it is left to the bundle's query encoder.
/// `needed` says whether there is no encoder.
fn embed(text: &str, args: &Args, space: &EmbeddingSpace, needed: bool) -> Result<Option<Vec<f32>>> {
    if text.trim().is_empty() {
        bail!("--query is empty: give it some text");
    }
    if !args.method.needs_embedding() {
        return Ok(None);
    }
    let Some(engine) = args.engine(&space.model)? else {
        if !needed {
            return Ok(None);
        }
        bail!(
            "--method {} needs --api URL or --local-model to embed the query, as the bundle has no query encoder; --method lexical needs none",
            args.method
        );
    };
    let text = &plain_text(text);
    let mut inputs = vec![Input { name: "the query", text }];
    inputs.extend(space.probe().map(|probe| Input { name: "the bundle's probe", text: &probe.text }));
    let mut vectors = engine.embed(&inputs, &space.query, &space.model, note)?.into_iter();
    let cut = |mut vector: Vec<f32>, what: &str| {
        if space.truncated {
            shorten(&mut vector, space.dimensions)
                .map_err(|problem| anyhow!("the vector of {what} {problem}"))?;
        }
        anyhow::Ok(vector)
    };
    let query = cut(vectors.next().context("there is no vector")?, "the query")?;
    // A vector of another model would find something, and nobody would know that it is noise.
    if let Some(probe) = vectors.next() {
        space.verify(&cut(probe, "the bundle's probe")?)?;
    }
    Ok(Some(query))
}

/// The option of this name as it is written for the command.
fn flag(option: &str) -> String {
    match option {
        "C" | "k" => format!("-{option}"),
        other => format!("--{}", other.replace('_', "-")),
    }
}

fn as_strs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

fn read_vector(path: &Path) -> Result<Vec<f32>> {
    let name = || format!("--embedding {}", path.display());
    let bytes = input::bytes(path, MAX_VECTOR_BYTES)
        .map_err(|problem| anyhow!("cannot read {}: {problem}", name()))?;
    if bytes.starts_with(npy::MAGIC) {
        let array = npy::read(bytes.as_slice(), bytes.len() as u64).with_context(name)?;
        if array.nrows() != 1 {
            bail!("{} has {} rows, expected one vector: save a single row", name(), array.nrows());
        }
        return Ok(array.iter().copied().collect());
    }
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{}: expected a JSON array of numbers or a .npy file", name()))
}
