//! The rest of a bundle, and the whole bundle restored from all of its shards.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::code::{Rows, bits, float, size_class};
use super::place::UnitQuery;
use super::shard::{Id, Kind, damaged};
use super::start::Start;
use super::words::{Word, read};
use super::{Shards, Slots, sorted};
use crate::bundle::{
    Article, Bundle, Descriptor, EmbeddingSpace, Encoding, Layout, Part, Passage, Statistics,
};
use crate::encoder::QueryEncoder;
use crate::encoder::range_coder::Coder;
use crate::fields::{Fields, FromFields, FromJson, Mismatch, Place};
use crate::json::Object;
use crate::lexical::Keywords;
use crate::{Result, SearchIndex};

/// What no other shard of a bundle holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rest {
    pub space: EmbeddingSpace,
    pub statistics: Statistics,
    pub encoding: Encoding,
    /// The bytes that follow all rows in this encoding.
    pub centre: Vec<u8>,
    pub parts: Vec<(String, Part)>,
    pub extra: Object,
}

struct ReadRest {
    space: EmbeddingSpace,
    statistics: Statistics,
    encoding: String,
    centre: String,
    parts: Vec<(String, Descriptor)>,
    extra: Object,
}

impl FromFields for ReadRest {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            space: fields.required("space")?,
            statistics: fields.required("statistics")?,
            encoding: fields.required("encoding")?,
            centre: fields.required("centre")?,
            parts: fields.required("parts")?,
            extra: fields.required("extra")?,
        })
    }
}

impl Rest {
    pub fn read(payload: &[u8]) -> Result<Self> {
        let wrong = |problem: String| damaged(Id::new(Kind::Rest, 0), format!("is damaged: {problem}"));
        let value = exemplar_search_json::read::value(payload).map_err(wrong)?;
        let rest = ReadRest::from_json(value, &Place::Top).map_err(|mismatch| {
            let Mismatch { place, found, expected } = *mismatch;
            wrong(format!("{place} is {found}, expected {expected}"))
        })?;
        let ReadRest { space, statistics, encoding, centre, parts, extra } = rest;
        let parts = parts.into_iter().map(|(name, part)| {
            part.checked_file(&name)?;
            let part = part.read(&name, None)?;
            Ok((name, part))
        });
        Ok(Self {
            space,
            statistics,
            encoding: encoding.parse()?,
            centre: STANDARD.decode(centre).map_err(|_| wrong("centre is not base64".into()))?,
            parts: parts.collect::<Result<_>>()?,
            extra,
        })
    }

    #[cfg(feature = "fit")]
    pub fn write(&self) -> Result<String> {
        #[derive(serde::Serialize)]
        struct Write<'a> {
            space: &'a EmbeddingSpace,
            statistics: &'a Statistics,
            encoding: &'a str,
            centre: String,
            parts: std::collections::BTreeMap<&'a str, Descriptor>,
            extra: &'a Object,
        }
        let Self { space, statistics, encoding, centre, parts, extra } = self;
        crate::bundle::to_json(&Write {
            space,
            statistics,
            encoding: encoding.name(),
            centre: STANDARD.encode(centre),
            parts: parts.iter().map(|(name, part)| (name.as_str(), Descriptor::inline(part))).collect(),
            extra,
        })
    }
}

/// The query encoder without its words and n-grams, and what else places an embedding.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Directions {
    pub offset: Vec<f32>,
    /// The mean passage, and that less the mean query.
    pub mean: Vec<f32>,
    pub shift: Vec<f32>,
    /// The step of each direction's values, and of the coefficients along it.
    pub basis_steps: Vec<f32>,
    pub steps: Vec<f32>,
    /// In steps, row after row.
    pub basis: Vec<i16>,
}

/// Most values of a vector, and of all directions, as in every bundle.
const MAX_DIMENSIONS: usize = 65_536;
const MAX_BASIS: usize = 1 << 23;

impl Directions {
    pub fn read(payload: &[u8], dims: usize, count: usize) -> Result<Self> {
        read(Id::new(Kind::Directions, 0), payload, |coder| Self::default().code(coder, dims, count))
    }

    /// Writes itself, or reads another.
    pub fn code(&self, coder: &mut impl Coder, dims: usize, count: usize) -> Option<Self> {
        if dims > MAX_DIMENSIONS || count > MAX_DIMENSIONS || dims.saturating_mul(count) > MAX_BASIS {
            return None;
        }
        let mut floats = |values: &[f32], count: usize| -> Vec<f32> {
            (0..count).map(|i| float(coder, values.get(i).copied().unwrap_or(0.0))).collect()
        };
        let (offset, mean) = (floats(&self.offset, dims), floats(&self.mean, dims));
        let shift = floats(&self.shift, dims);
        let basis_steps = floats(&self.basis_steps, count);
        let steps = floats(&self.steps, count);
        if [&offset, &mean, &shift, &basis_steps, &steps]
            .into_iter()
            .flatten()
            .any(|value| !value.is_finite())
        {
            return None;
        }
        let (mut rows, mut basis) = (Rows::default(), Vec::new());
        for index in 0..count {
            let mut row = vec![0; dims];
            if let Some(own) = self.basis.get(index * dims..(index + 1) * dims) {
                row.copy_from_slice(own);
            }
            let size: u32 = row.iter().map(|&x| u32::from(x.unsigned_abs())).sum();
            let class = size_class((size / dims.max(1) as u32).saturating_mul(super::code::SIZE_PARTS));
            let class = bits(coder, u32::from(class), 5) as u8;
            rows.code(coder, &mut row, &vec![class.min(23); dims]);
            basis.extend(row);
            if coder.overrun() {
                return None;
            }
        }
        Some(Self { offset, mean, shift, basis_steps, steps, basis })
    }

