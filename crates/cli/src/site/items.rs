//! Articles from JSON lines: one object a line with the fields of an article, and its text.

use std::collections::HashMap;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::Article;
use serde_json::{Map, Value};

use super::files::MAX_PAGE_BYTES;
use super::options::Options;
use super::{Block, Document, Reading};
use crate::input::{self, read_line};

/// Reads `path`. `needs_text` says whether the text is to be embedded.
///
/// # Errors
///
/// The first line that is wrong: a list that somebody wrote has no lines to be left out.
pub fn read(path: &Path, needs_text: bool, options: &Options) -> Result<Reading> {
    let file = input::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (mut source, mut line, mut number) = (BufReader::new(file), String::new(), 0);
    let mut list = List::default();
    loop {
        number += 1;
        let place = || format!("{} line {number}", path.display());
        if !read_line(&mut source, &mut line, MAX_PAGE_BYTES).with_context(place)? {
            break;
        }
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        let fields = serde_json::from_str(line).context("expected a JSON object").with_context(place)?;
        let document = document(fields, needs_text, options).with_context(place)?;
        list.push(document, number).with_context(place)?;
    }
    if list.reading.documents.is_empty() {
        bail!("{} has no items: write one JSON object a line", path.display());
    }
    Ok(list.reading)
}

/// Articles whose ids differ.
#[derive(Default)]
pub struct List {
    pub reading: Reading,
    lines_by_id: HashMap<String, u64>,
}

impl List {
    /// Adds an article that stands on a line.
    pub fn push(&mut self, document: Document, line: u64) -> Result<()> {
        let id = document.article.id.clone();
        if let Some(first) = self.lines_by_id.insert(id.clone(), line) {
            bail!("field id: \"{id}\" is already the id of line {first}; ids must differ");
        }
        self.reading.documents.push(document);
        Ok(())
    }
}

/// An article from its fields.
pub fn document(mut fields: Map<String, Value>, needs_text: bool, options: &Options) -> Result<Document> {
    let text = match fields.shift_remove("text") {
        Some(Value::String(text)) => text,
        Some(other) => bail!("field text: is {other}, expected a text"),
        None if needs_text => bail!("field text is missing: it is what gets embedded"),
        None => String::new(),
    };
    if !fields.contains_key("id")
        && let Some(url) = fields.get("url").cloned()
    {
        fields.insert("id".into(), url);
    }
    let article: Article = Value::Object(fields).to_string().parse().map_err(anyhow::Error::msg)?;
    if article.id.is_empty() {
        bail!("field id is empty: give the item an id or a url");
    }
    if needs_text && article.title.trim().is_empty() && text.trim().is_empty() {
        bail!("fields title and text are both empty: there is nothing to embed");
    }
    Ok(Document { article: options.complete(article, &text), blocks: blocks(&text) })
}

/// One a line that is not empty.
pub fn blocks(text: &str) -> Vec<Block> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| Block { text: line.to_owned(), ..Block::default() }).collect()
}
