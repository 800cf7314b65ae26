//! A folder of Markdown, whichever generator it is for.

use std::path::Path;

use anyhow::{Result, bail};
use exemplar_search::WEIGHT_FIELD;
use exemplar_search::bundle::Article;
use exemplar_search::json::Value;
use pulldown_cmark::{CowStr, Event, Options as Extensions, Parser, Tag, TagEnd, html};

use super::addresses::Addresses;
use super::content::Selectors;
use super::front_matter::{self, FrontMatter};
use super::globs::Globs;
use super::options::Options;
use super::slugger::Slugger;
use super::{Block, Document, LeftOut, Reading, files, join, mdx_and_shortcodes, page_text, parse};
use crate::input;

const EXTENSIONS: &[&str] = &["md", "markdown", "mdx"];

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
        if is_partial(&path) {
            reading.left_out.push((path, LeftOut::Partial));
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
    let bytes = input::bytes(file, files::MAX_PAGE_BYTES).map_err(|problem| problem.to_string())?;
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
    let url = page
        .url
        .unwrap_or_else(|| addresses.url(&page.slug.map_or(path.to_owned(), |slug| at_slug(path, &slug))));
    let mut article = Article {
        id: path.to_owned(),
        title,
        url,
        excerpt: page.description,
        lang: page.lang,
        date: page.date,
        tags: page.tags,
        ..Article::default()
    };
    if let Some(weight) = page.weight {
        article.extra.push(WEIGHT_FIELD, Value::String(weight));
    }
    Ok(Ok(Document { article, blocks }))
}

/// The path that a page has by its slug: beside its file, or from the root where the slug has a slash.
fn at_slug(path: &str, slug: &str) -> String {
    let folder = path.rsplit_once('/').filter(|_| !slug.contains('/')).map_or("", |(folder, _)| folder);
    let parts = folder.split('/').chain(slug.split('/')).filter(|part| !matches!(*part, "" | "." | ".."));
    match parts.collect::<Vec<_>>().join("/") {
        root if root.is_empty() => "index.md".to_owned(),
        path => format!("{path}.md"),
    }
}

/// Whether other pages take the file in, as `_name.mdx` in Docusaurus. `_index.md` is a page of Hugo's.
fn is_partial(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('_') && !name.starts_with("_index.")
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
    let markdown = mdx_and_shortcodes::removed(markdown);
    let mut page = String::new();
    html::push_html(&mut page, with_anchors(Parser::new_ext(&markdown, extensions).collect()).into_iter());
    Ok(page_text::blocks(parse::fragment(&page)?.root_element(), selectors))
}

/// Gives each heading without an anchor the one that renderers give it.
fn with_anchors(mut events: Vec<Event>) -> Vec<Event> {
    let mut slugger = Slugger::default();
    for start in 0..events.len() {
        let Event::Start(Tag::Heading { id, .. }) = &events[start] else { continue };
        if let Some(id) = id {
            slugger.used.insert(id.to_string(), 0);
            continue;
        }
        let within =
            events[start..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let text: String = within
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                _ => None,
            })
            .collect();
        let anchor = slugger.slug(&text);
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
            *id = (!anchor.is_empty()).then(|| CowStr::from(anchor));
        }
    }
    events
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

    #[test]
    fn a_slug_is_beside_its_file_or_from_the_root() {
        for (slug, expected) in [
            ("c", "a/c.md"),
            ("/c", "c.md"),
            ("/c/d/", "c/d.md"),
            ("/", "index.md"),
            ("c/d", "c/d.md"),
            ("/../c", "c.md"),
        ] {
            assert_eq!(super::at_slug("a/b.md", slug), expected, "{slug}");
        }
        assert!(super::is_partial("a/_part.mdx") && !super::is_partial("a/_index.md"));
    }
}
