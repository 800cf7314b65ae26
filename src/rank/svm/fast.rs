//! The fast way to the optimum: Newton's method in float32, which visits the active rows alone.
//!
//! Between two scans of all rows it looks at the active ones and at those near the margin, which are a quarter to a half
//! of them. A scan then finds the margins of all rows at the point reached, and with them the exact gradient,
//! which proves how near the optimum is; a row that came in from afar only costs another round.

use super::background::Background;
use super::problem::Problem;
use super::start::Plane;
use crate::rank::dense::{Dense, add, dot, norm};
use crate::vector::{Element, Matrix, Native, kernels};

/// Scans of all rows after which the float64 solver goes on.
const MAX_ROUNDS: usize = 6;
/// Newton steps between two scans.
const STEPS_PER_ROUND: usize = 8;
/// Conjugate gradients of a step end when the residual has shrunk to this share of the gradient.
const FORCING: f64 = 0.12;
const MAX_PRODUCTS: usize = 25;
/// Rows nearer to the margin than this many times the typical change of a margin are looked at.
const NEAR: f64 = 3.0;
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
    pub newton_steps: usize,
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
    let (mut w, mut margins) = solver.start();
    let mut active = solver.active(&margins);
    let mut gradient = solver.gradient(&w, &margins, &active);
    let mut newton_steps = 0;
    for round in 1.. {
        for _ in 0..STEPS_PER_ROUND {
            let step = solver.step(&w, &margins, &active, &gradient);
            newton_steps += 1;
            gradient = solver.take(step, &mut w, &mut margins, &mut active);
            let length = norm(&gradient);
            if length <= 0.5 * tolerance || enough(&margins, 1.5 * length) {
                break;
            }
        }
        gradient = solver.scan(&w, &mut margins);
        active = solver.active(&margins);
        let length = norm(&gradient);
        let rounding = solver.rounding(&w, &active);
        let error = length + rounding;
        let settled = enough(&margins, error);
        if error <= tolerance || settled || round == MAX_ROUNDS || !length.is_finite() {
            let enough = settled && error > tolerance;
            let passes = solver.visits / problem.rows().rows().max(1) as f64;
            return Reached { w, margins, gradient: length, rounding, enough, newton_steps, passes };
        }
    }
    unreachable!("the last round returns")
}

/// A Newton step and what is known of it.
struct Step {
    direction: Vec<f64>,
    /// g + H direction for the active set it was made for.
    residual: Vec<f64>,
    /// Rows that are not active but near the margin.
    near: Vec<u32>,
    /// direction·x for the active rows, then for the near ones.
    changes: Vec<f32>,
    /// How far to go, 0 to 1.
    length: f64,
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
    /// Rows multiplied by a vector or added to one; two of one visit count once.
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

    /// The lowest point in the span of the positives' mean, the preconditioner times it, and the intercept.
    fn start(&mut self) -> (Vec<f64>, Vec<f32>) {
        let rows = self.problem.rows();
        let mut mean = vec![0.0; self.problem.unknowns()];
        let share = 1.0 / self.positives.len().max(1) as f64;
        self.positives.iter().for_each(|positive| add(&mut mean, share, positive));
        // The third vector is the intercept's own, so the others do without theirs.
        let mut steered = self.background.precondition(&mean);
        let mut intercept = vec![0.0; mean.len()];
        for vector in [&mut steered, &mut mean] {
            *vector.last_mut().expect("the intercept") = 0.0;
        }
        *intercept.last_mut().expect("the intercept") = 1.0;
        let vectors = [steered, mean, intercept];
        let [mut a, mut b] = [0, 1].map(|_| vec![0.0; rows.rows()]);
        kernels::scan_two::<Native, E>(
            rows,
            [&narrow(rows, &vectors[0]), &narrow(rows, &vectors[1])],
            [&mut a, &mut b],
        );
        self.visits += rows.rows() as f64;
        let products = |x: &Vec<f64>| core::array::from_fn(|i| dot(x, &vectors[i]));
        let plane = Plane {
            rows: [&a, &b],
            weights: &self.weights,
            gram: core::array::from_fn(|i| products(&vectors[i])),
            positives: self.positives.iter().map(products).collect(),
            positive_cost: self.problem.positive_cost(),
            negative_cost: self.problem.negative_cost(),
        };
        let at = plane.minimise();
        let mut w = vec![0.0; self.problem.unknowns()];
        vectors.iter().zip(at).for_each(|(vector, factor)| add(&mut w, factor, vector));
        let [of_a, of_b, constant] = at.map(|x| x as f32);
        for (a, b) in a.iter_mut().zip(&b) {
            *a = of_a * *a + of_b * b + constant;
        }
        (w, a)
    }

    fn active(&self, margins: &[f32]) -> Vec<u32> {
        (0..margins.len() as u32)
            .filter(|&row| margins[row as usize] > -1.0 && self.weight(row) > 0.0)
            .collect()
    }

