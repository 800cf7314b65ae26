//! One HTML page: what it says of itself, and its main text.

use scraper::{ElementRef, Html};

use super::content::{Selectors, main_content};
use super::{Block, LeftOut, join, page_text};

/// A page as it stands, before it is compared with the site's other pages.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// The only `<h1>` of the main content.
    pub heading: Option<String>,
    /// `<title>`, which often ends in the site's name.
    pub title: Option<String>,
    /// The main content's first heading of any level.
    pub first_heading: Option<String>,
    /// `<meta name=description>`.
    pub description: Option<String>,
    /// `<html lang>`.
    pub lang: Option<String>,
    /// The main text.
    pub blocks: Vec<Block>,
}

/// Reads a page, or says why it is no article.
pub fn read(html: &str, selectors: &Selectors) -> Result<Page, LeftOut> {
    let document = Html::parse_document(html);
    let mut page = Page::default();
    for meta in document.select(&selectors.meta) {
        let content = meta.attr("content").unwrap_or_default();
        let is =
            |attribute, name: &str| meta.attr(attribute).is_some_and(|a| a.trim().eq_ignore_ascii_case(name));
        if is("http-equiv", "refresh") && content.to_ascii_lowercase().contains("url") {
            return Err(LeftOut::Redirect);
        }
        if is("name", "robots") && forbids_indexing(content) {
            return Err(LeftOut::NoIndex);
        }
        if is("name", "description") {
            page.description = page.description.or_else(|| non_empty(content));
        }
    }

    let main = main_content(&document, selectors);
    page.blocks = page_text::blocks(main);
    if page.blocks.is_empty() {
        return Err(LeftOut::NoText);
    }
    let mut top_headings = main.select(&selectors.h1).filter_map(heading_text);
    page.heading = top_headings.next().filter(|_| top_headings.next().is_none());
    page.first_heading = main.select(&selectors.any_heading).find_map(heading_text);
    page.title =
        document.select(&selectors.title).find_map(|title| non_empty(&title.text().collect::<String>()));
    page.lang = document.root_element().attr("lang").and_then(non_empty);
    Ok(page)
}

/// `none` is short for `noindex, nofollow`.
fn forbids_indexing(robots: &str) -> bool {
    robots.split(',').any(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "noindex" | "none"))
}

fn heading_text(heading: ElementRef) -> Option<String> {
    non_empty(&join(&page_text::blocks(heading)))
}

/// `text` on one line, if there is any.
fn non_empty(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}
