//! Writes a bundle in shards. This is native code: readers need neither clustering nor layout.

mod cut;
mod fields;
mod metric;
mod noise;

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use self::cut::in_shards;
use self::metric::{Placed, class_of, place};
use super::articles::{Listed, code_articles};
use super::manifest::{Manifest, Noise};
use super::passages::{NORM_STEP, Passages};
use super::shard::{Build, Id, Kind, Shard};
use super::start::{Cluster, Common, EncoderStart, Metric, Start};
use super::whole::{Directions, Rest};
use super::words::{Ngram, Word, code_ngrams, code_words};
use crate::bundle::{Article, Bundle, Passage, to_json};
use crate::clusters::Points;
use crate::encoder::QueryEncoder;
use crate::encoder::range_coder::Encoder;
use crate::lexical::Keywords;
use crate::{Error, Result, encoder, lexical};

/// Passages of a cluster, at least. A query loads a cluster for one or two passages of it, mostly: fewer passages are fewer bytes, in more
/// requests.
const CLUSTER: usize = 24;
/// In large bundles so many times the square of a cluster's passages is all passages. The start, which every page loads, then stays below
/// 50 kB at 100,000 passages.
const SQUARES: usize = 40;
/// Bytes of a shard of words, and of n-grams.
const WORDS: usize = 4000;
const NGRAMS: usize = 4000;
/// Words that are resident with their rows.
const COMMON: usize = 200;
/// Characters of a shard of texts, about, and how many such shards there are at most.
const TEXTS: usize = 4500;
const MAX_TEXTS: usize = 10_000;

/// Packs a shard by Deflate (RFC 1951), without a head of its own.
pub type Pack<'p> = &'p dyn Fn(&[u8]) -> Vec<u8>;

/// A bundle in shards, as files.
pub struct Written {
    /// What stands under the bundle's own name.
    pub manifest: String,
    /// The folder beside it, and each file in that.
    pub folder: String,
    /// By their ids, ascending.
    pub files: Vec<(Id, Vec<u8>)>,
}

/// Writes a bundle in shards. It needs keywords and a query encoder.
pub fn write(bundle: &Bundle, pack: Pack) -> Result<Written> {
    let build = Build::default();
    let missing =
        |what: &str| Error::field("parts", format!("has no {what}, which a bundle in shards needs"));
    let part = bundle.part(lexical::PART).ok_or_else(|| missing("keywords"))?;
    let keywords = part.keywords(bundle.passages.len())?;
    let part = bundle.part(encoder::PART).ok_or_else(|| missing("query encoder"))?;
    let encoder = QueryEncoder::from_part(part, &bundle.space)?;
    let layout = Layout::of(bundle, &keywords, &encoder)?;
    let mut payloads: Vec<(Id, Vec<u8>)> = Vec::new();
    let mut start = layout.start();
    layout.words(&keywords, &encoder, &mut start, &mut payloads);
    layout.ngrams(&encoder, &mut start, &mut payloads);
    layout.texts(bundle, &mut start, &mut payloads)?;
    layout.fields(bundle, &mut start, &mut payloads);
    layout.articles(bundle, &start, &mut payloads);
    // As it is read back: passages' places are coded by what the reader knows.
    let bytes = start.write();
    let start = Start::read(&bytes)?;
    layout.passages(bundle, &keywords, &start, &mut payloads);
    layout.whole(bundle, &encoder, &mut payloads)?;
    payloads.push((Id::new(Kind::Start, 0), bytes));
    payloads.sort_unstable_by_key(|payload| payload.0);

    let mut hash = Sha256::new();
    payloads.iter().for_each(|(_, payload)| hash.update(payload));
    let digest = hash.finalize();
    let build = digest.first_chunk().copied().unwrap_or(build);
    let mut manifest = Manifest {
        space: bundle.space.clone(),
        build,
        articles: bundle.articles.len(),
        passages: bundle.passages.len(),
        noise: Noise::default(),
        closeness: bundle.statistics.closeness,
    };
    manifest.noise = noise::measure(bundle, &manifest, &payloads)?;
    let files = payloads.into_iter().map(|(id, payload)| {
        let packed = matches!(id.kind, Kind::Texts | Kind::Rest)
            .then(|| pack(&payload))
            .filter(|packed| packed.len() < payload.len());
        (id, Shard::write(id, build, &payload, packed.as_deref()))
    });
    Ok(Written { manifest: manifest.write()?, folder: manifest.folder(), files: files.collect() })
}

