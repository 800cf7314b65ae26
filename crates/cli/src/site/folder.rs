//! A folder of built HTML pages, whichever generator made them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Result, bail};
use exemplar_search::bundle::Article;

use super::addresses::Addresses;
use super::content::Selectors;
use super::globs::Globs;
use super::html::{self, Page};
use super::options::Options;
use super::pages::{Pages, ReadPage};
use super::sitemap::Entry;
use super::{Document, LeftOut, Reading, charset, files, join, sitemap};
use crate::input;

/// Of the names of pages.
pub const EXTENSIONS: &[&str] = &["html", "htm"];

/// What generators put between a page's own title and the site's name.
const TITLE_SEPARATORS: &[&str] = &[" - ", " | ", " – ", " — ", " · ", " • ", " :: ", " » ", " / "];

/// A page of the site, at its place in the folder.
struct Found {
    path: String,
    page: Page,
    /// What the sitemap says of it.
    listed: Option<Entry>,
}

/// Whether there is such a folder.
pub fn check(folder: &Path) -> Result<()> {
    match folder.is_dir() {
        true => Ok(()),
        false => bail!(
            "--site {}: there is no such folder; name the folder that holds the built HTML pages{}",
            folder.display(),
            if !cfg!(windows) && folder.to_string_lossy().contains('\\') {
                ", with / between folders"
            } else {
                ""
            }
        ),
    }
}

/// Reads every `.html` and `.htm` file below `folder`, sorted by path; or those that the sitemap lists, in its order.
pub fn read(
    folder: &Path,
    sitemap: Option<&Path>,
    globs: &Globs,
    selectors: &Selectors,
    addresses: Addresses,
    options: &Options,
    known: &mut Pages,
) -> Result<Reading> {
    check(folder)?;
    known.begin();
    let mut reading = Reading::default();
    let mut pages: Vec<Found> = Vec::new();
    let mut seen = HashSet::new();
    let all = files::below(folder, EXTENSIONS, &mut reading.unreadable);
    for (path, listed) in wanted(all, folder, sitemap, &mut reading)? {
        match read_page(folder, &path, globs, selectors, known) {
            Err(problem) => reading.unreadable.push((path, problem)),
            Ok(Err(reason)) => reading.left_out.push((path, reason)),
            Ok(Ok(page)) => {
                match seen.insert((page.title.clone(), page.heading.clone(), join(&page.blocks))) {
                    true => pages.push(Found { path, page, listed }),
                    false => reading.left_out.push((path, LeftOut::Duplicate)),
                }
            }
        }
    }
    let site = SiteWide::of(&pages);
    // Pages may share what they call their canonical address.
    let mut urls = HashSet::new();
    for found in pages {
        let document = document(found, &site, addresses, options);
        match urls.insert(document.article.url.clone()) {
            true => reading.documents.push(document),
            false => reading.left_out.push((document.article.id, LeftOut::SameAddress)),
        }
    }
    if reading.documents.is_empty() {
        bail!("--site {}: no HTML page with text to embed{}", folder.display(), reading.summary());
    }
    Ok(reading)
}

/// The files to read, each with what the sitemap says of it.
fn wanted(
    all: Vec<String>,
    folder: &Path,
    sitemap: Option<&Path>,
    reading: &mut Reading,
) -> Result<Vec<(String, Option<Entry>)>> {
    let Some(sitemap) = sitemap else { return Ok(all.into_iter().map(|path| (path, None)).collect()) };
    let entries = sitemap::read(sitemap, folder)?;
    let files = sitemap::files_of(&entries, &all);
    let mut wanted = Vec::new();
    let mut taken = HashSet::new();
    for (entry, file) in entries.into_iter().zip(files) {
        match file {
            Some(path) if taken.insert(path) => wanted.push((path.to_owned(), Some(entry))),
            Some(_) => reading.left_out.push((entry.url, LeftOut::SameAddress)),
            None => {
                let problem = format!("{} has no page for {}", folder.display(), entry.url);
                reading.unreadable.push((entry.place, problem));
            }
        }
    }
    Ok(wanted)
}

/// A page, or why it is no article; the error says why it cannot be read.
fn read_page(folder: &Path, path: &str, globs: &Globs, selectors: &Selectors, known: &mut Pages) -> ReadPage {
    if !globs.take(path) {
        return Ok(Err(LeftOut::Excluded));
    }
    if path.rsplit('/').next() == Some("404.html") {
        return Ok(Err(LeftOut::ErrorPage));
    }
    let file = folder.join(path);
    known.page(path, &file, || {
        let bytes = input::bytes(&file, files::MAX_PAGE_BYTES)?;
        html::read(&charset::decode(&bytes), selectors)
    })
}

/// What is the site's rather than a page's.
struct SiteWide {
    /// How most titles end: a separator and the site's name.
    title_suffix: Option<String>,
    /// Descriptions of more than one page.
    descriptions: HashSet<String>,
    /// Tags of every page.
    tags: HashSet<String>,
}

impl SiteWide {
    fn of(pages: &[Found]) -> Self {
        let titles = || pages.iter().filter_map(|found| found.page.title.as_deref());
        let suffix = most_frequent(titles().filter_map(suffix))
            .filter(|(_, count)| *count >= 2 && 2 * count > titles().count());
        let mut seen = HashSet::new();
        let descriptions = pages.iter().filter_map(|found| found.page.description.as_ref());
        let mut tags: HashMap<&str, usize> = HashMap::new();
        for tag in pages.iter().flat_map(|found| found.page.tags.iter().collect::<HashSet<_>>()) {
            *tags.entry(tag).or_insert(0) += 1;
        }
        let of_all = tags.into_iter().filter(|(_, count)| pages.len() > 1 && *count == pages.len());
        Self {
            title_suffix: suffix.map(|(suffix, _)| suffix.to_owned()),
            descriptions: descriptions.filter(|description| !seen.insert(*description)).cloned().collect(),
            tags: of_all.map(|(tag, _)| tag.to_owned()).collect(),
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

fn document(found: Found, site: &SiteWide, addresses: Addresses, options: &Options) -> Document {
    let Found { path, mut page, listed } = found;
    let own_title = page.title.map(|title| {
        let suffix = site.title_suffix.as_deref().unwrap_or_default();
        title.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(&title).to_owned()
    });
    let title = page.heading.or(own_title).or(page.first_heading).unwrap_or_else(|| path.clone());
    // The title is embedded and shown before the text; once is enough.
    if page.blocks.first().is_some_and(|first| first.text == title) {
        page.blocks.remove(0);
    }
    let (listed_url, listed_date) = listed.map(|entry| (entry.url, entry.date)).unzip();
    let canonical = page.canonical.filter(|_| addresses == Addresses::Canonical);
    let mut seen = HashSet::new();
    let mut tags = page.tags;
    tags.retain(|tag| !site.tags.contains(tag) && seen.insert(tag.clone()));
    let article = Article {
        title,
        url: listed_url.or(canonical).unwrap_or_else(|| addresses.url(&path)),
        excerpt: page.description.filter(|description| !site.descriptions.contains(description)),
        lang: page.lang,
        date: page.date.or(listed_date.flatten()),
        tags,
        id: path,
        ..Article::default()
    };
    let article = options.complete(article, &join(&page.blocks));
    Document { article, blocks: page.blocks }
}
