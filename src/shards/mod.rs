//! A bundle in shards: what to fetch next, and the ranking of what is loaded. This module plans and does not fetch.
//!
//! A site of any size is split into shards of a few kilobytes, in one folder for each build beside a small manifest. A first search
//! needs a few dozen of them. The caller, who has the network or the folder, drives [`Shards`]:
//!
//! 1. It asks [`Shards::search`], which answers with the hits known so far and the shards that would tell more, the most useful first.
//! 2. It fetches these, and gives each to [`Shards::add`], or to [`Shards::give_up`] if it cannot be loaded.
//! 3. It asks again, until the answer wants no more shards.
//!
//! An answer depends only on the query and the loaded shards. `docs/shards.md` shows this loop, `docs/bundle-format.md` specifies the
//! bytes, and `docs/decisions/shards.md` says why they are so.

mod articles;
mod code;
mod compare;
mod estimate;
mod examples;
mod fields;
mod manifest;
mod passages;
mod place;
mod plan;
mod ranking;
mod restrict;
mod search;
mod shard;
mod start;
mod svm;
#[cfg(all(test, feature = "fit"))]
mod tests;
mod texts;
mod whole;
mod words;
#[cfg(feature = "fit")]
mod write;

use std::collections::BinaryHeap;

use self::passages::Passages;
use self::shard::{Shard, damaged};
use self::start::Start;
use self::texts::Texts;
use self::whole::Directions;
use self::words::{Ngram, Word};
use crate::Result;

pub use self::manifest::{Manifest, Noise};
pub use self::search::{Answer, answers_in_part};
pub use self::shard::{Build, HEAD, Id, Kind, MAX_LENGTH, Packing, largest, packing};
#[cfg(feature = "fit")]
pub use self::write::{Pack, Written, write};

/// A bundle in shards, of which some are loaded.
#[derive(Debug)]
pub struct Shards {
    manifest: Manifest,
    start: Option<Start>,
    words: Slots<Vec<Word>>,
    ngrams: Slots<Vec<Ngram>>,
    passages: Slots<Passages>,
    texts: Slots<Texts>,
    fields: Slots<Vec<fields::Value>>,
    articles: Slots<Vec<articles::Listed>>,
    /// The bytes of their rows.
    vectors: Slots<Vec<u8>>,
    directions: Option<Directions>,
    /// The bytes of the shard that nothing but a whole bundle needs: it is read for that, not by those who plan.
    rest: Option<Vec<u8>>,
    /// Those that cannot be loaded, ascending.
    given_up: Vec<Id>,
    /// Of the SVM; depends on the start alone.
    background: svm::Background,
}

/// Shards of one kind by their number.
type Slots<T> = Vec<Option<T>>;

