//! A folder of built HTML pages, whichever generator made them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::Article;
use globset::{Glob, GlobSet, GlobSetBuilder};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use walkdir::{DirEntry, WalkDir};

use super::content::Selectors;
use super::html::{self, Page};
use super::{Document, LeftOut, Reading, charset, join, with_base};
use crate::text::excerpt;

/// A page above this size is a list or a whole book on one page, not an article.
const MAX_PAGE_BYTES: u64 = 16 * 1024 * 1024;

/// What a relative path must not hold when it stands in a URL. A colon would make `a:b.html` an unknown protocol.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What generators put between a page's own title and the site's name.
const TITLE_SEPARATORS: &[&str] = &[" - ", " | ", " – ", " — ", " · ", " • ", " :: ", " » ", " / "];

/// Which pages are to be left out, by their paths within the site.
pub struct Exclusions(GlobSet);

impl Exclusions {
    pub fn new(patterns: &[Glob]) -> Result<Self> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            set.add(pattern.clone());
        }
        Ok(Self(set.build().context("--exclude")?))
    }
}

/// Reads every `.html` and `.htm` file below `folder`, sorted by path.
pub fn read_folder(
    folder: &Path,
    exclusions: &Exclusions,
    base_url: Option<&str>,
    excerpt_len: usize,
) -> Result<Reading> {
    if !folder.is_dir() {
        bail!(
            "--site {}: there is no such folder; name the folder that holds the built HTML pages",
            folder.display()
        );
    }
    let selectors = Selectors::new()?;
    let mut reading = Reading::default();
    let mut pages: Vec<(String, Page)> = Vec::new();
    let mut seen = HashSet::new();
    for path in html_files(folder, &mut reading.unreadable) {
        match read_page(folder, &path, exclusions, &selectors) {
            Err(problem) => reading.unreadable.push((path, problem)),
            Ok(Err(reason)) => reading.left_out.push((path, reason)),
            Ok(Ok(page)) => {
                match seen.insert((page.title.clone(), page.heading.clone(), join(&page.blocks))) {
                    true => pages.push((path, page)),
                    false => reading.left_out.push((path, LeftOut::Duplicate)),
                }
            }
        }
    }
    let site = SiteWide::of(&pages);
    let documents = pages.into_iter().map(|(path, page)| document(&path, page, &site, base_url, excerpt_len));
    reading.documents = documents.collect();
    if reading.documents.is_empty() {
        bail!("--site {}: no HTML page with text to embed{}", folder.display(), reading.summary());
    }
    Ok(reading)
}

/// The paths of HTML files relative to `folder`, with `/` between folders. Hidden files are not part of a site.
fn html_files(folder: &Path, unreadable: &mut Vec<(String, String)>) -> Vec<String> {
    let is_visible =
        |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    let is_html = |path: &Path| {
        path.extension().is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm"))
    };
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(is_visible) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_html(entry.path()) => {
                let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                let parts: Option<Vec<_>> = path.iter().map(|part| part.to_str()).collect();
                match parts {
                    Some(parts) => paths.push(parts.join("/")),
                    None => unreadable.push((path.display().to_string(), "its name is not UTF-8".into())),
                }
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).display().to_string();
                unreadable.push((path, error.to_string()));
            }
        }
    }
    paths.sort_unstable();
    paths
}

/// A page, or why it is no article; the error says why it cannot be read.
fn read_page(
    folder: &Path,
    path: &str,
    exclusions: &Exclusions,
    selectors: &Selectors,
) -> Result<Result<Page, LeftOut>, String> {
    if exclusions.0.is_match(path) {
        return Ok(Err(LeftOut::Excluded));
    }
    if path.rsplit('/').next() == Some("404.html") {
        return Ok(Err(LeftOut::ErrorPage));
    }
    Ok(html::read(&read_file(&folder.join(path))?, selectors))
}

fn read_file(path: &Path) -> Result<String, String> {
    let bytes = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if bytes > MAX_PAGE_BYTES {
        let (megabyte, limit) = (1 << 20, MAX_PAGE_BYTES >> 20);
        return Err(format!("it has {} MB, more than the {limit} MB of any article", bytes / megabyte));
    }
    std::fs::read(path).map(|bytes| charset::decode(&bytes)).map_err(|e| e.to_string())
}

/// What is the site's rather than a page's.
struct SiteWide {
    /// How most titles end: a separator and the site's name.
    title_suffix: Option<String>,
    /// Descriptions of more than one page.
    descriptions: HashSet<String>,
}

impl SiteWide {
    fn of(pages: &[(String, Page)]) -> Self {
        let titles = || pages.iter().filter_map(|(_, page)| page.title.as_deref());
        let suffix = most_frequent(titles().filter_map(suffix))
            .filter(|(_, count)| *count >= 2 && 2 * count > titles().count());
        let mut seen = HashSet::new();
        let descriptions = pages.iter().filter_map(|(_, page)| page.description.as_ref());
        Self {
            title_suffix: suffix.map(|(suffix, _)| suffix.to_owned()),
            descriptions: descriptions.filter(|description| !seen.insert(*description)).cloned().collect(),
        }
    }
}

/// The last separator of a title and what follows.
fn suffix(title: &str) -> Option<&str> {
    let start = TITLE_SEPARATORS.iter().filter_map(|separator| title.rfind(separator)).max()?;
    title.get(start..)
}

fn most_frequent<'a>(items: impl Iterator<Item = &'a str>) -> Option<(&'a str, usize)> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    // By count, then by text, so that a tie has one outcome.
    counts.into_iter().max_by_key(|&(item, count)| (count, item))
}

fn document(
    path: &str,
    mut page: Page,
    site: &SiteWide,
    base_url: Option<&str>,
    excerpt_len: usize,
) -> Document {
    let own_title = page.title.map(|title| {
        let suffix = site.title_suffix.as_deref().unwrap_or_default();
        title.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(&title).to_owned()
    });
    let title = page.heading.or(own_title).or(page.first_heading).unwrap_or_else(|| path.to_owned());
    // The title is embedded and shown before the text; once is enough.
    if page.blocks.first().is_some_and(|first| first.text == title) {
        page.blocks.remove(0);
    }
    let text = join(&page.blocks);
    let description = page.description.filter(|description| !site.descriptions.contains(description));
    let excerpt = excerpt(description.as_deref().unwrap_or(&text), excerpt_len);
    let url = utf8_percent_encode(path, IN_PATH).to_string();
    let article = Article {
        id: path.to_owned(),
        title,
        url: with_base(&url, base_url),
        excerpt: (!excerpt.is_empty()).then_some(excerpt),
        lang: page.lang,
        ..Article::default()
    };
    Document { article, blocks: page.blocks }
}
