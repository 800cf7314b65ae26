//! The fast way to the optimum, in float32: quasi-Newton steps that visit the active rows and those near the margin alone.
//!
//! Each step narrows the pool of rows that it looks at to those that the next ones may bring across the margin. In the end a
//! scan finds the margins of all others, and with them the exact gradient, which proves how near the optimum is; a
//! row that came in from afar only costs another round.

use super::background::{Background, narrow, products};
use super::lbfgs::Lbfgs;
use super::problem::Problem;
use super::start::Plane;
use crate::rank::dense::{Dense, add, dot, norm};
use crate::vector::{Element, Native, kernels};

/// Scans of all rows after which the float64 solver goes on.
const MAX_ROUNDS: usize = 6;
/// Steps between two scans.
const STEPS_PER_ROUND: usize = 40;
/// Rows nearer to the margin than this many times the typical change of a margin are looked at.
const NEAR: f32 = 3.0;
/// Rows that tell the typical change: so many of all, and so many of the active ones.
const SAMPLE: usize = 64;
/// Rows summed in float32 before they go to float64.
const PANEL: usize = 128;

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
pub fn solve<E: Element>(
    problem: &Problem<E>,
    background: &Background,
    tolerance: f64,
    enough: &impl Fn(&[f32], f64) -> bool,
) -> Reached {
    let mut solver = Solver::new(problem, background);
    let mut at = solver.start();
    let mut memory = Lbfgs::default();
    let mut steps = 0;
    let mut last = f64::INFINITY;
    for round in 1.. {
        for _ in 0..STEPS_PER_ROUND {
            let (length, rounding) = (norm(&at.gradient), solver.rounding(&at));
            // What the tolerance leaves; or, where it leaves nothing, as far as float32 goes.
            let goal = if rounding < tolerance { 0.9 * (tolerance - rounding) } else { rounding };
            if length <= goal || enough(&at.margins, 1.5 * length + rounding) {
                break;
            }
            if !solver.step(&mut at, &mut memory) {
                break;
            }
            steps += 1;
        }
        solver.scan_others(&mut at);
        let (length, rounding) = (norm(&at.gradient), solver.rounding(&at));
        let error = length + rounding;
        let settled = enough(&at.margins, error);
        // A round that gains nothing will not be followed by a better one.
        let stuck = round == MAX_ROUNDS || length.is_nan() || length > 0.5 * last;
        if error <= tolerance || settled || stuck {
            let enough = settled && error > tolerance;
            let passes = solver.visits / problem.rows().rows().max(1) as f64;
            let Point { w, margins, .. } = at;
            return Reached { w, margins, gradient: length, rounding, enough, steps, passes };
        }
        last = length;
    }
    unreachable!("the last round returns")
}

/// A point on the way, and what is known of the rows there.
struct Point {
    w: Vec<f64>,
    /// w·x for each row, with the intercept; of a row outside the pool, where it left it.
    margins: Vec<f32>,
    /// The rows that are looked at, ascending.
    pool: Vec<u32>,
    /// Those of the pool that are active, ascending.
    active: Vec<u32>,
    /// ∇P(w), as far as the rows of the pool go.
    gradient: Vec<f64>,
}

struct Solver<'a, E> {
    problem: &'a Problem<'a, E>,
    background: &'a Background,
    /// The weight of each row beside an ordinary one; empty where all are ordinary.
    weights: Vec<f32>,
    /// Each positive with its constant 1, and the preconditioner times it.
    positives: Vec<Vec<f64>>,
    preconditioned: Vec<Vec<f64>>,
    /// The Cholesky factor of diag(1 / 2c) + positives' preconditioned, for Woodbury's identity.
    inner: Dense,
    /// Rows multiplied by a vector or added to one.
    visits: f64,
}