/// Where everything goes.
struct Layout {
    placed: Placed,
    axes: usize,
    clusters: Vec<Cluster>,
    /// The passages in the order of their places among all.
    order: Vec<u32>,
    /// The place of each.
    place_of: Vec<u32>,
    encoder: EncoderStart,
}

impl Layout {
    fn of(bundle: &Bundle, keywords: &Keywords, encoder: &QueryEncoder) -> Result<Self> {
        let mut rows = bundle.vectors.clone();
        let lengths: Vec<f64> = (0..rows.rows()).map(|row| rows.length(row)).collect();
        rows.bring_to_unit_length(&lengths);
        let mut placed = place(bundle, &rows, encoder)?;
        let axes = placed.metric.axes.len();
        let points = Points { values: &placed.places, dims: axes };
        let mut clusters = points.clusters(CLUSTER.max((rows.rows() / SQUARES).isqrt()));
        let length = |passage: u32| (keywords.lengths()[passage as usize], passage);
        clusters.iter_mut().for_each(|cluster| cluster.sort_unstable_by_key(|&passage| length(passage)));
        let order: Vec<u32> = clusters.iter().flatten().copied().collect();
        let mut place_of = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&passage, place)| place_of[passage as usize] = place);
        let clusters = describe(&clusters, &mut placed, keywords);
        let rows = encoder.rows.iter();
        let mut sizes = vec![0.0f32; encoder.steps.len()];
        rows.for_each(|row| {
            row.iter().zip(&mut sizes).for_each(|(&x, size)| *size += f32::from(x.unsigned_abs()));
        });
        let count = encoder.rows.len().max(1) as f32;
        let encoder = EncoderStart {
            steps: encoder.steps.clone(),
            classes: sizes.iter().map(|size| class_of(size / count)).collect(),
            unknown: encoder.unknown,
        };
        Ok(Self { placed, axes, clusters, order, place_of, encoder })
    }

    fn start(&self) -> Start {
        Start {
            passages: self.order.len() as u32,
            clusters: self.clusters.clone(),
            metric: self.placed.metric.clone(),
            encoder: Some(self.encoder.clone()),
            ..Start::default()
        }
    }

    /// All words of the keywords and of the encoder, in shards.
    fn words(
        &self,
        keywords: &Keywords,
        encoder: &QueryEncoder,
        start: &mut Start,
        payloads: &mut Vec<(Id, Vec<u8>)>,
    ) {
        let mut words: BTreeMap<&str, Word> = BTreeMap::new();
        for index in 0..keywords.words() {
            let (passages, counts) = keywords.list(index);
            let mut list: Vec<(u32, u8)> = passages
                .iter()
                .map(|&passage| self.place_of[passage as usize])
                .zip(counts.iter().copied())
                .collect();
            list.sort_unstable();
            let word = words.entry(keywords.word(index)).or_default();
            (word.passages, word.counts) = list.into_iter().unzip();
        }
        let rows = encoder.weights.iter().zip(&encoder.rows);
        for (text, (&weight, row)) in encoder.words.iter().zip(rows) {
            words.entry(text).or_default().row = Some((weight, row.to_vec()));
        }
        let words: Vec<Word> =
            words.into_iter().map(|(text, word)| Word { text: text.to_owned(), ..word }).collect();
        let mut by_frequency: Vec<&Word> = words.iter().collect();
        by_frequency.sort_by_key(|word| std::cmp::Reverse(word.passages.len()));
        by_frequency.truncate(COMMON);
        by_frequency.sort_by(|a, b| a.text.cmp(&b.text));
        let common = by_frequency.into_iter().map(|word| Common {
            text: word.text.clone(),
            frequency: word.passages.len() as u32,
            row: word.row.clone(),
        });
        start.common = common.collect();
        let code = |coder: &mut Encoder, rest: &[Word], limit| {
            code_words(coder, rest, limit, self.order.len() as u32, &self.encoder.classes)
        };
        start.words = in_shards(Kind::Words, &words, WORDS, code, |word| &word.text, payloads);
    }

    fn ngrams(&self, encoder: &QueryEncoder, start: &mut Start, payloads: &mut Vec<(Id, Vec<u8>)>) {
        let rows = encoder.rows[encoder.words.len()..].iter();
        let ngrams = encoder.ngrams.iter().zip(rows);
        let ngrams: Vec<Ngram> =
            ngrams.map(|(text, row)| Ngram { text: text.clone(), row: row.to_vec() }).collect();
        let code = |coder: &mut Encoder, rest: &[Ngram], limit| {
            code_ngrams(coder, rest, limit, &self.encoder.classes)
        };
        start.ngrams = in_shards(Kind::Ngrams, &ngrams, NGRAMS, code, |ngram| &ngram.text, payloads);
    }

    fn texts(&self, bundle: &Bundle, start: &mut Start, payloads: &mut Vec<(Id, Vec<u8>)>) -> Result<()> {
        let all: usize = bundle.passages.iter().map(|passage| passage.text.len() + 150).sum();
        let passages = self.order.len();
        let of = (TEXTS * passages / all.max(1)).max(passages.div_ceil(MAX_TEXTS)).max(1);
        let mut first_of = vec![0; bundle.articles.len()];
        for (index, passage) in bundle.passages.iter().enumerate().rev() {
            first_of[passage.article] = index;
        }
        for (number, places) in self.order.chunks(of).enumerate() {
            payloads.push((Id::new(Kind::Texts, number), texts(bundle, places)?.into_bytes()));
        }
        start.articles = bundle.articles.len() as u32;
        (start.texts, start.texts_of) = (passages.div_ceil(of) as u32, of as u32);
        Ok(())
    }

    fn articles(&self, bundle: &Bundle, start: &Start, payloads: &mut Vec<(Id, Vec<u8>)>) {
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); bundle.articles.len()];
        for (place, &passage) in (0..).zip(&self.order) {
            places[bundle.passages[passage as usize].article].push(place);
        }
        let mut shards: Vec<Vec<Listed>> = vec![Vec::new(); start.article_files()];
        for (article, places) in bundle.articles.iter().zip(places) {
            let id = article.id.clone();
            shards[start.article_file(&id).number as usize].push(Listed { id, places });
        }
        for (number, articles) in shards.iter().enumerate() {
            let mut coder = Encoder::default();
            let _ = code_articles(&mut coder, articles, start.passages);
            payloads.push((Id::new(Kind::Articles, number), coder.finish()));
        }
    }

    fn passages(
        &self,
        bundle: &Bundle,
        keywords: &Keywords,
        start: &Start,
        payloads: &mut Vec<(Id, Vec<u8>)>,
    ) {
        let mut ordinals = Vec::with_capacity(bundle.passages.len());
        for (index, passage) in bundle.passages.iter().enumerate() {
            let before =
                index.checked_sub(1).filter(|&before| bundle.passages[before].article == passage.article);
            ordinals.push(before.map_or(0, |before| ordinals[before] + 1));
        }
        let metric = &start.metric;
        for (number, cluster) in start.clusters.iter().enumerate() {
            let own = &self.order[cluster.start as usize..][..cluster.count as usize];
            let mut passages = Passages::default();
            for &passage in own.iter().map(|passage| passage as &u32) {
                let index = passage as usize;
                passages.articles.push(bundle.passages[index].article as u32);
                passages.ordinals.push(ordinals[index]);
                passages.lengths.push(keywords.lengths()[index]);
                let log = self.placed.norms[index].max(1e-6).log2() * 256.0 / NORM_STEP as f32;
                passages.norms.push(log.round() as i16);
                let places = &self.placed.places[index * self.axes..][..self.axes];
                let from = metric.around_centroid(&cluster.centroid, places).into_iter();
                let cells = from.zip(&self.placed.cells);
                passages.places.extend(cells.map(|(from, cell)| (from / cell).round() as i16));
            }
            let mut coder = Encoder::default();
            let _ = passages.code(&mut coder, own.len(), start);
            payloads.push((Id::new(Kind::Passages, number), coder.finish()));
        }
    }
}

