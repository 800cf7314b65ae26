//! The exemplar SVM: a linear SVM trained when the query arrives, with the query as its one positive and every row
//! as a negative (Malisiewicz, Gupta, Efros 2011).
//!
//! The problem is that of scikit-learn's `LinearSVC(class_weight="balanced")`; see [`problem`]. It has one optimum.
//! [`fit`] finds it with Newton's method, from the model of the negatives alone that a [`Background`] holds;
//! [`dual`] is liblinear's coordinate descent, the reference. `docs/svm.md` derives them.

mod background;
mod dense;
pub mod dual;
mod exemplar;
mod newton;
mod options;
mod problem;

pub use background::Background;
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

/// What the SVM learns beside the background, whose rows are all negatives. The vectors have the padding of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// The positives: the query, and what is to be ranked like it.
    pub more: Vec<Vec<f32>>,
    /// Negatives beside the background.
    pub less: Vec<Vec<f32>>,
    /// What an error on one of `less` costs, over one on a row of the background: 0.01 to 100. Default 1.
    pub less_weight: f64,
    /// Rows that are no negatives, ascending: those that stand in `more` or `less` instead.
    pub set_apart: Vec<u32>,
}

impl Default for Examples {
    fn default() -> Self {
        Self { more: Vec::new(), less: Vec::new(), less_weight: 1.0, set_apart: Vec::new() }
    }
}

impl Examples {
    /// The query alone.
    pub fn query(query: &[f32]) -> Self {
        Self { more: vec![query.to_vec()], ..Self::default() }
    }

    fn len(&self) -> usize {
        self.more.len() + self.less.len()
    }
}

/// Why the solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The error of w is proven to be within [`Options::tolerance`].
    Converged,
    /// The caller had seen enough: the order it asked for is proven.
    #[serde(rename = "topk")]
    TopK,
    /// Rounding hides what is left to gain: the scores are as exact as float arithmetic makes them.
    Rounding,
    /// The bound on steps was reached first; [`Report::gap`] says how near the optimum is.
    StepLimit,
}

/// Fewer rows than this are solved in float64 throughout: a background would cost more than it saves.
const LEAST_ROWS: usize = 500;

/// Whether [`fit`] makes use of a background for these rows: where there are at least 500, and as many as dimensions.
pub fn wants_background<E: Element>(rows: &Matrix<E>) -> bool {
    rows.rows() >= LEAST_ROWS.max(rows.dims())
}

/// Solves the SVM for the examples. Neither they nor the rows need unit length. A background must be of the same rows and
/// C; without one, and where float32 does not reach the tolerance, all is done in float64.
///
/// `enough` is told the scores, up to a constant, and a bound on the length of w's error, and may end the work.
///
/// # Errors
///
/// [`crate::Error::Option`] where an option is out of its range.
pub fn fit<E: Element>(
    rows: &Matrix<E>,
    background: Option<&Background>,
    examples: &Examples,
    options: &Options,
    enough: impl Fn(&[f32], f64) -> bool,
) -> Result<Fit> {
    let params = options.check()?;
    let problem = Problem::new(rows, examples, params.c());
    let mut w = vec![0.0; problem.unknowns()];
    let mut before = (0, 0.0);
    if let Some(background) = background.filter(|background| background.fits(rows, params.c())) {
        let ended = exemplar::solve(&problem, background, params.tolerance(), enough);
        if ended.report.stop != Stop::StepLimit {
            let intercept = ended.w[rows.dims()] as f32;
            let scores = ended.margins.iter().map(|margin| margin - intercept).collect();
            return Ok(Fit { scores, report: ended.report });
        }
        w = ended.w;
        before = (ended.report.newton_steps, ended.report.passes);
    }
    let (w, mut report) = newton::solve(&problem, w, params.tolerance());
    report.newton_steps += before.0;
    report.passes += before.1;
    Ok(Fit { scores: problem.scores(&w), report })
}
