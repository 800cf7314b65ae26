//! Makes a bundle from a collection as `build` does, and an index of it.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use exemplar_search::bundle::{Bundle, EmbeddingSpace, Encoding, Files, Layout, Part, Passage, Recipe};
use exemplar_search::json::Object;
use exemplar_search::shards::Written;
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{SearchIndex, encoder, lexical};

use super::args::Args;
use super::closeness::Foreign;
use super::collection::Collection;
use super::report::Encoder;
use crate::build::{
    Cache, Embedder, Job, Learnt, Limits, PASSAGE_CHARS, Plan, Queries, Recipes, Texts, keywords,
};
use crate::engine::Engine;
use crate::npy;
use crate::shard_folder;
use crate::site::{Document, join};

/// What is measured, and with which vectors.
pub struct Built {
    /// The name of what made the vectors.
    pub model: String,
    pub index: SearchIndex,
    /// A row a query.
    pub queries: Matrix,
    pub encoder: Option<Encoder>,
    /// The queries of `--foreign`.
    pub foreign: Vec<Foreign>,
    /// The same in shards, where `--shards` asks for them.
    pub shards: Option<Written>,
}

impl Built {
    pub fn of(collection: &Collection, args: &Args) -> Result<Self> {
        let embedding = Embedding::of(args)?;
        let Recipes { query, passage } = match &embedding.engine {
            Some(engine) => args.request.recipes(engine, args.api.preset, None)?,
            None => args.request.own_recipes(),
        };
        let documents = &collection.documents;
        let (passages, vectors) = embedding.documents(documents, &passage)?;
        let queries = embedding.queries(collection, &query)?;
        let texts = Queries::of(documents, &passages, args.query_texts, true);
        let (learnt, fitted) = match texts.job(&query).filter(|_| embedding.engine.is_some()) {
            Some(job) => {
                let rows = embedding.rows(job)?;
                let started = Instant::now();
                let learnt = texts.learn(&embedding.model, &vectors, &rows)?;
                (learnt, Some((texts.len(), started.elapsed().as_secs_f64())))
            }
            None => (Learnt::default(), None),
        };
        let mut foreign: Vec<Foreign> =
            args.foreign.iter().map(|path| Foreign::read(path)).collect::<Result<_>>()?;
        if embedding.engine.is_some() {
            for one in &mut foreign {
                one.vectors = Some(embedding.foreign(one, &query)?);
            }
        }
        let bytes = learnt.encoder.as_ref().map(|part| part.bytes.len());
        let model = embedding.model;
        let dimensions = vectors.dims();
        let space =
            EmbeddingSpace { model: model.clone(), dimensions, query, passage, ..EmbeddingSpace::default() };
        let bundle = with_texts(bundle(space, documents, passages, vectors, learnt)?, documents);
        let shards = args.shards.then(|| shard_folder::in_shards(&bundle)).transpose()?;
        let index = SearchIndex::new(bundle)?;
        let encoder = match (bytes, fitted) {
            (Some(bytes), Some((texts, fit_seconds))) => {
                let (encode_milliseconds, known) = encode(&index, collection)?;
                Some(Encoder { texts, bytes, fit_seconds, encode_milliseconds, known })
            }
            _ => None,
        };
        Ok(Self { model, index, queries, encoder, foreign, shards })
    }
}

/// Where vectors come from: from files that the arguments name, or from an engine, if there is one.
struct Embedding<'a> {
    args: &'a Args,
    engine: Option<Arc<Engine>>,
    model: String,
    cache: Cache,
}

impl<'a> Embedding<'a> {
    fn of(args: &'a Args) -> Result<Self> {
        let engine = args.engine()?.map(Arc::new);
        let model = engine.as_ref().map_or(args.model(), |engine| args.request.model_of(engine)).to_owned();
        Ok(Self { args, engine, model, cache: Cache::new(args.request.cache.as_ref()) })
    }

