//! The start: what every query needs before the planner knows which shards to ask for.

use super::code::{Context, Numbers, Rows, Words, bits, float};
use super::shard::{Id, Kind, damaged};
use crate::Result;
use crate::encoder::range_coder::{Coder, Decoder};

/// Most of each that a start may announce: far above what a site has, and no more than a page can hold.
const MAX_PASSAGES: u32 = 1 << 24;
const MAX_FILES: u32 = 1 << 20;
const MAX_AXES: u32 = 4096;
pub(super) const MAX_FIELDS: u32 = 64;
const MAX_CENTROIDS: u64 = 1 << 25;

/// Numbers above 0 are kept as whole 256ths of a doubling.
const LOG_PARTS: i32 = 256;
/// Places on axes are kept in so many steps from 0 to the largest.
const PLACE_STEPS: f32 = 4095.0;

/// What each query needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Start {
    pub passages: u32,
    pub articles: u32,
    /// The first word of each file of words but the first, cut after what tells it from the word before.
    pub words: Vec<String>,
    /// The same of the files of n-grams.
    pub ngrams: Vec<String>,
    /// How many files of texts there are, and of how many passages each but the last.
    pub texts: u32,
    pub texts_of: u32,
    /// The names of articles' fields that have a shard of their values, ascending.
    pub fields: Vec<String>,
    /// The commonest words, ascending.
    pub common: Vec<Common>,
    pub clusters: Vec<Cluster>,
    pub metric: Metric,
    /// Nothing where the bundle has no query encoder.
    pub encoder: Option<EncoderStart>,
}

/// A word of many passages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Common {
    pub text: String,
    /// In how many passages it is.
    pub frequency: u32,
    /// Its weight and its row of the query encoder, if it has one.
    pub row: Option<(u8, Vec<i16>)>,
}

/// Passages that lie near each other, by the length of their texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cluster {
    /// The place of its first passage among all, and how many it has.
    pub start: u32,
    pub count: u32,
    /// The codes of the lengths after a sixth of its passages and after five sixths.
    pub lengths: [u8; 2],
    /// How far its passages lie from its centroid, next to those of all clusters, in eighths of a doubling of the variance.
    pub spread: i8,
    /// In the metric's steps of centroids, on its first axes.
    pub centroid: Vec<i16>,
}

/// Where passages lie: unit vectors of whitened space on its principal axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metric {
    pub axes: Vec<Axis>,
    /// On how many of the axes centroids have places.
    pub centroid_axes: usize,
    /// A step of a centroid is this many of its axis's.
    pub centroid_step: f32,
    /// The root of the metric in all directions that have no axis.
    pub rest: f32,
    /// Of offset o, mean passage m and d, which is m less the mean query: o·o, o·d, o·m, m·m, m·d, d·d.
    pub products: [f32; 6],
    /// The mean length of passages in the metric, which [`Metric::axes`] are without.
    pub norm: f32,
}

/// A principal direction of the passages, and what is known along it. Variances and steps are of unit vectors of whitened space.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Axis {
    /// What a place in the embedding space is multiplied by.
    pub root: f32,
    /// Places in the embedding space: the encoder's offset, the mean passage, and that less the mean query.
    pub offset: f32,
    pub mean: f32,
    pub shift: f32,
    /// The mean of all passages, and their variance.
    pub centre: f32,
    pub variance: f32,
    /// Their variance around the centroids of their clusters.
    pub within: f32,
    /// The step of passages' places, and the class of their size.
    pub step: f32,
    pub class: u8,
    /// The variance of all passages in the embedding space.
    pub plain: f32,
}

/// What of the query encoder every text needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EncoderStart {
    /// The step of coefficients along each of its directions; the first are the metric's axes.
    pub steps: Vec<f32>,
    /// The class of the coefficients' size.
    pub classes: Vec<u8>,
    /// What a word that it does not know weighs.
    pub unknown: u8,
}