    /// The gradient of P at `w` with these margins.
    fn gradient(&mut self, w: &[f64], margins: &[f32], active: &[u32]) -> Vec<f64> {
        let mut gradient = w.to_vec();
        let slacks: Vec<f32> =
            active.iter().map(|&row| self.weight(row) * (1.0 + margins[row as usize])).collect();
        self.add_rows(active, &slacks, &mut gradient);
        self.add_positives(w, &mut gradient);
        gradient
    }

    /// The margins of all rows at `w`, and the gradient there: one visit of each row.
    fn scan(&mut self, w: &[f64], margins: &mut [f32]) -> Vec<f64> {
        let rows = self.problem.rows();
        let (narrow, intercept) = (narrow(rows, w), w[rows.dims()] as f32);
        let mut gradient = w.to_vec();
        let factor = 2.0 * self.problem.negative_cost();
        let mut constant = 0.0;
        for first in (0..rows.rows()).step_by(PANEL) {
            let last = rows.rows().min(first + PANEL);
            let mut sum = vec![0.0f32; rows.stride()];
            kernels::visit::<Native, E>(
                rows,
                first..last,
                &narrow,
                |place, product| {
                    let (row, margin) = (first + place, product + intercept);
                    margins[row] = margin;
                    let slack = self.weight(row as u32) * (1.0 + margin).max(0.0);
                    constant += f64::from(slack);
                    slack
                },
                &mut sum,
            );
            gradient.iter_mut().zip(&sum[..rows.dims()]).for_each(|(to, &x)| *to += factor * f64::from(x));
        }
        gradient[rows.dims()] += factor * constant;
        self.visits += rows.rows() as f64;
        self.add_positives(w, &mut gradient);
        gradient
    }

    /// Adds the positives' share of the gradient.
    fn add_positives(&self, w: &[f64], gradient: &mut [f64]) {
        let cost = self.problem.positive_cost();
        for positive in &self.positives {
            let slack = (1.0 - dot(positive, w)).max(0.0);
            add(gradient, -2.0 * cost * slack, positive);
        }
    }

    /// `to += 2 c Σ factors[i] x_i`.
    fn add_rows(&mut self, list: &[u32], factors: &[f32], to: &mut [f64]) {
        let rows = self.problem.rows();
        let factor = 2.0 * self.problem.negative_cost();
        for (list, factors) in list.chunks(PANEL).zip(factors.chunks(PANEL)) {
            let mut sum = vec![0.0f32; rows.stride()];
            kernels::combine::<Native, E>(rows, list, factors, &mut sum);
            to.iter_mut().zip(&sum[..rows.dims()]).for_each(|(to, &x)| *to += factor * f64::from(x));
            to[rows.dims()] += factor * factors.iter().map(|&x| f64::from(x)).sum::<f64>();
        }
        self.visits += list.len() as f64;
    }

