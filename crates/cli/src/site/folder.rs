//! A folder of built HTML pages, whichever generator made them.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, bail};
use exemplar_search::bundle::Article;

use super::addresses::{Addresses, Written};
use super::content::Selectors;
use super::found::Found;
use super::globs::Globs;
use super::html;
use super::options::Options;
use super::pages::{Pages, ReadPage};
use super::site_wide::SiteWide;
use super::sitemap::Entry;
use super::{
    Document, LeftOut, Reading, base_path, charset, files, image, join, list_page, sitemap, versions,
};
use crate::input;

/// Of the names of pages.
pub const EXTENSIONS: &[&str] = &["html", "htm"];

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
    options.versions.check(folder)?;
    known.begin();
    let mut reading = Reading::default();
    let mut pages: Vec<Found> = Vec::new();
    let all = files::below(folder, EXTENSIONS, &mut reading.unreadable);
    for (path, listed) in wanted(all, folder, sitemap, &mut reading)? {
        match read_page(folder, &path, globs, selectors, known) {
            Err(problem) => reading.unreadable.push((path, problem)),
            Ok(Err(reason)) => reading.left_out.push((path, reason)),
            Ok(Ok(page)) => pages.push(Found { path, page, listed }),
        }
    }
    let written = Written::by(pages.iter().map(|found| (found.path.as_str(), found.page.hrefs.as_slice())));
    reading.base_path = base_path::of(&pages);
    let pages = articles(pages, options, &mut reading);
    let site = SiteWide::of(&pages, &options.versions);
    // Pages may share what they call their canonical address.
    let mut urls = HashSet::new();
    for found in pages {
        let document = document(found, &site, addresses, written, options);
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

/// The pages that are articles of their own, compared with the others.
fn articles(pages: Vec<Found>, options: &Options, reading: &mut Reading) -> Vec<Found> {
    let any_marked = pages.iter().any(|found| found.page.is_marked);
    let copies = versions::copies(&pages, &options.versions);
    let mut seen = HashSet::new();
    let mut articles = Vec::new();
    for (found, is_copy) in pages.into_iter().zip(copies) {
        let Found { path, page, .. } = &found;
        let reason = if any_marked && !page.is_marked && !options.takes_unmarked {
            LeftOut::NotMarked
        } else if !options.keeps_lists && list_page::is_list(path, page) {
            LeftOut::List
        } else if is_copy {
            LeftOut::Copy
        } else if !seen.insert((
            options.versions.of(path).map(str::to_owned),
            page.title.clone(),
            page.heading.clone(),
            join(&page.blocks),
        )) {
            LeftOut::Duplicate
        } else {
            articles.push(found);
            continue;
        };
        reading.left_out.push((found.path, reason));
    }
    articles
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
                let problem = match entry.url.as_str() {
                    "" => "a page without <loc>".to_owned(),
                    url => format!("{} has no page for {url}", folder.display()),
                };
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
        let bytes = input::bytes(&file, files::MAX_PAGE_BYTES).map_err(|problem| problem.to_string())?;
        html::read(&charset::decode(&bytes), selectors)
    })
}

/// The article of a page.
fn document(
    found: Found,
    site: &SiteWide,
    addresses: Addresses,
    written: Written,
    options: &Options,
) -> Document {
    let Found { path, mut page, listed } = found;
    let own_title = page.title.map(|title| site.own_title(title));
    let title = page.heading.or(own_title).or(page.first_heading).unwrap_or_else(|| path.clone());
    let (listed_url, listed_date) = listed.map(|entry| (entry.url, entry.date)).unzip();
    let canonical = page.canonical.filter(|_| addresses == Addresses::Canonical);
    let mut article = Article {
        title,
        url: listed_url.or(canonical).unwrap_or_else(|| addresses.url_in(&path, written)),
        excerpt: page.description.filter(|description| site.is_own_description(description)),
        lang: page.lang.or(page.document_lang),
        date: page.date.or(listed_date.flatten()),
        tags: site.own_tags(page.tags),
        id: path,
        ..Article::default()
    };
    page.fields.apply(&mut article);
    // The title is embedded and shown before the text; once is enough.
    if page.blocks.first().is_some_and(|first| first.text == article.title) {
        page.blocks.remove(0);
    }
    let mut article = options.complete(article, &join(&page.blocks));
    image::apply(&mut article, page.image.filter(|image| options.keeps_images && site.is_own_image(image)));
    Document { article, blocks: page.blocks }
}
