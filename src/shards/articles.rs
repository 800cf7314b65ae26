//! Where the passages of each article are, for articles as examples.

use super::code::{Letters, Numbers, ascending};
use super::shard::{Id, Kind, crc32};
use super::start::Start;
use super::words::read;
use crate::Result;
use crate::encoder::range_coder::Coder;

/// Articles of a shard, on average.
const ARTICLES: u32 = 128;

/// An article, and the places of its passages among all, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Listed {
    pub id: String,
    pub places: Vec<u32>,
}

impl Start {
    /// How many shards list the articles.
    pub fn article_files(&self) -> usize {
        self.articles.div_ceil(ARTICLES) as usize
    }

    /// The shard that lists an article: its id's checksum says which, so that no page needs to know where ids begin.
    pub fn article_file(&self, id: &str) -> Id {
        Id::new(Kind::Articles, crc32(id.as_bytes()) as usize % self.article_files().max(1))
    }
}

/// The articles of a shard, of so many passages in all.
pub(super) fn read_articles(number: u32, payload: &[u8], passages: u32) -> Result<Vec<Listed>> {
    read(Id { kind: Kind::Articles, number }, payload, |coder| code_articles(coder, &[], passages))
}

/// Writes these articles, or reads others.
pub(super) fn code_articles(
    coder: &mut impl Coder,
    articles: &[Listed],
    passages: u32,
) -> Option<Vec<Listed>> {
    let (mut lengths, mut counts, mut letters) = (Numbers::default(), Numbers::default(), Letters::default());
    let none = Listed::default();
    let mut read = Vec::new();
    for index in 0..counts.code(coder, articles.len() as u32) {
        let Listed { id, places } = articles.get(index as usize).unwrap_or(&none);
        let mut bytes = Vec::new();
        for place in 0..lengths.code(coder, id.len() as u32) as usize {
            bytes.push(letters.code(coder, id.as_bytes().get(place).copied().unwrap_or(0)));
            if coder.overrun() {
                return None;
            }
        }
        let count = counts.code(coder, places.len() as u32);
        if count > passages || coder.overrun() {
            return None;
        }
        let mut own = places.clone();
        own.resize(count as usize, 0);
        ascending(coder, &mut own, 0, passages);
        read.push(Listed { id: String::from_utf8(bytes).ok()?, places: own });
    }
    Some(read)
}
