//! The fast way to the optimum: Newton's method from the model of the negatives, with the active rows' Gram matrix at
//! hand.
//!
//! Rows enter the gradient and the Hessian only through Σ x x' and Σ x over the active ones, which the [`Background`]
//! holds for its own active set. So both are a product with a small matrix, corrected by the few rows whose state
//! differs. What is left to scan the rows for is their margins: once for the first step, and once for each round of
//! further steps, which look only at rows near the margin until the round's end.

use super::background::{Background, margins, narrow};
use super::dense::{Dense, add, dot, norm};
use super::problem::Problem;
use super::{Report, Stop};
use crate::vector::{Element, Native, kernels};

/// Rounds before giving up; float64 Newton takes over then.
const MAX_ROUNDS: usize = 6;
/// Newton steps in a round after which the margins of all rows are looked at again.
const STEPS_PER_ROUND: usize = 4;
/// Conjugate gradients end when the residual has shrunk to this.
const FORCING: f64 = 1e-3;
const MAX_PRODUCTS: usize = 30;
/// Rows nearer to the margin than this many times the typical change of a margin are looked at in a round.
const NEAR: f64 = 4.0;

/// Where the method ended.
pub struct Ended {
    pub w: Vec<f64>,
    /// w·x for each row, with the intercept.
    pub margins: Vec<f32>,
    pub report: Report,
}

/// `enough` says of the scores and the bound on their error whether to stop before the tolerance is reached.
pub fn solve<E: Element>(
    problem: &Problem<E>,
    background: &Background,
    tolerance: f64,
    enough: impl Fn(&[f32], f64) -> bool,
) -> Ended {
    let mut solver = Solver::new(problem, background);
    let mut w = background.w.clone();
    let mut now = background.margins.clone();
    let mut newton_steps = 0;
    for round in 0.. {
        let (changes, gradient) = solver.gradient(&w, &now);
        let length = norm(&gradient);
        let gap = 0.5 * length * length;
        let scores_known = round > 0;
        let stop = if length <= tolerance {
            Some(Stop::Converged)
        } else if scores_known && enough(&now, length) {
            Some(Stop::TopK)
        } else {
            (round == MAX_ROUNDS).then_some(Stop::StepLimit)
        };
        if let Some(stop) = stop {
            let report = Report { stop, gap, newton_steps, passes: solver.passes() };
            return Ended { w, margins: now, report };
        }
        let mut next = w.clone();
        let direction = solver.direction(&changes, &gradient);
        add(&mut next, 1.0, &direction);
        newton_steps += 1;
        // Before the first scan nothing tells which rows come near.
        if round > 0 {
            newton_steps += solver.follow(&mut next, &now, &direction);
        }
        let reached = margins(problem.rows, &next);
        solver.visits += now.len();
        let step = line_search(problem, (&w, &now), (&next, &reached));
        w.iter_mut().zip(&next).for_each(|(w, next)| *w += step * (next - *w));
        now = if step == 1.0 { reached } else { margins(problem.rows, &w) };
    }
    unreachable!("the last round returns")
}

/// Rows whose state is not the background's: those now active, then those no longer so.
struct Changes {
    rows: Vec<u32>,
    /// 1 for a row that came, -1 for one that went.
    signs: Vec<f32>,
}

struct Solver<'a, E> {
    problem: &'a Problem<'a, E>,
    background: &'a Background,
    /// inverse * x for each given example, and the Cholesky factor of diag(1 / 2c) + X' inverse X, for Woodbury.
    given: Vec<Vec<f64>>,
    inner: Dense,
    narrow: Vec<f32>,
    product: Vec<f32>,
    /// Rows multiplied by a vector or added to one.
    visits: usize,
}

impl<'a, E: Element> Solver<'a, E> {
    fn new(problem: &'a Problem<'a, E>, background: &'a Background) -> Self {
        let unknowns = problem.unknowns();
        let mut solver = Self {
            problem,
            background,
            given: Vec::new(),
            inner: Dense::zeros(problem.given.len()),
            narrow: vec![0.0; background.inverse.stride()],
            product: vec![0.0; unknowns],
            visits: 0,
        };
        let count = problem.given.len();
        for i in 0..count {
            let mut example = vec![0.0; unknowns];
            problem.given_example(i).vector.add_to(&mut example, 1.0);
            let mut image = vec![0.0; unknowns];
            background.precondition(&example, &mut solver.narrow, &mut solver.product, &mut image);
            solver.given.push(image);
        }
        for i in 0..count {
            let example = problem.given_example(i);
            for j in 0..count {
                let mut value = example.vector.dot(&solver.given[j]);
                if i == j {
                    value += 0.5 / example.cost;
                }
                solver.inner.data[i * count + j] = value;
            }
        }
        if !solver.inner.factorise() {
            solver.given.clear();
        }
        solver
    }

