//! Texts become vectors, batch by batch, several at a time.

use std::collections::HashMap;
use std::sync::mpsc::{self, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{thread, vec};

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::vector::Matrix;

use super::cache::Cache;
use super::job::{Job, Missing};
use super::progress::Progress;
use crate::api::{Client, Input, shorten};

/// Embeds texts with one model.
pub struct Embedder<'a> {
    pub client: Arc<Client>,
    /// The model to ask for where a recipe names none.
    pub model: &'a str,
    pub cache: &'a Cache,
    /// Requests under way at once, at least 1.
    pub concurrency: usize,
    /// Vectors are cut to so many dimensions.
    pub dimensions: Option<usize>,
}

/// What a thread that asks the API has to say.
enum Message {
    Notice(String),
    Answer(Vec<usize>, Result<Vec<Vec<f32>>>),
}

/// What the threads share.
struct Asking {
    client: Arc<Client>,
    job: Arc<Job>,
    model: String,
    cache: Cache,
    /// The dimensions of a vector that came before, and the index of its text.
    first: OnceLock<(usize, usize)>,
    batches: Mutex<vec::IntoIter<Vec<usize>>>,
}

impl Embedder<'_> {
    /// One row a text. Asks the API for what [`Job::missing`] found alone, and keeps each answer in the cache before it
    /// asks for more.
    pub fn embed(&self, job: &Arc<Job>, missing: Missing) -> Result<Matrix> {
        let texts = &job.texts;
        let cache = self.cache.of(self.model, &job.recipe);
        let mut vectors: HashMap<&str, Vec<f32>> = HashMap::new();
        let first = OnceLock::new();
        for i in texts.each_once() {
            if let Some(vector) = cache.get(texts.text(i)) {
                first.get_or_init(|| (vector.len(), i));
                vectors.insert(texts.text(i), vector);
            }
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
            check_dims(vector.len(), i, *first.get_or_init(|| (vector.len(), i)), job)?;
            let row = self.shortened(vector.clone(), texts.name(i))?;
            dims = row.len();
            rows.extend(row);
        }
        Ok(Matrix::from_values(&rows, dims))
    }

    /// The messages of threads that share the batches among them; they end with what is left to ask, or with the
    /// program.
    fn ask(
        &self,
        job: &Arc<Job>,
        first: &OnceLock<(usize, usize)>,
        batches: Vec<Vec<usize>>,
    ) -> mpsc::IntoIter<Message> {
        let (sender, messages) = channel();
        let threads = self.concurrency.min(batches.len());
        let asking = Arc::new(Asking {
            client: self.client.clone(),
            job: job.clone(),
            model: self.model.to_owned(),
            cache: self.cache.clone(),
            first: first.clone(),
            batches: Mutex::new(batches.into_iter()),
        });
        for _ in 0..threads {
            let (asking, sender) = (asking.clone(), sender.clone());
            thread::spawn(move || {
                while let Some(batch) = asking.next() {
                    let answer = asking.embed(&batch, &sender);
                    let failed = answer.is_err();
                    // Nobody listens once another thread has failed.
                    if sender.send(Message::Answer(batch, answer)).is_err() || failed {
                        return;
                    }
                }
            });
        }
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

    /// The vectors of a batch of texts, which are in the cache by then.
    fn embed(&self, batch: &[usize], sender: &Sender<Message>) -> Result<Vec<Vec<f32>>> {
        let Self { client, job, model, .. } = self;
        let texts = &job.texts;
        let inputs: Vec<_> =
            batch.iter().map(|&i| Input { name: texts.name(i), text: texts.text(i) }).collect();
        let vectors = client.embed(&inputs, &job.recipe, model, |notice| {
            let _ = sender.send(Message::Notice(notice.to_owned()));
        })?;
        let cache = self.cache.of(model, &job.recipe);
        for (&i, vector) in batch.iter().zip(&vectors) {
            check_dims(vector.len(), i, *self.first.get_or_init(|| (vector.len(), i)), job)?;
            cache.put(texts.text(i), vector)?;
        }
        Ok(vectors)
    }
}

/// Of the vector of the text at `index`; `first` is one that came before: its dimensions, and the index of its text.
fn check_dims(dims: usize, index: usize, first: (usize, usize), job: &Job) -> Result<()> {
    let (expected, first) = first;
    if dims != expected {
        bail!(
            "there are {dims} dimensions for {}, but {expected} for {}: all vectors must come from one model. \
             --cache off leaves out those of earlier builds",
            job.texts.name(index),
            job.texts.name(first)
        );
    }
    Ok(())
}
