//! Version 2: passages, and parts that have an encoding, a length and a hash each.

use std::collections::BTreeMap;

use serde::Serialize;

use super::part::{Beside, Descriptor, JSON, Part, sha256};
use super::{
    Article, Bundle, EmbeddingSpace, Encoding, FORMAT, Layout, Passage, Statistics, Written,
    chunked_list::ChunkedList, json,
};
use crate::fields::{Fields, FromJson, Place};
use crate::json::{Object, Value};
use crate::{Error, Result};

/// The names of the parts that this module reads itself.
const VECTORS: &str = "vectors";
const TEXTS: &str = "texts";
const STATISTICS: &str = "statistics";

/// The fields of a version 2 bundle but for `format` and `version`.
#[derive(Debug)]
pub(super) struct V2 {
    space: EmbeddingSpace,
    articles: Vec<Article>,
    /// Left out where every article is one passage.
    passages: Option<Vec<Passage>>,
    pub parts: Vec<(String, Descriptor)>,
    extra: Object,
}

#[derive(Serialize)]
struct Write<'a> {
    format: &'a str,
    version: u32,
    space: &'a EmbeddingSpace,
    articles: &'a [Article],
    #[serde(skip_serializing_if = "Option::is_none")]
    passages: Option<&'a [Passage]>,
    parts: BTreeMap<&'a str, Descriptor>,
    #[serde(flatten)]
    extra: &'a Object,
}

impl V2 {
    pub fn read(json: &[u8]) -> Result<Self> {
        let (mut articles, mut passages) = (ChunkedList::default(), ChunkedList::default());
        let fields = json::fields(
            json,
            &mut [
                ("articles", &mut |article, place| {
                    Article::from_json(article, place).map(|article| articles.push(article))
                }),
                ("passages", &mut |passage, place| {
                    Passage::from_json(passage, place).map(|passage| passages.push(passage))
                }),
            ],
        )?;
        let mut fields = Fields::at_top(fields);
        // What is left of the lists says that they are there.
        let _: Vec<Value> = fields.required("articles")?;
        Ok(Self {
            space: fields.required("space")?,
            articles: articles.into_vec(),
            passages: fields.optional::<Vec<Value>>("passages")?.map(|_| passages.into_vec()),
            parts: fields.required("parts")?,
            extra: fields.rest(),
        })
    }

    /// Checks what can be checked before the files are there, among it the encoding of the vectors, and gives that.
    pub fn check(&self) -> Result<Encoding> {
        // Before anything is laid out by them.
        self.space.check()?;
        let vectors = self.parts.iter().find(|(name, _)| name == VECTORS);
        let (_, vectors) = vectors.ok_or_else(missing_vectors)?;
        let passages = self.passages.as_ref().map_or(self.articles.len(), Vec::len);
        Encoding::of(vectors, passages, self.space.dimensions)
    }

    /// `beside` holds the bytes of the parts that name a file.
    pub fn into_bundle(self, mut beside: Vec<(String, Beside)>) -> Result<Bundle> {
        let encoding = self.check()?;
        let Self { space, articles, passages, parts, extra } = self;
        let any = |which: fn(&Descriptor) -> bool| parts.iter().any(|(_, part)| which(part));
        let layout = match (any(|part| part.file.is_some()), any(Descriptor::hides_text)) {
            (true, _) => Layout::V2Sidecar,
            (false, true) => Layout::V2Base64,
            (false, false) => Layout::V2Inline,
        };
        let (mut vectors, mut texts, mut statistics, mut others) = (None, None, None, Vec::new());
        for (name, part) in parts {
            let place = beside.iter().position(|(other, _)| *other == name);
            let part = part.read(&name, place.map(|place| beside.swap_remove(place).1))?;
            match name.as_str() {
                VECTORS => vectors = Some(part),
                TEXTS => texts = Some(part),
                STATISTICS => statistics = Some(part),
                _ => others.push((name, part)),
            }
        }

        let mut passages = passages.unwrap_or_else(|| Passage::whole_articles(articles.len()));
        if let Some(part) = texts {
            let texts: Vec<String> = from_json(TEXTS, &part)?;
            if texts.len() != passages.len() {
                let problem = format!("holds {} texts for {} passages", texts.len(), passages.len());
                return Err(Error::field("parts.texts", problem));
            }
            passages.iter_mut().zip(texts).for_each(|(passage, text)| passage.text = text);
        }
        let statistics = match statistics {
            Some(part) => from_json(STATISTICS, &part)?,
            None => Statistics::default(),
        };
        let vectors = encoding.decode(vectors.ok_or_else(missing_vectors)?, passages.len(), space.dimensions);
        Ok(Bundle { layout, encoding, space, articles, passages, vectors, statistics, parts: others, extra })
    }
}

