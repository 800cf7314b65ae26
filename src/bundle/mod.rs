//! The bundle: what a site ships. `docs/bundle-format.md` specifies the files.
//!
//! [`Bundle::read`] reads and checks a bundle, [`Reader`] does so as the files arrive, and [`Bundle::write`] writes one. All keep fields
//! and parts that this release does not know.

mod centred;
mod check;
mod chunked_list;
mod encoding;
mod files;
mod json;
mod keywords;
mod part;
mod reader;
mod space;
mod v1;
mod v2;
mod whitening;

use std::str::FromStr;

use serde::Serialize;

use crate::closeness::Calibration;
use crate::error::one_of;
use crate::fields::{Fields, FromFields, FromJson, Mismatch, Place};
use crate::json::Object;
use crate::vector::Vectors;
use crate::{Error, Result};

pub use centred::quantize_centred;
pub(crate) use check::Checked;
pub use check::MAX_DIMENSIONS;
pub use encoding::Encoding;
pub use files::Files;
pub(crate) use json::{fields as json_fields, to_string as to_json, version as json_version};
pub use part::Part;
pub(crate) use part::{Beside, Descriptor, sha256};
pub use reader::Reader;
pub use space::{EmbeddingSpace, Probe, Recipe};
pub(crate) use whitening::{
    PART as WHITENING, Prepared, SHRINKAGES, covariance_bytes, covariance_of, put_covariance,
};

/// The value of the field `format` in every bundle.
pub const FORMAT: &str = "exemplar-search";
/// The newest version of the format that [`Bundle::read`] reads.
pub const VERSION: u32 = 2;
/// The version of a bundle in shards, which [`crate::shards`] reads.
pub(crate) const SHARDS_VERSION: u32 = 3;
/// The version of a remote bundle, which [`crate::remote`] reads.
pub(crate) const REMOTE_VERSION: u32 = 4;

/// A site's articles and their embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// How [`Bundle::write`] lays the bundle out.
    pub layout: Layout,
    /// How [`Bundle::write`] encodes the vectors.
    pub encoding: Encoding,
    /// The model of the vectors, and how to embed a query.
    pub space: EmbeddingSpace,
    /// The pages of the site, in the order in which equal scores are listed.
    pub articles: Vec<Article>,
    /// At least one for each article, in the order of the articles. In version 1, exactly one for each, without text.
    pub passages: Vec<Passage>,
    /// One row for each passage, as the embedding model gave it, less what its encoding lost.
    pub vectors: Vectors,
    /// What the build measured.
    pub statistics: Statistics,
    /// Further parts and their names, such as `keywords` and `encoder`, each name once. Their own modules read them.
    pub parts: Vec<(String, Part)>,
    /// Fields of the bundle that this release does not know.
    pub extra: Object,
}

impl Bundle {
    /// A bundle of articles with one passage each. `vectors` has one row for each article, of any length and as many dimensions as
    /// `space`. The bundle's layout is one JSON file; its encoding keeps the vectors as they are.
    pub fn new(space: EmbeddingSpace, articles: Vec<Article>, vectors: impl Into<Vectors>) -> Self {
        let vectors = vectors.into();
        let encoding = match vectors {
            Vectors::Float32(_) => Encoding::Float32,
            Vectors::Int8(_) => Encoding::Int8Centred,
        };
        Self {
            layout: Layout::V2Inline,
            encoding,
            space,
            passages: Passage::whole_articles(articles.len()),
            articles,
            vectors,
            statistics: Statistics::default(),
            parts: Vec::new(),
            extra: Object::default(),
        }
    }

    /// The part of this name, if it is one of [`Self::parts`].
    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|(other, _)| other == name).map(|(_, part)| part)
    }
}

/// A version of the format and where it keeps the vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Version 1, with vectors as nested arrays of numbers: the form to write by hand.
    V1Arrays,
    /// Version 1, with vectors in base64.
    V1Base64,
    /// Version 2 in one JSON file: parts that are text as text, the others in base64.
    V2Inline,
    /// Version 2 in one JSON file with every part in base64: an older form.
    V2Base64,
    /// Version 2 with the parts in a binary file beside the JSON.
    V2Sidecar,
    /// Version 3, in shards, which [`crate::shards`] reads and writes.
    Shards,
}

