//! A folder of Markdown, whichever generator it is for.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Result, bail};
use exemplar_search::bundle::Article;
use pulldown_cmark::{CowStr, Event, Options as Extensions, Parser, Tag, TagEnd, html};

use super::addresses::Addresses;
use super::content::Selectors;
use super::front_matter::{self, FrontMatter};
use super::globs::Globs;
use super::options::Options;
use super::{Block, Document, LeftOut, Reading, files, join, page_text, parse};
use crate::input;

const EXTENSIONS: &[&str] = &["md", "markdown"];

/// Reads every Markdown file below `folder`, sorted by path.
pub fn read(
    folder: &Path,
    globs: &Globs,
    selectors: &Selectors,
    addresses: Addresses,
    options: &Options,
) -> Result<Reading> {
    if !folder.is_dir() {
        bail!("--markdown {}: there is no such folder", folder.display());
    }
    let mut reading = Reading::default();
    for path in files::below(folder, EXTENSIONS, &mut reading.unreadable) {
        if !globs.take(&path) {
            reading.left_out.push((path, LeftOut::Excluded));
            continue;
        }
        match page(&folder.join(&path), &path, selectors, addresses) {
            Err(problem) => reading.unreadable.push((path, problem)),
            Ok(Err(reason)) => reading.left_out.push((path, reason)),
            Ok(Ok(Document { article, blocks })) => {
                let article = options.complete(article, &join(&blocks));
                reading.documents.push(Document { article, blocks });
            }
        }
    }
    if reading.documents.is_empty() {
        bail!("--markdown {}: no Markdown with text to embed{}", folder.display(), reading.summary());
    }
    Ok(reading)
}

/// An article, or why it is none; the error says why the file cannot be read, with the line.
fn page(
    file: &Path,
    path: &str,
    selectors: &Selectors,
    addresses: Addresses,
) -> Result<Result<Document, LeftOut>, String> {
    let bytes = input::bytes(file, files::MAX_PAGE_BYTES)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        format!("line {line} is not UTF-8")
    })?;
    let (front_matter, body) = front_matter::split(text.trim_start_matches('\u{feff}'))?;
    let page = front_matter.map_or(Ok(FrontMatter::default()), front_matter::parse)?;
    if page.is_draft {
        return Ok(Err(LeftOut::Draft));
    }
    if page.is_hidden {
        return Ok(Err(LeftOut::NoIndex));
    }
    let mut blocks = blocks(body, selectors)?;
    if blocks.is_empty() {
        return Ok(Err(LeftOut::NoText));
    }
    let top = |block: &&Block| block.heading == Some(1);
    let only_top = blocks.iter().filter(top).count() == 1;
    let heading = blocks.iter().find(|block| if only_top { top(block) } else { block.heading.is_some() });
    let title = page.title.or_else(|| heading.map(|block| block.text.clone()));
    let title = title.unwrap_or_else(|| path.to_owned());
    // The title is embedded and shown before the text; once is enough.
    if blocks[0].text == title {
        blocks.remove(0);
    }
    let url = page.url.unwrap_or_else(|| {
        let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
        let file = page.slug.map_or(file.to_owned(), |slug| format!("{slug}.md"));
        addresses.url(format!("{folder}/{file}").trim_start_matches('/'))
    });
    let article = Article {
        id: path.to_owned(),
        title,
        url,
        excerpt: page.description,
        lang: page.lang,
        date: page.date,
        tags: page.tags,
        ..Article::default()
    };
    Ok(Ok(Document { article, blocks }))
}

/// By way of HTML, which Markdown may hold anyway. Headings get the anchors that renderers give them.
fn blocks(markdown: &str, selectors: &Selectors) -> Result<Vec<Block>, String> {
    let extensions = Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_HEADING_ATTRIBUTES
        | Extensions::ENABLE_GFM
        | Extensions::ENABLE_DEFINITION_LIST;
    let mut page = String::new();
    html::push_html(&mut page, with_anchors(Parser::new_ext(markdown, extensions).collect()).into_iter());
    Ok(page_text::blocks(parse::fragment(&page)?.root_element(), selectors))
}

fn with_anchors(mut events: Vec<Event>) -> Vec<Event> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let starts: Vec<_> = (0..events.len())
        .filter(|&i| matches!(events[i], Event::Start(Tag::Heading { id: None, .. })))
        .collect();
    for start in starts {
        let within =
            events[start..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let text: String = within
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                _ => None,
            })
            .collect();
        let slug = slug(&text);
        if slug.is_empty() {
            continue;
        }
        let before = used.entry(slug.clone()).or_insert(0);
        let anchor = match *before {
            0 => slug,
            n => format!("{slug}-{n}"),
        };
        *before += 1;
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
            *id = Some(CowStr::from(anchor));
        }
    }
    events
}

/// As GitHub makes them, and with it most generators: lower case, without punctuation, spaces as hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        match c {
            ' ' => slug.push('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => slug.push(c),
            _ => {}
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::{Selectors, blocks};

    #[test]
    fn headings_have_the_anchors_that_renderers_give_them() {
        let text = "# Über `Ebb` & Flow!\n\nHigh *tide*.\n\n## Own {#mine}\n\n## 潮の 満ち引き\n\n## Own\n\n## Own\n\n\
            | a | b |\n|---|---|\n| c | d |\n\n<nav>left out</nav>\n";
        let found = blocks(text, &Selectors::new(&[], &[]).unwrap()).unwrap();
        let anchors: Vec<_> = found.iter().filter_map(|block| block.anchor.as_deref()).collect();
        assert_eq!(anchors, ["über-ebb--flow", "mine", "潮の-満ち引き", "own", "own-1"]);
        let texts: Vec<_> = found.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(
            texts,
            ["Über Ebb & Flow!", "High tide.", "Own", "潮の 満ち引き", "Own", "Own", "a", "b", "c", "d"]
        );
    }
}
