//! The SVM of a bundle in shards. It learns from the passages of the clusters that its own query asks for; a mixture of all other clusters
//! stands for the rest.

use std::sync::OnceLock;

use super::Shards;
use super::place::{MORE_AXES, Target};
use super::start::{Cluster, Metric, Start};
use crate::rank::Moments;
use crate::rank::mixture::{KeptSteering, Mixture, Problem, Solution, Training};
use crate::rank::svm::{Params, SolverReport};
use crate::vector::Matrix;
use crate::vector::dense::Dense;
use crate::{Result, SearchOptions};

/// Whether this core has the SVM. A page begins with one that has not (`docs/decisions/core-size.md`).
pub(super) const IS_HERE: bool = cfg!(any(not(target_arch = "wasm32"), feature = "wasm-whole"));

/// It is solved until no step would change scores by more than this share of how much they vary: less than rounded places do.
const TOLERANCE: f64 = 3e-3;

/// What it knows of all passages.
#[derive(Debug, Default)]
pub(super) struct Background {
    mixture: OnceLock<Mixture>,
    steering: KeptSteering,
}

/// What it learns, but for the passages.
pub(super) struct Learner {
    /// Their places.
    positives: Vec<Vec<f32>>,
    /// Passages that are no negatives, and those that are of more weight, as places among all, ascending.
    left_out: Vec<u32>,
    disliked: Vec<u32>,
    params: Params,
}

impl Metric {
    /// The mixture of all clusters. They share one covariance, in which no axis depends on another.
    fn mixture(&self, clusters: &[Cluster]) -> Mixture {
        let dims = self.axes.len() + MORE_AXES;
        let centroids = clusters.iter().flat_map(|cluster| self.centroid_place(cluster)).collect();
        let mut within = Matrix::zeros(dims, dims);
        for (i, axis) in self.axes.iter().enumerate() {
            let share = (axis.within / axis.variance.max(f32::MIN_POSITIVE)).min(1.0);
            within.values_mut(i)[i] = axis.plain * share;
        }
        let counts = clusters.iter().map(|cluster| f64::from(cluster.count)).collect();
        Mixture::new(counts, Matrix::from_vec(centroids, dims), within)
    }

    /// The mean and the covariance of so many passages.
    fn moments(&self, passages: u32) -> Moments {
        let mean: Vec<f64> = self.mean().into_iter().map(f64::from).collect();
        let mut covariance = Dense::zeros(mean.len());
        for (i, axis) in self.axes.iter().enumerate() {
            covariance.data[i * mean.len() + i] = f64::from(axis.plain);
        }
        Moments::of_covariance(passages as usize, &mean, covariance)
    }
}

impl Learner {
    /// From the places of the query and liked articles, and the passages of liked and of disliked ones, ascending.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) if an option of the SVM is out of range.
    pub fn new(
        positives: Vec<Vec<f32>>,
        [left_out, disliked]: [Vec<u32>; 2],
        options: &SearchOptions,
    ) -> Result<Self> {
        Ok(Self { positives, left_out, disliked, params: options.svm.check()? })
    }

    /// The clusters of the examples.
    pub fn own_clusters(&self, start: &Start) -> Vec<usize> {
        self.left_out.iter().chain(&self.disliked).map(|&passage| start.cluster_of(passage)).collect()
    }

    /// What passages are compared with before any is known: the positives themselves.
    pub fn before(&self, start: &Start) -> Target {
        let mut sum = vec![0.0; start.metric.axes.len() + MORE_AXES];
        for positive in &self.positives {
            sum.iter_mut().zip(positive).for_each(|(sum, x)| *sum += x);
        }
        start.metric.plain(&sum)
    }

    /// The SVM that learns from the passages of these clusters, as far as they are there. The others count as the mixture has them.
    pub fn learn(&self, shards: &Shards, start: &Start, clusters: &[usize]) -> (Target, SolverReport) {
        let metric = &start.metric;
        let background = &shards.background;
        let mixture = background.mixture.get_or_init(|| metric.mixture(&start.clusters));
        let steering = background.steering.of(self.params.c(), || metric.moments(start.passages));
        let mut counts = mixture.counts.clone();
        let (mut rows, mut weights) = (Vec::new(), Vec::new());
        for &cluster in clusters {
            let Some(passages) = &shards.passages[cluster] else { continue };
            counts[cluster] = 0.0;
            let cluster = &start.clusters[cluster];
            let place = metric.places_of(cluster, passages);
            for i in 0..passages.articles.len() {
                if let Some(weight) = self.weight(cluster.start + i as u32) {
                    weights.push(weight);
                    rows.extend(place(i));
                }
            }
        }
        let candidates = Matrix::from_vec(rows, metric.axes.len() + MORE_AXES);
        let training =
            Training { positives: &self.positives, candidates: &candidates, weights, mixture, counts };
        // Damaged lists may name a passage twice.
        let negatives = (start.passages as usize).saturating_sub(self.left_out.len());
        let problem = Problem::new(training, negatives, &self.params);
        let Solution { vector, report, .. } = problem.solve(&steering, TOLERANCE, None);
        (metric.plain(&vector), report)
    }

    /// What a passage counts as a negative; nothing if it is none.
    fn weight(&self, passage: u32) -> Option<f32> {
        let is_in = |list: &[u32]| list.binary_search(&passage).is_ok();
        let weight = if is_in(&self.disliked) { self.params.less_weight() as f32 } else { 1.0 };
        (!is_in(&self.left_out)).then_some(weight)
    }
}
