//! `exemplar build`: makes a bundle from a site.

mod args;
mod batches;
mod cache;
mod embed;
mod job;
pub mod keywords;
mod output;
mod plan;
mod progress;
mod queries;
mod request;
mod summary;
mod texts;
mod word_vectors;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};
use exemplar_search::bundle::{Bundle, EmbeddingSpace, Encoding, Layout, Part, Passage, Statistics};
use exemplar_search::json::Object;
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{encoder, lexical};

pub use self::args::{Args, PASSAGE_CHARS};
pub use self::batches::Limits;
pub use self::cache::Cache;
pub use self::embed::Embedder;
pub use self::job::Job;
use self::job::{Count, price};
use self::output::Output;
pub use self::plan::Plan;
pub use self::queries::{DEFAULT_BUDGET as DEFAULT_QUERY_TEXTS, Learnt, Queries};
pub use self::request::{Recipes, RequestArgs};
pub use self::texts::Texts;
use crate::api::Client;
use crate::engine::Engine;
use crate::npy;
use crate::output::{note, print};
use crate::site::Document;

/// Lengths this close to 1 are what unit vectors have after rounding.
const UNIT_TOLERANCE: f64 = 1e-3;

/// What is known of the articles' vectors.
struct Vectorised {
    model: String,
    recipes: Recipes,
    passages: Vec<Passage>,
    vectors: Matrix,
    learnt: Learnt,
}

pub fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    let output = (!args.dry_run).then(|| Output::prepare(args)).transpose()?;
    let client = Client::new(&args.api, args.limits)?;
    let reading = args.source.read(args.embeddings.is_none())?;
    note(&format!("read {} articles{}", reading.documents.len(), reading.summary()));

    let documents = reading.documents;
    let vectorised = match &args.embeddings {
        None if args.no_vectors => Some(by_words(args, &documents)?),
        Some(file) => Some(read_vectors(args, file, &documents)?),
        None => embed_site(args, args.request.engine(client)?, &documents)?,
    };
    let (Some(vectorised), Some(output)) = (vectorised, output) else { return Ok(()) };
    let mut bundle = bundle(args, vectorised, documents)?;
    output.choose_layout(&mut bundle, args)?;
    output.write(&bundle, args, |name, bytes| {
        format!(
            "{name}: {} articles, {} passages x {} dimensions, {}, {} kB, in {:.1} s",
            bundle.articles.len(),
            bundle.passages.len(),
            bundle.space.dimensions,
            bundle.layout.name(),
            bytes.div_ceil(1000),
            started.elapsed().as_secs_f64()
        )
    })
}

/// The bundle, in the form that is asked for.
fn bundle(args: &Args, vectorised: Vectorised, documents: Vec<Document>) -> Result<Bundle> {
    let Vectorised { model, recipes, passages, vectors, learnt } = vectorised;
    let space = EmbeddingSpace {
        model,
        dimensions: vectors.dims(),
        normalized: are_unit_vectors(&vectors),
        truncated: args.dimensions().is_some(),
        query: recipes.query,
        passage: recipes.passage,
        probes: learnt.probes,
        ..EmbeddingSpace::default()
    };
    let keywords = args.keywords.is_on().then(|| Part::of_keywords(&keywords::of(&documents, &passages)));
    let parts = [(lexical::PART, keywords), (encoder::PART, learnt.encoder)];
    let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect();
    let mut bundle = Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::default(),
        space,
        passages,
        articles: documents.into_iter().map(|document| document.article).collect(),
        vectors: Vectors::Float32(vectors),
        statistics: Statistics { mean_query: learnt.mean_query, ..Statistics::default() },
        parts,
        extra: Object::default(),
    };
    bundle.check()?;
    args.form.apply(&mut bundle)?;
    Ok(bundle)
}

