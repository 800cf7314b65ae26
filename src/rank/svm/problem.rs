//! The optimisation problem, and its arithmetic in float64.
//!
//! Minimise P(w) = ½|w|² + Σ cᵢ max(0, 1 - yᵢ w·xᵢ)², where every x ends in a constant 1, so that the last entry
//! of w is the intercept, regularised with the rest. The classes are balanced, as by scikit-learn's
//! `class_weight="balanced"`: with m negatives, p positives and n = m + p, c = C n / (2 p) for each positive, times its
//! weight, and C n / (2 m) for each negative, times its weight where it is disliked (scikit-learn's `sample_weight`).
//!
//! The dual has one α ≥ 0 for each sample, maximises Σ αᵢ - Σ αᵢ² / 4cᵢ - ½|w(α)|², and w(α) = Σ αᵢ yᵢ xᵢ; at the
//! optimum αᵢ = 2 cᵢ max(0, 1 - yᵢ w·xᵢ). Choosing α so at any w makes the duality gap ½|∇P(w)|², and since P is
//! 1-strongly convex, the optimum is within |∇P(w)| of w.

use super::{Params, TrainingSet};
use crate::vector::Rows;

pub struct Problem<'a> {
    rows: &'a dyn Rows,
    training: &'a TrainingSet,
    positive_cost: f64,
    negative_cost: f64,
    /// The cost of a disliked row.
    disliked_cost: f64,
}

/// One sample.
pub struct Sample<'a> {
    pub vector: SampleVector<'a>,
    pub label: f64,
    pub cost: f64,
}

/// An x, without its constant 1.
pub enum SampleVector<'a> {
    Row(&'a dyn Rows, usize),
    Positive(&'a [f32]),
}

impl<'a> Problem<'a> {
    /// Each positive has at least as many values as a row.
    pub fn new(rows: &'a dyn Rows, training: &'a TrainingSet, params: &Params) -> Self {
        let negatives = (rows.rows() - training.left_out.len()) as f64;
        let positives = training.positives.len() as f64;
        // Half of C times all samples for each class, shared out among its own.
        let class_cost = params.c() * (negatives + positives) / 2.0;
        let negative_cost = class_cost / negatives.max(1.0);
        Self {
            rows,
            training,
            positive_cost: class_cost / positives.max(1.0) * params.positive_weight(),
            negative_cost,
            disliked_cost: negative_cost * params.less_weight(),
        }
    }

    pub fn rows(&self) -> &'a dyn Rows {
        self.rows
    }

    /// Each positive with its constant 1.
    pub fn positives(&self) -> impl Iterator<Item = Vec<f64>> {
        self.training
            .positives
            .iter()
            .map(|positive| positive[..self.rows.dims()].iter().map(|&x| f64::from(x)).chain([1.0]).collect())
    }

    pub fn positive_cost(&self) -> f64 {
        self.positive_cost
    }

    /// The cost of a row of weight 1.
    pub fn negative_cost(&self) -> f64 {
        self.negative_cost
    }

    /// The weight of each row, 0 for one that is left out; empty where all have weight 1.
    pub fn row_weights(&self) -> Vec<f32> {
        let TrainingSet { left_out, disliked, .. } = self.training;
        if left_out.is_empty() && disliked.is_empty() {
            return Vec::new();
        }
        let mut weights = vec![1.0; self.rows.rows()];
        left_out.iter().for_each(|&row| weights[row] = 0.0);
        disliked.iter().for_each(|&row| weights[row] = (self.disliked_cost / self.negative_cost) as f32);
        weights
    }

    /// Values in w: one for each dimension, and the intercept.
    pub fn unknowns(&self) -> usize {
        self.rows.dims() + 1
    }

    /// The rows and, last, the positives. A row that is left out costs nothing.
    pub fn samples(&self) -> usize {
        self.rows.rows() + self.training.positives.len()
    }

    #[inline]
    pub fn sample(&self, index: usize) -> Sample<'a> {
        if index < self.rows.rows() {
            Sample { vector: SampleVector::Row(self.rows, index), label: -1.0, cost: self.row_cost(index) }
        } else {
            let positive = &self.training.positives[index - self.rows.rows()];
            let vector = SampleVector::Positive(&positive[..self.rows.dims()]);
            Sample { vector, label: 1.0, cost: self.positive_cost }
        }
    }

    #[inline]
    fn row_cost(&self, row: usize) -> f64 {
        if self.training.left_out.binary_search(&row).is_ok() {
            0.0
        } else if self.training.disliked.binary_search(&row).is_ok() {
            self.disliked_cost
        } else {
            self.negative_cost
        }
    }

    /// w·x of every sample, with the intercept.
    pub fn margins(&self, w: &[f64]) -> Vec<f64> {
        (0..self.samples()).map(|i| self.sample(i).vector.dot(w)).collect()
    }

    /// Each row's score: its margin less the intercept.
    pub fn scores(&self, w: &[f64], margins: &[f64]) -> Vec<f32> {
        margins[..self.rows.rows()].iter().map(|margin| (margin - w[w.len() - 1]) as f32).collect()
    }
}

impl SampleVector<'_> {
    /// x·w, with the constant 1.
    pub fn dot(&self, w: &[f64]) -> f64 {
        let (intercept, w) = w.split_last().unwrap_or((&0.0, &[]));
        match *self {
            Self::Row(rows, row) => rows.product(row, w) + intercept,
            Self::Positive(values) => dot(float64(values), w) + intercept,
        }
    }

    /// x·x, with the constant 1.
    pub fn square(&self) -> f64 {
        match *self {
            Self::Row(rows, row) => square(rows.meaning(row).into_iter()) + 1.0,
            Self::Positive(values) => square(float64(values)) + 1.0,
        }
    }

    /// Adds `factor` x, with the constant 1, to `w`.
    pub fn add_to(&self, w: &mut [f64], factor: f64) {
        if let Some((intercept, w)) = w.split_last_mut() {
            *intercept += factor;
            match *self {
                Self::Row(rows, row) => rows.add_to(row, factor, w),
                Self::Positive(values) => add_scaled(w, factor, float64(values)),
            }
        }
    }
}

fn dot(x: impl Iterator<Item = f64>, w: &[f64]) -> f64 {
    x.zip(w).map(|(x, w)| x * w).sum()
}

fn square(x: impl Iterator<Item = f64>) -> f64 {
    x.map(|x| x * x).sum()
}

fn add_scaled(w: &mut [f64], factor: f64, x: impl Iterator<Item = f64>) {
    for (w, x) in w.iter_mut().zip(x) {
        *w += factor * x;
    }
}

fn float64(x: &[f32]) -> impl Iterator<Item = f64> {
    x.iter().map(|&x| x.into())
}