impl Start {
    pub fn read(payload: &[u8]) -> Result<Self> {
        let mut coder = Decoder::new(payload);
        let wrong = |problem: &str| damaged(Id::new(Kind::Start, 0), problem);
        let start =
            Self::default().code(&mut coder).ok_or_else(|| wrong("has counts or words that cannot be"))?;
        if coder.overrun() {
            return Err(wrong("was cut short"));
        }
        if !coder.ends() {
            return Err(wrong("has more bytes after its end"));
        }
        Ok(start)
    }

    #[cfg(feature = "fit")]
    pub fn write(&self) -> Vec<u8> {
        let mut coder = crate::encoder::range_coder::Encoder::default();
        let _ = self.code(&mut coder);
        coder.finish()
    }

    /// Writes itself, or reads another; nothing where what stands there cannot be.
    pub fn code(&self, coder: &mut impl Coder) -> Option<Self> {
        let mut counts = Numbers::default();
        let mut count = |coder: &mut _, value: usize, most: u32| {
            let read = counts.code(coder, value as u32);
            (read <= most).then_some(read)
        };
        let passages = count(coder, self.passages as usize, MAX_PASSAGES)?;
        let articles = count(coder, self.articles as usize, passages)?;
        let words = count(coder, self.words.len(), MAX_FILES)?;
        let ngrams = count(coder, self.ngrams.len(), MAX_FILES)?;
        let texts = count(coder, self.texts as usize, passages)?;
        let texts_of = count(coder, self.texts_of as usize, passages)?;
        let fields = count(coder, self.fields.len(), MAX_FIELDS)?;
        let common = count(coder, self.common.len(), MAX_FILES)?;
        let clusters = count(coder, self.clusters.len(), passages)?;
        let axes = count(coder, self.metric.axes.len(), MAX_AXES)?;
        let centroid_axes = count(coder, self.metric.centroid_axes, axes)?;
        if u64::from(clusters) * u64::from(centroid_axes) > MAX_CENTROIDS {
            return None;
        }
        let words = names(coder, &self.words, words)?;
        let ngrams = names(coder, &self.ngrams, ngrams)?;
        let fields = names(coder, &self.fields, fields)?;
        let metric = self.metric.code(coder, axes as usize, centroid_axes as usize);
        let encoder = EncoderStart::code(self.encoder.as_ref(), coder)?;
        let common = self.code_common(coder, common as usize, encoder.as_ref())?;
        let clusters = self.code_clusters(coder, clusters as usize, passages, &metric)?;
        Some(Self {
            passages,
            articles,
            words,
            ngrams,
            texts,
            texts_of,
            fields,
            common,
            clusters,
            metric,
            encoder,
        })
    }

    fn code_common(
        &self,
        coder: &mut impl Coder,
        count: usize,
        encoder: Option<&EncoderStart>,
    ) -> Option<Vec<Common>> {
        let (mut words, mut frequencies, mut rows) = (Words::default(), Numbers::default(), Rows::default());
        let mut has_row = Context::default();
        let mut read = Vec::new();
        for index in 0..count {
            let none = Common::default();
            let Common { text, frequency, row } = self.common.get(index).unwrap_or(&none);
            let text = words.code(coder, text)?;
            let frequency = frequencies.code(coder, *frequency);
            let row = match encoder {
                Some(encoder) if has_row.bit(coder, row.is_some()) => {
                    Some(code_row(coder, row.as_ref(), &mut rows, &encoder.classes))
                }
                _ => None,
            };
            read.push(Common { text, frequency, row });
            if coder.overrun() {
                return None;
            }
        }
        Some(read)
    }

