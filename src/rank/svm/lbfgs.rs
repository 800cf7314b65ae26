//! Directions of steps from the last steps and how the gradient changed over them: limited-memory BFGS (Nocedal, Updating
//! Quasi-Newton Matrices with Limited Storage, 1980; Nocedal and Wright, Numerical Optimization, algorithm 7.4).
//!
//! On a quadratic, with steps to the lowest point of each line, it is the method of conjugate gradients. But where the active
//! set changes on the way, it goes on, and Newton's method would start its conjugate gradients again.

use std::collections::VecDeque;

use crate::vector::dense::{add, dot};

/// Steps remembered.
const STEPS: usize = 12;

/// The last steps, the oldest first.
#[derive(Default)]
pub struct Lbfgs(VecDeque<Step>);

struct Step {
    change: Vec<f64>,
    /// Of the gradient.
    bend: Vec<f64>,
    /// change·bend
    curvature: f64,
}

impl Lbfgs {
    /// What to add to w: minus an estimate of the inverse Hessian, times the gradient. `steer` multiplies by the estimate
    /// before any step.
    pub fn direction(&self, gradient: &[f64], steer: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        let mut vector: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut factors = Vec::with_capacity(self.0.len());
        for step in self.0.iter().rev() {
            let factor = dot(&step.change, &vector) / step.curvature;
            add(&mut vector, -factor, &step.bend);
            factors.push(factor);
        }
        let mut direction = steer(&vector);
        for (step, factor) in self.0.iter().zip(factors.into_iter().rev()) {
            let other = dot(&step.bend, &direction) / step.curvature;
            add(&mut direction, factor - other, &step.change);
        }
        direction
    }

    /// Remembers a step along which the gradient rose; another would spoil the estimate.
    pub fn learn(&mut self, change: Vec<f64>, bend: Vec<f64>) {
        let curvature = dot(&change, &bend);
        if curvature <= 0.0 || !curvature.is_finite() {
            return;
        }
        if self.0.len() == STEPS {
            self.0.pop_front();
        }
        self.0.push_back(Step { change, bend, curvature });
    }
}
