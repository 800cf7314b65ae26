//! The exemplar SVM: a linear SVM trained when the query arrives, with the query as its one positive and every row
//! as a negative (Malisiewicz, Gupta, Efros 2011).
//!
//! The problem is that of scikit-learn's `LinearSVC(class_weight="balanced")`; see [`problem`]. It has one optimum.
//! [`fit`] finds it with Newton's method; [`dual`] is liblinear's coordinate descent, the reference.

pub mod dual;
mod newton;
mod options;
mod problem;

pub use options::{Options, Params};

use serde::Serialize;

use crate::Result;
use crate::vector::{Element, Matrix};
use problem::Problem;

/// A solved SVM.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// w·x for each row, without the intercept.
    pub scores: Vec<f32>,
    pub report: Report,
}

/// How the solver ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub stop: Stop,
    /// Duality gap: an upper bound on how far the objective is above its minimum. The error of w is at most
    /// sqrt(2 gap), so that of a unit-length row's score is too.
    pub gap: f64,
    /// Newton steps taken; zero for the reference solver.
    pub newton_steps: usize,
    /// Scans of all rows, the price of one kNN query each.
    pub passes: f64,
}

/// Why the solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The error of w is proven to be within [`Options::tolerance`].
    Converged,
    /// Rounding hides what is left to gain: the scores are as exact as float arithmetic makes them.
    Rounding,
    /// The bound on steps was reached first; [`Report::gap`] says how near the optimum is.
    StepLimit,
}

/// Solves the SVM for `query`, which has the padding of a row. Neither rows nor query need unit length.
///
/// # Errors
///
/// [`crate::Error::Option`] where an option is out of its range.
pub fn fit<E: Element>(rows: &Matrix<E>, query: &[f32], options: &Options) -> Result<Fit> {
    let params = options.check()?;
    Ok(newton::solve(&Problem::new(rows, query, params.c()), &params))
}