    fn code_clusters(
        &self,
        coder: &mut impl Coder,
        count: usize,
        passages: u32,
        metric: &Metric,
    ) -> Option<Vec<Cluster>> {
        let mut numbers: [Numbers; 4] = Default::default();
        let mut rows = Rows::default();
        let classes: Vec<u8> =
            metric.axes[..metric.centroid_axes].iter().map(|axis| metric.centroid_class(axis)).collect();
        let mut read = Vec::new();
        let mut before = Cluster::default();
        for index in 0..count {
            let none = Cluster { centroid: vec![0; classes.len()], ..Cluster::default() };
            let cluster = self.clusters.get(index).unwrap_or(&none);
            let [counts, lows, highs, spreads] = &mut numbers;
            let start = before.start + before.count;
            let count = counts.signed(coder, cluster.count as i32 - before.count as i32);
            let count = before.count.checked_add_signed(count)?;
            if count > passages - start {
                return None;
            }
            let low = lows.signed(coder, i32::from(cluster.lengths[0]) - i32::from(before.lengths[0]));
            let low = u8::try_from(i32::from(before.lengths[0]).checked_add(low)?).ok()?;
            let high = highs.code(coder, u32::from(cluster.lengths[1].saturating_sub(cluster.lengths[0])));
            let high = u8::try_from(u32::from(low).checked_add(high)?).ok()?;
            let spread = spreads.signed(coder, i32::from(cluster.spread)) as i8;
            let mut centroid = cluster.centroid.clone();
            rows.code(coder, &mut centroid, &classes);
            before = Cluster { start, count, lengths: [low, high], spread, centroid };
            read.push(before.clone());
            if coder.overrun() {
                return None;
            }
        }
        (before.start + before.count == passages).then_some(read)
    }

    /// The cluster of a place among all passages.
    pub fn cluster_of(&self, place: u32) -> usize {
        self.clusters.partition_point(|cluster| cluster.start <= place).saturating_sub(1)
    }

    /// The codes of all passages' lengths, nearly: within their clusters they ascend.
    pub fn lengths(&self) -> Vec<u8> {
        let mut lengths = Vec::with_capacity(self.passages as usize);
        for Cluster { count, lengths: [low, high], .. } in &self.clusters {
            let (low, high) = (i64::from(*low), i64::from(*high));
            let count = i64::from(*count);
            // In sixths of the cluster: from 1 to 5 the length goes from low to high.
            let at = |place: i64| low + (high - low) * (6 * (2 * place + 1) - 2 * count) / (8 * count);
            lengths.extend((0..count).map(|place| at(place).clamp(1, 255) as u8));
        }
        lengths
    }
}

fn names(coder: &mut impl Coder, names: &[String], count: u32) -> Option<Vec<String>> {
    let mut words = Words::default();
    let mut read = Vec::new();
    for index in 0..count as usize {
        read.push(words.code(coder, names.get(index).map_or("", String::as_str))?);
        if coder.overrun() {
            return None;
        }
    }
    Some(read)
}

/// A weight and a row of the query encoder.
fn code_row(
    coder: &mut impl Coder,
    row: Option<&(u8, Vec<i16>)>,
    rows: &mut Rows,
    classes: &[u8],
) -> (u8, Vec<i16>) {
    let weight = bits(coder, row.map_or(0, |row| u32::from(row.0)), 8) as u8;
    let mut values = row.map_or(Vec::new(), |row| row.1.clone());
    values.resize(classes.len(), 0);
    rows.code(coder, &mut values, classes);
    (weight, values)
}

impl EncoderStart {
    /// `None` within where there is no encoder, without where there cannot be what stands there.
    #[expect(clippy::option_option)]
    fn code(encoder: Option<&Self>, coder: &mut impl Coder) -> Option<Option<Self>> {
        if bits(coder, u32::from(encoder.is_some()), 1) == 0 {
            return Some(None);
        }
        let none = Self::default();
        let Self { steps, classes, unknown } = encoder.unwrap_or(&none);
        let count = bits(coder, steps.len() as u32, 16);
        if count > MAX_AXES {
            return None;
        }
        let unknown = bits(coder, u32::from(*unknown), 8) as u8;
        let steps = logs(coder, count as usize, |i| steps.get(i).copied().unwrap_or(0.0));
        let classes = class_list(coder, count as usize, |i| classes.get(i).copied().unwrap_or(0));
        Some(Some(Self { steps, classes, unknown }))
    }
}

