//! Texts become vectors, batch by batch, several at a time.

use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::vector::Matrix;

use super::cache::Cache;
use super::plan::{Job, Missing};
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
enum Report {
    Notice(String),
    Answer(Vec<usize>, Result<Vec<Vec<f32>>>),
}

impl Embedder<'_> {
    /// One row a text. Asks the API for what [`Job::missing`] found alone, and keeps each answer in the cache at once.
    pub fn embed(&self, job: &Arc<Job>, missing: Missing) -> Result<Matrix> {
        let texts = &job.texts;
        let cache = self.cache.of(self.model, &job.recipe);
        let mut vectors: HashMap<&str, Vec<f32>> = HashMap::new();
        for i in texts.each_once() {
            if let Some(vector) = cache.get(texts.text(i)) {
                vectors.insert(texts.text(i), vector);
            }
        }
        let known = (0..texts.len()).find_map(|i| Some((vectors.get(texts.text(i))?.len(), texts.name(i))));
        let mut first = known;
        let progress = Progress::new(job.kind, missing.batches.iter().map(Vec::len).sum());
        for report in self.ask(job, missing.batches) {
            match report {
                Report::Notice(notice) => progress.note(&notice),
                Report::Answer(batch, answer) => {
                    progress.advance(batch.len());
                    for (i, vector) in batch.into_iter().zip(answer?) {
                        check_dims(
                            vector.len(),
                            texts.name(i),
                            *first.get_or_insert((vector.len(), texts.name(i))),
                        )?;
                        cache.put(texts.text(i), &vector)?;
                        vectors.insert(texts.text(i), vector);
                    }
                }
            }
        }
        let mut rows = Vec::new();
        for i in 0..texts.len() {
            let name = texts.name(i);
            let vector = vectors.get(texts.text(i)).with_context(|| format!("{name} got no vector"))?;
            check_dims(vector.len(), name, first.unwrap_or((0, name)))?;
            rows.extend(self.shortened(vector.clone(), name)?);
        }
        let dims = first.map_or(0, |(dims, _)| self.dimensions.unwrap_or(dims));
        Ok(Matrix::from_values(&rows, dims))
    }

    /// The reports of threads that share the batches among them; they end with what is left to ask, or with the
    /// program.
    fn ask(&self, job: &Arc<Job>, batches: Vec<Vec<usize>>) -> impl Iterator<Item = Report> {
        let (sender, reports) = channel();
        let threads = self.concurrency.min(batches.len());
        let left = Arc::new(Mutex::new(batches.into_iter()));
        for _ in 0..threads {
            let (left, sender) = (left.clone(), sender.clone());
            let (client, job, model) = (self.client.clone(), job.clone(), self.model.to_owned());
            thread::spawn(move || {
                // Not in the loop's head, where the lock would last as long as its body.
                let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some(batch) = next() {
                    let answer = ask_for(&client, &job, &model, &batch, &sender);
                    let failed = answer.is_err();
                    // Nobody listens once another thread has failed.
                    if sender.send(Report::Answer(batch, answer)).is_err() || failed {
                        return;
                    }
                }
            });
        }
        reports.into_iter()
    }

    fn shortened(&self, mut vector: Vec<f32>, name: &str) -> Result<Vec<f32>> {
        if let Some(dimensions) = self.dimensions {
            shorten(&mut vector, dimensions)
                .map_err(|problem| anyhow!("--dimensions {dimensions}: the vector of {name} {problem}"))?;
        }
        Ok(vector)
    }
}

fn ask_for(
    client: &Client,
    job: &Job,
    model: &str,
    batch: &[usize],
    sender: &Sender<Report>,
) -> Result<Vec<Vec<f32>>> {
    let inputs: Vec<_> =
        batch.iter().map(|&i| Input { name: job.texts.name(i), text: job.texts.text(i) }).collect();
    client.embed(&inputs, &job.recipe, model, |notice| {
        let _ = sender.send(Report::Notice(notice.to_owned()));
    })
}

/// `first` is a vector that came before: its dimensions, and of which text.
fn check_dims(dims: usize, name: &str, first: (usize, &str)) -> Result<()> {
    let (expected, first) = first;
    if dims != expected {
        bail!(
            "there are {dims} dimensions for {name}, but {expected} for {first}: all vectors must come from one model. \
             --cache off leaves out those of earlier builds"
        );
    }
    Ok(())
}
