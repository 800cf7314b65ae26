//! The exemplar SVM: a linear SVM trained when the query arrives, with the query as its one positive and every row
//! as a negative (Malisiewicz, Gupta, Efros 2011); or with several positives, if a reader has liked articles.
//!
//! The problem is that of scikit-learn's `LinearSVC(class_weight="balanced")`; see [`problem`]. It has one optimum. [`fit`] finds it
//! with quasi-Newton steps, and with Newton's if float32 is not exact enough. [`dual`] is the reference, liblinear's coordinate
//! descent.

mod background;
pub mod dual;
mod fast;
mod lbfgs;
mod line_search;
mod newton;
mod options;
mod pool;
mod problem;
mod products;
mod row_space;
mod start;

pub use background::Background;
pub(crate) use background::inverse_hessian;
pub(crate) use lbfgs::Lbfgs;
pub(crate) use line_search::lowest_point;
pub use options::{Options, Params};

use std::cell::OnceCell;

use serde::Serialize;

use crate::Result;
use crate::rank::{Moments, knn};
use crate::vector::Rows;
use crate::vector::dense::dot;
use fast::Reached;
use problem::Problem;

/// The C |x|² above which rounding coordinates to float32 would show in the scores.
const ROUNDED: f64 = 100.0;

/// A solved SVM.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// w·x for each row, without the intercept.
    pub scores: Vec<f32>,
    /// The last coordinate of w, which multiplies the constant 1.
    pub intercept: f64,
    /// w·x of each positive, with the intercept.
    pub positives: Vec<f64>,
    /// [`knn::scores`] for the vector that [`fit_until`] got as `extra`; empty if there was none.
    pub extra: Vec<f32>,
    /// How the solver ended.
    pub report: SolverReport,
}

impl Fit {
    fn of(problem: &Problem, w: &[f64], scores: Vec<f32>, report: SolverReport) -> Self {
        let positives = problem.positives().map(|positive| dot(&positive, w)).collect();
        Self { scores, intercept: w[w.len() - 1], positives, extra: Vec::new(), report }
    }
}

/// How the solver ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SolverReport {
    /// Why it stopped.
    pub stop: Stop,
    /// The duality gap: an upper bound on how far the objective is above its minimum. The error of w is at most sqrt(2 gap), and so is
    /// that of a unit-length row's score.
    pub gap: f64,
    /// The number of steps, quasi-Newton or Newton; zero for the reference solver.
    pub newton_steps: usize,
    /// The work done, in scans of all rows. Each costs as much as one kNN query.
    pub passes: f64,
}

impl SolverReport {
    /// The largest error of the score of a row of unit length.
    pub fn error(&self) -> f64 {
        (2.0 * self.gap).sqrt()
    }
}

/// Why the solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The error of w is proven to be within [`Options::tolerance`].
    Converged,
    /// The order of the first k is proven, and nothing else was asked for.
    #[serde(rename = "topk")]
    TopK,
    /// Rounding hides any further gain: the scores are as exact as float arithmetic makes them.
    Rounding,
    /// The limit of steps was reached first; [`SolverReport::gap`] says how near the optimum is.
    StepLimit,
}

/// What the SVM learns from, beside the rows, which are its negatives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingSet {
    /// The positives, at least one, each with the padding of a row.
    pub positives: Vec<Vec<f32>>,
    /// Rows that are no negatives, ascending: those of articles that are positives.
    pub left_out: Vec<usize>,
    /// Rows that are negatives of [`Options::less_weight`], ascending; none is left out.
    pub disliked: Vec<usize>,
}

impl TrainingSet {
    /// The query alone, which has the padding of a row.
    pub fn query(query: &[f32]) -> Self {
        Self { positives: vec![query.to_vec()], ..Self::default() }
    }
}

