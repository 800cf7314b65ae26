//! The exemplar SVM of a query against candidates, which are known row by row, and a mixture of all other rows.
//!
//! Minimise P(w) = ½|w|² + c₊ max(0, 1 - w·q)² + c₋ (Σ max(0, 1 + w·x)² over the candidates + Σ nₖ E max(0, 1 + t)² over the clusters),
//! t being normal with the mean w·μₖ and the variance w'Σw of the pooled covariance. Every vector ends in a constant 1, and costs are those
//! of [`crate::rank::svm`] for all rows: with n rows, c₊ = C (n + 1) / 2 and c₋ = c₊ / n. The mean of convex functions is convex, so there
//! is one optimum. Quasi-Newton steps find it, steered by the inverse Hessian of a typical query.

use super::metric::Steering;
use super::mixture::{Hinge, Mixture};
use crate::rank::svm::{Lbfgs, Params, SolverReport, Stop, lowest_point};
use crate::vector::dense::{add, dot, norm};
use crate::vector::{Matrix, Rows};

/// Steps, at most.
const MAX_STEPS: usize = 60;
/// The relative precision of a step's length, and the most steps of its search.
const LENGTH: f64 = 1e-2;
const LENGTH_STEPS: usize = 20;

pub(super) struct Problem<'a> {
    pub mixture: &'a Mixture,
    pub candidates: &'a Matrix,
    /// The rows that each cluster has beside the candidates.
    counts: Vec<f64>,
    /// The query with its constant 1.
    positive: Vec<f64>,
    positive_cost: f64,
    negative_cost: f64,
}

/// The w that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Solution {
    /// Without the intercept.
    pub vector: Vec<f32>,
    pub intercept: f64,
    pub report: SolverReport,
}

/// A point, and what is known of the margins there.
struct Point {
    w: Vec<f64>,
    along: Along,
}

/// Products with a vector that ends in an intercept.
struct Along {
    rows: Vec<f64>,
    clusters: Vec<f64>,
    /// The pooled covariance times the vector.
    within: Vec<f64>,
}

impl<'a> Problem<'a> {
    /// `rows` is how many there are in all, and `clusters` has the cluster of each candidate.
    pub fn new(
        mixture: &'a Mixture,
        candidates: &'a Matrix,
        clusters: &[u32],
        query: &[f32],
        rows: usize,
        params: &Params,
    ) -> Self {
        let class_cost = params.c() * (rows as f64 + 1.0) / 2.0;
        Self {
            mixture,
            candidates,
            counts: mixture.counts_without(clusters),
            positive: query.iter().map(|&x| f64::from(x)).chain([1.0]).collect(),
            positive_cost: class_cost * params.positive_weight(),
            negative_cost: class_cost / rows as f64,
        }
    }

    /// Goes on until no step would change scores by more than this share of how much they vary.
    pub fn solve(&self, steering: &Steering, tolerance: f64) -> Solution {
        let steer = Steer::new(self, steering);
        let mut at = Point { w: vec![0.0; self.positive.len()], along: self.at_zero() };
        let mut gradient = self.gradient(&at);
        let mut memory = Lbfgs::default();
        let mut stop = Stop::StepLimit;
        let mut steps = 0;
        while steps < MAX_STEPS {
            let direction = memory.direction(&gradient, |vector| steer.times(vector));
            let along = self.along(&direction);
            let (change, size) = (self.size(&direction, &along), self.size(&at.w, &at.along));
            let length = self.line_search(&at, &direction, &along);
            if length.is_nan() || length <= 0.0 {
                stop = Stop::Rounding;
                break;
            }
            steps += 1;
            add(&mut at.w, length, &direction);
            add(&mut at.along.rows, length, &along.rows);
            add(&mut at.along.clusters, length, &along.clusters);
            add(&mut at.along.within, length, &along.within);
            if length * change <= tolerance * size {
                stop = Stop::Converged;
                break;
            }
            let next = self.gradient(&at);
            let bend = next.iter().zip(&gradient).map(|(new, old)| new - old).collect();
            memory.learn(direction.into_iter().map(|x| length * x).collect(), bend);
            gradient = next;
        }
        let gap = 0.5 * norm(&gradient).powi(2);
        let all: f64 = self.mixture.counts.iter().sum();
        let looked_at = (self.candidates.rows() + self.counts.len()) as f64;
        let passes = (2 * steps + 1) as f64 * looked_at / all.max(1.0);
        let report = SolverReport { stop, gap, newton_steps: steps, passes };
        let (&intercept, w) = at.w.split_last().unwrap_or((&0.0, &[]));
        Solution { vector: w.iter().map(|&x| x as f32).collect(), intercept, report }
    }

    fn at_zero(&self) -> Along {
        Along {
            rows: vec![0.0; self.candidates.rows()],
            clusters: vec![0.0; self.counts.len()],
            within: vec![0.0; self.positive.len() - 1],
        }
    }

    fn along(&self, vector: &[f64]) -> Along {
        let (&intercept, vector) = vector.split_last().unwrap_or((&0.0, &[]));
        let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let products = |rows: &Matrix| -> Vec<f64> {
            let mut products = vec![0.0; rows.rows()];
            rows.scan(&rows.pad(&narrow), &mut products);
            products.into_iter().map(|x| f64::from(x) + intercept).collect()
        };
        Along {
            rows: products(self.candidates),
            clusters: products(&self.mixture.centroids),
            within: self.mixture.within_times(&narrow),
        }
    }

