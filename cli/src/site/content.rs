//! Where on a page the article stands.

use anyhow::{Result, anyhow};
use scraper::{ElementRef, Html, Selector};

/// What is looked for on each page; parsed once.
pub struct Selectors {
    pub meta: Selector,
    pub title: Selector,
    pub h1: Selector,
    pub any_heading: Selector,
    main: Selector,
    article: Selector,
    body: Selector,
}

impl Selectors {
    pub fn new() -> Result<Self> {
        let parse = |css: &str| Selector::parse(css).map_err(|e| anyhow!("the CSS selector {css}: {e}"));
        Ok(Self {
            meta: parse("meta")?,
            // Pictures drawn in SVG have titles too.
            title: parse("head > title")?,
            h1: parse("h1")?,
            any_heading: parse("h1, h2, h3, h4, h5, h6")?,
            main: parse("main, [role=main]")?,
            article: parse("article")?,
            body: parse("body")?,
        })
    }
}

/// `<main>`, else the page's only `<article>` (a list of posts has several), else the body.
pub fn main_content<'a>(document: &'a Html, selectors: &Selectors) -> ElementRef<'a> {
    let only_article = || {
        let mut articles = document.select(&selectors.article);
        articles.next().filter(|_| articles.next().is_none())
    };
    let body = || document.select(&selectors.body).next();
    document
        .select(&selectors.main)
        .next()
        .or_else(only_article)
        .or_else(body)
        .unwrap_or_else(|| document.root_element())
}
