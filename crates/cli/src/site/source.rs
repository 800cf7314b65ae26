//! Where `exemplar build` reads a site from.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ArgGroup;
use globset::Glob;

use super::addresses::Addresses;
use super::content::Selectors;
use super::globs::Globs;
use super::options::Options;
use super::pages::Pages;
use super::pins::{self, Pin};
use super::version_folders::VersionFolders;
use super::weights::{self, Weight};
use super::{Reading, bounds, csv, feed, folder, items, markdown};

/// A site, and which parts of it to take.
#[derive(clap::Args, Debug)]
#[command(group(
    ArgGroup::new("source").required(true).args(["site", "markdown", "feed", "items", "csv"])
))]
pub struct SourceArgs {
    /// Folder of built HTML pages
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Take the pages that this sitemap lists: their addresses, order and dates
    #[arg(long, value_name = "FILE", requires = "site")]
    sitemap: Option<PathBuf>,
    /// Folder of Markdown with YAML or TOML front matter
    #[arg(long, value_name = "DIR")]
    markdown: Option<PathBuf>,
    /// RSS, Atom or JSON feed
    #[arg(long, value_name = "FILE")]
    feed: Option<PathBuf>,
    /// JSON lines: {"title", "url", "text", and optionally "id", "excerpt", "lang", "date", "tags", ...}
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    /// CSV whose first line names the columns: the fields of --items
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// Take only files whose path in the folder matches, such as 'docs/**'; may be given again
    #[arg(long, value_name = "GLOB", conflicts_with_all = ["feed", "items", "csv"])]
    include: Vec<Glob>,
    /// Leave out files whose path in the folder matches, such as 'old/**'; may be given again
    #[arg(long, value_name = "GLOB", conflicts_with_all = ["feed", "items", "csv"])]
    exclude: Vec<Glob>,
    /// Take the text of these elements instead of the main content, such as '.post'; may be given again
    #[arg(long, value_name = "CSS", requires = "site")]
    include_selector: Vec<String>,
    /// Leave out the text of these elements, such as '.toc'; may be given again
    #[arg(long, value_name = "CSS", conflicts_with_all = ["items", "csv"])]
    exclude_selector: Vec<String>,

    /// Keep pages that list other pages: of tags, authors, months, sections
    #[arg(long, requires = "site")]
    keep_lists: bool,
    /// Keep the picture that each page names (og:image), which the search box shows beside it
    #[arg(long, requires = "site")]
    thumbnails: bool,
    /// Folder within the site that holds a version of the documents, the current one first, such as docs, then docs/v1; may be given
    /// again
    #[arg(long, value_name = "FOLDER", requires = "site")]
    versions: Vec<String>,

    /// Have pages count more or less in rankings with words: 0.01 to 100, such as 'blog/**=0.5' for the paths that match; may be given
    /// again
    #[arg(long, value_name = "GLOB=NUMBER")]
    weight: Vec<Weight>,
    /// Have pages with a date count half as much for each so many days that they are older than the newest
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    half_life: Option<u32>,
    /// Have a page come first for a query, such as 'pricing=plans.html'; may be given again
    #[arg(long, value_name = "QUERY=PAGE")]
    pin: Vec<Pin>,

    /// How the address of an article is made from the path of its file
    #[arg(long, value_enum, default_value_t, conflicts_with_all = ["feed", "items", "csv", "sitemap"])]
    addresses: Addresses,
    /// Text to put before each relative URL, such as https://example.org/docs
    #[arg(long, value_name = "PREFIX")]
    base_url: Option<String>,
    /// Language of articles that do not state theirs, such as en or ja
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Build nothing if a page cannot be read
    #[arg(long)]
    strict: bool,
}

impl SourceArgs {
    /// `--site`, which is there.
    pub fn site(&self) -> Result<Option<&Path>> {
        self.site.as_deref().map(folder::check).transpose()?;
        Ok(self.site_folder())
    }

    /// `--site`
    pub fn site_folder(&self) -> Option<&Path> {
        self.site.as_deref()
    }

    /// `--addresses`
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// `--versions`
    pub fn versions(&self) -> &[String] {
        &self.versions
    }

    /// `--base-url`
    pub fn base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    /// Reads the site. `needs_text` says whether the text is to be embedded, `known` which pages of `--site` need not be read again.
    pub fn read(&self, needs_text: bool, known: &mut Pages) -> Result<Reading> {
        let options = Options {
            base_url: self.base_url.clone(),
            lang: self.lang.clone(),
            keeps_lists: self.keep_lists,
            takes_unmarked: !self.include_selector.is_empty(),
            keeps_images: self.thumbnails,
            versions: VersionFolders::new(&self.versions),
        };
        let selectors = || Selectors::new(&self.include_selector, &self.exclude_selector);
        let mut reading = if let Some(folder) = &self.site {
            let globs = Globs::new(&self.include, &self.exclude)?;
            let sitemap = self.sitemap.as_deref();
            folder::read(folder, sitemap, &globs, &selectors()?, self.addresses, &options, known)?
        } else if let Some(folder) = &self.markdown {
            let globs = Globs::new(&self.include, &self.exclude)?;
            markdown::read(folder, &globs, &selectors()?, self.addresses, &options)?
        } else if let Some(file) = &self.feed {
            feed::read(file, &selectors()?, &options)?
        } else if let Some(file) = &self.items {
            items::read(file, needs_text, &options)?
        } else if let Some(file) = &self.csv {
            csv::read(file, needs_text, &options)?
        } else {
            bail!("one of --site, --markdown, --feed, --items and --csv is needed")
        };
        bounds::apply(&mut reading);
        weights::apply(&mut reading, &self.weight, self.half_life)?;
        pins::apply(&mut reading, &self.pin)?;
        match reading.unreadable.len() {
            problems if problems > 0 && self.strict => {
                bail!("--strict: {problems} could not be read{}", reading.summary())
            }
            _ => Ok(reading),
        }
    }
}