impl Shards {
    /// A bundle of which only the manifest is loaded.
    pub fn new(manifest: &[u8]) -> Result<Self> {
        Ok(Self {
            manifest: Manifest::read(manifest)?,
            start: None,
            words: Vec::new(),
            ngrams: Vec::new(),
            passages: Vec::new(),
            texts: Vec::new(),
            fields: Vec::new(),
            articles: Vec::new(),
            vectors: Vec::new(),
            directions: None,
            rest: None,
            given_up: Vec::new(),
            background: svm::Background::default(),
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Takes a shard: the bytes of its file, unpacked as [`packing`] says. It checks all bytes before it uses any, and keeps nothing of
    /// a shard that it refuses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Shard`](crate::ErrorKind::Shard) if it is damaged or no shard, and
    /// [`ErrorKind::OtherBuild`](crate::ErrorKind::OtherBuild) if it is of another build than the manifest.
    pub fn add(&mut self, id: Id, bytes: &[u8]) -> Result<()> {
        let Shard { payload } = Shard::read(bytes, id, self.manifest.build)?;
        let number = id.number as usize;
        let Some(start) = &self.start else {
            return match id.kind {
                Kind::Start => self.begin(Start::read(payload)?),
                _ => Err(damaged(id, "came before the start")),
            };
        };
        let classes = start.encoder.as_ref().map_or(&[][..], |encoder| &encoder.classes);
        match id.kind {
            Kind::Start => {}
            Kind::Words => {
                *slot(&mut self.words, id)? =
                    Some(words::read_words(id.number, payload, start.passages, classes)?);
            }
            Kind::Ngrams => {
                *slot(&mut self.ngrams, id)? = Some(words::read_ngrams(id.number, payload, classes)?);
            }
            Kind::Passages => {
                let slot = slot(&mut self.passages, id)?;
                *slot = Some(Passages::read(id.number, payload, start)?);
            }
            Kind::Texts => {
                let slot = slot(&mut self.texts, id)?;
                let first = number.saturating_mul(start.texts_of as usize);
                let count = (start.passages as usize).saturating_sub(first).min(start.texts_of as usize);
                *slot = Some(Texts::read(id.number, payload, count)?);
            }
            Kind::Vectors => *slot(&mut self.vectors, id)? = Some(payload.to_vec()),
            Kind::Directions => {
                let count = start.encoder.as_ref().map_or(0, |encoder| encoder.steps.len());
                self.directions = Some(Directions::read(payload, self.manifest.space.dimensions, count)?);
            }
            Kind::Rest => self.rest = Some(payload.to_vec()),
            Kind::Fields => {
                *slot(&mut self.fields, id)? = Some(fields::read_values(id.number, payload, start.passages)?);
            }
            // What has no SVM asks for none.
            Kind::Articles if !svm::IS_HERE => {}
            Kind::Articles => {
                let passages = start.passages;
                *slot(&mut self.articles, id)? = Some(articles::read_articles(id.number, payload, passages)?);
            }
        }
        self.given_up.retain(|other| *other != id);
        Ok(())
    }

    /// Says that a shard cannot be loaded. Answers no longer want it, and [`complete`](crate::SearchResult::complete)
    /// says what that costs.
    pub fn give_up(&mut self, id: Id) {
        if let Err(place) = self.given_up.binary_search(&id) {
            self.given_up.insert(place, id);
        }
    }

    /// Wants again the shards that were given up.
    pub fn retry(&mut self) {
        self.given_up.clear();
    }

    /// Whether a shard is loaded.
    pub fn has(&self, id: Id) -> bool {
        let number = id.number as usize;
        match id.kind {
            Kind::Start => self.start.is_some(),
            Kind::Words => self.words.get(number).is_some_and(Option::is_some),
            Kind::Ngrams => self.ngrams.get(number).is_some_and(Option::is_some),
            Kind::Passages => self.passages.get(number).is_some_and(Option::is_some),
            Kind::Texts => self.texts.get(number).is_some_and(Option::is_some),
            Kind::Vectors => self.vectors.get(number).is_some_and(Option::is_some),
            Kind::Directions => self.directions.is_some(),
            Kind::Rest => self.rest.is_some(),
            Kind::Fields => self.fields.get(number).is_some_and(Option::is_some),
            Kind::Articles => self.articles.get(number).is_some_and(Option::is_some),
        }
    }

    /// Whether a shard is neither loaded nor given up.
    fn is_missing(&self, id: Id) -> bool {
        !self.has(id) && self.given_up.binary_search(&id).is_err()
    }

    fn begin(&mut self, start: Start) -> Result<()> {
        let Manifest { articles, passages, .. } = self.manifest;
        if (start.articles as usize, start.passages as usize) != (articles, passages) {
            return Err(damaged(Id::new(Kind::Start, 0), "has other passages than the manifest"));
        }
        self.words.resize_with(start.word_files(), || None);
        self.ngrams.resize_with(start.ngram_files(), || None);
        self.passages.resize_with(start.clusters.len(), || None);
        self.texts.resize_with(start.texts as usize, || None);
        self.vectors.resize_with(start.clusters.len(), || None);
        // The last tells the articles apart.
        self.fields.resize_with(start.fields.len() + 1, || None);
        self.articles.resize_with(start.article_files(), || None);
        self.start = Some(start);
        Ok(())
    }
}

/// By a heap: the core would be larger by 2 kB for each type that the standard library sorts.
fn sorted<T: Ord>(list: Vec<T>) -> Vec<T> {
    BinaryHeap::from(list).into_sorted_vec()
}

/// Each of these once, in the order in which they come first. There are few.
fn unique<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut unique = Vec::new();
    for item in list {
        if !unique.contains(&item) {
            unique.push(item);
        }
    }
    unique
}

fn slot<T>(slots: &mut Slots<T>, id: Id) -> Result<&mut Option<T>> {
    slots.get_mut(id.number as usize).ok_or_else(|| damaged(id, "is not one of the bundle's"))
}