impl Layout {
    /// The vectors by their clusters, and what else makes the bundle whole.
    fn whole(
        &self,
        bundle: &Bundle,
        encoder: &QueryEncoder,
        payloads: &mut Vec<(Id, Vec<u8>)>,
    ) -> Result<()> {
        let (dims, count) = (bundle.space.dimensions, self.order.len());
        let bytes = bundle.encoding.encode(&bundle.vectors);
        let (row, scale) = bundle.encoding.row_bytes(dims);
        let (rows, rest) = bytes.split_at(count * row);
        let (scales, centre) = rest.split_at(count * scale);
        for (number, cluster) in self.clusters.iter().enumerate() {
            let own = &self.order[cluster.start as usize..][..cluster.count as usize];
            let vector = |&index: &u32| {
                let index = index as usize;
                let scale = &scales[index * scale..][..scale];
                rows[index * row..][..row].iter().chain(scale).copied().collect::<Vec<u8>>()
            };
            payloads.push((Id::new(Kind::Vectors, number), own.iter().flat_map(vector).collect()));
        }
        let steps = encoder.basis.iter().zip(&encoder.basis_steps);
        let whole = |(row, &step): (&Vec<f32>, &f32)| -> Vec<i16> {
            row.iter().map(|&x| if step == 0.0 { 0 } else { (x / step).round() as i16 }).collect()
        };
        let directions = Directions {
            offset: encoder.offset.clone(),
            mean: self.placed.mean.clone(),
            shift: self.placed.shift.clone(),
            basis_steps: encoder.basis_steps.clone(),
            steps: encoder.steps.clone(),
            basis: steps.flat_map(whole).collect(),
        };
        let mut coder = Encoder::default();
        let _ = directions.code(&mut coder, dims, encoder.steps.len());
        payloads.push((Id::new(Kind::Directions, 0), coder.finish()));
        let others = bundle.parts.iter().filter(|(name, _)| name != lexical::PART && name != encoder::PART);
        let rest = Rest {
            space: bundle.space.clone(),
            statistics: bundle.statistics.clone(),
            encoding: bundle.encoding,
            centre: centre.to_vec(),
            parts: others.cloned().collect(),
            extra: bundle.extra.clone(),
        };
        payloads.push((Id::new(Kind::Rest, 0), rest.write()?.into_bytes()));
        Ok(())
    }
}

