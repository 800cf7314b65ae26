//! Articles from a feed: RSS, Atom or JSON Feed, of any version.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow, bail};
use chrono::{DateTime, Utc};
use exemplar_search::bundle::Article;
use feed_rs::model::{Entry, Text};
use feed_rs::parser::{Builder, ParseFeedError};

use super::content::Selectors;
use super::options::Options;
use super::{
    Block, Document, LeftOut, Reading, charset, date, items, join, json_feed, page_text, parse, xml,
};
use crate::input;
use crate::text::one_line;

/// Far above any feed.
const MAX_BYTES: u64 = 64 << 20;

/// Reads the feed at `path`. An entry that cannot be read is named, and does not stop the others.
pub fn read(path: &Path, selectors: &Selectors, options: &Options) -> Result<Reading> {
    let name = path.display();
    let bytes = input::bytes(path, MAX_BYTES).map_err(|problem| anyhow!("cannot read {name}: {problem}"))?;
    let reading = parse_feed(&bytes, selectors, options).map_err(|problem| anyhow!("{name}{problem}"))?;
    if reading.documents.is_empty() {
        bail!("{name}: no entry with text to embed{}", reading.summary());
    }
    Ok(reading)
}

fn parse_feed(bytes: &[u8], selectors: &Selectors, options: &Options) -> Result<Reading, String> {
    // Before feed-rs, which calls itself for elements within elements.
    check_xml(bytes)?;
    let mut reading = Reading::default();
    let bytes = json_feed::mended(bytes, &mut reading.unreadable);
    let dates = Dates::default();
    let feed = dates.parser().build().parse(&*bytes).map_err(|error| problem(&error))?;
    let mut addresses = HashSet::new();
    for (number, mut entry) in (1..).zip(feed.entries) {
        entry.language = entry.language.or_else(|| feed.language.clone());
        let title = entry.title.as_ref().and_then(|title| plain(title, selectors));
        let place = match &title {
            Some(title) => format!("entry {number} ({title})"),
            None => format!("entry {number}"),
        };
        let date = entry.published.or(entry.updated).and_then(|date| dates.of(date));
        match document(entry, title, date, selectors, options) {
            Err(problem) => reading.unreadable.push((place, problem)),
            Ok(None) => reading.left_out.push((place, LeftOut::NoText)),
            Ok(Some(document)) if !addresses.insert(document.article.id.clone()) => {
                reading.left_out.push((place, LeftOut::SameAddress));
            }
            Ok(Some(document)) => reading.documents.push(document),
        }
    }
    Ok(reading)
}

/// Dates as the authors wrote them. feed-rs knows only instants, in which day and zone are lost: what it gets for a date is the
/// date's number.
#[derive(Clone, Default)]
struct Dates(Arc<Mutex<Vec<String>>>);

impl Dates {
    fn parser(&self) -> Builder {
        let dates = self.clone();
        Builder::new().timestamp_parser(move |text| {
            let date = date::of_feed(text)?;
            let mut dates = dates.0.lock().ok()?;
            dates.push(date);
            DateTime::from_timestamp(i64::try_from(dates.len() - 1).ok()?, 0)
        })
    }

    fn of(&self, number: DateTime<Utc>) -> Option<String> {
        self.0.lock().ok()?.get(usize::try_from(number.timestamp()).ok()?).cloned()
    }
}

/// Elements within elements in a feed; XHTML in Atom nests as pages do.
const MAX_DEPTH: usize = 500;

fn check_xml(bytes: &[u8]) -> Result<(), String> {
    if bytes.iter().find(|byte| b"<{".contains(byte)) != Some(&b'<') {
        return Ok(());
    }
    xml::check(&charset::decode(bytes), MAX_DEPTH)
        .map_err(|(line, problem)| format!(" line {line}: {problem}"))
}

fn problem(error: &ParseFeedError) -> String {
    match error {
        ParseFeedError::ParseError(feed_rs::parser::ParseErrorKind::NoFeedRoot) => {
            " line 1: neither RSS nor Atom nor JSON Feed".into()
        }
        ParseFeedError::JsonSerde(error) => format!(" line {}: {error}", error.line()),
        other => format!(": {other}"),
    }
}

/// `None` where there is nothing to embed.
fn document(
    entry: Entry,
    title: Option<String>,
    date: Option<String>,
    selectors: &Selectors,
    options: &Options,
) -> Result<Option<Document>, String> {
    let summary = entry.summary.as_ref();
    let content =
        entry.content.as_ref().and_then(|content| Some((content.body.as_deref()?, &content.content_type)));
    let body = content.or_else(|| summary.map(|text| (text.content.as_str(), &text.content_type)));
    let blocks = match body {
        Some((text, kind)) if kind.as_str() == "text/plain" && !text.contains('<') => items::blocks(text),
        Some((html, _)) => blocks(html, selectors)?,
        None => Vec::new(),
    };
    if blocks.is_empty() && title.is_none() {
        return Ok(None);
    }
    let is_page = |rel: Option<&str>| rel.is_none_or(|rel| rel == "alternate");
    let links = || entry.links.iter().filter(|link| is_page(link.rel.as_deref()));
    let url = links().map(|link| link.href.clone()).find(|href| !href.is_empty());
    let url = url
        .or_else(|| entry.id.contains("://").then(|| entry.id.clone()))
        .ok_or("it has no link to its page")?;
    let excerpt = content.and(summary).and_then(|summary| plain(summary, selectors));
    let article = Article {
        id: url.clone(),
        title: title.unwrap_or_else(|| url.clone()),
        url,
        excerpt,
        lang: entry.language.as_deref().and_then(one_line),
        date,
        tags: entry
            .categories
            .iter()
            .filter_map(|category| one_line(category.label.as_deref().unwrap_or(&category.term)))
            .collect(),
        ..Article::default()
    };
    let article = options.complete(article, &join(&blocks));
    Ok(Some(Document { article, blocks }))
}

/// On one line, without markup.
fn plain(text: &Text, selectors: &Selectors) -> Option<String> {
    match text.content.contains(['<', '&']) {
        true => one_line(&join(&blocks(&text.content, selectors).ok()?)),
        false => one_line(&text.content),
    }
}

fn blocks(html: &str, selectors: &Selectors) -> Result<Vec<Block>, String> {
    Ok(page_text::blocks(parse::fragment(html)?.root_element(), selectors))
}