    /// A row a text.
    fn rows(&self, job: Job) -> Result<Matrix> {
        let engine = self.engine.clone().context("there is nothing to embed with")?;
        let batches = Limits::new(&engine, self.args.api.preset, self.args.request.batch_size);
        let embedder = Embedder {
            concurrency: engine.concurrency(),
            engine,
            model: &self.model,
            cache: &self.cache,
            dimensions: None,
        };
        let plan = Plan::new(vec![job], &embedder, batches.map_err(|problem| anyhow!(problem))?);
        plan.embed(&embedder)?.pop().context("there is nothing to embed")
    }

    fn documents(&self, documents: &[Document], recipe: &Recipe) -> Result<(Vec<Passage>, Matrix)> {
        if let Some(file) = &self.args.embeddings {
            let rows = npy::read_rows(file, "--embeddings", documents.len(), "documents")?;
            return Ok((Passage::whole_articles(documents.len()), rows));
        }
        let (texts, passages) = Texts::of_passages(documents, PASSAGE_CHARS);
        Ok((passages, self.rows(Job { kind: "documents", texts, recipe: recipe.clone() })?))
    }

    fn queries(&self, collection: &Collection, recipe: &Recipe) -> Result<Matrix> {
        let queries = &collection.queries;
        if let Some(file) = &self.args.query_embeddings {
            return npy::read_rows(file, "--query-embeddings", queries.len(), "queries");
        }
        let mut texts = Texts::default();
        queries.iter().for_each(|query| texts.push(format!("query {}", query.id), &[&query.text]));
        self.rows(Job { kind: "queries", texts, recipe: recipe.clone() })
    }

    fn foreign(&self, Foreign { name, texts: queries, .. }: &Foreign, recipe: &Recipe) -> Result<Matrix> {
        let mut texts = Texts::default();
        queries.iter().for_each(|query| texts.push(format!("the query {query:?} of {name}"), &[query]));
        self.rows(Job { kind: "foreign queries", texts, recipe: recipe.clone() })
    }
}

/// How long the encoder takes for a query, in milliseconds, and how much it knows of one: means of all queries.
fn encode(index: &SearchIndex, collection: &Collection) -> Result<(f64, f64)> {
    let started = Instant::now();
    let mut known = 0.0;
    for query in &collection.queries {
        known += index.encode(&query.text)?.map_or(0.0, |encoded| f64::from(encoded.known));
    }
    let count = collection.queries.len() as f64;
    Ok((started.elapsed().as_secs_f64() * 1e3 / count, known / count))
}

/// The bundle as it is shipped, with what its encoding loses.
fn bundle(
    space: EmbeddingSpace,
    documents: &[Document],
    passages: Vec<Passage>,
    vectors: Matrix,
    learnt: Learnt,
) -> Result<Bundle> {
    let keywords = Part::of_keywords(&keywords::of(documents, &passages, &[]));
    let parts = [(lexical::PART, Some(keywords)), (encoder::PART, learnt.encoder.clone())];
    let bundle = Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::default(),
        space,
        articles: documents.iter().map(|document| document.article.clone()).collect(),
        passages,
        vectors: Vectors::Float32(vectors),
        statistics: learnt.statistics(),
        parts: parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect(),
        extra: Object::default(),
    };
    let mut bundle = Bundle::read(bundle.write()?.json.as_bytes(), &Files::new())?;
    learnt.calibrate(&mut bundle)?;
    Ok(bundle)
}

/// The bundle with the beginning of each document as the text of its passage, where that has none of its own: what readers
/// load has texts.
fn with_texts(mut bundle: Bundle, documents: &[Document]) -> Bundle {
    for passage in bundle.passages.iter_mut().filter(|passage| passage.text.is_empty()) {
        passage.text = join(&documents[passage.article].blocks).chars().take(PASSAGE_CHARS).collect();
    }
    bundle
}