/// Describes clusters, and measures what is left around their centroids.
fn describe(clusters: &[Vec<u32>], placed: &mut Placed, keywords: &Keywords) -> Vec<Cluster> {
    let Placed { metric, cells, places, .. } = placed;
    let axes = metric.axes.len();
    let row = |passage: u32| &places[passage as usize * axes..][..axes];
    // Without centroids yet: what is left is what varies within clusters.
    let mut within = vec![0.0f32; axes];
    let mut centroids = Vec::new();
    for cluster in clusters {
        let mut mean = vec![0.0f32; axes];
        for &passage in cluster {
            mean.iter_mut().zip(row(passage)).for_each(|(mean, x)| *mean += x / cluster.len() as f32);
        }
        for &passage in cluster {
            let from = row(passage).iter().zip(&mean);
            within.iter_mut().zip(from).for_each(|(sum, (x, mean))| *sum += (x - mean) * (x - mean));
        }
        centroids.push(mean);
    }
    let count = (places.len() / axes.max(1)).max(1) as f32;
    for (axis, within) in metric.axes.iter_mut().zip(&within) {
        axis.within = within / count;
    }
    fit_steps(metric, cells, clusters, &centroids, &row);
    let decoded: Vec<Vec<i16>> = centroids.iter().map(|centroid| in_steps(centroid, metric)).collect();
    // As readers see it: around the rounded centroids.
    let mut all = vec![0.0f32; axes];
    let mut sizes = vec![0.0f32; axes];
    let mut own = Vec::new();
    for (cluster, centroid) in clusters.iter().zip(&decoded) {
        let mut sum = vec![0.0f32; axes];
        for &passage in cluster {
            for (i, from) in metric.around_centroid(centroid, row(passage)).into_iter().enumerate() {
                sum[i] += from * from;
                sizes[i] += (from / cells[i]).round().abs();
            }
        }
        all.iter_mut().zip(&sum).for_each(|(all, sum)| *all += sum);
        own.push(sum);
    }
    for (i, axis) in metric.axes.iter_mut().enumerate() {
        axis.class = class_of(sizes[i] / count);
    }
    for (axis, all) in metric.axes.iter_mut().zip(&all) {
        axis.within = (all / count).min(axis.variance);
    }
    let mut start = 0;
    let described = clusters.iter().zip(decoded).zip(&own).map(|((cluster, centroid), own)| {
        let usual: f32 = metric.axes.iter().map(|axis| axis.within).sum();
        let mine: f32 = own.iter().sum::<f32>() / cluster.len().max(1) as f32;
        let spread = ((mine / usual.max(1e-12)).max(1e-3).log2() * 8.0).round().clamp(-100.0, 100.0) as i8;
        let at = |sixths: usize| {
            keywords.lengths()[cluster[(cluster.len() * sixths / 6).min(cluster.len() - 1)] as usize]
        };
        let count = cluster.len() as u32;
        let described = Cluster { start, count, lengths: [at(1), at(5)], spread, centroid };
        start += count;
        described
    });
    described.collect()
}

