//! `exemplar build`: a site becomes a bundle.

mod cache;
mod embed;
pub mod keywords;
mod progress;
mod queries;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::ArgGroup;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use exemplar_search::bundle::{Bundle, EmbeddingSpace, Encoding, Layout, Passage, Recipe, Statistics};
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{encoder, lexical};
use globset::Glob;
use serde_json::Map;

pub use self::cache::{Cache, Place};
pub use self::embed::{Embedder, Texts};
pub use self::queries::{DEFAULT_BUDGET as DEFAULT_QUERY_TEXTS, Learnt, Queries};
use crate::api::{ApiArgs, Client};
use crate::npy;
use crate::output::{OutputFile, print};
use crate::site::{self, Document, Reading};

/// Characters of an excerpt made from a text.
const EXCERPT_CHARS: usize = 200;

/// Characters of a passage, and of an article that is embedded as one.
pub const PASSAGE_CHARS: usize = 1000;
const ARTICLE_CHARS: usize = 1500;

/// Lengths this close to 1 are what unit vectors have after rounding.
const UNIT_TOLERANCE: f64 = 1e-3;

/// Build a bundle from a site and an embedding API
#[derive(clap::Args)]
#[command(
    group(ArgGroup::new("source").required(true).args(["site", "items"])),
    group(ArgGroup::new("vectors").required(true).args(["api", "embeddings"])),
)]
pub struct Args {
    /// Folder of built HTML pages
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// JSON lines: {"title", "url", "text", and optionally "id", "excerpt", "lang", "date", "tags", ...}
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    /// Leave out pages whose path in the folder matches, such as 'old/**'; may be given again
    #[arg(long, value_name = "GLOB", requires = "site")]
    exclude: Vec<Glob>,
    /// Put before each relative URL, such as https://example.org/docs
    #[arg(long, value_name = "PREFIX")]
    base_url: Option<String>,

    #[command(flatten)]
    api: ApiArgs,
    /// The embedding model's name, as the API knows it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    model: String,
    /// Vectors from elsewhere instead of an API: a .npy file, float32 or float64, a row for each article
    #[arg(long, value_name = "FILE")]
    embeddings: Option<PathBuf>,

    /// Whether an article gets a vector for each of its passages, or one in all, as it does with --embeddings
    #[arg(long, value_enum, default_value_t, conflicts_with = "embeddings")]
    passages: Switch,
    /// Characters of text behind one vector, after title and headings: about as many in a passage (1000 if not given),
    /// the first of an article with --passages off (1500)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_chars: Option<u32>,
    /// Texts in one request
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    batch_size: u16,

    /// Folder that keeps vectors for later builds, or off; in the user's cache folder if not given
    #[arg(long, value_name = "DIR", env = "EXEMPLAR_CACHE", value_parser = NonEmptyStringValueParser::new().map(|value| Place::from(value.as_str())))]
    cache: Option<Place>,

    /// Put before each query, such as 'query: '
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    query_prefix: String,
    /// Put before each article's text, such as 'passage: '
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    passage_prefix: String,
    /// The request's input_type for queries
    #[arg(long, value_name = "TYPE")]
    query_input_type: Option<String>,
    /// The request's input_type for articles
    #[arg(long, value_name = "TYPE")]
    passage_input_type: Option<String>,
    /// The request's model for queries, where it is not --model
    #[arg(long, value_name = "NAME")]
    query_model: Option<String>,
    /// The request's model for articles, where it is not --model
    #[arg(long, value_name = "NAME")]
    passage_model: Option<String>,

    /// Whether the bundle gets keywords, which the methods with lexical need
    #[arg(long, value_enum, default_value_t)]
    keywords: Switch,

    /// Whether the bundle gets a query encoder, which searches without an API; none with --embeddings
    #[arg(long, value_enum, default_value_t)]
    query_encoder: Switch,
    /// Titles, headings and sentences of the site to embed as queries at most, from which the encoder learns; with 0 there is
    /// none, and nothing for query alignment either
    #[arg(long, value_name = "N", default_value_t = DEFAULT_QUERY_TEXTS)]
    query_texts: u32,

    /// The bundle to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Whether a bundle gets something.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Switch {
    #[default]
    On,
    Off,
}

impl Switch {
    fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

pub fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    let output = OutputFile::prepare(&args.output)?;
    let client = Client::new(&args.api)?;
    let reading = read_source(args)?;
    eprintln!("read {} articles{}", reading.documents.len(), reading.summary());

