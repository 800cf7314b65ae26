//! A cluster of passages: their articles, lengths and coordinates.

use super::code::{Numbers, Rows, below};
use super::shard::{Id, Kind};
use super::start::{Cluster, Metric, Start, power};
use super::words::read;
use crate::Result;
use crate::encoder::range_coder::Coder;

/// The passages of a cluster, ordered by the lengths of their texts in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Passages {
    /// The article of each, and which of its passages it is.
    pub articles: Vec<u32>,
    pub ordinals: Vec<u32>,
    /// The codes of their lengths in words.
    pub lengths: Vec<u8>,
    /// Their lengths in the metric, in sixteenths of a doubling.
    pub norms: Vec<i16>,
    /// Their coordinates on the metric's axes, from the centroid, in steps; row after row.
    pub places: Vec<i16>,
}

/// 256ths of a doubling in a step of [`Passages::norms`].
pub(super) const NORM_STEP: i32 = 16;

impl Passages {
    pub fn read(number: u32, payload: &[u8], start: &Start) -> Result<Self> {
        let count = start.clusters[number as usize].count as usize;
        let id = Id { kind: Kind::Passages, number };
        read(id, payload, |coder| Self::default().code(coder, count, start))
    }

    /// Writes itself, or reads others, `count` of them.
    pub fn code(&self, coder: &mut impl Coder, count: usize, start: &Start) -> Option<Self> {
        let mut numbers: [Numbers; 3] = Default::default();
        let [ordinals, lengths, norms] = &mut numbers;
        let classes: Vec<u8> = start.metric.axes.iter().map(|axis| axis.class).collect();
        let mut rows = Rows::default();
        let mut read = Self::default();
        let (mut length, mut norm) = (0u32, 0i32);
        let at = |list: &[u32], i: usize| list.get(i).copied().unwrap_or(0);
        for i in 0..count {
            read.articles.push(below(coder, at(&self.articles, i), start.articles));
            read.ordinals.push(ordinals.code(coder, at(&self.ordinals, i)));
            let own = u32::from(self.lengths.get(i).copied().unwrap_or(0));
            length = length.checked_add(lengths.code(coder, own.wrapping_sub(length)))?;
            read.lengths.push(u8::try_from(length).ok()?);
            let own = i32::from(self.norms.get(i).copied().unwrap_or(0));
            norm = norms.signed(coder, own.wrapping_sub(norm)).wrapping_add(norm);
            read.norms.push(i16::try_from(norm).ok()?);
            let mut row = vec![0; classes.len()];
            if let Some(own) = self.places.get(i * row.len()..(i + 1) * row.len()) {
                row.copy_from_slice(own);
            }
            rows.code(coder, &mut row, &classes);
            read.places.extend(row);
            if coder.overrun() {
                return None;
            }
        }
        Some(read)
    }

    /// The similarity of each to a target on the metric's axes.
    pub fn products(&self, metric: &Metric, cluster: &Cluster, target: &[f32]) -> Vec<f32> {
        let scaled: Vec<f32> =
            metric.axes.iter().zip(target).map(|(axis, target)| axis.step * target).collect();
        let common = metric.centroid_product(cluster, target);
        let product = |row: &[i16]| {
            common + row.iter().zip(&scaled).map(|(&place, target)| f32::from(place) * target).sum::<f32>()
        };
        match scaled.len() {
            0 => vec![0.0; self.articles.len()],
            axes => self.places.chunks_exact(axes).map(product).collect(),
        }
    }

    /// The length in the metric of each.
    pub fn norm(&self, i: usize) -> f32 {
        power(i32::from(self.norms[i]) * NORM_STEP)
    }
}

impl Metric {
    /// The similarity of a cluster's centroid to a target.
    pub fn centroid_product(&self, cluster: &Cluster, target: &[f32]) -> f32 {
        let steps = self.axes.iter().map(|axis| self.centroid_step(axis));
        steps
            .zip(&cluster.centroid)
            .zip(target)
            .map(|((step, &place), target)| f32::from(place) * step * target)
            .sum()
    }
}