impl<'a, E: Element> Solver<'a, E> {
    fn new(problem: &'a Problem<'a, E>, background: &'a Background) -> Self {
        let positives: Vec<Vec<f64>> = problem.positives().collect();
        let preconditioned: Vec<Vec<f64>> = positives.iter().map(|x| background.precondition(x)).collect();
        let mut inner = Dense::zeros(positives.len());
        for (i, positive) in positives.iter().enumerate() {
            for (j, other) in preconditioned.iter().enumerate() {
                inner.data[i * positives.len() + j] = dot(positive, other);
            }
            inner.data[i * positives.len() + i] += 0.5 / problem.positive_cost();
        }
        let preconditioned = if inner.factorise() { preconditioned } else { Vec::new() };
        let weights = problem.row_weights();
        Self { problem, background, weights, positives, preconditioned, inner, visits: 0.0 }
    }

    fn weight(&self, row: u32) -> f32 {
        if self.weights.is_empty() { 1.0 } else { self.weights[row as usize] }
    }

    /// The lowest point in the span of the preconditioner times the positives' mean and of the preconditioner times the
    /// rows' mean: the optimum itself where every row is active, and the preconditioner takes all for active.
    fn start(&mut self) -> Point {
        let rows = self.problem.rows();
        let mut mean = vec![0.0; self.problem.unknowns()];
        let share = 1.0 / self.positives.len().max(1) as f64;
        self.positives.iter().for_each(|positive| add(&mut mean, share, positive));
        let vectors = [&self.background.precondition(&mean), &self.background.mean];
        let of_positives = products(rows, vectors[0]);
        self.visits += rows.rows() as f64;
        let products = |x: &Vec<f64>| vectors.map(|vector| dot(x, vector));
        let plane = Plane {
            rows: [&of_positives, &self.background.mean_products],
            weights: &self.weights,
            gram: vectors.map(products),
            positives: self.positives.iter().map(products).collect(),
            positive_cost: self.problem.positive_cost(),
            negative_cost: self.problem.negative_cost(),
        };
        let at = plane.minimise();
        let margins = plane.margins(at);
        let mut w = vec![0.0; self.problem.unknowns()];
        vectors.iter().zip(at).for_each(|(vector, factor)| add(&mut w, factor, vector));
        let pool: Vec<u32> = (0..rows.rows() as u32).collect();
        let mut start = Point { w, margins, pool, active: Vec::new(), gradient: Vec::new() };
        self.look(&mut start);
        start
    }

    /// Finds the active rows of the pool and the gradient, from the margins.
    fn look(&mut self, at: &mut Point) {
        at.active.clear();
        let active = |&&row: &&u32| at.margins[row as usize] > -1.0 && self.weight(row) > 0.0;
        at.active.extend(at.pool.iter().filter(active));
        at.gradient.clone_from(&at.w);
        self.add_slacks(&at.active, &at.margins, &mut at.gradient);
        let cost = self.problem.positive_cost();
        for positive in &self.positives {
            let slack = (1.0 - dot(positive, &at.w)).max(0.0);
            add(&mut at.gradient, -2.0 * cost * slack, positive);
        }
    }

    /// Adds what these active rows are to the gradient: 2 c Σ (1 + w·x) x.
    fn add_slacks(&mut self, active: &[u32], margins: &[f32], gradient: &mut [f64]) {
        let rows = self.problem.rows();
        let factor = 2.0 * self.problem.negative_cost();
        for list in active.chunks(PANEL) {
            let mut slacks = [0.0; PANEL];
            for (slack, &row) in slacks.iter_mut().zip(list) {
                *slack = self.weight(row) * (1.0 + margins[row as usize]);
            }
            let slacks = &slacks[..list.len()];
            let mut sum = vec![0.0f32; rows.stride()];
            kernels::combine::<Native, E>(rows, list, slacks, &mut sum);
            gradient.iter_mut().zip(&sum[..rows.dims()]).for_each(|(to, &x)| *to += factor * f64::from(x));
            gradient[rows.dims()] += factor * slacks.iter().map(|&x| f64::from(x)).sum::<f64>();
        }
        self.visits += active.len() as f64;
    }