impl Metric {
    fn code(&self, coder: &mut impl Coder, axes: usize, centroid_axes: usize) -> Self {
        let axis = |i: usize| self.axes.get(i).copied().unwrap_or_default();
        let roots = logs(coder, axes, |i| axis(i).root);
        let offsets = places(coder, axes, |i| axis(i).offset);
        let means = places(coder, axes, |i| axis(i).mean);
        let shifts = places(coder, axes, |i| axis(i).shift);
        let centres = places(coder, axes, |i| axis(i).centre);
        let variances = logs(coder, axes, |i| axis(i).variance);
        let within = logs(coder, axes, |i| axis(i).within);
        let steps = logs(coder, axes, |i| axis(i).step);
        let classes = class_list(coder, axes, |i| axis(i).class);
        let plain = logs(coder, axes, |i| axis(i).plain);
        let axes = (0..axes).map(|i| Axis {
            root: roots[i],
            offset: offsets[i],
            mean: means[i],
            shift: shifts[i],
            centre: centres[i],
            variance: variances[i],
            within: within[i],
            step: steps[i],
            class: classes[i],
            plain: plain[i],
        });
        Self {
            axes: axes.collect(),
            centroid_axes,
            centroid_step: float(coder, self.centroid_step),
            rest: float(coder, self.rest),
            products: self.products.map(|product| float(coder, product)),
            norm: float(coder, self.norm),
        }
    }

    /// The step of centroids' places on an axis.
    pub fn centroid_step(&self, axis: &Axis) -> f32 {
        axis.step * self.centroid_step
    }

    /// The class of their size there: they vary by what clusters do not.
    pub fn centroid_class(&self, axis: &Axis) -> u8 {
        let between = (axis.variance - axis.within).max(axis.variance / 64.0).max(0.0);
        // The mean magnitude of a normal variable is 0.8 of its deviation.
        let size = 0.8 * between.sqrt() / self.centroid_step(axis);
        super::code::size_class((size * super::code::SIZE_PARTS as f32).clamp(0.0, 1e6) as u32)
    }
}

/// Numbers above 0, each next to the one before.
fn logs(coder: &mut impl Coder, count: usize, value: impl Fn(usize) -> f32) -> Vec<f32> {
    let mut numbers = Numbers::default();
    let mut before = 0;
    (0..count)
        .map(|i| {
            let log = (f64::from(value(i).max(1e-12)).log2() * f64::from(LOG_PARTS)).round() as i32;
            before = numbers.signed(coder, log.wrapping_sub(before)).wrapping_add(before);
            power(before)
        })
        .collect()
}

/// 2 to the power of so many 256ths, from square roots: these are the same everywhere.
pub(super) fn power(log: i32) -> f32 {
    let log = log.clamp(-LOG_PARTS * 60, LOG_PARTS * 60);
    let (whole, mut part) = (log.div_euclid(LOG_PARTS), log.rem_euclid(LOG_PARTS));
    let mut root = 2.0f64;
    let mut result = if whole < 0 { 1.0 / (1u64 << -whole) as f64 } else { (1u64 << whole) as f64 };
    while part > 0 {
        root = root.sqrt();
        part *= 2;
        if part >= LOG_PARTS {
            result *= root;
            part -= LOG_PARTS;
        }
    }
    result as f32
}

/// Numbers of either sign, in steps of the largest.
fn places(coder: &mut impl Coder, count: usize, value: impl Fn(usize) -> f32) -> Vec<f32> {
    let largest = (0..count).fold(0.0f32, |largest, i| largest.max(value(i).abs()));
    let step = float(coder, largest / PLACE_STEPS);
    let mut numbers = Numbers::default();
    let whole = |i| if step > 0.0 { (value(i) / step).round() as i32 } else { 0 };
    (0..count).map(|i| numbers.signed(coder, whole(i)) as f32 * step).collect()
}

fn class_list(coder: &mut impl Coder, count: usize, class: impl Fn(usize) -> u8) -> Vec<u8> {
    let mut numbers = Numbers::default();
    let mut before = 0;
    (0..count)
        .map(|i| {
            before = (numbers.signed(coder, i32::from(class(i)) - before) + before).clamp(0, 23);
            before as u8
        })
        .collect()
}