/// Chooses the step with which whole numbers of it are nearest to the places that are rounded to these numbers, by least squares.
fn fit_steps<'p>(
    metric: &mut Metric,
    cells: &[f32],
    clusters: &[Vec<u32>],
    centroids: &[Vec<f32>],
    row: &impl Fn(u32) -> &'p [f32],
) {
    // Of places times their whole numbers, and of the squares of these.
    let mut sums = vec![(0.0f32, 0.0f32); cells.len()];
    for (cluster, centroid) in clusters.iter().zip(centroids) {
        let centroid = in_steps(centroid, metric);
        for &passage in cluster {
            let from = metric.around_centroid(&centroid, row(passage)).into_iter();
            for ((from, cell), sums) in from.zip(cells).zip(&mut sums) {
                let whole = (from / cell).round();
                sums.0 += from * whole;
                sums.1 += whole * whole;
            }
        }
    }
    for (axis, (products, squares)) in metric.axes.iter_mut().zip(sums) {
        if squares > 0.0 {
            axis.step = products / squares;
        }
    }
}

impl Metric {
    /// How far places lie from a centroid, as readers have that.
    fn around_centroid(&self, centroid: &[i16], places: &[f32]) -> Vec<f32> {
        let at = |(i, axis)| centroid.get(i).map_or(0.0, |&x| f32::from(x) * self.centroid_step(axis));
        self.axes.iter().enumerate().map(at).zip(places).map(|(centroid, place)| place - centroid).collect()
    }
}

/// A centroid as readers have it: the steps on its axes.
fn in_steps(centroid: &[f32], metric: &Metric) -> Vec<i16> {
    let on = metric.axes[..metric.centroid_axes].iter().zip(centroid);
    on.map(|(axis, x)| (x / metric.centroid_step(axis)).round() as i16).collect()
}

#[derive(Serialize)]
struct WriteTexts<'a> {
    articles: Vec<&'a Article>,
    passages: Vec<WritePlaced<'a>>,
}

#[derive(Serialize)]
struct WritePlaced<'a> {
    index: u32,
    own: usize,
    #[serde(flatten)]
    passage: &'a Passage,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
}

/// The JSON of a shard of texts.
fn texts(bundle: &Bundle, places: &[u32]) -> Result<String> {
    let mut own: Vec<usize> = places.iter().map(|&index| bundle.passages[index as usize].article).collect();
    own.sort_unstable();
    own.dedup();
    let passages = places.iter().map(|&index| {
        let passage = &bundle.passages[index as usize];
        let own = own.partition_point(|&article| article < passage.article);
        WritePlaced { index, own, passage, text: &passage.text }
    });
    let passages = passages.collect();
    to_json(&WriteTexts {
        articles: own.iter().map(|&article| &bundle.articles[article]).collect(),
        passages,
    })
}
