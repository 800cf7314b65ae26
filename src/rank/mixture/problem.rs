//! The exemplar SVM against candidates, which are known row by row, and a mixture of all other rows.
//!
//! Minimise P(w) = ½|w|² + c₊ Σ max(0, 1 - w·q)² over the positives q +
//! c₋ Σ a max(0, 1 + w·x)² over the candidates x of weight a + c₋ Σ nₖ E max(0, 1 + t)² over the clusters,
//!
//! t being normal with the mean w·μₖ and the variance w'Σw of the pooled covariance. Every vector ends in a constant 1, and costs are those
//! of [`crate::rank::svm`] for all rows: with n negatives and p positives, c₊ = C (n + p) / 2p and c₋ = C (n + p) / 2n. The mean of convex
//! functions is convex, so there is one optimum. Quasi-Newton steps find it, steered by the inverse Hessian of a typical query.

use std::borrow::Borrow;
use std::sync::{Arc, Mutex, PoisonError};

use super::clusters::{Hinge, Mixture, times};
use crate::rank::Moments;
use crate::rank::svm::{Lbfgs, Params, SolverReport, Stop, inverse_hessian, lowest_point};
use crate::vector::dense::{add, dot, norm};
use crate::vector::{Matrix, Rows};

/// Steps, at most.
const MAX_STEPS: usize = 60;
/// The relative precision of a step's length, and the most steps of its search.
const LENGTH: f64 = 1e-2;
const LENGTH_STEPS: usize = 20;
/// The share of the rows that is active for a typical query, as far as the preconditioner goes, which only steers.
const ACTIVE: f64 = 0.25;

/// What the SVM learns from.
pub(crate) struct Training<'a> {
    pub positives: &'a [Vec<f32>],
    /// Negatives that are known row by row, and what each counts.
    pub candidates: &'a Matrix,
    pub weights: Vec<f32>,
    pub mixture: &'a Mixture,
    /// The negatives that each cluster has beside the candidates.
    pub counts: Vec<f64>,
}

pub(crate) struct Problem<'a> {
    mixture: &'a Mixture,
    candidates: &'a Matrix,
    weights: Vec<f32>,
    counts: Vec<f64>,
    /// Each with its constant 1.
    positives: Vec<Vec<f64>>,
    positive_cost: f64,
    negative_cost: f64,
}

/// The w that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Solution {
    /// Without the intercept.
    pub vector: Vec<f32>,
    /// The same with the intercept.
    pub w: Vec<f64>,
    pub report: SolverReport,
}

/// The preconditioner of the SVM for one C.
#[derive(Debug)]
pub(crate) struct Steering {
    c: f64,
    /// (I + 2 c share Σ x x')⁻¹ for rows with their constant 1.
    inverse: Matrix,
}

impl Steering {
    /// `moments` are those of all rows.
    pub fn new(moments: &Moments, c: f64) -> Self {
        Self { c, inverse: inverse_hessian(moments, c * ACTIVE) }
    }
}

/// The steering of the C that was asked for last.
#[derive(Debug, Default)]
pub(crate) struct KeptSteering(Mutex<Option<Arc<Steering>>>);

