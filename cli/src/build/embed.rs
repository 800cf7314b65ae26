//! The passages' texts, embedded batch by batch.

use anyhow::{Result, bail};
use exemplar_search::bundle::{Passage, Recipe};
use exemplar_search::vector::Matrix;

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

    fn push(&mut self, name: String, lines: &[&str]) {
        let lines: Vec<_> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        self.names.push(name);
        self.texts.push(lines.join("\n"));
    }

    /// One row a text.
    pub fn embed(&self, client: &Client, recipe: &Recipe, model: &str, batch_size: usize) -> Result<Matrix> {
        let inputs: Vec<_> =
            self.names.iter().zip(&self.texts).map(|(name, text)| Input { name, text }).collect();
        let progress = Progress::new(inputs.len());
        let mut dims = None;
        let mut values = Vec::new();
        for batch in inputs.chunks(batch_size) {
            let vectors = client.embed(batch, recipe, model, |notice| progress.note(notice))?;
            for (input, vector) in batch.iter().zip(vectors) {
                let expected = *dims.get_or_insert(vector.len());
                if vector.len() != expected {
                    bail!(
                        "the embedding API answered {} dimensions for {}, but {expected} for {}: \
                         all vectors must come from one model",
                        vector.len(),
                        input.name,
                        self.names.first().map_or("the first", String::as_str)
                    );
                }
                values.extend(vector);
            }
            progress.advance(batch.len());
        }
        Ok(Matrix::from_values(&values, dims.unwrap_or_default()))
    }
}