    let documents = reading.documents;
    let passage = args.recipe(&args.passage_prefix, &args.passage_input_type, &args.passage_model);
    let query = args.recipe(&args.query_prefix, &args.query_input_type, &args.query_model);
    let (passages, vectors, learnt) = match (&client, &args.embeddings) {
        (Some(client), _) => {
            let cache = Cache::new(args.cache.as_ref());
            let embedder = |recipe| Embedder {
                client,
                recipe,
                model: &args.model,
                batch_size: args.batch_size.into(),
                cache: cache.of(&args.model, recipe),
            };
            let (texts, passages) = args.texts(&documents);
            let vectors = embedder(&passage).embed(&texts)?;
            let queries = args.queries(&documents, &passages);
            eprintln!("embedding {} as queries", queries.describe());
            let rows = embedder(&query).embed(&queries.to_embed())?;
            let learnt = queries.learn(&args.model, &vectors, &rows)?;
            (passages, vectors, learnt)
        }
        (None, Some(file)) => {
            eprintln!("no query encoder: it learns from the answers of an API, and --embeddings has none");
            let vectors = npy::read_rows(file, "--embeddings", documents.len(), "articles")?;
            (Passage::whole_articles(documents.len()), vectors, Learnt::default())
        }
        (None, None) => bail!("one of --api and --embeddings is needed"),
    };
    let space = EmbeddingSpace {
        model: args.model.clone(),
        dimensions: vectors.dims(),
        normalized: are_unit_vectors(&vectors),
        query,
        passage,
        probes: learnt.probes,
        ..EmbeddingSpace::default()
    };
    let keywords = args.keywords.is_on().then(|| keywords::of(&documents, &passages).to_part());
    let parts = [(lexical::PART, keywords), (encoder::PART, learnt.encoder)];
    let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect();
    let bundle = Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::default(),
        space,
        passages,
        articles: documents.into_iter().map(|document| document.article).collect(),
        vectors: Vectors::Float32(vectors),
        statistics: Statistics { mean_query: learnt.mean_query, ..Statistics::default() },
        parts,
        extra: Map::new(),
    };
    bundle.check()?;
    let json = bundle.write()?.json;
    output.write(json.as_bytes())?;
    print(&format!(
        "{}: {} articles, {} passages x {} dimensions, {} kB, in {:.1} s",
        args.output.display(),
        bundle.articles.len(),
        bundle.passages.len(),
        bundle.space.dimensions,
        json.len().div_ceil(1000),
        started.elapsed().as_secs_f64()
    ))
}

impl Args {
    /// What to embed, and the passages that it is of.
    fn texts(&self, documents: &[Document]) -> (Texts, Vec<Passage>) {
        let max_chars = |default| self.max_chars.map_or(default, |n| n as usize);
        match self.passages {
            Switch::On => Texts::of_passages(documents, max_chars(PASSAGE_CHARS)),
            Switch::Off => (
                Texts::of_articles(documents, max_chars(ARTICLE_CHARS)),
                Passage::whole_articles(documents.len()),
            ),
        }
    }

    fn queries(&self, documents: &[Document], passages: &[Passage]) -> Queries {
        Queries::of(documents, passages, self.query_texts as usize, self.query_encoder.is_on())
    }

    fn recipe(&self, prefix: &str, input_type: &Option<String>, model: &Option<String>) -> Recipe {
        Recipe {
            prefix: prefix.to_owned(),
            input_type: input_type.clone(),
            model: model.clone().filter(|model| *model != self.model),
            extra: Map::new(),
        }
    }
}

fn read_source(args: &Args) -> Result<Reading> {
    let base_url = args.base_url.as_deref();
    match (&args.site, &args.items) {
        (Some(folder), _) => {
            let exclusions = site::Exclusions::new(&args.exclude)?;
            site::read_folder(folder, &exclusions, base_url, EXCERPT_CHARS)
        }
        (None, Some(file)) => site::read_items(file, base_url, args.embeddings.is_none(), EXCERPT_CHARS),
        (None, None) => bail!("one of --site and --items is needed"),
    }
}

fn are_unit_vectors(vectors: &Matrix) -> bool {
    (0..vectors.rows()).all(|row| {
        let squares: f64 = vectors.values(row).iter().map(|&x| f64::from(x).powi(2)).sum();
        (squares.sqrt() - 1.0).abs() < UNIT_TOLERANCE
    })
}
