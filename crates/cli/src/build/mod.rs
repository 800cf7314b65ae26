//! `exemplar build`: makes a bundle from a site.

mod args;
mod batches;
mod builder;
mod cache;
mod embed;
mod finished;
mod job;
mod kept;
pub mod keywords;
mod output;
mod plan;
mod progress;
mod queries;
mod request;
mod summary;
mod synonyms;
mod texts;
mod watch;
mod word_vectors;

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use exemplar_search::bundle::{Bundle, EmbeddingSpace, Encoding, Layout, Part, Passage};
use exemplar_search::json::Object;
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{encoder, lexical};

pub use self::args::{Args, PASSAGE_CHARS};
pub use self::batches::Limits;
use self::builder::Builder;
pub use self::cache::Cache;
pub use self::embed::Embedder;
pub use self::job::Job;
use self::job::{Count, price};
pub use self::plan::Plan;
pub use self::queries::{Learnt, Queries};
pub use self::request::{Recipes, RequestArgs};
pub use self::texts::Texts;
use crate::npy;
use crate::output::note;
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
    match args.watch || args.serve {
        true => watch::run(args),
        false => Builder::new(args)?.build().map(drop),
    }
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
        probes: learnt.probes.clone(),
        ..EmbeddingSpace::default()
    };
    let statistics = learnt.statistics();
    let keywords =
        args.keywords.is_on().then(|| Part::of_keywords(&keywords::of(&documents, &passages, &args.synonym)));
    let parts = [(lexical::PART, keywords), (encoder::PART, learnt.encoder.clone())];
    let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect();
    let mut bundle = Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::default(),
        space,
        passages,
        articles: documents.into_iter().map(|document| document.article).collect(),
        vectors: Vectors::Float32(vectors),
        statistics,
        parts,
        extra: Object::default(),
    };
    bundle.check()?;
    args.form.apply(&mut bundle)?;
    learnt.calibrate(&mut bundle)?;
    Ok(bundle)
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
        vectors: word_vectors::of(&keywords::of(documents, &passages, &args.synonym)),
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
