//! Builds a site, and again what has changed since.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};
use exemplar_search::bundle::{Bundle, Layout};
use tempfile::TempDir;

use super::args::Args;
use super::batches::Limits;
use super::cache::{Cache, Place};
use super::embed::Embedder;
use super::finished::Finished;
use super::job::Job;
use super::kept::Kept;
use super::output::{self, Output};
use super::plan::Plan;
use super::queries::Learnt;
use super::{Vectorised, bundle, by_words, embed, read_vectors};
use crate::api::Client;
use crate::engine::Engine;
use crate::output::{note, print};
use crate::site::{Document, Pages, Reading};

/// Said of a large bundle that goes into one file, as was asked for.
const LARGE_FILE: &str = "this bundle is large: with --layout shards, or in a folder (-o NAME/), readers load only what a search needs of it";

/// What a build has in common with the next one of the same site.
pub struct Builder<'a> {
    args: &'a Args,
    /// A model on this machine is loaded when a text has to be embedded.
    engine: Option<Arc<Engine>>,
    cache: Cache,
    pages: Pages,
    /// What was said of the pages that the last build read, if there was one before.
    said: Option<String>,
    /// Where vectors are kept for the next build if nothing is to be kept for longer.
    _temporary: Option<TempDir>,
    /// What the last build learnt from queries, if another one may take it.
    learnt: Option<Learnt>,
    /// Whether the next build takes it.
    is_draft: bool,
}

impl<'a> Builder<'a> {
    pub fn new(args: &'a Args) -> Result<Self> {
        let client = Client::new(&args.api, args.limits)?;
        Ok(Self {
            args,
            engine: client.map(|client| Arc::new(Engine::Api(Box::new(client)))),
            cache: Cache::new(args.request.cache.as_ref()),
            pages: Pages::default(),
            said: None,
            _temporary: None,
            learnt: None,
            is_draft: false,
        })
    }

    /// One that builds several times: it keeps what the next build needs.
    pub fn watching(args: &'a Args) -> Result<Self> {
        let mut builder = Self::new(args)?;
        builder.pages = Pages::keeping();
        if !builder.cache.keeps() {
            let temporary = tempfile::tempdir()?;
            builder.cache = Cache::new(Some(&Place::Folder(temporary.path().to_owned())));
            builder._temporary = Some(temporary);
        }
        Ok(builder)
    }

    /// Builds with the query encoder of the build before, as fitting one takes longer than all else that a changed page takes.
    /// Returns the pages of the site that it has written, and whether that encoder is in it.
    pub fn build_draft(&mut self) -> Result<(Vec<String>, bool)> {
        self.is_draft = self.learnt.is_some();
        let pages = self.build();
        let is_draft = std::mem::take(&mut self.is_draft);
        Ok((pages?, is_draft))
    }

    /// Builds, and returns the pages of the site that it has written.
    pub fn build(&mut self) -> Result<Vec<String>> {
        let (args, started) = (self.args, Instant::now());
        let output = (!args.dry_run).then(|| Output::prepare(args)).transpose()?;
        let reading = args.source.read(args.embeddings.is_none(), &mut self.pages)?;
        let is_again = self.tell(&reading);
        let (documents, base_path) = (reading.documents, reading.base_path);
        match output {
            None => drop(self.embed(&documents)?),
            Some(Output::File(file)) => {
                if let Some(bundle) = self.bundle(documents)? {
                    if args.form.prefers_shards(&bundle)? {
                        note(LARGE_FILE);
                    }
                    output::write_file(&file, &bundle, started)?;
                }
            }
            Some(Output::Folder(folder, files)) => {
                if let Some(finished) = self.finished(documents)? {
                    let base_path = base_path.as_deref();
                    return output::write_folder(
                        folder,
                        files,
                        finished,
                        args,
                        base_path,
                        (started, is_again),
                    );
                }
            }
        }
        Ok(Vec::new())
    }

    /// Says what was read, unless the build before has said the same. Returns whether there was one.
    fn tell(&mut self, reading: &Reading) -> bool {
        let summary = reading.summary();
        if self.said.as_ref() != Some(&summary) {
            note(&format!("read {} articles{summary}", reading.documents.len()));
        }
        self.said.replace(summary).is_some()
    }