    fn passes(&self) -> f64 {
        self.visits as f64 / self.problem.rows.rows().max(1) as f64
    }

    fn changes(&self, margins: &[f32]) -> Changes {
        let apart = &self.problem.given.set_apart;
        let mut changes = Changes { rows: Vec::new(), signs: Vec::new() };
        for (row, (&margin, &was)) in margins.iter().zip(&self.background.active).enumerate() {
            let is = margin > -1.0;
            if is != was && (apart.is_empty() || apart.binary_search(&(row as u32)).is_err()) {
                changes.rows.push(row as u32);
                changes.signs.push(if is { 1.0 } else { -1.0 });
            }
        }
        for &row in apart {
            if self.background.active[row as usize] {
                changes.rows.push(row);
                changes.signs.push(-1.0);
            }
        }
        changes
    }

    /// The gradient of P at `w`, given the margins there.
    fn gradient(&mut self, w: &[f64], margins: &[f32]) -> (Changes, Vec<f64>) {
        let changes = self.changes(margins);
        let cost = self.problem.negative_cost;
        let mut gradient = vec![0.0; w.len()];
        self.background.multiply(cost, w, &mut gradient);
        add(&mut gradient, 2.0 * cost, &self.background.sum);
        let slacks: Vec<f32> =
            changes.rows.iter().zip(&changes.signs).map(|(&row, sign)| sign * (1.0 + margins[row as usize])).collect();
        self.add_rows(&changes.rows, &slacks, 2.0 * cost, &mut gradient);
        for i in 0..self.problem.given.len() {
            let example = self.problem.given_example(i);
            let slack = 1.0 - example.label * example.vector.dot(w);
            if slack > 0.0 {
                example.vector.add_to(&mut gradient, -2.0 * example.cost * slack * example.label);
            }
        }
        self.visits += 2 * w.len();
        (changes, gradient)
    }

    /// `to += factor * Σ factors[i] x_i`.
    fn add_rows(&mut self, rows: &[u32], factors: &[f32], factor: f64, to: &mut [f64]) {
        let mut sum = vec![0.0f32; self.problem.rows.stride()];
        kernels::combine::<Native, E>(self.problem.rows, rows, factors, &mut sum);
        let dims = self.problem.rows.dims();
        to[..dims].iter_mut().zip(&sum).for_each(|(to, &x)| *to += factor * f64::from(x));
        to[dims] += factor * factors.iter().map(|&x| f64::from(x)).sum::<f64>();
        self.visits += rows.len();
    }

    /// x·vector for the listed rows, with the intercept.
    fn dot_rows(&mut self, rows: &[u32], vector: &[f64]) -> Vec<f32> {
        let mut out = vec![0.0; rows.len()];
        let intercept = vector[self.problem.rows.dims()] as f32;
        kernels::scan_list::<Native, E>(self.problem.rows, rows, &narrow(self.problem.rows, vector), &mut out);
        out.iter_mut().for_each(|x| *x += intercept);
        self.visits += rows.len();
        out
    }

    /// Solves H d = -gradient by conjugate gradients, preconditioned with the background's Hessian and the given
    /// examples.
    fn direction(&mut self, changes: &Changes, gradient: &[f64]) -> Vec<f64> {
        let mut direction = vec![0.0; gradient.len()];
        let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut steered = self.steer(&residual);
        let mut search = steered.clone();
        let mut square = dot(&residual, &steered);
        let target = FORCING * FORCING * square;
        for _ in 0..MAX_PRODUCTS {
            if square <= target || square <= 0.0 {
                break;
            }
            let image = self.hessian_product(changes, &search);
            let length = square / dot(&search, &image);
            add(&mut direction, length, &search);
            add(&mut residual, -length, &image);
            steered = self.steer(&residual);
            let next = dot(&residual, &steered);
            for (search, steered) in search.iter_mut().zip(&steered) {
                *search = steered + next / square * *search;
            }
            square = next;
        }
        direction
    }

