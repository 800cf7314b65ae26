//! The optimisation problem, and its arithmetic in float64.
//!
//! Minimise P(w) = ½|w|² + Σ cᵢ max(0, 1 - yᵢ w·xᵢ)², where every x ends in a constant 1, so that the last entry
//! of w is the intercept, regularised with the rest. The classes are balanced: with m negatives and n = m + 1
//! examples, c = C n / 2 for the positive and C n / (2 m) for each negative.
//!
//! The dual has one α ≥ 0 an example, maximises Σ αᵢ - Σ αᵢ² / 4cᵢ - ½|w(α)|², and w(α) = Σ αᵢ yᵢ xᵢ; at the
//! optimum αᵢ = 2 cᵢ max(0, 1 - yᵢ w·xᵢ). Choosing α so at any w makes the duality gap ½|∇P(w)|², and since P is
//! 1-strongly convex, the optimum is within |∇P(w)| of w.

use crate::vector::{Element, Matrix};

pub struct Problem<'a, E> {
    rows: &'a Matrix<E>,
    query: &'a [f32],
    positive_cost: f64,
    negative_cost: f64,
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
    Query(&'a [f32]),
}

impl<'a, E: Element> Problem<'a, E> {
    /// `query` has at least as many values as a row.
    pub fn new(rows: &'a Matrix<E>, query: &'a [f32], c: f64) -> Self {
        let negatives = rows.rows() as f64;
        let positive_cost = c * (negatives + 1.0) / 2.0;
        let query = &query[..rows.dims()];
        Self { rows, query, positive_cost, negative_cost: positive_cost / negatives.max(1.0) }
    }

    /// Values in w: one for each dimension, and the intercept.
    pub fn unknowns(&self) -> usize {
        self.rows.dims() + 1
    }

    /// The rows and, last, the query.
    pub fn examples(&self) -> usize {
        self.rows.rows() + 1
    }

    pub fn example(&self, index: usize) -> Example<'a, E> {
        if index < self.rows.rows() {
            let vector =
                Vector::Row { values: self.rows.values(index), scale: self.rows.scale(index).into() };
            Example { vector, label: -1.0, cost: self.negative_cost }
        } else {
            Example { vector: Vector::Query(self.query), label: 1.0, cost: self.positive_cost }
        }
    }

    /// w·x of every example, with the intercept.
    pub fn margins(&self, w: &[f64]) -> Vec<f64> {
        (0..self.examples()).map(|i| self.example(i).vector.dot(w)).collect()
    }

    /// Each row's score: its margin less the intercept.
    pub fn scores(&self, w: &[f64], margins: &[f64]) -> Vec<f32> {
        margins[..self.rows.rows()].iter().map(|margin| (margin - w[w.len() - 1]) as f32).collect()
    }
}

impl<E: Element> Vector<'_, E> {
    /// x·w, with the constant 1.
    pub fn dot(&self, w: &[f64]) -> f64 {
        let (intercept, w) = w.split_last().unwrap_or((&0.0, &[]));
        match *self {
            Self::Row { values, scale } => scale * dot(values, w) + intercept,
            Self::Query(values) => dot(values, w) + intercept,
        }
    }

    /// x·x, with the constant 1.
    pub fn square(&self) -> f64 {
        match *self {
            Self::Row { values, scale } => scale * scale * square(values) + 1.0,
            Self::Query(values) => square(values) + 1.0,
        }
    }

    /// Adds `factor` x, with the constant 1, to `w`.
    pub fn add_to(&self, w: &mut [f64], factor: f64) {
        if let Some((intercept, w)) = w.split_last_mut() {
            *intercept += factor;
            match *self {
                Self::Row { values, scale } => add_scaled(w, factor * scale, values),
                Self::Query(values) => add_scaled(w, factor, values),
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
