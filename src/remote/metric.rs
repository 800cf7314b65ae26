//! What the mean and the covariance of all rows say of scores.

use std::sync::OnceLock;

use super::manifest::Clusters;
use crate::rank::Moments;
use crate::rank::mixture::{Mixture, times};
use crate::rank::whitened::{Direction, InDimensions, QUERY_SHRINKAGE};
use crate::vector::dense::{Dense, dot};
use crate::vector::{Matrix, Rows};

/// Mean and covariance of the collection's rows.
#[derive(Debug)]
pub(super) struct Metric {
    moments: Moments,
    mean: Vec<f64>,
    covariance: Matrix,
    /// 1 over the whitened length of each random row.
    scales: Vec<f32>,
    whitening: OnceLock<InDimensions>,
}

/// Mean and standard deviation of the scores of all rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spread {
    pub mean: f64,
    pub deviation: f64,
}

impl Spread {
    /// The z-score of a score; 0 where scores do not vary, as in [`crate::rank::fusion::z_scores`].
    pub fn z(&self, score: f32) -> f32 {
        if self.deviation <= f64::from(f32::EPSILON) * self.mean.abs() {
            return 0.0;
        }
        ((f64::from(score) - self.mean) / self.deviation) as f32
    }
}

impl Metric {
    pub fn new(rows: usize, mean: &[f64], covariance: Dense, scales: Vec<f32>) -> Self {
        let values: Vec<f32> = covariance.data.iter().map(|&x| x as f32).collect();
        let narrow = Matrix::from_values(&values, covariance.size);
        let moments = Moments::of_covariance(rows, mean, covariance);
        Self { moments, mean: mean.to_vec(), covariance: narrow, scales, whitening: OnceLock::new() }
    }

    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The mixture of all rows. The covariance within clusters is that of all rows less that of the centroids.
    pub fn mixture(&self, rows: usize, clusters: Clusters) -> Mixture {
        let Clusters { counts, centroids } = clusters;
        let all: f64 = counts.iter().map(|&count| f64::from(count)).sum();
        let dims = centroids.dims();
        let mut within = self.covariance.clone();
        for (number, &count) in counts.iter().enumerate() {
            let share = f64::from(count) / all;
            let from: Vec<f32> = centroids
                .values(number)
                .iter()
                .zip(&self.mean)
                .map(|(&x, mean)| ((f64::from(x) - mean) * share.sqrt()) as f32)
                .collect();
            for i in 0..dims {
                within.values_mut(i).iter_mut().zip(&from).for_each(|(to, x)| *to -= from[i] * x);
            }
        }
        // How many rows of all a cluster of the sample stands for.
        let counts = counts.iter().map(|&count| f64::from(count) * rows as f64 / all).collect();
        Mixture::new(counts, centroids, within)
    }

    /// The mean of the products of all rows with a vector.
    pub fn mean_product(&self, vector: &[f32]) -> f64 {
        vector.iter().zip(&self.mean).map(|(&x, mean)| f64::from(x) * mean).sum()
    }

    /// Of the products of all rows with a vector: exact, as far as the covariance is.
    pub fn spread(&self, vector: &[f32]) -> Spread {
        let wide: Vec<f64> = vector.iter().map(|&x| x.into()).collect();
        let image = times(&self.covariance, vector);
        Spread { mean: dot(&wide, &self.mean), deviation: dot(&wide, &image).max(0.0).sqrt() }
    }

    pub fn whitening(&self) -> &InDimensions {
        self.whitening.get_or_init(|| InDimensions::of(&self.moments, QUERY_SHRINKAGE))
    }

    /// The largest scale of a random row.
    pub fn largest_scale(&self) -> f32 {
        self.scales.iter().copied().fold(0.0, f32::max)
    }

    /// Of the whitened scores of all rows, estimated: what random rows' scores vary next to their products with the direction, times what
    /// all rows' products vary, which is known.
    pub fn whitened_spread(&self, direction: &Direction, passages: &Matrix) -> Spread {
        let mut scores = vec![0.0; passages.rows()];
        passages.scan(&passages.pad(&direction.vector), &mut scores);
        direction.scale(&mut scores);
        let products = of_sample(scores.iter().copied());
        let scaled = of_sample(scores.iter().zip(&self.scales).map(|(score, scale)| score * scale));
        let exact = self.spread(&direction.vector).deviation * direction.length;
        if products.deviation <= 0.0 {
            let usual = of_sample(self.scales.iter().copied()).mean;
            return Spread { mean: 0.0, deviation: exact * usual };
        }
        let ratio = scaled.deviation / products.deviation;
        Spread { mean: scaled.mean - ratio * products.mean, deviation: exact * ratio }
    }
}

/// Of some scores themselves.
pub(super) fn of_sample(scores: impl Iterator<Item = f32> + Clone) -> Spread {
    let count = scores.clone().count().max(1) as f64;
    let mean = scores.clone().map(f64::from).sum::<f64>() / count;
    let variance = scores.map(|score| (f64::from(score) - mean).powi(2)).sum::<f64>() / count;
    Spread { mean, deviation: variance.sqrt() }
}
