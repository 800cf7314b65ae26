//! The fast solver, in float32: quasi-Newton steps that visit only the active rows and those near the margin.
//!
//! Each step narrows its pool of rows to those that later steps may bring across the margin. A last scan finds the margins of all
//! other rows, and with them the exact gradient, which proves how near the optimum is. If a row outside the pool has become active,
//! another round follows.

use super::background::Background;
use super::lbfgs::Lbfgs;
use super::line_search::lowest_point;
use super::pool::{Pool, Work};
use super::problem::Problem;
use super::products::products_into;
use super::start::Plane;
use crate::vector::dense::{Dense, add, dot, norm};

/// Scans of all rows after which the float64 solver goes on.
const MAX_ROUNDS: usize = 6;
/// Steps between two scans.
const STEPS_PER_ROUND: usize = 40;
/// The pool keeps rows that are nearer to the margin than this many times the typical change of a margin.
const NEAR: f64 = 4.0;
/// The relative precision of a step's length, and the most steps of its search.
const LENGTH: f64 = 1e-2;
const LENGTH_STEPS: usize = 20;

/// Where the method ended.
pub struct Reached {
    pub w: Vec<f64>,
    /// w·x for each row, with the intercept.
    pub margins: Vec<f32>,
    /// |∇P(w)|, and what rounding may hide of it.
    pub gradient: f64,
    pub rounding: f64,
    /// Whether the caller's question was settled before the tolerance was reached.
    pub enough: bool,
    pub steps: usize,
    /// Scans of all rows.
    pub passes: f64,
}

/// Goes on until the gradient is no longer than `tolerance`, or `enough` says so of margins and their error.
pub fn solve(
    problem: &Problem,
    background: &Background,
    tolerance: f64,
    enough: &dyn Fn(&[f32], f64) -> bool,
) -> Reached {
    let weights = problem.row_weights();
    let solver = Solver::new(problem, background, &weights);
    let mut at = solver.start(background.take_work());
    let mut memory = Lbfgs::default();
    let mut steps = 0;
    let mut last = f64::INFINITY;
    for round in 1.. {
        for _ in 0..STEPS_PER_ROUND {
            let (length, rounding) = (norm(&at.gradient), solver.rounding(&at));
            // What the tolerance leaves; or, where it leaves nothing, as far as float32 goes.
            let goal = if rounding < tolerance { 0.9 * (tolerance - rounding) } else { rounding };
            if length <= goal
                || enough(at.pool.margins(), 1.5 * length + rounding)
                || !solver.step(&mut at, &mut memory)
            {
                break;
            }
            steps += 1;
        }
        at.pool.complete(&at.w, 2.0 * problem.negative_cost(), &mut at.gradient);
        let (length, rounding) = (norm(&at.gradient), solver.rounding(&at));
        let error = length + rounding;
        let settled = enough(at.pool.margins(), error);
        // A round that gains nothing will not be followed by a better one.
        let stuck = round == MAX_ROUNDS || length.is_nan() || length > 0.5 * last;
        if error <= tolerance || settled || stuck {
            let enough = settled && error > tolerance;
            let rows = problem.rows().rows();
            let passes = (rows + at.pool.visits()) as f64 / rows.max(1) as f64;
            let margins = at.pool.margins().to_vec();
            background.keep_work(at.pool.into_work());
            let w = at.w;
            return Reached { w, margins, gradient: length, rounding, enough, steps, passes };
        }
        last = length;
    }
    unreachable!("the last round returns")
}

/// A point on the way, and what is known of the rows there.
struct Point<'a> {
    w: Vec<f64>,
    pool: Pool<'a>,
    /// ∇P(w), as far as the rows of the pool go.
    gradient: Vec<f64>,
    /// How much a step of length 1 changes a margin, as the last one did; before the first, without limit.
    change: f64,
}

struct Solver<'a> {
    problem: &'a Problem<'a>,
    background: &'a Background,
    /// The weight of each row beside an ordinary one; empty where all are ordinary.
    weights: &'a [f32],
    /// Each positive with its constant 1, and the preconditioner times it.
    positives: Vec<Vec<f64>>,
    preconditioned: Vec<Vec<f64>>,
    /// The Cholesky factor of diag(1 / 2c) + positives' preconditioned, for Woodbury's identity.
    inner: Dense,
}

impl<'a> Solver<'a> {
    fn new(problem: &'a Problem<'a>, background: &'a Background, weights: &'a [f32]) -> Self {
        let positives: Vec<Vec<f64>> = problem.positives().collect();
        let mut preconditioned: Vec<Vec<f64>> =
            positives.iter().map(|x| background.precondition(x)).collect();
        let mut inner = Dense::zeros(positives.len());
        for (i, positive) in positives.iter().enumerate() {
            for (j, other) in preconditioned.iter().enumerate() {
                inner.data[i * positives.len() + j] = dot(positive, other);
            }
            inner.data[i * positives.len() + i] += 0.5 / problem.positive_cost();
        }
        // Its diagonal is above zero: only rounding could make this fail, and then the positives are not steered by.
        if !inner.factorise() {
            inner = Dense::identity(positives.len());
            preconditioned.iter_mut().for_each(|image| image.fill(0.0));
        }
        Self { problem, background, weights, positives, preconditioned, inner }
    }