impl Layout {
    const ALL: [Self; 6] =
        [Self::V1Arrays, Self::V1Base64, Self::V2Inline, Self::V2Base64, Self::V2Sidecar, Self::Shards];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1Arrays => "v1-arrays",
            Self::V1Base64 => "v1-base64",
            Self::V2Inline => "inline",
            Self::V2Base64 => "inline-base64",
            Self::V2Sidecar => "sidecar",
            Self::Shards => "shards",
        }
    }

    /// The version of the format.
    pub fn version(self) -> u32 {
        match self {
            Self::V1Arrays | Self::V1Base64 => 1,
            Self::V2Inline | Self::V2Base64 | Self::V2Sidecar => 2,
            Self::Shards => 3,
        }
    }
}

/// By its name.
impl FromStr for Layout {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|layout| layout.name() == name)
            .ok_or_else(|| Error::option("layout", format!("\"{name}\""), one_of(&Self::ALL.map(Self::name))))
    }
}

/// One page of the site.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Article {
    /// Not empty, and different from every other article's.
    pub id: String,
    /// What a result shows first.
    pub title: String,
    /// Relative to the site's root, or http(s).
    pub url: String,
    /// The text that a result shows under its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// BCP 47 language tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// ISO 8601 date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Words that readers can filter by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Fields that this release does not know.
    #[serde(flatten)]
    pub extra: Object,
}

impl FromFields for Article {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            id: fields.required("id")?,
            title: fields.required("title")?,
            url: fields.required("url")?,
            excerpt: fields.optional("excerpt")?,
            lang: fields.optional("lang")?,
            date: fields.optional("date")?,
            tags: fields.or_default("tags")?,
            extra: fields.rest(),
        })
    }
}

/// From the JSON of its fields.
impl FromStr for Article {
    type Err = String;

    fn from_str(json: &str) -> std::result::Result<Self, String> {
        Self::from_json(json.parse()?, &Place::Top).map_err(|mismatch| {
            let Mismatch { place, found, expected } = *mismatch;
            format!("field {place}: is {found}, expected {expected}")
        })
    }
}

/// A section of an article that has an embedding of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Passage {
    /// Index of its article.
    pub article: usize,
    /// The fragment that leads to it on the article's page, without `#`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// The headings above it, outermost first, without the article's title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heading: Vec<String>,
    /// Its text; the file holds it in the part `texts`.
    #[serde(skip)]
    pub text: String,
    /// Fields that this release does not know.
    #[serde(flatten)]
    pub extra: Object,
}

impl FromFields for Passage {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            article: fields.required("article")?,
            anchor: fields.optional("anchor")?,
            heading: fields.or_default("heading")?,
            text: String::new(),
            extra: fields.rest(),
        })
    }
}

impl Passage {
    /// One passage for each article: the whole of it.
    pub fn whole_articles(articles: usize) -> Vec<Self> {
        (0..articles).map(|article| Self { article, ..Self::default() }).collect()
    }
}

/// What the build measured of the embedding space.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// The mean embedding of texts like queries, embedded by the query recipe; for query alignment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_query: Option<Vec<f32>>,
    /// How near the nearest passage is to queries that the site answers; for [`SearchResult::closeness`](crate::SearchResult::closeness).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closeness: Option<Calibration>,
    /// Fields that this release does not know.
    #[serde(flatten)]
    pub extra: Object,
}

impl FromFields for Statistics {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            mean_query: fields.optional("mean_query")?,
            closeness: fields.optional("closeness")?,
            extra: fields.rest(),
        })
    }
}

/// A bundle as files: the JSON, and the file beside it if the layout has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// `bundle.json`
    pub json: String,
    /// Name and bytes.
    pub sidecar: Option<(String, Vec<u8>)>,
}
