//! One HTML page: what it says of itself, and its main text.

use scraper::{ElementRef, Html};

use super::content::Selectors;
use super::marks::{self, Fields};
use super::text_stats::TextStats;
use super::{Block, LeftOut, date, join, page_text, parse};
use crate::text::one_line;

/// A page as it stands, before it is compared with the site's other pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The only `<h1>` of the main content.
    pub heading: Option<String>,
    /// `<title>`, which often ends in the site's name.
    pub title: Option<String>,
    /// The main content's first heading of any level.
    pub first_heading: Option<String>,
    /// `<meta name=description>`.
    pub description: Option<String>,
    /// `<meta property=og:image>`, or else `<meta name=twitter:image>`.
    pub image: Option<String>,
    /// `<link rel=canonical>`, if it is a web address.
    pub canonical: Option<String>,
    /// That of most of the main text, by the nearest `lang`.
    pub lang: Option<String>,
    /// `<html lang>`.
    pub document_lang: Option<String>,
    /// When it was published.
    pub date: Option<String>,
    /// `<meta property=article:tag>` and `<meta name=keywords>`.
    pub tags: Vec<String>,
    /// What `data-exemplar-*` and `data-pagefind-*` say of it.
    pub fields: Fields,
    /// Whether such an attribute says what its main text is.
    pub is_marked: bool,
    /// Of `<html>` and `<body>`.
    pub classes: Vec<String>,
    /// The addresses that it links to.
    pub hrefs: Vec<String>,
    /// The main text.
    pub blocks: Vec<Block>,
    pub stats: TextStats,
}

/// Links of a page that are kept.
const MAX_HREFS: usize = 500;

/// Reads a page, or says why it is no article; the error says why it cannot be read.
pub fn read(html: &str, selectors: &Selectors) -> Result<Result<Page, LeftOut>, String> {
    let document = parse::document(html)?;
    let mut page = match head(&document, selectors) {
        Ok(page) => page,
        Err(reason) => return Ok(Err(reason)),
    };
    if selectors.ignores_page(&document) {
        return Ok(Err(LeftOut::Ignored));
    }
    let main = selectors.main_content(&document);
    if main.is_empty() {
        return Ok(Err(LeftOut::NotSelected));
    }
    for part in &main {
        let text = page_text::read(*part, selectors);
        page.blocks.extend(text.blocks);
        // One part is what nearly all pages have; of several, the first speaks for all.
        if page.stats.letters == 0 {
            page.stats = text.stats;
        }
    }
    if page.blocks.is_empty() {
        return Ok(Err(LeftOut::NoText));
    }
    about_document(&document, selectors, &mut page);
    page.fields.weight = marks::weight_of(main[0]);
    let headings = |selector| {
        main.iter()
            .flat_map(move |part| part.select(selector))
            .filter(|heading| !is_left_out(*heading, selectors))
            .filter_map(|heading| heading_text(heading, selectors))
    };
    let mut top_headings = headings(&selectors.h1);
    page.heading = top_headings.next().filter(|_| top_headings.next().is_none());
    page.first_heading = headings(&selectors.any_heading).next();
    page.date = page.date.or_else(|| {
        let times = main.iter().flat_map(|part| part.select(&selectors.time));
        times.filter_map(|time| date::iso(time.attr("datetime")?)).next()
    });
    Ok(Ok(page))
}

/// What the page says of itself outside of its head.
fn about_document(document: &Html, selectors: &Selectors, page: &mut Page) {
    page.fields = marks::fields(document);
    page.is_marked = selectors.has_marked_body(document);
    page.lang = page.stats.lang().map(str::to_owned).or_else(|| page.lang.take());
    let body = document.select(&selectors.body).next();
    for element in [Some(document.root_element()), body].into_iter().flatten() {
        page.classes.extend(element.value().classes().map(str::to_owned));
    }
    let links = document.select(&selectors.link).filter_map(|link| link.attr("href")).take(MAX_HREFS);
    page.hrefs = links.map(str::to_owned).collect();
}

/// What stands in the page's head.
fn head(document: &Html, selectors: &Selectors) -> Result<Page, LeftOut> {
    let mut page = Page::default();
    let mut keywords = Vec::new();
    let mut twitter_image = None;
    for meta in document.select(&selectors.meta) {
        let content = meta.attr("content").unwrap_or_default();
        let is = |attribute, names: &[&str]| {
            let value = meta.attr(attribute).map(str::trim);
            value.is_some_and(|value| names.iter().any(|name| value.eq_ignore_ascii_case(name)))
        };
        // Open Graph's names stand in `property`, which many pages write as `name`.
        let says = |names: &[&str]| is("name", names) || is("property", names);
        if is("http-equiv", &["refresh"]) && content.to_ascii_lowercase().contains("url") {
            return Err(LeftOut::Redirect);
        }
        if says(&["robots", "googlebot"]) && forbids_indexing(content) {
            return Err(LeftOut::NoIndex);
        }
        if says(&["description"]) {
            page.description = page.description.or_else(|| one_line(content));
        }
        if says(&["og:image", "og:image:url", "og:image:secure_url"]) {
            page.image = page.image.or_else(|| one_line(content));
        }
        if says(&["twitter:image", "twitter:image:src"]) {
            twitter_image = twitter_image.or_else(|| one_line(content));
        }
        // The language of pages that have no `lang`, by the HTML Standard.
        if is("http-equiv", &["content-language"]) && !content.contains(',') {
            page.lang = page.lang.or_else(|| one_line(content));
        }
        if says(&["article:published_time", "date", "dc.date", "dcterms.date", "dcterms.created", "pubdate"])
        {
            page.date = page.date.or_else(|| date::of_feed(content));
        }
        if says(&["article:tag"]) {
            page.tags.extend(listed(content));
        }
        if says(&["keywords"]) {
            keywords.extend(listed(content));
        }
    }
    page.image = page.image.or(twitter_image);
    if page.tags.is_empty() {
        page.tags = keywords;
    }
    page.title =
        document.select(&selectors.title).find_map(|title| one_line(&title.text().collect::<String>()));
    page.document_lang = document.root_element().attr("lang").and_then(one_line);
    let canonical = document.select(&selectors.canonical).find_map(|link| link.attr("href"));
    page.canonical = canonical.filter(|href| is_web_address(href)).map(str::to_owned);
    Ok(page)
}

fn listed(content: &str) -> impl Iterator<Item = String> {
    content.split([',', '、', '，', ';']).filter_map(one_line)
}

/// `none` is short for `noindex, nofollow`.
fn forbids_indexing(robots: &str) -> bool {
    robots.split(',').any(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "noindex" | "none"))
}

fn is_web_address(href: &str) -> bool {
    url::Url::parse(href).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether it stands within something that is not searched.
fn is_left_out(heading: ElementRef, selectors: &Selectors) -> bool {
    heading
        .ancestors()
        .filter_map(ElementRef::wrap)
        .chain([heading])
        .any(|element| selectors.leaves_out(element))
}

fn heading_text(heading: ElementRef, selectors: &Selectors) -> Option<String> {
    one_line(&join(&page_text::blocks(heading, selectors)))
}
