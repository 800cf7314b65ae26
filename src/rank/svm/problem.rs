//! The optimisation problem, and its arithmetic in float64.
//!
//! Minimise P(w) = ½|w|² + Σ cᵢ max(0, 1 - yᵢ w·xᵢ)², where every x ends in a constant 1, so that the last entry
//! of w is the intercept, regularised with the rest. The classes are balanced: of n examples, p of them positive, a
//! positive costs C n / 2p and a negative C n / 2(n - p).
//!
//! The dual has one α ≥ 0 an example, maximises Σ αᵢ - Σ αᵢ² / 4cᵢ - ½|w(α)|², and w(α) = Σ αᵢ yᵢ xᵢ; at the
//! optimum αᵢ = 2 cᵢ max(0, 1 - yᵢ w·xᵢ). Choosing α so at any w makes the duality gap ½|∇P(w)|², and since P is
//! 1-strongly convex, the optimum is within |∇P(w)| of w.

use super::Examples;
use crate::vector::{Element, Matrix};

pub struct Problem<'a, E> {
    pub rows: &'a Matrix<E>,
    pub given: &'a Examples,
    /// The rows that are negatives, in ascending order.
    background: Vec<u32>,
    pub negative_cost: f64,
    positive_cost: f64,
}

/// One example.
pub struct Example<'a, E> {
    pub vector: Vector<'a, E>,
    pub label: f64,
    pub cost: f64,
}

/// An x, without its constant 1.
pub enum Vector<'a, E> {
    Row { values: &'a [E], scale: f64 },
    Given(&'a [f32]),
}

impl<'a, E: Element> Problem<'a, E> {
    /// The given vectors have at least as many values as a row.
    pub fn new(rows: &'a Matrix<E>, given: &'a Examples, c: f64) -> Self {
        let apart = |row: &u32| given.set_apart.binary_search(row).is_err();
        let background: Vec<u32> = (0..rows.rows() as u32).filter(apart).collect();
        let positives = given.more.len() as f64;
        let negatives = (background.len() + given.less.len()) as f64;
        let half = c * (positives + negatives) / 2.0;
        let (positive_cost, negative_cost) = (half / positives.max(1.0), half / negatives.max(1.0));
        Self { rows, given, background, negative_cost, positive_cost }
    }

    /// Negatives alone, each at this cost.
    pub fn negatives(rows: &'a Matrix<E>, none: &'a Examples, negative_cost: f64) -> Self {
        let background = (0..rows.rows() as u32).collect();
        Self { rows, given: none, background, negative_cost, positive_cost: 0.0 }
    }

    /// Values in w: one for each dimension, and the intercept.
    pub fn unknowns(&self) -> usize {
        self.rows.dims() + 1
    }

    /// The background's rows, then the given examples.
    pub fn examples(&self) -> usize {
        self.background.len() + self.given.len()
    }

    pub fn example(&self, index: usize) -> Example<'a, E> {
        match self.background.get(index) {
            Some(&row) => {
                let row = row as usize;
                let vector = Vector::Row { values: self.rows.values(row), scale: self.rows.scale(row).into() };
                Example { vector, label: -1.0, cost: self.negative_cost }
            }
            None => self.given_example(index - self.background.len()),
        }
    }

    /// The positives, then the negatives.
    pub fn given_example(&self, index: usize) -> Example<'a, E> {
        let (vector, label, cost) = match self.given.more.get(index) {
            Some(vector) => (vector, 1.0, self.positive_cost),
            None => {
                let vector = &self.given.less[index - self.given.more.len()];
                (vector, -1.0, self.negative_cost * self.given.less_weight)
            }
        };
        Example { vector: Vector::Given(&vector[..self.rows.dims()]), label, cost }
    }

    /// w·x of every example, with the intercept.
    pub fn margins(&self, w: &[f64]) -> Vec<f64> {
        (0..self.examples()).map(|i| self.example(i).vector.dot(w)).collect()
    }

    /// The score of every row: w·x without the intercept.
    pub fn scores(&self, w: &[f64]) -> Vec<f32> {
        let w: Vec<f32> = w[..self.rows.dims()].iter().map(|&w| w as f32).collect();
        super::super::knn::scores(self.rows, &self.rows.pad(&w))
    }
}

impl<E: Element> Vector<'_, E> {
    /// x·w, with the constant 1.
    pub fn dot(&self, w: &[f64]) -> f64 {
        let (intercept, w) = w.split_last().unwrap_or((&0.0, &[]));
        match *self {
            Self::Row { values, scale } => scale * dot(values, w) + intercept,
            Self::Given(values) => dot(values, w) + intercept,
        }
    }

    /// x·x, with the constant 1.
    pub fn square(&self) -> f64 {
        match *self {
            Self::Row { values, scale } => scale * scale * square(values) + 1.0,
            Self::Given(values) => square(values) + 1.0,
        }
    }

    /// Adds `factor` x, with the constant 1, to `w`.
    pub fn add_to(&self, w: &mut [f64], factor: f64) {
        if let Some((intercept, w)) = w.split_last_mut() {
            *intercept += factor;
            match *self {
                Self::Row { values, scale } => add_scaled(w, factor * scale, values),
                Self::Given(values) => add_scaled(w, factor, values),
            }
        }
    }
}

fn dot<E: Element>(x: &[E], w: &[f64]) -> f64 {
    float64(x).zip(w).map(|(x, w)| x * w).sum()
}

fn square<E: Element>(x: &[E]) -> f64 {
    float64(x).map(|x| x * x).sum()
}

fn add_scaled<E: Element>(w: &mut [f64], factor: f64, x: &[E]) {
    for (w, x) in w.iter_mut().zip(float64(x)) {
        *w += factor * x;
    }
}

fn float64<E: Element>(x: &[E]) -> impl Iterator<Item = f64> {
    x.iter().map(|&x| x.into())
}