    /// A query's embedding as the metric needs it, on so many axes.
    pub fn place(&self, embedding: &[f32], axes: usize) -> UnitQuery {
        let product =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        let length = product(embedding, embedding).sqrt();
        let rows = self.basis.chunks_exact(embedding.len().max(1)).zip(&self.basis_steps).take(axes);
        let along = |(row, &step): (&[i16], &f32)| {
            let sum: f64 = row.iter().zip(embedding).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
            sum * f64::from(step) / length
        };
        UnitQuery {
            axes: rows.map(along).collect(),
            mean: product(embedding, &self.mean) / length,
            shift: product(embedding, &self.shift) / length,
            near: None,
        }
    }
}

impl Shards {
    /// The shards of the whole bundle that are not loaded, the likeliest to be wanted first.
    pub fn missing(&self) -> Vec<Id> {
        let Some(start) = &self.start else { return vec![Id::new(Kind::Start, 0)] };
        let counts = [
            (Kind::Words, start.word_files()),
            (Kind::Passages, start.clusters.len()),
            (Kind::Texts, start.texts as usize),
            (Kind::Ngrams, start.ngram_files()),
            (Kind::Directions, usize::from(start.encoder.is_some())),
            (Kind::Vectors, start.clusters.len()),
            (Kind::Rest, 1),
            (Kind::Fields, start.fields.len() + 1),
        ];
        let all =
            counts.into_iter().flat_map(|(kind, count)| (0..count).map(move |number| Id::new(kind, number)));
        all.filter(|&id| !self.has(id)).collect()
    }

    /// The index of the whole bundle, once all shards are loaded. It ranks like the bundle that they were made of, to the bit.
    /// `normalize` is that of [`SearchIndex::with`].
    pub fn index(&self, normalize: bool) -> Result<SearchIndex> {
        let Assembled { bundle, keywords, encoder } = self.assemble()?;
        SearchIndex::of_parts(bundle, keywords, encoder, normalize)
    }

    /// The whole bundle, once all shards are loaded.
    #[cfg(feature = "fit")]
    pub fn bundle(&self) -> Result<Bundle> {
        let Assembled { mut bundle, keywords, encoder } = self.assemble()?;
        if let Some(keywords) = keywords {
            bundle.parts.push((crate::lexical::PART.into(), Part::of_keywords(&keywords)));
        }
        if let Some(encoder) = encoder {
            bundle.parts.push((crate::encoder::PART.into(), encoder.to_part()));
        }
        bundle.check()?;
        Ok(bundle)
    }

    fn assemble(&self) -> Result<Assembled> {
        if let Some(&id) = self.missing().first() {
            return Err(damaged(id, "is missing"));
        }
        let (Some(start), Some(rest), Some(directions)) = (&self.start, &self.rest, &self.directions) else {
            return Err(damaged(Id::new(Kind::Start, 0), "is missing"));
        };
        let rest = &Rest::read(rest)?;
        let (articles, passages, index_of) = self.texts_in_order(start)?;
        let vectors = self.vectors_in_order(start, rest, &index_of)?;
        let bundle = Bundle {
            layout: Layout::Shards,
            encoding: rest.encoding,
            space: rest.space.clone(),
            articles,
            passages,
            vectors,
            statistics: rest.statistics.clone(),
            parts: rest.parts.clone(),
            extra: rest.extra.clone(),
        };
        let keywords = self.keywords_in_order(start, &index_of);
        let encoder = start.encoder.as_ref().map(|encoder| {
            let dims = rest.space.dimensions.max(1);
            let rows = directions.basis.chunks_exact(dims).zip(&directions.basis_steps);
            let words = || all(&self.words).filter_map(|word: &Word| Some((word, word.row.as_ref()?)));
            let trimmed = |row: &[i16]| -> Box<[i16]> {
                row[..row.iter().rposition(|&value| value != 0).map_or(0, |last| last + 1)].into()
            };
            QueryEncoder {
                model: rest.space.model.clone(),
                offset: directions.offset.clone(),
                basis: rows.map(|(row, step)| row.iter().map(|&x| f32::from(x) * step).collect()).collect(),
                basis_steps: directions.basis_steps.clone(),
                steps: directions.steps.clone(),
                words: words().map(|(word, _)| word.text.clone()).collect(),
                weights: words().map(|(_, row)| row.0).collect(),
                unknown: encoder.unknown,
                ngrams: all(&self.ngrams).map(|ngram| ngram.text.clone()).collect(),
                rows: words()
                    .map(|(_, row)| trimmed(&row.1))
                    .chain(all(&self.ngrams).map(|ngram| trimmed(&ngram.row)))
                    .collect(),
            }
        });
        Ok(Assembled { bundle, keywords: Some(keywords), encoder })
    }