    /// The inverse of the background's Hessian and the given examples, times `vector`: Woodbury's identity.
    fn steer(&mut self, vector: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; vector.len()];
        self.background.precondition(vector, &mut self.narrow, &mut self.product, &mut out);
        self.visits += vector.len();
        let mut weights: Vec<f64> = self.given.iter().map(|given| dot(given, vector)).collect();
        if !weights.is_empty() {
            self.inner.solve_factored(&mut weights);
        }
        for (given, weight) in self.given.iter().zip(&weights) {
            add(&mut out, -weight, given);
        }
        out
    }

    /// (I + Σ 2 c x x') vector over the active examples.
    fn hessian_product(&mut self, changes: &Changes, vector: &[f64]) -> Vec<f64> {
        let mut image = vec![0.0; vector.len()];
        let cost = self.problem.negative_cost;
        self.background.multiply(cost, vector, &mut image);
        self.visits += vector.len();
        let mut dots = self.dot_rows(&changes.rows, vector);
        dots.iter_mut().zip(&changes.signs).for_each(|(dot, sign)| *dot *= sign);
        self.add_rows(&changes.rows, &dots, 2.0 * cost, &mut image);
        for i in 0..self.problem.given.len() {
            let example = self.problem.given_example(i);
            example.vector.add_to(&mut image, 2.0 * example.cost * example.vector.dot(vector));
        }
        image
    }

    /// Newton steps on from `w`, which is `step` further than where the margins were taken, looking at the rows near the
    /// margin alone. Returns how many.
    fn follow(&mut self, w: &mut [f64], margins: &[f32], step: &[f64]) -> usize {
        let active = self.background.sum[w.len() - 1].max(1.0);
        let mut image = vec![0.0; step.len()];
        self.background.gram.multiply_add(1.0, step, &mut image);
        self.visits += step.len();
        let near = (NEAR * (dot(step, &image).max(0.0) / active).sqrt()) as f32;
        // The gradient needs the margins of the rows that differ from the background, near or not.
        let looked_at = |&row: &u32| {
            let margin = margins[row as usize];
            (margin + 1.0).abs() < near || (margin > -1.0) != self.background.active[row as usize]
        };
        let rows: Vec<u32> = (0..margins.len() as u32).filter(looked_at).collect();
        let mut seen = margins.to_vec();
        let mut step = step.to_vec();
        for steps in 0..STEPS_PER_ROUND {
            for (&row, change) in rows.iter().zip(self.dot_rows(&rows, &step)) {
                seen[row as usize] += change;
            }
            let (changes, gradient) = self.gradient(w, &seen);
            step = self.direction(&changes, &gradient);
            add(w, 1.0, &step);
            if norm(&step) <= 1e-7 * norm(w) {
                return steps + 1;
            }
        }
        STEPS_PER_ROUND
    }
}

/// The t in 0..=1 that minimises P between two points, and 1 where P falls all the way.
fn line_search<E: Element>(
    problem: &Problem<E>,
    (from, from_margins): (&[f64], &[f32]),
    (to, to_margins): (&[f64], &[f32]),
) -> f64 {
    let change: Vec<f64> = to.iter().zip(from).map(|(to, from)| to - from).collect();
    let (start, square) = (dot(from, &change), dot(&change, &change));
    let apart = &problem.given.set_apart;
    let derivative = |t: f64| {
        let mut sum = 0.0;
        let mut second = 0.0;
        for (row, (&a, &b)) in from_margins.iter().zip(to_margins).enumerate() {
            let slope = f64::from(b - a);
            let slack = 1.0 + f64::from(a) + t * slope;
            if slack > 0.0 && (apart.is_empty() || apart.binary_search(&(row as u32)).is_err()) {
                sum += slack * slope;
                second += slope * slope;
            }
        }
        let mut first = start + t * square + 2.0 * problem.negative_cost * sum;
        let mut second = square + 2.0 * problem.negative_cost * second;
        for i in 0..problem.given.len() {
            let example = problem.given_example(i);
            let (a, b) = (example.vector.dot(from), example.vector.dot(to));
            let slack = 1.0 - example.label * (a + t * (b - a));
            if slack > 0.0 {
                first -= 2.0 * example.cost * slack * example.label * (b - a);
                second += 2.0 * example.cost * (b - a) * (b - a);
            }
        }
        (first, second)
    };
    let (mut low, mut high) = (0.0, 1.0);
    let mut t = 1.0;
    for _ in 0..20 {
        let (first, second) = derivative(t);
        if t == 1.0 && first <= 1e-3 * second {
            return 1.0;
        }
        if first < 0.0 {
            low = t;
        } else {
            high = t;
        }
        let newton = t - first / second;
        let next = if low < newton && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - t).abs() <= 1e-3 {
            return next;
        }
        t = next;
    }
    t
}
