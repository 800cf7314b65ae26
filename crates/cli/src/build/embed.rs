//! Embeds texts batch by batch, several batches at a time.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{thread, vec};

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::bundle::{MAX_DIMENSIONS, Recipe};
use exemplar_search::vector::Matrix;

use super::cache::{Cache, Space};
use super::job::{Job, Missing};
use super::progress::Progress;
use crate::api::{Input, shorten};
use crate::engine::Engine;
use crate::output::note;

/// Embeds texts with one model.
pub struct Embedder<'a> {
    pub engine: Arc<Engine>,
    /// The model to ask for where a recipe names none.
    pub model: &'a str,
    pub cache: &'a Cache,
    /// Batches under way at once, at least 1.
    pub concurrency: usize,
    /// Vectors are cut to so many dimensions.
    pub dimensions: Option<usize>,
}

/// What a thread that embeds has to say.
enum Message {
    Notice(String),
    Answer(Vec<usize>, Result<Vec<Vec<f32>>>),
}

/// A vector that came before.
#[derive(Clone)]
struct First {
    dims: usize,
    /// The name of its text.
    name: String,
    /// Where an earlier build kept it.
    file: Option<PathBuf>,
}

/// What the threads share.
struct Asking {
    engine: Arc<Engine>,
    job: Arc<Job>,
    model: String,
    cache: Cache,
    /// Vectors will be cut to so many dimensions.
    dimensions: Option<usize>,
    first: OnceLock<First>,
    batches: Mutex<vec::IntoIter<Vec<usize>>>,
}

impl Embedder<'_> {
    /// The vectors of its model and `recipe` in the cache.
    pub fn cached(&self, recipe: &Recipe) -> Space<'_> {
        self.cache.of(&self.engine.cache_key(self.model), recipe)
    }

    /// One row a text. Embeds what [`Job::missing`] found alone, and keeps each answer in the cache before it
    /// asks for more.
    pub fn embed(&self, job: &Arc<Job>, missing: Missing) -> Result<Matrix> {
        let texts = &job.texts;
        let cache = self.cached(&job.recipe);
        let mut vectors: HashMap<&str, Vec<f32>> = HashMap::new();
        let first = OnceLock::new();
        for i in texts.each_once() {
            // What is damaged is missing: the plan has said so.
            if let Ok(Some(vector)) = cache.get(texts.text(i)) {
                let file = || cache.file(texts.text(i));
                first.get_or_init(|| First {
                    dims: vector.len(),
                    name: texts.name(i).to_owned(),
                    file: file(),
                });
                vectors.insert(texts.text(i), vector);
            }
        }
        if !missing.batches.is_empty()
            && let Err(problem) = self.cache.probe()
        {
            note(&format!("warning: {problem:#}"));
        }
        let progress = Progress::new(job.kind, missing.batches.iter().map(Vec::len).sum());
        for message in self.ask(job, &first, missing.batches) {
            match message {
                Message::Notice(notice) => progress.note(&notice),
                Message::Answer(batch, answer) => {
                    let answer = answer?;
                    progress.advance(batch.len());
                    vectors.extend(batch.into_iter().map(|i| texts.text(i)).zip(answer));
                }
            }
        }
        let mut rows = Vec::new();
        let mut dims = 0;
        for i in 0..texts.len() {
            let vector =
                vectors.get(texts.text(i)).with_context(|| format!("{} got no vector", texts.name(i)))?;
            check_dims(vector.len(), texts.name(i), &first)?;
            let row = self.shortened(vector.clone(), texts.name(i))?;
            dims = row.len();
            rows.extend(row);
        }
        Ok(Matrix::from_values(&rows, dims))
    }

    /// The messages of threads that share the batches among them; they end with what is left to ask, or with the
    /// program. The first batch goes alone: what is wrong with every answer costs no second one.
    fn ask(
        &self,
        job: &Arc<Job>,
        first: &OnceLock<First>,
        batches: Vec<Vec<usize>>,
    ) -> mpsc::IntoIter<Message> {
        let (sender, messages) = channel();
        let threads = self.concurrency.min(batches.len());
        let asking = Arc::new(Asking {
            engine: self.engine.clone(),
            job: job.clone(),
            model: self.model.to_owned(),
            cache: self.cache.clone(),
            dimensions: self.dimensions,
            first: first.clone(),
            batches: Mutex::new(batches.into_iter()),
        });
        thread::spawn(move || {
            if !asking.step(&sender) {
                return;
            }
            for _ in 0..threads {
                let (asking, sender) = (asking.clone(), sender.clone());
                thread::spawn(move || while asking.step(&sender) {});
            }
        });
        messages.into_iter()
    }

    fn shortened(&self, mut vector: Vec<f32>, name: &str) -> Result<Vec<f32>> {
        if let Some(dimensions) = self.dimensions {
            shorten(&mut vector, dimensions)
                .map_err(|problem| anyhow!("--dimensions {dimensions}: the vector of {name} {problem}"))?;
        }
        Ok(vector)
    }
}