impl KeptSteering {
    /// That for this C, which is within its range.
    pub fn of<M: Borrow<Moments>>(&self, c: f64, moments: impl FnOnce() -> M) -> Arc<Steering> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(steering) if steering.c == c => steering.clone(),
            _ => kept.insert(Arc::new(Steering::new(moments().borrow(), c))).clone(),
        }
    }
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
    /// `rows` is how many negatives there are in all.
    pub fn new(training: Training<'a>, rows: usize, params: &Params) -> Self {
        let Training { positives, candidates, weights, mixture, counts } = training;
        let class_cost = params.c() * (rows + positives.len()) as f64 / 2.0;
        let with_constant = |x: &Vec<f32>| x.iter().map(|&x| f64::from(x)).chain([1.0]).collect();
        Self {
            mixture,
            candidates,
            weights,
            counts,
            positives: positives.iter().map(with_constant).collect(),
            positive_cost: class_cost / positives.len().max(1) as f64 * params.positive_weight(),
            negative_cost: class_cost / rows.max(1) as f64,
        }
    }

    /// How many unknowns there are: a value for each dimension, and the intercept.
    fn unknowns(&self) -> usize {
        self.candidates.dims() + 1
    }

    /// Goes on from `start`, a w with its intercept, or from zero, until a step would change scores by no more than this share of how much
    /// they vary.
    pub fn solve(&self, steering: &Steering, tolerance: f64, start: Option<&[f64]>) -> Solution {
        let steer = Steer::new(self, steering);
        let mut at = match start {
            Some(w) => Point { w: w.to_vec(), along: self.along(w) },
            None => Point { w: vec![0.0; self.unknowns()], along: self.at_zero() },
        };
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
            if change <= tolerance * size {
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
        let vector = at.w[..self.candidates.dims()].iter().map(|&x| x as f32).collect();
        Solution { vector, w: at.w, report }
    }

    fn at_zero(&self) -> Along {
        Along {
            rows: vec![0.0; self.candidates.rows()],
            clusters: vec![0.0; self.counts.len()],
            within: vec![0.0; self.candidates.dims()],
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
        for positive in &self.positives {
            let slack = (1.0 - dot(positive, &at.w)).max(0.0);
            add(&mut gradient, -2.0 * self.positive_cost * slack, positive);
        }
        let active = (0..).zip(rows).zip(&self.weights).filter(|((_, margin), _)| **margin > -1.0);
        let (list, factors): (Vec<u32>, Vec<f64>) =
            active.map(|((row, margin), &weight)| (row, cost * f64::from(weight) * (1.0 + margin))).unzip();
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
        let slacks: Vec<(f64, f64)> = self
            .positives
            .iter()
            .map(|positive| (1.0 - dot(positive, &at.w), dot(positive, direction)))
            .collect();
        let variance = [
            dot(&at.w[..dims], &at.along.within),
            2.0 * dot(&direction[..dims], &at.along.within),
            2.0 * dot(&direction[..dims], &along.within),
        ];
        let derivatives = |t: f64| {
            let (mut first, mut second) = (0.0, 0.0);
            for ((margin, change), &weight) in at.along.rows.iter().zip(&along.rows).zip(&self.weights) {
                let over = 1.0 + margin + t * change;
                if over > 0.0 {
                    let slope = 2.0 * f64::from(weight) * change;
                    first += over * slope;
                    second += change * slope;
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
            for (slack, slope) in &slacks {
                let slack = slack - t * slope;
                if slack > 0.0 {
                    derivatives.0 -= 2.0 * self.positive_cost * slack * slope;
                    derivatives.1 += 2.0 * self.positive_cost * slope * slope;
                }
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

/// The preconditioner with the positives: Woodbury's identity, one after the other.
struct Steer<'a> {
    steering: &'a Steering,
    /// Of each positive the preconditioner before it, times the positive, and 1 over what that adds.
    images: Vec<(Vec<f64>, f64)>,
}

impl<'a> Steer<'a> {
    fn new(problem: &Problem, steering: &'a Steering) -> Self {
        let mut steer = Self { steering, images: Vec::new() };
        for positive in &problem.positives {
            let image = steer.times(positive);
            let share = 1.0 / (0.5 / problem.positive_cost + dot(positive, &image));
            steer.images.push((image, share));
        }
        steer
    }

    fn times(&self, vector: &[f64]) -> Vec<f64> {
        let narrow: Vec<f32> = vector.iter().map(|&x| x as f32).collect();
        let mut out = times(&self.steering.inverse, &narrow);
        for (image, share) in &self.images {
            add(&mut out, -share * dot(image, vector), image);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::Moments;
    use crate::rank::svm::{self, TrainingSet};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const DIMS: usize = 6;

    fn unit_rows(values: &[f32]) -> Matrix {
        let mut rows = Matrix::from_values(values, DIMS);
        rows.bring_to_unit_length(&rows.lengths());
        let values: Vec<f32> = (0..rows.rows()).flat_map(|row| rows.meaning(row)).map(|x| x as f32).collect();
        Matrix::from_values(&values, DIMS)
    }

    /// Unit rows that share a part, the first of which is the query.
    fn rows() -> impl Strategy<Value = Matrix> {
        (10usize..60).prop_flat_map(|rows| {
            prop::collection::vec(-1.0f32..1.0, rows * DIMS).prop_map(|mut values| {
                values.chunks_exact_mut(DIMS).for_each(|row| row[0] += 1.5);
                unit_rows(&values)
            })
        })
    }

    /// Each row is a cluster, and nothing is between them.
    fn of_single_rows(rows: &Matrix) -> Mixture {
        Mixture::new(vec![1.0; rows.rows()], rows.clone(), Matrix::zeros(DIMS, DIMS))
    }

    /// Each cluster has three rows, and around their mean as much of their covariance.
    fn of_threes(rows: &Matrix) -> Mixture {
        let value = |row: usize, i: usize| rows.values(row)[i];
        let clusters = rows.rows() / 3;
        let mean = |cluster: usize, i: usize| (0..3).map(|k| value(3 * cluster + k, i)).sum::<f32>() / 3.0;
        let centroids: Vec<f32> =
            (0..clusters).flat_map(|cluster| (0..DIMS).map(move |i| mean(cluster, i))).collect();
        let mut within = Matrix::zeros(DIMS, DIMS);
        for row in 0..3 * clusters {
            let from: Vec<f32> = (0..DIMS).map(|i| value(row, i) - mean(row / 3, i)).collect();
            for i in 0..DIMS {
                let share = from[i] / (3 * clusters) as f32;
                within.values_mut(i).iter_mut().zip(&from).for_each(|(to, x)| *to += share * x);
            }
        }
        Mixture::new(vec![3.0; clusters], Matrix::from_values(&centroids, DIMS), within)
    }

    /// Of a query, and candidates that are in these clusters.
    fn problem_of<'a>(
        mixture: &'a Mixture,
        candidates: &'a Matrix,
        clusters: &[u32],
        positives: &'a [Vec<f32>],
        rows: usize,
        params: &Params,
    ) -> Problem<'a> {
        let counts = mixture.counts_without(clusters);
        let weights = vec![1.0; candidates.rows()];
        Problem::new(Training { positives, candidates, weights, mixture, counts }, rows, params)
    }

    fn steering_of(rows: &Matrix, params: &Params) -> Steering {
        Steering::new(&Moments::of(rows), params.c())
    }

    /// P and its gradient, as its definition has them.
    fn objective(problem: &Problem, w: &[f64]) -> (f64, Vec<f64>) {
        let mut value = 0.5 * dot(w, w);
        let mut gradient = w.to_vec();
        for positive in &problem.positives {
            let slack = (1.0 - dot(positive, w)).max(0.0);
            value += problem.positive_cost * slack * slack;
            add(&mut gradient, -2.0 * problem.positive_cost * slack, positive);
        }
        let with_constant =
            |rows: &Matrix, row: usize| -> Vec<f64> { rows.meaning(row).chain([1.0]).collect() };
        for row in 0..problem.candidates.rows() {
            let x = with_constant(problem.candidates, row);
            let over = (1.0 + dot(&x, w)).max(0.0);
            let cost = problem.negative_cost * f64::from(problem.weights[row]);
            value += cost * over * over;
            add(&mut gradient, 2.0 * cost * over, &x);
        }
        let within = &problem.mixture.within;
        let image: Vec<f64> = (0..DIMS).map(|i| within.meaning(i).zip(w).map(|(x, y)| x * y).sum()).collect();
        for (number, count) in problem.counts.iter().enumerate() {
            let x = with_constant(&problem.mixture.centroids, number);
            let hinge = Hinge::of(dot(&x, w), dot(&image, &w[..DIMS]));
            let cost = problem.negative_cost * count;
            value += cost * hinge.expected;
            add(&mut gradient, 2.0 * cost * hinge.by_mean, &x);
            add(&mut gradient[..DIMS], 2.0 * cost * hinge.by_variance, &image);
        }
        (value, gradient)
    }

    /// Gradient descent by steps that are halved until they lower P enough.
    fn descend(problem: &Problem) -> Vec<f64> {
        let mut w = vec![0.0; DIMS + 1];
        let mut step = 1.0;
        for _ in 0..20_000 {
            let (value, gradient) = objective(problem, &w);
            let square = dot(&gradient, &gradient);
            if square < 1e-16 {
                break;
            }
            loop {
                let mut next = w.clone();
                add(&mut next, -step, &gradient);
                if objective(problem, &next).0 <= value - 0.3 * step * square || step < 1e-14 {
                    w = next;
                    break;
                }
                step *= 0.5;
            }
            step *= 2.0;
        }
        w
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn it_reaches_what_gradient_descent_does(
            rows in rows(), known in 0usize..8, positives in 1usize..4, weight in 0.1f32..5.0, c in 0.05f64..2.0,
        ) {
            let params = svm::Options::default().c(c).check().unwrap();
            let mixture = of_threes(&rows);
            let values: Vec<f32> = (0..known).flat_map(|row| rows.values(row)).copied().collect();
            let candidates = Matrix::from_values(&values, DIMS);
            let own: Vec<u32> = (0..known as u32).map(|row| row / 3).collect();
            let last: Vec<Vec<f32>> = (1..=positives).map(|i| rows.values(rows.rows() - i).to_vec()).collect();
            let mut problem = problem_of(&mixture, &candidates, &own, &last, rows.rows(), &params);
            problem.weights.iter_mut().step_by(2).for_each(|it| *it = weight);
            let found = problem.solve(&steering_of(&rows, &params), 1e-6, None);
            let expected = descend(&problem);
            let error = found.w.iter().zip(&expected).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
            prop_assert!(error <= 2e-3 * (1.0 + norm(&expected)), "{found:?} {expected:?}");
            let again = problem.solve(&steering_of(&rows, &params), 1e-6, Some(&found.w));
            prop_assert!(again.report.newton_steps <= 3, "{again:?}");
        }

        #[test]
        fn clusters_of_a_row_each_are_the_svm_of_all_rows(
            rows in rows(), positives in 1usize..4, c in 0.02f64..5.0,
        ) {
            let options = svm::Options::default().c(c);
            let params = options.check().unwrap();
            let mixture = of_single_rows(&rows);
            let none = Matrix::zeros(0, DIMS);
            let first: Vec<Vec<f32>> = (0..positives).map(|i| rows.values(i).to_vec()).collect();
            let problem = problem_of(&mixture, &none, &[], &first, rows.rows(), &params);
            let found = problem.solve(&steering_of(&rows, &params), 1e-6, None);
            let positives = first.iter().map(|positive| rows.pad(positive)).collect();
            let exact = svm::fit(&rows, &TrainingSet { positives, ..TrainingSet::default() }, &options).unwrap();
            let scores = crate::rank::knn::scores(&rows, &rows.pad(&found.vector));
            for (score, other) in scores.iter().zip(&exact.scores) {
                prop_assert!((score - other).abs() <= 2e-3, "{scores:?} {:?}", exact.scores);
            }
            prop_assert!((found.w[DIMS] - exact.intercept).abs() <= 2e-3);
        }

        /// Candidates are taken out of their clusters, so that each row counts once.
        #[test]
        fn candidates_take_the_place_of_their_clusters(rows in rows(), known in 1usize..10) {
            let params = svm::Options::default().check().unwrap();
            let query = [rows.values(0).to_vec()];
            let mixture = of_single_rows(&rows);
            let values: Vec<f32> = (0..known).flat_map(|row| rows.values(row)).copied().collect();
            let candidates = Matrix::from_values(&values, DIMS);
            let near = mixture.near(&[]);
            let own: Vec<u32> = (0..known).map(|row| mixture.nearest(&near, rows.values(row))).collect();
            let steering = steering_of(&rows, &params);
            let with = problem_of(&mixture, &candidates, &own, &query, rows.rows(), &params);
            let with = with.solve(&steering, 1e-6, None);
            let none = Matrix::zeros(0, DIMS);
            let without = problem_of(&mixture, &none, &[], &query, rows.rows(), &params);
            let without = without.solve(&steering, 1e-6, None);
            for (one, other) in with.vector.iter().zip(&without.vector) {
                prop_assert!((one - other).abs() <= 2e-3, "{with:?} {without:?}");
            }
        }
    }
}