/// Embeds the passages, and what the query encoder learns from; with `--dry-run`, nothing but says how much it would be.
fn embed_site(args: &Args, engine: Engine, documents: &[Document]) -> Result<Option<Vectorised>> {
    let model = args.request.model_of(&engine).to_owned();
    let recipes = args.request.recipes(&engine, args.api.preset, args.dimensions_field())?;
    let batches =
        Limits::new(&engine, args.api.preset, args.request.batch_size).map_err(|problem| anyhow!(problem))?;
    let (texts, passages) = args.texts(documents);
    let queries = args.queries(documents, &passages);
    let cache = Cache::new(args.request.cache.as_ref());
    let embedder = Embedder {
        concurrency: args.concurrency.map_or_else(|| engine.concurrency(), usize::from),
        engine: Arc::new(engine),
        model: &model,
        cache: &cache,
        dimensions: args.dimensions(),
    };
    let mut jobs = vec![Job { kind: "passages", texts, recipe: recipes.passage.clone() }];
    jobs.extend(queries.job(&recipes.query));
    let plan = Plan::new(jobs, &embedder, batches);
    let expected = plan.describe(&embedder, args.price_per_million);
    if args.dry_run {
        print(&expected)?;
        return Ok(None);
    }
    note(&expected);
    let mut vectors = embed(plan, &embedder, args.price_per_million)?.into_iter();
    let Some(of_passages) = vectors.next() else { bail!("there is nothing to embed") };
    let learnt = match vectors.next() {
        Some(of_queries) => queries.learn(&model, &of_passages, &of_queries)?,
        None => Learnt::default(),
    };
    Ok(Some(Vectorised { model, recipes, passages, vectors: of_passages, learnt }))
}

/// What `--no-vectors` leaves: keywords, and vectors that are made of them.
fn by_words(args: &Args, documents: &[Document]) -> Result<Vectorised> {
    if !args.keywords.is_on() {
        bail!("--no-vectors leaves nothing to search by where --keywords is off: leave out one of the two");
    }
    let (_, passages) = args.texts(documents);
    Ok(Vectorised {
        model: word_vectors::MODEL.into(),
        recipes: Recipes::default(),
        vectors: word_vectors::of(&keywords::of(documents, &passages)),
        passages,
        learnt: Learnt::default(),
    })
}

/// The vectors of `--embeddings`, one an article.
fn read_vectors(args: &Args, file: &Path, documents: &[Document]) -> Result<Vectorised> {
    note("no query encoder: it is fitted to vectors of queries, and --embeddings has none");
    Ok(Vectorised {
        model: args.request.model.clone().unwrap_or_default(),
        recipes: args.request.own_recipes(),
        passages: Passage::whole_articles(documents.len()),
        vectors: npy::read_rows(file, "--embeddings", documents.len(), "articles")?,
        learnt: Learnt::default(),
    })
}

/// The vectors of each job. Says what it took.
fn embed(plan: Plan, embedder: &Embedder, price_per_million: Option<f64>) -> Result<Vec<Matrix>> {
    let started = Instant::now();
    let expected = plan.count();
    let vectors = plan.embed(embedder)?;
    let Count { texts, missing, .. } = expected;
    match embedder.engine.client() {
        Some(client) => {
            let (tokens, counted_by) = match client.tokens() {
                0 => (expected.tokens, "by estimate"),
                tokens => (tokens, "by the API's count"),
            };
            let price = price_per_million.map_or(String::new(), |each| format!(", {}", price(tokens, each)));
            note(&format!(
                "embedded {missing} of {texts} texts in {} requests, {tokens} tokens {counted_by}{price}",
                client.requests()
            ));
        }
        None => {
            let seconds = started.elapsed().as_secs_f64();
            note(&format!("embedded {missing} of {texts} texts on this machine, in {seconds:.1} s"));
        }
    }
    Ok(vectors)
}

fn are_unit_vectors(vectors: &Matrix) -> bool {
    (0..vectors.rows()).all(|row| {
        let squares: f64 = vectors.values(row).iter().map(|&x| f64::from(x).powi(2)).sum();
        (squares.sqrt() - 1.0).abs() < UNIT_TOLERANCE
    })
}
