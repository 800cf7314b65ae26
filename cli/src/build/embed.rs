//! The articles' texts, embedded batch by batch.

use anyhow::{Result, bail};
use exemplar_search::bundle::Recipe;
use exemplar_search::vector::Matrix;

use super::progress::Progress;
use crate::api::{Client, Input};
use crate::site::Document;
use crate::text::cut;

/// What is embedded for each article, in their order.
pub struct Texts {
    /// What errors call them.
    names: Vec<String>,
    texts: Vec<String>,
}

impl Texts {
    /// Each article's title and the first `max_chars` characters of its text.
    pub fn of(documents: &[Document], max_chars: usize) -> Self {
        let text = |document: &Document| {
            let (title, text) = (document.article.title.as_str(), cut(&document.text, max_chars));
            format!("{title}\n{text}").trim().to_owned()
        };
        Self {
            names: documents.iter().map(|document| document.article.id.clone()).collect(),
            texts: documents.iter().map(text).collect(),
        }
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