/// Solves the SVM for `training`. Neither rows nor positives need unit length.
///
/// # Errors
///
/// [`ErrorKind::Option`](crate::ErrorKind::Option) if an option is out of range.
pub fn fit(rows: &dyn Rows, training: &TrainingSet, options: &Options) -> Result<Fit> {
    let background = background_of(rows, training, options.check()?.c());
    fit_until(rows, &background, training, options, None, &|_, _| false)
}

fn background_of(rows: &dyn Rows, training: &TrainingSet, c: f64) -> Background {
    let moments = OnceCell::new();
    Background::new(rows, || Some(moments.get_or_init(|| Moments::of(rows))), c, training.positives.len())
}

/// [`fit`] with a `background` that is the same for every query, and only as far as needed. On the way, `enough` gets the scores and a
/// bound on their error, and says whether they settle what the caller wants. All the scores that it gets may be off by one constant.
///
/// `extra` is a vector with the padding of a row; [`Fit::extra`] holds its products with the rows. They cost a scan, or nothing if the
/// solver multiplies it with every row anyway, as in a row space.
pub fn fit_until(
    rows: &dyn Rows,
    background: &Background,
    training: &TrainingSet,
    options: &Options,
    extra: Option<&[f32]>,
    enough: &dyn Fn(&[f32], f64) -> bool,
) -> Result<Fit> {
    let params = options.check()?;
    let own;
    let background = if background.is_for(params.c(), training.positives.len()) {
        background
    } else {
        own = background_of(rows, training, params.c());
        &own
    };
    let products_with = |vector: &[f32]| knn::scores(rows, vector);
    let Some(space) = &background.space else {
        let fit = solve(&Problem::new(rows, training, &params), background, &params, enough);
        return Ok(Fit { extra: extra.map_or_else(Vec::new, products_with), ..fit });
    };
    if params.c() * background.square() > ROUNDED {
        let problem = Problem::new(rows, training, &params);
        let fit = newton::solve(&problem, &params, vec![0.0; problem.unknowns()], enough);
        return Ok(Fit { extra: extra.map_or_else(Vec::new, products_with), ..fit });
    }
    let mut products: Vec<Vec<f32>> = training.positives.iter().map(|it| products_with(it)).collect();
    let positives = space.positives_of(&training.positives, &products);
    let same = |extra| training.positives.iter().position(|positive| positive == extra);
    let extra = extra.map_or_else(Vec::new, |extra| match same(extra) {
        Some(positive) => products.swap_remove(positive),
        None => products_with(extra),
    });
    let training = TrainingSet { positives, ..training.clone() };
    let problem = Problem::new(&space.rows, &training, &params);
    let mut fit = Fit { extra, ..solve(&problem, background, &params, enough) };
    // A pass is one of the rows in all their dimensions, and each positive was multiplied with them.
    fit.report.passes *= space.rows.dims() as f64 / rows.dims() as f64;
    fit.report.passes += training.positives.len() as f64;
    Ok(fit)
}

fn solve(
    problem: &Problem,
    background: &Background,
    params: &Params,
    enough: &dyn Fn(&[f32], f64) -> bool,
) -> Fit {
    let reached = fast::solve(problem, background, params.tolerance(), enough);
    let error = reached.gradient + reached.rounding;
    let stop = if error <= params.tolerance() {
        Stop::Converged
    } else if reached.enough {
        Stop::TopK
    } else {
        // Float32 hides the rest.
        let from = if error.is_finite() { reached.w } else { vec![0.0; problem.unknowns()] };
        let mut fit = newton::solve(problem, params, from, enough);
        fit.report.passes += reached.passes;
        fit.report.newton_steps += reached.steps;
        return fit;
    };
    let intercept = reached.w[problem.rows().dims()] as f32;
    let scores = reached.margins.iter().map(|margin| margin - intercept).collect();
    let Reached { w, steps: newton_steps, passes, .. } = reached;
    let report = SolverReport { stop, gap: 0.5 * error * error, newton_steps, passes };
    Fit::of(problem, &w, scores, report)
}