fn missing_vectors() -> Error {
    Error::field("parts.vectors", "is missing")
}

fn from_json<T: FromJson>(name: &str, part: &Part) -> Result<T> {
    if part.encoding != JSON {
        let problem = format!("is \"{}\", expected \"{JSON}\"", part.encoding);
        return Err(Error::field(format!("parts.{name}.encoding"), problem));
    }
    let place = Place::Field(&Place::Top, "parts");
    let place = Place::Field(&place, name);
    let value = exemplar_search_json::read::value(&part.bytes)
        .map_err(|problem| Error::field(place.to_string(), problem))?;
    Ok(T::from_json(value, &place)?)
}

/// A version 2 bundle. The file beside the JSON, where the layout has one, is named by its hash, so that a cache
/// never gives one build's file to another build's JSON.
pub(super) fn write(bundle: &Bundle) -> Result<Written> {
    let Bundle { layout, encoding, space, articles, passages, vectors, statistics, parts, extra } = bundle;
    let part = |encoding: &str, bytes| Part { encoding: encoding.into(), bytes, extra: Object::default() };
    let json_part = |json: Result<String>| json.map(|json| part(JSON, json.into()));

    let vectors = part(encoding.name(), encoding.encode(vectors));
    let texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let texts =
        texts.iter().any(|text| !text.is_empty()).then(|| json_part(json::to_string(&texts))).transpose()?;
    let statistics =
        (*statistics != Statistics::default()).then(|| json_part(json::to_string(statistics))).transpose()?;
    let mut all: BTreeMap<&str, &Part> = parts.iter().map(|(name, part)| (name.as_str(), part)).collect();
    all.insert(VECTORS, &vectors);
    all.extend(texts.iter().map(|part| (TEXTS, part)));
    all.extend(statistics.iter().map(|part| (STATISTICS, part)));

    let (parts, sidecar) = match layout {
        Layout::V2Sidecar => {
            let bytes: Vec<u8> = all.values().flat_map(|part| &part.bytes).copied().collect();
            let file = format!("bundle-{}.bin", &sha256(&bytes)[..16]);
            let mut offset = 0;
            let parts = all.into_iter().map(|(name, part)| {
                let descriptor = Descriptor::in_file(part, file.clone(), offset);
                offset += part.bytes.len();
                (name, descriptor)
            });
            (parts.collect(), Some((file.clone(), bytes)))
        }
        _ => {
            let describe =
                if *layout == Layout::V2Base64 { Descriptor::in_base64 } else { Descriptor::inline };
            (all.into_iter().map(|(name, part)| (name, describe(part))).collect(), None)
        }
    };
    let version = layout.version();
    let passages = without_texts(passages);
    let passages = (passages != Passage::whole_articles(articles.len())).then_some(passages.as_slice());
    let json = json::to_string(&Write { format: FORMAT, version, space, articles, passages, parts, extra })?;
    Ok(Written { json, sidecar })
}

fn without_texts(passages: &[Passage]) -> Vec<Passage> {
    passages.iter().map(|passage| Passage { text: String::new(), ..passage.clone() }).collect()
}