    /// How much margins of all rows vary around 0.
    fn size(&self, vector: &[f64], along: &Along) -> f64 {
        let within = dot(&vector[..along.within.len()], &along.within).max(0.0);
        let counts = self.counts.iter().zip(&along.clusters);
        let clusters: f64 = counts.map(|(count, mean)| count * (mean * mean + within)).sum();
        (clusters + dot(&along.rows, &along.rows)).sqrt()
    }

    /// ∇P(w)
    fn gradient(&self, at: &Point) -> Vec<f64> {
        let Along { rows, clusters, within } = &at.along;
        let cost = 2.0 * self.negative_cost;
        let mut gradient = at.w.clone();
        let slack = (1.0 - dot(&self.positive, &at.w)).max(0.0);
        add(&mut gradient, -2.0 * self.positive_cost * slack, &self.positive);
        let active = (0..).zip(rows).filter(|(_, margin)| **margin > -1.0);
        let (list, factors): (Vec<u32>, Vec<f64>) =
            active.map(|(row, margin)| (row, cost * (1.0 + margin))).unzip();
        add_combined(self.candidates, &list, &factors, &mut gradient);

        let variance = dot(&at.w[..within.len()], within);
        let mut shares = 0.0;
        let (mut list, mut factors) = (Vec::new(), Vec::new());
        for ((number, mean), count) in (0..).zip(clusters).zip(&self.counts) {
            let hinge = Hinge::of(*mean, variance);
            shares += count * hinge.by_variance;
            list.push(number);
            factors.push(cost * count * hinge.by_mean);
        }
        add_combined(&self.mixture.centroids, &list, &factors, &mut gradient);
        add(&mut gradient[..within.len()], cost * shares, within);
        gradient
    }

    /// The t ≥ 0 that minimises P(w + t direction).
    fn line_search(&self, at: &Point, direction: &[f64], along: &Along) -> f64 {
        let dims = along.within.len();
        let (start, square) = (dot(&at.w, direction), dot(direction, direction));
        let slack = 1.0 - dot(&self.positive, &at.w);
        let slope = dot(&self.positive, direction);
        let variance = [
            dot(&at.w[..dims], &at.along.within),
            2.0 * dot(&direction[..dims], &at.along.within),
            2.0 * dot(&direction[..dims], &along.within),
        ];
        let derivatives = |t: f64| {
            let (mut first, mut second) = (0.0, 0.0);
            for (margin, change) in at.along.rows.iter().zip(&along.rows) {
                let over = 1.0 + margin + t * change;
                if over > 0.0 {
                    first += 2.0 * over * change;
                    second += 2.0 * change * change;
                }
            }
            let (bend, tilt) = (variance[2], variance[1] + t * variance[2]);
            let spread = variance[0] + t * variance[1] + 0.5 * t * t * bend;
            let clusters = at.along.clusters.iter().zip(&along.clusters).zip(&self.counts);
            for ((mean, change), count) in clusters {
                let (one, two) = Hinge::of(mean + t * change, spread).along(*change, tilt, bend);
                first += count * one;
                second += count * two;
            }
            let mut derivatives =
                (start + t * square + self.negative_cost * first, square + self.negative_cost * second);
            let slack = slack - t * slope;
            if slack > 0.0 {
                derivatives.0 -= 2.0 * self.positive_cost * slack * slope;
                derivatives.1 += 2.0 * self.positive_cost * slope * slope;
            }
            derivatives
        };
        lowest_point(derivatives, LENGTH, LENGTH_STEPS)
    }
}

/// Adds these multiples of rows with their constant 1.
fn add_combined(rows: &Matrix, list: &[u32], factors: &[f64], sum: &mut [f64]) {
    let Some((intercept, sum)) = sum.split_last_mut() else { return };
    let narrow: Vec<f32> = factors.iter().map(|&x| x as f32).collect();
    let mut combined = vec![0.0; rows.stride()];
    rows.combine(list, &narrow, &mut combined);
    sum.iter_mut().zip(combined).for_each(|(to, x)| *to += f64::from(x));
    *intercept += factors.iter().sum::<f64>();
}

/// The preconditioner with the positive: Woodbury's identity.
struct Steer<'a> {
    steering: &'a Steering,
    /// The preconditioner times the positive, and 1 over what that adds.
    image: Vec<f64>,
    share: f64,
}

impl<'a> Steer<'a> {
    fn new(problem: &Problem, steering: &'a Steering) -> Self {
        let image = precondition(steering, &problem.positive);
        let share = 1.0 / (0.5 / problem.positive_cost + dot(&problem.positive, &image));
        Self { steering, image, share }
    }

    fn times(&self, vector: &[f64]) -> Vec<f64> {
        let mut out = precondition(self.steering, vector);
        add(&mut out, -self.share * dot(&self.image, vector), &self.image);
        out
    }
}

fn precondition(steering: &Steering, vector: &[f64]) -> Vec<f64> {
    let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
    super::metric::times(&steering.inverse, &narrow)
}