    /// One step to the lowest point of a line. False where there is none to take.
    fn step(&mut self, at: &mut Point, memory: &mut Lbfgs) -> bool {
        let direction = memory.direction(&at.gradient, |vector| self.steer(vector));
        let narrow = narrow(self.problem.rows(), &direction);
        let intercept = direction[self.problem.rows().dims()] as f32;
        let far = -1.0 - NEAR * self.typical_change(at, &narrow, intercept);
        at.pool.retain(|&row| at.margins[row as usize] > far);
        let mut changes = vec![0.0; at.pool.len()];
        self.multiply(&at.pool, &narrow, intercept, &mut changes);
        let length = self.line_search(at, &direction, &changes);
        if length.is_nan() || length <= 0.0 {
            return false;
        }
        for (&row, change) in at.pool.iter().zip(&changes) {
            at.margins[row as usize] += length as f32 * change;
        }
        add(&mut at.w, length, &direction);
        let mut bend: Vec<f64> = at.gradient.iter().map(|g| -g).collect();
        self.look(at);
        add(&mut bend, 1.0, &at.gradient);
        memory.learn(direction.into_iter().map(|x| length * x).collect(), bend);
        true
    }

    /// How much a step in this direction changes a margin, as a root mean square: of all rows or of the active ones,
    /// whichever change more.
    fn typical_change(&mut self, at: &Point, direction: &[f32], intercept: f32) -> f32 {
        let all = self.problem.rows().rows();
        let sample = |count: usize| (0..count).step_by(count.div_ceil(SAMPLE).max(1));
        let lists = [
            sample(all).map(|row| row as u32).collect::<Vec<_>>(),
            sample(at.active.len()).map(|i| at.active[i]).collect(),
        ];
        let typical = lists.map(|list| {
            let mut changes = vec![0.0; list.len()];
            self.multiply(&list, direction, intercept, &mut changes);
            (changes.iter().map(|x| x * x).sum::<f32>() / changes.len().max(1) as f32).sqrt()
        });
        typical[0].max(typical[1])
    }

    /// x·vector for the rows in `list`.
    fn multiply(&mut self, list: &[u32], vector: &[f32], intercept: f32, out: &mut [f32]) {
        kernels::scan_list::<Native, E>(self.problem.rows(), list, vector, out);
        out.iter_mut().for_each(|product| *product += intercept);
        self.visits += list.len() as f64;
    }

    /// The inverse of the background's Hessian and the positives', times `vector`: Woodbury's identity.
    fn steer(&self, vector: &[f64]) -> Vec<f64> {
        let mut out = self.background.precondition(vector);
        let mut weights: Vec<f64> = self.preconditioned.iter().map(|image| dot(image, vector)).collect();
        if !weights.is_empty() {
            self.inner.solve_factored(&mut weights);
        }
        for (image, weight) in self.preconditioned.iter().zip(&weights) {
            add(&mut out, -weight, image);
        }
        out
    }

