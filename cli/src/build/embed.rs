//! The passages' texts, embedded batch by batch.

use anyhow::{Result, bail};
use exemplar_search::bundle::{Passage, Recipe};
use exemplar_search::vector::Matrix;

use super::cache::Space;
use super::progress::Progress;
use crate::api::{Client, Input};
use crate::passages::split;
use crate::site::{Document, join};
use crate::text::cut;

/// What is embedded, in the order of the articles.
#[derive(Default)]
pub struct Texts {
    /// What errors call them.
    names: Vec<String>,
    texts: Vec<String>,
}

impl Texts {
    /// Each article's title and the first `max_chars` characters of its text.
    pub fn of_articles(documents: &[Document], max_chars: usize) -> Self {
        let mut texts = Self::default();
        for Document { article, blocks } in documents {
            texts.push(article.id.clone(), &[&article.title, cut(&join(blocks), max_chars)]);
        }
        texts
    }

    /// The passages of about `max_chars` characters, and for each its article's title, its headings and its text.
    pub fn of_passages(documents: &[Document], max_chars: usize) -> (Self, Vec<Passage>) {
        let (mut texts, mut passages) = (Self::default(), Vec::new());
        for (index, Document { article, blocks }) in documents.iter().enumerate() {
            for (number, piece) in (1..).zip(split(&article.title, blocks, max_chars)) {
                let name = match number {
                    1 => article.id.clone(),
                    _ => format!("{}, passage {number}", article.id),
                };
                texts.push(name, &[&article.title, &piece.heading.join(" › "), &piece.text]);
                let (heading, anchor, text) = (piece.heading, piece.anchor, piece.text);
                passages.push(Passage { article: index, anchor, heading, text, ..Passage::default() });
            }
        }
        (texts, passages)
    }

    /// Adds what stands in `lines`, but for empty ones.
    pub fn push(&mut self, name: String, lines: &[&str]) {
        let lines: Vec<_> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        self.names.push(name);
        self.texts.push(lines.join("\n"));
    }
}

/// Embeds texts with one model and recipe.
pub struct Embedder<'a> {
    pub client: &'a Client,
    pub recipe: &'a Recipe,
    /// The one to ask for where the recipe names none.
    pub model: &'a str,
    /// Texts in one request, at least 1.
    pub batch_size: usize,
    pub cache: Space<'a>,
}

impl Embedder<'_> {
    /// One row a text. Asks the API for those alone that are not in the cache, and keeps each answer there.
    pub fn embed(&self, texts: &Texts) -> Result<Matrix> {
        let mut vectors: Vec<_> = texts.texts.iter().map(|text| self.cache.get(text)).collect();
        let missing: Vec<_> = (0..vectors.len()).filter(|&i| vectors[i].is_none()).collect();
        if missing.len() < vectors.len() {
            eprintln!("{} of {} texts were embedded before", vectors.len() - missing.len(), vectors.len());
        }
        let first =
            vectors.iter().zip(&texts.names).find_map(|(vector, name)| Some((vector.as_ref()?.len(), name)));
        let mut first = first.map(|(dims, name)| (dims, name.as_str()));
        let progress = Progress::new(missing.len());
        for batch in missing.chunks(self.batch_size) {
            let input = |&i: &usize| Input { name: &texts.names[i], text: &texts.texts[i] };
            let inputs: Vec<_> = batch.iter().map(input).collect();
            let answer =
                self.client.embed(&inputs, self.recipe, self.model, |notice| progress.note(notice))?;
            for ((&i, input), vector) in batch.iter().zip(&inputs).zip(answer) {
                check_dims(vector.len(), input.name, *first.get_or_insert((vector.len(), input.name)))?;
                self.cache.put(input.text, &vector)?;
                vectors[i] = Some(vector);
            }
            progress.advance(batch.len());
        }
        let dims = first.map_or(0, |(dims, _)| dims);
        for (name, vector) in texts.names.iter().zip(&vectors) {
            check_dims(vector.as_ref().map_or(0, Vec::len), name, first.unwrap_or((0, name)))?;
        }
        Ok(Matrix::from_values(&vectors.into_iter().flatten().flatten().collect::<Vec<_>>(), dims))
    }
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
