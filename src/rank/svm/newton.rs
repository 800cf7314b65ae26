//! Newton's method on the primal (Keerthi, DeCoste 2005; Chapelle 2007) in float64, for when float32 is not exact enough.
//!
//! P is a quadratic wherever the set of active samples, those with yᵢ w·xᵢ < 1, stays the same. So Newton's method
//! with an exact line search ends after a few steps: solve the quadratic of the active set, go to the lowest point
//! on the way there, repeat until the set no longer changes.

use super::line_search::lowest_point;
use super::problem::{Problem, Sample};
use super::{Fit, Params, SolverReport, Stop};
use crate::vector::dense::{add, dot, norm};

const MAX_STEPS: usize = 100;
/// Conjugate gradients end when the residual has shrunk to this, or to the square root of the gradient if smaller.
const FORCING: f64 = 1e-2;

/// Goes on from `w`.
pub fn solve(
    problem: &Problem,
    params: &Params,
    mut w: Vec<f64>,
    enough: &dyn Fn(&[f32], f64) -> bool,
) -> Fit {
    let mut margins = problem.margins(&w);
    let mut passes = 1.0;
    let mut newton_steps = 0;
    let (stop, gap) = loop {
        let active = active_set(problem, &margins);
        let share = active.len() as f64 / problem.samples() as f64;
        let gradient = gradient(problem, &active, &w, &margins);
        passes += share;
        let length = norm(&gradient);
        let gap = 0.5 * length * length;
        if length <= params.tolerance() {
            break (Stop::Converged, gap);
        }
        if enough(&problem.scores(&w, &margins), length) {
            break (Stop::TopK, gap);
        }
        if newton_steps == MAX_STEPS {
            break (Stop::StepLimit, gap);
        }
        let (direction, products) = newton_direction(problem, &active, &gradient);
        let slopes = problem.margins(&direction);
        passes += 2.0 * share * products as f64 + 1.0;
        newton_steps += 1;
        let step = line_search(problem, &w, &direction, &margins, &slopes);
        let moved = step * norm(&direction);
        // A step that rounding swallows, or that goes nowhere, will not be followed by a better one.
        if moved.is_nan() || moved <= f64::EPSILON * norm(&w) {
            break (Stop::Rounding, gap);
        }
        add(&mut w, step, &direction);
        add(&mut margins, step, &slopes);
    };
    let report = SolverReport { stop, gap, newton_steps, passes };
    Fit::of(problem, &w, problem.scores(&w, &margins), report)
}

fn active_set<'a>(problem: &Problem<'a>, margins: &[f64]) -> Vec<(usize, Sample<'a>)> {
    let samples = (0..problem.samples()).map(|i| (i, problem.sample(i)));
    samples.filter(|(i, sample)| sample.cost > 0.0 && sample.label * margins[*i] < 1.0).collect()
}

/// w - Σ 2 cᵢ (1 - yᵢ w·xᵢ) yᵢ xᵢ over the active samples.
fn gradient(problem: &Problem, active: &[(usize, Sample)], w: &[f64], margins: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; problem.unknowns()];
    for (i, sample) in active {
        let slack = 1.0 - sample.label * margins[*i];
        sample.vector.add_to(&mut gradient, -2.0 * sample.cost * slack * sample.label);
    }
    add(&mut gradient, 1.0, w);
    gradient
}

/// Solves H d = -gradient with H = I + Σ 2 cᵢ xᵢ xᵢ' over the active samples, by conjugate gradients. Returns d and
/// the number of products with H.
fn newton_direction(problem: &Problem, active: &[(usize, Sample)], gradient: &[f64]) -> (Vec<f64>, usize) {
    let mut direction = vec![0.0; problem.unknowns()];
    let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut search = residual.clone();
    let mut square = dot(&residual, &residual);
    let target = square * FORCING.min(square.sqrt().sqrt()).powi(2);
    let limit = 10 * problem.unknowns();
    let mut products = 0;
    while square > target && products < limit {
        let mut image = search.clone();
        for (_, sample) in active {
            sample.vector.add_to(&mut image, 2.0 * sample.cost * sample.vector.dot(&search));
        }
        products += 1;
        let length = square / dot(&search, &image);
        add(&mut direction, length, &search);
        add(&mut residual, -length, &image);
        let next = dot(&residual, &residual);
        for (search, residual) in search.iter_mut().zip(&residual) {
            *search = residual + next / square * *search;
        }
        square = next;
    }
    (direction, products)
}

/// The t that minimises P(w + t d), given the margins of w and of d.
fn line_search(problem: &Problem, w: &[f64], direction: &[f64], margins: &[f64], slopes: &[f64]) -> f64 {
    let (start, square) = (dot(w, direction), dot(direction, direction));
    let derivatives = |t: f64| {
        let mut first = start + t * square;
        let mut second = square;
        for (i, (margin, slope)) in margins.iter().zip(slopes).enumerate() {
            let sample = problem.sample(i);
            let slack = 1.0 - sample.label * (margin + t * slope);
            if slack > 0.0 {
                first -= 2.0 * sample.cost * slack * sample.label * slope;
                second += 2.0 * sample.cost * slope * slope;
            }
        }
        (first, second)
    };
    lowest_point(derivatives, 1e-12, MAX_STEPS)
}