    /// (I + Σ 2 c x x') vector over the active examples, and x·vector for each active row: one visit of each.
    fn hessian_product(&mut self, w: &[f64], active: &[u32], vector: &[f64]) -> (Vec<f64>, Vec<f32>) {
        let rows = self.problem.rows();
        let (narrow, intercept) = (narrow(rows, vector), vector[rows.dims()] as f32);
        let mut image = vector.to_vec();
        let factor = 2.0 * self.problem.negative_cost();
        let mut products = vec![0.0f32; active.len()];
        for (list, products) in active.chunks(PANEL).zip(products.chunks_mut(PANEL)) {
            let mut sum = vec![0.0f32; rows.stride()];
            let mut constant = 0.0;
            kernels::visit::<Native, E>(
                rows,
                list.iter().map(|&row| row as usize),
                &narrow,
                |place, product| {
                    products[place] = product + intercept;
                    let weighted = self.weight(list[place]) * products[place];
                    constant += f64::from(weighted);
                    weighted
                },
                &mut sum,
            );
            image.iter_mut().zip(&sum[..rows.dims()]).for_each(|(to, &x)| *to += factor * f64::from(x));
            image[rows.dims()] += factor * constant;
        }
        self.visits += active.len() as f64;
        for positive in &self.positives {
            if dot(positive, w) < 1.0 {
                add(&mut image, 2.0 * self.problem.positive_cost() * dot(positive, vector), positive);
            }
        }
        (image, products)
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

    /// Solves H d = -gradient by preconditioned conjugate gradients, and looks how far to go.
    fn step(&mut self, w: &[f64], margins: &[f32], active: &[u32], gradient: &[f64]) -> Step {
        let mut direction = vec![0.0; gradient.len()];
        let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut changes = vec![0.0f32; active.len()];
        let mut steered = self.steer(&residual);
        let mut search = steered.clone();
        let mut square = dot(&residual, &steered);
        let target = FORCING * FORCING * square;
        for _ in 0..MAX_PRODUCTS {
            let (image, products) = self.hessian_product(w, active, &search);
            let length = square / dot(&search, &image);
            if !length.is_finite() {
                break;
            }
            add(&mut direction, length, &search);
            add(&mut residual, -length, &image);
            changes.iter_mut().zip(&products).for_each(|(to, &x)| *to += length as f32 * x);
            steered = self.steer(&residual);
            let next = dot(&residual, &steered);
            if next <= target {
                break;
            }
            search
                .iter_mut()
                .zip(&steered)
                .for_each(|(search, steered)| *search = steered + next / square * *search);
            square = next;
        }
        residual.iter_mut().for_each(|x| *x = -*x);
        let typical =
            (changes.iter().map(|&x| f64::from(x * x)).sum::<f64>() / active.len().max(1) as f64).sqrt();
        let far = -1.0 - (NEAR * typical) as f32;
        let is_near = |&row: &u32| {
            let margin = margins[row as usize];
            margin <= -1.0 && margin > far && self.weight(row) > 0.0
        };
        let near: Vec<u32> = (0..margins.len() as u32).filter(is_near).collect();
        let rows = self.problem.rows();
        let (narrow, intercept) = (narrow(rows, &direction), direction[rows.dims()] as f32);
        let seen = changes.len();
        changes.resize(seen + near.len(), 0.0);
        kernels::scan_list::<Native, E>(rows, &near, &narrow, &mut changes[seen..]);
        changes[seen..].iter_mut().for_each(|change| *change += intercept);
        self.visits += near.len() as f64;
        let mut step = Step { direction, residual, near, changes, length: 1.0 };
        step.length = self.line_search(w, margins, active, &step);
        step
    }

    /// The t in 0..=1 that minimises P(w + t direction) over the rows looked at: 1 where P still falls there.
    fn line_search(&self, w: &[f64], margins: &[f32], active: &[u32], step: &Step) -> f64 {
        let (start, square) = (dot(w, &step.direction), dot(&step.direction, &step.direction));
        let positives: Vec<(f64, f64)> =
            self.positives.iter().map(|x| (1.0 - dot(x, w), -dot(x, &step.direction))).collect();
        let derivatives = |t: f64| {
            let (mut first, mut second) = (0.0, 0.0);
            for (&row, &slope) in active.iter().chain(&step.near).zip(&step.changes) {
                let (slope, weight) = (f64::from(slope), f64::from(self.weight(row)));
                let slack = 1.0 + f64::from(margins[row as usize]) + t * slope;
                if slack > 0.0 {
                    first += weight * slack * slope;
                    second += weight * slope * slope;
                }
            }
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
        let (mut low, mut high, mut t) = (0.0, 1.0, 1.0);
        for _ in 0..20 {
            let (first, second) = derivatives(t);
            // Past the lowest point by less than a tenth of the way: not worth leaving the quadratic for.
            if t == 1.0 && first <= 0.1 * second {
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

    /// Takes the step. Returns the gradient at its end: from the residual where the whole step was taken, corrected by
    /// the rows that changed sides.
    fn take(&mut self, step: Step, w: &mut [f64], margins: &mut [f32], active: &mut Vec<u32>) -> Vec<f64> {
        let sides = |w: &[f64]| -> Vec<bool> { self.positives.iter().map(|x| dot(x, w) < 1.0).collect() };
        let before = sides(w);
        add(w, step.length, &step.direction);
        let same_positives = before == sides(w);
        for (&row, change) in active.iter().chain(&step.near).zip(&step.changes) {
            margins[row as usize] += step.length as f32 * change;
        }
        let left = active.iter().filter(|&&row| margins[row as usize] <= -1.0);
        let came = step.near.iter().filter(|&&row| margins[row as usize] > -1.0);
        let changed: Vec<u32> = left.chain(came).copied().collect();
        let looked_at = active.iter().chain(&step.near);
        let mut next: Vec<u32> = looked_at.filter(|&&row| margins[row as usize] > -1.0).copied().collect();
        next.sort_unstable();
        *active = next;
        if step.length < 1.0 || !same_positives {
            return self.gradient(w, margins, active);
        }
        // What came adds its slack; what left takes away one below zero.
        let slacks: Vec<f32> = changed
            .iter()
            .map(|&row| {
                let slack = self.weight(row) * (1.0 + margins[row as usize]);
                if slack > 0.0 { slack } else { -slack }
            })
            .collect();
        let mut gradient = step.residual;
        self.add_rows(&changed, &slacks, &mut gradient);
        gradient
    }

    /// What float32 may hide of the gradient: each margin is off by a few units in the last place of |w| |x|, at random.
    fn rounding(&self, w: &[f64], active: &[u32]) -> f64 {
        let unit = 4.0 * f64::from(f32::EPSILON) * norm(w).max(1.0);
        let squares: f64 = active.iter().map(|&row| f64::from(self.weight(row)).powi(2)).sum();
        2.0 * self.problem.negative_cost() * unit * squares.max(1.0).sqrt() * self.background.square()
    }
}

/// w without its intercept, as the kernels take it.
fn narrow<E: Element>(rows: &Matrix<E>, w: &[f64]) -> Vec<f32> {
    let mut narrow = vec![0.0; rows.stride()];
    narrow.iter_mut().zip(&w[..rows.dims()]).for_each(|(narrow, &w)| *narrow = w as f32);
    narrow
}