    /// Articles and passages in their own order, and which passage is at each place.
    fn texts_in_order(&self, start: &Start) -> Result<(Vec<Article>, Vec<Passage>, Vec<u32>)> {
        let mut articles: Vec<Option<Article>> = vec![None; start.articles as usize];
        let mut passages: Vec<Option<Passage>> = vec![None; start.passages as usize];
        let mut index_of = Vec::with_capacity(passages.len());
        for (texts, number) in self.texts.iter().zip(0..) {
            let wrong = || {
                damaged(
                    Id { kind: Kind::Texts, number },
                    "has passages or articles that are none of the bundle's",
                )
            };
            for placed in texts.iter().flat_map(|texts| &texts.passages) {
                let own =
                    texts.as_ref().and_then(|texts| texts.articles.get(placed.own)).ok_or_else(wrong)?;
                let article = articles.get_mut(placed.passage.article).ok_or_else(wrong)?;
                article.get_or_insert_with(|| own.clone());
                let passage =
                    passages.get_mut(placed.index).filter(|passage| passage.is_none()).ok_or_else(wrong)?;
                *passage = Some(placed.passage.clone());
                index_of.push(placed.index as u32);
            }
        }
        let articles: Option<Vec<_>> = articles.into_iter().collect();
        let passages: Option<Vec<_>> = passages.into_iter().collect();
        match (articles, passages) {
            (Some(articles), Some(passages)) => Ok((articles, passages, index_of)),
            _ => Err(damaged(Id::new(Kind::Texts, 0), "and the others leave an article or a passage out")),
        }
    }

    fn vectors_in_order(
        &self,
        start: &Start,
        rest: &Rest,
        index_of: &[u32],
    ) -> Result<crate::vector::Vectors> {
        let dims = rest.space.dimensions;
        let (row, scale) = rest.encoding.row_bytes(dims);
        let mut bytes = vec![0; index_of.len() * (row + scale)];
        let (rows, scales) = bytes.split_at_mut(index_of.len() * row);
        let mut places = index_of.iter();
        for (number, (vectors, cluster)) in (0..).zip(self.vectors.iter().zip(&start.clusters)) {
            let vectors = vectors.as_deref().unwrap_or_default();
            if vectors.len() != cluster.count as usize * (row + scale) {
                return Err(damaged(Id { kind: Kind::Vectors, number }, "has vectors of another size"));
            }
            for own in vectors.chunks_exact((row + scale).max(1)) {
                let Some(&index) = places.next() else { break };
                let (own_row, own_scale) = own.split_at(row);
                rows[index as usize * row..][..row].copy_from_slice(own_row);
                scales[index as usize * scale..][..scale].copy_from_slice(own_scale);
            }
        }
        bytes.extend(&rest.centre);
        let part = Part { encoding: rest.encoding.name().into(), bytes, extra: Object::default() };
        rest.encoding.decode_checked(part, index_of.len(), dims)
    }

    fn keywords_in_order(&self, start: &Start, index_of: &[u32]) -> Keywords {
        let mut lengths = vec![0; index_of.len()];
        let own = start.clusters.iter().zip(all_slots(&self.passages));
        for (cluster, passages) in own {
            for (place, &length) in (cluster.start..).zip(&passages.lengths) {
                lengths[index_of[place as usize] as usize] = length;
            }
        }
        let listed = all(&self.words).filter(|word| !word.passages.is_empty());
        let lists: Vec<(&str, Vec<u32>, Vec<u8>)> = listed
            .map(|word| {
                let mut list: Vec<(u32, u8)> = word
                    .passages
                    .iter()
                    .map(|&place| index_of[place as usize])
                    .zip(word.counts.iter().copied())
                    .collect();
                list = sorted(list);
                let (passages, counts) = list.into_iter().unzip();
                (word.text.as_str(), passages, counts)
            })
            .collect();
        Keywords::of_lists(
            lengths,
            lists.iter().map(|(word, passages, counts)| (*word, passages.as_slice(), counts.as_slice())),
        )
    }
}

struct Assembled {
    bundle: Bundle,
    keywords: Option<Keywords>,
    encoder: Option<QueryEncoder>,
}

fn all_slots<T>(slots: &Slots<T>) -> impl Iterator<Item = &T> {
    slots.iter().flatten()
}

fn all<T>(slots: &Slots<Vec<T>>) -> impl Iterator<Item = &T> {
    slots.iter().flatten().flatten()
}
