//! Finds the article on a page.

use anyhow::{Result, anyhow};
use scraper::{ElementRef, Html, Selector};

use super::{marks, visible};

/// What is looked for on each page; parsed once.
pub struct Selectors {
    pub meta: Selector,
    pub canonical: Selector,
    pub title: Selector,
    pub h1: Selector,
    pub any_heading: Selector,
    pub time: Selector,
    pub link: Selector,
    pub body: Selector,
    marked_body: Selector,
    main: Selector,
    article: Selector,
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
            link: parse("a[href]")?,
            marked_body: parse(&marks::selector(marks::BODY))?,
            main: parse("main, [role=main]")?,
            article: parse("article")?,
            body: parse("body")?,
            include: any(include, "--include-selector")?,
            exclude: any(exclude, "--exclude-selector")?,
        })
    }

    /// Whether an element is not to be searched.
    pub fn leaves_out(&self, element: ElementRef) -> bool {
        marks::is_ignored(element) || self.exclude.as_ref().is_some_and(|exclude| exclude.matches(&element))
    }

    /// Whether the page is not to be searched.
    pub fn ignores_page(&self, document: &Html) -> bool {
        marks::is_ignored(document.root_element())
            || document.select(&self.body).next().is_some_and(marks::is_ignored)
    }

    /// Whether the page says which of its elements are searched.
    pub fn has_marked_body(&self, document: &Html) -> bool {
        document.select(&self.marked_body).next().is_some()
    }

    /// What `--include-selector` names, else what is marked as the page's body, without what stands within another of
    /// them; else `<main>`, else the page's only `<article>` (a list of posts has several), else the body.
    pub fn main_content<'a>(&self, document: &'a Html) -> Vec<ElementRef<'a>> {
        if let Some(include) = &self.include {
            return outermost(document, include);
        }
        let marked = outermost(document, &self.marked_body);
        if !marked.is_empty() {
            return marked;
        }
        let only_article = || {
            let mut articles = document.select(&self.article);
            articles.next().filter(|_| articles.next().is_none())
        };
        let body = || document.select(&self.body).next();
        // A page may hold several, of which browsers show one.
        let shown = document.select(&self.main).find(|main| visible::is_shown_with_all_around(*main));
        let main = shown.or_else(only_article).or_else(body);
        vec![main.unwrap_or_else(|| document.root_element())]
    }
}

/// What a selector names, without what stands within another of them.
fn outermost<'a>(document: &'a Html, selector: &Selector) -> Vec<ElementRef<'a>> {
    let mut chosen: Vec<ElementRef> = Vec::new();
    for element in document.select(selector) {
        let is_within = |last: &ElementRef| element.ancestors().any(|above| above.id() == last.id());
        if !chosen.last().is_some_and(is_within) {
            chosen.push(element);
        }
    }
    chosen
}