impl Asking {
    fn next(&self) -> Option<Vec<usize>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Asks for the next batch. False where there is none, or nobody listens any more, as when another thread has failed.
    fn step(&self, sender: &Sender<Message>) -> bool {
        let Some(batch) = self.next() else { return false };
        let answer = self.embed(&batch, sender);
        let failed = answer.is_err();
        sender.send(Message::Answer(batch, answer)).is_ok() && !failed
    }

    /// The vectors of a batch of texts, which are in the cache by then, if it can be written.
    fn embed(&self, batch: &[usize], sender: &Sender<Message>) -> Result<Vec<Vec<f32>>> {
        let Self { engine, job, model, .. } = self;
        let texts = &job.texts;
        let inputs: Vec<_> =
            batch.iter().map(|&i| Input { name: texts.name(i), text: texts.text(i) }).collect();
        let vectors = engine.embed(&inputs, &job.recipe, model, |notice| {
            let _ = sender.send(Message::Notice(notice.to_owned()));
        })?;
        let cache = self.cache.of(&self.engine.cache_key(model), &job.recipe);
        for (&i, vector) in batch.iter().zip(&vectors) {
            check_dims(vector.len(), texts.name(i), &self.first)?;
            check_fits(vector.len(), self.dimensions, texts.name(i))?;
            if let Err(problem) = cache.put(texts.text(i), vector) {
                let _ = sender.send(Message::Notice(format!("warning: {problem:#}")));
            }
        }
        Ok(vectors)
    }
}

/// Of the vector of the text of this name: whether a bundle can hold it, cut to `dimensions`.
fn check_fits(dims: usize, dimensions: Option<usize>, name: &str) -> Result<()> {
    let kept = dimensions.map_or(dims, |dimensions| dims.min(dimensions));
    if !(1..=MAX_DIMENSIONS).contains(&kept) {
        bail!(
            "the API's vector for {name} has {kept} dimensions, and a bundle holds 1 to {MAX_DIMENSIONS}: take another \
             model, or cut its vectors with --dimensions"
        );
    }
    Ok(())
}

/// Whether the vector of the text `name` has as many dimensions as the first, which it may be.
fn check_dims(dims: usize, name: &str, first: &OnceLock<First>) -> Result<()> {
    let First { dims: expected, name: other, file } =
        first.get_or_init(|| First { dims, name: name.to_owned(), file: None });
    if dims != *expected {
        let kept = file.as_ref().map_or(String::new(), |file| {
            format!(
                ", whose vector an earlier build kept in {}; --cache off leaves out what earlier builds kept",
                file.display()
            )
        });
        bail!(
            "there are {dims} dimensions for {name}, but {expected} for {other}{kept}: all vectors must come from one model"
        );
    }
    Ok(())
}
