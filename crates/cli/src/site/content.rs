//! Finds the article on a page.

use anyhow::{Result, anyhow};
use scraper::{ElementRef, Html, Selector};

/// An element with this attribute is not searched; on `<html>` or `<body>`, the page is left out.
pub const IGNORE: &str = "data-exemplar-ignore";

/// What is looked for on each page; parsed once.
pub struct Selectors {
    pub meta: Selector,
    pub canonical: Selector,
    pub title: Selector,
    pub h1: Selector,
    pub any_heading: Selector,
    pub time: Selector,
    main: Selector,
    article: Selector,
    body: Selector,
    /// `--include-selector`: instead of the main content.
    include: Option<Selector>,
    /// `--exclude-selector`
    exclude: Option<Selector>,
}

impl Selectors {
    /// `include` and `exclude` are CSS selectors of the person's.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        let parse = |css: &str| Selector::parse(css).map_err(|e| anyhow!("the CSS selector {css}: {e}"));
        let any = |selectors: &[String], option: &str| {
            // One by one first: a mistake is named by itself.
            for css in selectors {
                Selector::parse(css).map_err(|e| anyhow!("{option} {css}: not a CSS selector: {e}"))?;
            }
            (!selectors.is_empty()).then(|| parse(&selectors.join(", "))).transpose()
        };
        Ok(Self {
            meta: parse("meta")?,
            canonical: parse("link[rel~=canonical]")?,
            // Pictures drawn in SVG have titles too.
            title: parse("head > title")?,
            h1: parse("h1")?,
            any_heading: parse("h1, h2, h3, h4, h5, h6")?,
            time: parse("time[datetime]")?,
            main: parse("main, [role=main]")?,
            article: parse("article")?,
            body: parse("body")?,
            include: any(include, "--include-selector")?,
            exclude: any(exclude, "--exclude-selector")?,
        })
    }

    /// Whether an element is not to be searched.
    pub fn leaves_out(&self, element: ElementRef) -> bool {
        element.attr(IGNORE).is_some()
            || self.exclude.as_ref().is_some_and(|exclude| exclude.matches(&element))
    }

    /// Whether the page is not to be searched.
    pub fn ignores_page(&self, document: &Html) -> bool {
        let is_ignored = |element: ElementRef| element.attr(IGNORE).is_some();
        is_ignored(document.root_element()) || document.select(&self.body).next().is_some_and(is_ignored)
    }

    /// What `--include-selector` names, without what stands within another of them; else `<main>`, else the page's only
    /// `<article>` (a list of posts has several), else the body.
    pub fn main_content<'a>(&self, document: &'a Html) -> Vec<ElementRef<'a>> {
        if let Some(include) = &self.include {
            let mut chosen: Vec<ElementRef> = Vec::new();
            for element in document.select(include) {
                let is_within = |last: &ElementRef| element.ancestors().any(|above| above.id() == last.id());
                if !chosen.last().is_some_and(is_within) {
                    chosen.push(element);
                }
            }
            return chosen;
        }
        let only_article = || {
            let mut articles = document.select(&self.article);
            articles.next().filter(|_| articles.next().is_none())
        };
        let body = || document.select(&self.body).next();
        let main = document.select(&self.main).next().or_else(only_article).or_else(body);
        vec![main.unwrap_or_else(|| document.root_element())]
    }
}
