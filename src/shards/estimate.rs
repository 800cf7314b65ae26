//! Which clusters hold the best passages, before any of them is there.
//!
//! A passage's score by words is known from its words' lists; its score by meaning is estimated by its cluster: the
//! centroid's, with a normal error whose variance is that of the passages around centroids. Of all passages, the k best are
//! those above a threshold at which the expected number of passages is k; so each cluster is expected to hold a share of them.

use std::cmp::Ordering;

use super::start::{Cluster, Start};
use crate::vector::top_k::top_k;

/// What is known of a passage by its words and its cluster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guess {
    pub cluster: u32,
    /// How many passages it is the guess for.
    pub count: f32,
    pub mean: f32,
    pub deviation: f32,
}

impl Guess {
    /// How many of its passages are expected above a threshold.
    pub fn above(&self, threshold: f32) -> f32 {
        self.count * tail((threshold - self.mean) / self.deviation)
    }
}

/// What can be said of how complete the k best are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Claim {
    /// First those that are known, best first, at least k if there are so many; then the guesses for all that are not there.
    pub all: Vec<Guess>,
    /// How many are known.
    pub near: usize,
    pub k: usize,
}

impl Claim {
    /// The share of the k best of the whole bundle that is expected to be among the k best of those known, if their scores lie so far
    /// from those of the whole bundle: a standard deviation.
    pub fn share(mut self, noise: f32) -> f32 {
        if self.near == self.all.len() && self.near <= self.k {
            return 1.0;
        }
        self.all[..self.near].iter_mut().for_each(|known| known.deviation = noise.max(1e-6));
        let threshold = threshold(&self.all, self.k as f32);
        let best = self.all.iter().take(self.near.min(self.k));
        (best.map(|known| known.above(threshold)).sum::<f32>() / self.k as f32).min(1.0)
    }
}

/// How far scores along `target` lie around the centroid's in each cluster.
pub(super) fn deviation(start: &Start, target: &[f32]) -> impl Fn(&Cluster) -> f32 {
    let axes = start.metric.axes.iter().zip(target);
    let variance: f32 = axes.map(|(axis, target)| target * target * axis.within).sum();
    move |cluster| (variance * super::start::power(32 * i32::from(cluster.spread))).sqrt()
}

/// The threshold above which `k` of these are expected; the lowest mean less four deviations where there are fewer.
pub(super) fn threshold(guesses: &[Guess], k: f32) -> f32 {
    let ends = |sign: f32| guesses.iter().map(move |guess| guess.mean + sign * 4.0 * guess.deviation);
    let mut low = ends(-1.0).fold(f32::INFINITY, f32::min);
    let mut high = ends(1.0).fold(f32::NEG_INFINITY, f32::max);
    // Of 2k means above it, half are expected above it at least: so the threshold is no lower, and most guesses are far below.
    let means: Vec<f32> = guesses.iter().map(|guess| guess.mean).collect();
    let many = 2 * k as usize;
    if let Some(&last) = top_k(&means, many).last().filter(|_| means.len() >= many) {
        low = low.max(means[last]);
    }
    let near: Vec<&Guess> = guesses.iter().filter(|guess| guess.mean + 5.0 * guess.deviation > low).collect();
    // Not numbers are in no order.
    if low.partial_cmp(&high) != Some(Ordering::Less) {
        return low;
    }
    for _ in 0..24 {
        let middle = low.midpoint(high);
        let above: f32 = near.iter().map(|guess| guess.above(middle)).sum();
        if above > k { low = middle } else { high = middle }
    }
    low
}

/// The probability that a standard normal variable is above `z`.
pub(super) fn tail(z: f32) -> f32 {
    let place = z.abs() * 8.0;
    if place >= 39.0 || place.is_nan() {
        return if z < 0.0 { 1.0 } else { 0.0 };
    }
    let (whole, part) = (place as usize, place.fract());
    let upper = TAIL[whole] + (TAIL[whole + 1] - TAIL[whole]) * part;
    if z < 0.0 { 1.0 - upper } else { upper }
}

/// [`tail`] at eighths.
const TAIL: [f32; 41] = [
    0.500000, 0.450262, 0.401294, 0.353830, 0.308538, 0.265986, 0.226627, 0.190787, 0.158655, 0.130295,
    0.105650, 0.084566, 0.066807, 0.052081, 0.040059, 0.030396, 0.022750, 0.016793, 0.012224, 0.008774,
    0.006210, 0.004332, 0.002980, 0.002020, 0.001350, 0.000889, 0.000577, 0.000369, 0.000233, 0.000144,
    0.000088, 0.000053, 0.000032, 0.000019, 0.000011, 0.000006, 0.000003, 0.000002, 0.000001, 0.000001,
    0.000000,
];