    /// The t ≥ 0 that minimises P(w + t direction) over the rows of the pool, whose margins change by `changes` at t = 1.
    /// The derivative rises and is linear between the points where an example turns active or inactive, so Newton's
    /// method within a bracket finds its zero.
    fn line_search(&self, at: &Point, direction: &[f64], changes: &[f32]) -> f64 {
        let slacks: Vec<f32> = at.pool.iter().map(|&row| 1.0 + at.margins[row as usize]).collect();
        let weights: Vec<f32> = match self.weights.as_slice() {
            [] => Vec::new(),
            weights => at.pool.iter().map(|&row| weights[row as usize]).collect(),
        };
        let (start, square) = (dot(&at.w, direction), dot(direction, direction));
        let positives: Vec<(f64, f64)> =
            self.positives.iter().map(|x| (1.0 - dot(x, &at.w), -dot(x, direction))).collect();
        let derivatives = |t: f64| {
            let (first, second) = slopes(&slacks, changes, &weights, t as f32);
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
        let (mut low, mut high, mut t) = (0.0, f64::INFINITY, 1.0);
        for _ in 0..20 {
            let (first, second) = derivatives(t);
            if first < 0.0 {
                low = t;
            } else {
                high = t;
            }
            let newton = t - first / second;
            let next =
                if low < newton && newton < high { newton } else { f64::midpoint(low, high.min(2.0 * t)) };
            if (next - t).abs() <= 1e-2 * t {
                return next;
            }
            t = next;
        }
        t
    }

    /// Finds the margins of the rows outside the pool, which then holds all rows, and completes the gradient.
    fn scan_others(&mut self, at: &mut Point) {
        let rows = self.problem.rows();
        let all = rows.rows() as u32;
        if at.pool.len() == rows.rows() {
            return;
        }
        let mut pool = at.pool.iter().copied().peekable();
        let others: Vec<u32> = (0..all).filter(|&row| pool.next_if_eq(&row).is_none()).collect();
        let mut margins = vec![0.0; others.len()];
        self.multiply(&others, &narrow(rows, &at.w), at.w[rows.dims()] as f32, &mut margins);
        others.iter().zip(margins).for_each(|(&row, margin)| at.margins[row as usize] = margin);
        let is_active = |&row: &u32| at.margins[row as usize] > -1.0 && self.weight(row) > 0.0;
        let came: Vec<u32> = others.into_iter().filter(is_active).collect();
        at.active = (0..all).filter(is_active).collect();
        self.add_slacks(&came, &at.margins, &mut at.gradient);
        at.pool = (0..all).collect();
    }

    /// What float32 may hide of the gradient: each margin is off by a few units in the last place of |w| |x|, at random.
    fn rounding(&self, at: &Point) -> f64 {
        let unit = 4.0 * f64::from(f32::EPSILON) * norm(&at.w).max(1.0);
        let squares: f64 = if self.weights.is_empty() {
            at.active.len() as f64
        } else {
            at.active.iter().map(|&row| f64::from(self.weight(row)).powi(2)).sum()
        };
        2.0 * self.problem.negative_cost() * unit * squares.max(1.0).sqrt() * self.background.square()
    }
}

/// Lanes summed side by side.
const LANES: usize = 8;

/// Σ slack change and Σ change² over the rows that are active at t, each times its weight (1 where there are none).
fn slopes(slacks: &[f32], changes: &[f32], weights: &[f32], t: f32) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    let mut weights = weights.chunks(PANEL);
    for (slacks, changes) in slacks.chunks(PANEL).zip(changes.chunks(PANEL)) {
        let mut sums = [[0.0f32; LANES]; 2];
        let weights = weights.next();
        let mut add = |lane: usize, slack: f32, change: f32, weight: f32| {
            let slack = slack + t * change;
            let weighted = if slack > 0.0 { weight * change } else { 0.0 };
            sums[0][lane] += slack * weighted;
            sums[1][lane] += change * weighted;
        };
        let (eights, last) = slacks.as_chunks::<LANES>();
        for (i, slacks) in eights.iter().enumerate() {
            for (lane, &slack) in slacks.iter().enumerate() {
                let place = i * LANES + lane;
                add(lane, slack, changes[place], weights.map_or(1.0, |weights| weights[place]));
            }
        }
        for (lane, &slack) in last.iter().enumerate() {
            let place = eights.len() * LANES + lane;
            add(lane, slack, changes[place], weights.map_or(1.0, |weights| weights[place]));
        }
        first += f64::from(sums[0].iter().sum::<f32>());
        second += f64::from(sums[1].iter().sum::<f32>());
    }
    (first, second)
}