    /// The bundle as files: an earlier build's where nothing has changed since. A large one is in shards, unless a layout was asked
    /// for.
    fn finished(&mut self, documents: Vec<Document>) -> Result<Option<Finished>> {
        let kept = match self.embeds() {
            true => {
                self.model_identity()?.and_then(|model| Kept::of(self.args, &model, &documents, &self.cache))
            }
            false => None,
        };
        if let Some(finished) = kept.as_ref().and_then(Kept::get) {
            note("nothing has changed since an earlier build, whose bundle is in the cache");
            self.is_draft = false;
            return Ok(Some(finished));
        }
        let Some(mut bundle) = self.bundle(documents)? else { return Ok(None) };
        // A draft's readers are on this machine.
        if !self.is_draft && self.args.form.prefers_shards(&bundle)? {
            bundle.layout = Layout::Shards;
        }
        let finished = Finished::new(&bundle)?;
        if let Some(kept) = kept.filter(|_| !self.is_draft) {
            kept.put(&finished);
        }
        Ok(Some(finished))
    }

    fn bundle(&mut self, documents: Vec<Document>) -> Result<Option<Bundle>> {
        let vectorised = match &self.args.embeddings {
            None if self.args.no_vectors => Some(by_words(self.args, &documents)?),
            Some(file) => Some(read_vectors(self.args, file, &documents)?),
            None => self.embed(&documents)?,
        };
        vectorised.map(|vectorised| bundle(self.args, vectorised, documents)).transpose()
    }

    /// Whether it embeds texts at all.
    fn embeds(&self) -> bool {
        !self.args.no_vectors && self.args.embeddings.is_none()
    }

    fn engine(&mut self) -> Result<Arc<Engine>> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => Arc::new(self.args.request.open_model()?),
        };
        Ok(self.engine.insert(engine).clone())
    }

    /// What tells the model from others, if anything does.
    fn model_identity(&mut self) -> Result<Option<String>> {
        let request = &self.args.request;
        if self.args.api.is_some() {
            // The options name it.
            return Ok(Some(String::new()));
        }
        let place = || request.local.place(request.model.as_deref());
        if place().is_none() {
            self.engine()?;
        }
        place().map(|place| place.identity()).transpose()
    }

    /// Embeds the passages, and what the query encoder learns from; with `--dry-run`, nothing but says how much it would be.
    fn embed(&mut self, documents: &[Document]) -> Result<Option<Vectorised>> {
        let (args, engine) = (self.args, self.engine()?);
        let model = args.request.model_of(&engine).to_owned();
        let recipes = args.request.recipes(&engine, args.api.preset, args.dimensions_field())?;
        let batches = Limits::new(&engine, args.api.preset, args.request.batch_size)
            .map_err(|problem| anyhow!(problem))?;
        let (texts, passages) = args.texts(documents);
        let kept = self.learnt.take_if(|_| self.is_draft);
        let queries = kept.is_none().then(|| args.queries(documents, &passages));
        let embedder = Embedder {
            concurrency: args.concurrency.map_or_else(|| engine.concurrency(), usize::from),
            engine,
            model: &model,
            cache: &self.cache,
            dimensions: args.dimensions(),
        };
        let mut jobs = vec![Job { kind: "passages", texts, recipe: recipes.passage.clone() }];
        jobs.extend(queries.as_ref().and_then(|queries| queries.job(&recipes.query)));
        let plan = Plan::new(jobs, &embedder, batches);
        let expected = plan.describe(&embedder, args.price_per_million);
        if args.dry_run {
            print(&expected)?;
            return Ok(None);
        }
        note(&expected);
        let mut vectors = embed(plan, &embedder, args.price_per_million)?.into_iter();
        let Some(of_passages) = vectors.next() else { bail!("there is nothing to embed") };
        let learnt = match (kept, queries.zip(vectors.next())) {
            (Some(kept), _) => kept,
            (None, Some((queries, of_queries))) => queries.learn(&model, &of_passages, &of_queries)?,
            (None, None) => Learnt::default(),
        };
        self.learnt = (self.pages.are_kept() && learnt.encoder.is_some()).then(|| learnt.clone());
        Ok(Some(Vectorised { model, recipes, passages, vectors: of_passages, learnt }))
    }
}
