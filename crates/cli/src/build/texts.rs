//! The texts of a site's articles that are embedded.

use std::collections::HashSet;

use exemplar_search::bundle::Passage;

use crate::passages::{Piece, split, starts};
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
                let Piece { heading, anchor, text, sections, .. } = piece;
                let mut passage = Passage { article: index, anchor, heading, text, ..Passage::default() };
                starts::write(&sections, &mut passage);
                passages.push(passage);
            }
        }
        (texts, passages)
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn text(&self, index: usize) -> &str {
        &self.texts[index]
    }

    /// What errors call the text.
    pub fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    /// The index of the first of each group of equal texts.
    pub fn each_once(&self) -> impl Iterator<Item = usize> {
        let mut seen = HashSet::new();
        (0..self.len()).filter(move |&i| seen.insert(self.text(i)))
    }

    pub fn push(&mut self, name: String, lines: &[&str]) {
        let lines: Vec<_> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        self.names.push(name);
        self.texts.push(lines.join("\n"));
    }
}