    /// The lowest point in the span of the preconditioner times the positives' mean and of the preconditioner times the
    /// rows' mean: the optimum itself where every row is active, and the preconditioner takes all for active.
    fn start(&self, mut work: Work) -> Point<'a> {
        let rows = self.problem.rows();
        let mut mean = vec![0.0; self.problem.unknowns()];
        let share = 1.0 / self.positives.len().max(1) as f64;
        self.preconditioned.iter().for_each(|image| add(&mut mean, share, image));
        let vectors = [&mean, &self.background.mean];
        products_into(rows, vectors[0], &mut work.products);
        let products = |x: &Vec<f64>| vectors.map(|vector| dot(x, vector));
        let plane = Plane {
            rows: [&work.products, &self.background.mean_products],
            weights: self.weights,
            gram: vectors.map(products),
            positives: self.positives.iter().map(products).collect(),
            positive_cost: self.problem.positive_cost(),
            negative_cost: self.problem.negative_cost(),
        };
        let at = plane.minimise();
        work.margins.clear();
        work.margins.extend(plane.margins(at));
        let mut w = vec![0.0; self.problem.unknowns()];
        vectors.iter().zip(at).for_each(|(vector, factor)| add(&mut w, factor, vector));
        let mut pool = Pool::new(rows, self.weights, work);
        let gradient = self.gradient(&w, &mut pool);
        Point { w, pool, gradient, change: f64::INFINITY }
    }

    /// ∇P(w), as far as the rows of the pool go.
    fn gradient(&self, w: &[f64], pool: &mut Pool) -> Vec<f64> {
        let mut gradient = w.to_vec();
        pool.add_slacks(2.0 * self.problem.negative_cost(), &mut gradient);
        let cost = self.problem.positive_cost();
        for positive in &self.positives {
            let slack = (1.0 - dot(positive, w)).max(0.0);
            add(&mut gradient, -2.0 * cost * slack, positive);
        }
        gradient
    }

    /// One step to the lowest point of a line. False where there is none to take.
    fn step(&self, at: &mut Point, memory: &mut Lbfgs) -> bool {
        let direction = memory.direction(&at.gradient, |vector| self.steer(vector));
        let long = norm(&direction);
        at.pool.narrow((-1.0 - NEAR * at.change * long) as f32);
        at.change = f64::from(at.pool.look_along(&direction)) / long;
        let length = self.line_search(at, &direction);
        if length.is_nan() || length <= 0.0 {
            return false;
        }
        at.pool.step(length as f32);
        add(&mut at.w, length, &direction);
        let gradient = self.gradient(&at.w, &mut at.pool);
        let old = std::mem::replace(&mut at.gradient, gradient);
        let bend = at.gradient.iter().zip(old).map(|(new, old)| new - old).collect();
        memory.learn(direction.into_iter().map(|x| length * x).collect(), bend);
        true
    }

    /// The inverse of the background's Hessian and the positives', times `vector`: Woodbury's identity.
    fn steer(&self, vector: &[f64]) -> Vec<f64> {
        let mut out = self.background.precondition(vector);
        let mut weights: Vec<f64> = self.preconditioned.iter().map(|image| dot(image, vector)).collect();
        self.inner.solve_factored(&mut weights);
        for (image, weight) in self.preconditioned.iter().zip(&weights) {
            add(&mut out, -weight, image);
        }
        out
    }

    /// The t ≥ 0 that minimises P(w + t direction) over the rows of the pool.
    fn line_search(&self, at: &Point, direction: &[f64]) -> f64 {
        let (start, square) = (dot(&at.w, direction), dot(direction, direction));
        let positives: Vec<(f64, f64)> =
            self.positives.iter().map(|x| (1.0 - dot(x, &at.w), -dot(x, direction))).collect();
        let derivatives = |t: f64| {
            let (first, second) = at.pool.slopes(t as f32);
            let negative = 2.0 * self.problem.negative_cost();
            let mut derivatives = (start + t * square + negative * first, square + negative * second);
            for &(slack, slope) in &positives {
                let slack = slack + t * slope;
                if slack > 0.0 {
                    derivatives.0 += 2.0 * self.problem.positive_cost() * slack * slope;
                    derivatives.1 += 2.0 * self.problem.positive_cost() * slope * slope;
                }
            }
            derivatives
        };
        lowest_point(derivatives, LENGTH, LENGTH_STEPS)
    }

    /// What float32 may hide of the gradient, if each margin is off by a unit in the last place of |w| |x|, at random: on text
    /// embeddings and on clustered rows two to five times what it does hide.
    fn rounding(&self, at: &Point) -> f64 {
        let unit = f64::from(f32::EPSILON) * norm(&at.w).max(1.0);
        let squares = at.pool.active_squares().max(1.0);
        2.0 * self.problem.negative_cost() * unit * squares.sqrt() * self.background.square()
    }
}
