//! A bundle as files, with what is said of it.

use std::collections::BTreeMap;

use anyhow::Result;
use exemplar_search::bundle::{Bundle, Layout};
use serde::{Deserialize, Serialize};

use crate::bundle_file;

/// Languages named.
const LANGUAGES: usize = 8;

#[derive(Debug, PartialEq)]
pub struct Finished {
    pub facts: Facts,
    /// Each file's name within its folder, and what is in it; that which names the others is the last.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What is said of a bundle.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub struct Facts {
    pub articles: usize,
    pub passages: usize,
    pub dimensions: usize,
    /// How many articles are in which language.
    pub languages: String,
    /// The layout's name.
    pub layout: String,
}

impl Facts {
    pub fn of(bundle: &Bundle) -> Self {
        Self {
            articles: bundle.articles.len(),
            passages: bundle.passages.len(),
            dimensions: bundle.space.dimensions,
            languages: languages(bundle),
            layout: bundle.layout.name().into(),
        }
    }

    pub fn is_sharded(&self) -> bool {
        self.layout == Layout::Shards.name()
    }

    /// A line about the bundle `name`, whose files have so many bytes.
    pub fn describe(&self, name: &str, bytes: usize, seconds: f64) -> String {
        let Self { articles, passages, dimensions, layout, .. } = self;
        let size = bytes.div_ceil(1000);
        format!(
            "{name}: {articles} articles, {passages} passages x {dimensions} dimensions, {layout}, {size} kB, in {seconds:.1} s"
        )
    }
}

/// A [`Finished`] in bytes begins with this, after its length.
#[derive(Deserialize, Serialize)]
struct Head<F> {
    facts: F,
    /// The name and the length of each file; their contents follow.
    files: Vec<(String, usize)>,
}

impl Finished {
    pub fn new(bundle: &Bundle) -> Result<Self> {
        Ok(Self { facts: Facts::of(bundle), files: bundle_file::files(bundle)? })
    }

    /// Of all files.
    pub fn bytes(&self) -> usize {
        self.files.iter().map(|(_, contents)| contents.len()).sum()
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let files = self.files.iter().map(|(name, contents)| (name.clone(), contents.len())).collect();
        let head = serde_json::to_vec(&Head { facts: &self.facts, files })?;
        let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
        bytes.extend(head);
        self.files.iter().for_each(|(_, contents)| bytes.extend(contents));
        Ok(bytes)
    }

    /// None if [`Finished::to_bytes`] did not write them.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let (head, mut bytes) = bytes.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let Head { facts, files: lengths } = serde_json::from_slice::<Head<Facts>>(head).ok()?;
        let mut files = Vec::new();
        for (name, length) in lengths {
            let (contents, rest) = bytes.split_at_checked(length)?;
            files.push((name, contents.to_vec()));
            bytes = rest;
        }
        bytes.is_empty().then_some(Self { facts, files })
    }
}

/// How many articles are in which language, the most frequent first.
fn languages(bundle: &Bundle) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for article in &bundle.articles {
        *counts.entry(article.lang.as_deref().unwrap_or("not said (see --lang)")).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<_> =
        counts.iter().take(LANGUAGES).map(|(lang, count)| format!("{lang} {count}")).collect();
    named.join(", ")
}
