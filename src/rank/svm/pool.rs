//! The rows that the fast solver looks at between two scans of all: fewer and fewer, in the end those that are active and those
//! that may turn so.

use super::products::products_of;
use crate::vector::{Element, Matrix, Native, kernels};

/// Rows that tell a typical change: so many of all, and so many of the active ones.
const SAMPLE: usize = 64;
/// Rows summed in float32 before they go to float64.
const PANEL: usize = 128;
/// Sums kept side by side.
const LANES: usize = 8;

/// Memory for what there is one of a row, kept from query to query. What a query leaves in it says nothing to the next.
#[derive(Debug, Default)]
pub struct Work {
    /// w·x of each row, with the intercept; out of date for those not near.
    pub margins: Vec<f32>,
    /// The rows that are looked at, ascending.
    near: Vec<u32>,
    /// Those of them that are active, ascending.
    active: Vec<u32>,
    /// For the list that takes the place of another.
    spare: Vec<u32>,
    /// The products of the rows that are looked at with a vector, their slacks, and their weights if any is not ordinary.
    pub products: Vec<f32>,
    slacks: Vec<f32>,
    weights: Vec<f32>,
}

impl Work {
    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let numbers = [&self.margins, &self.products, &self.slacks, &self.weights].map(Vec::capacity);
        let lists = [&self.near, &self.active, &self.spare].map(Vec::capacity);
        4 * numbers.into_iter().chain(lists).sum::<usize>()
    }

    /// What follows knows nothing of the rows' element type, so that there is one of it in the build.
    fn look_at_all(&mut self, weights: &[f32]) {
        self.near.clear();
        self.near.extend(0..self.margins.len() as u32);
        self.find_active(weights);
    }

    fn look_at_others(&mut self) {
        let Self { margins, near, spare, .. } = self;
        let mut seen = 0;
        keep(0..margins.len() as u32, spare, |row| {
            let is_near = near.get(seen) == Some(&row);
            seen += usize::from(is_near);
            !is_near
        });
        std::mem::swap(near, spare);
    }

    fn find_active(&mut self, weights: &[f32]) {
        let Self { margins, near, active, .. } = self;
        keep(near.iter().copied(), active, |row| {
            let row = row as usize;
            margins[row] > -1.0 && weights.get(row).is_none_or(|&weight| weight > 0.0)
        });
    }

    fn narrow(&mut self, far: f32) {
        let Self { margins, near, spare, .. } = self;
        keep(near.iter().copied(), spare, |row| margins[row as usize] > far);
        std::mem::swap(near, spare);
    }

    fn find_slacks(&mut self, row_weights: &[f32]) {
        let Self { margins, near, slacks, weights, .. } = self;
        slacks.clear();
        slacks.extend(near.iter().map(|&row| 1.0 + margins[row as usize]));
        weights.clear();
        if !row_weights.is_empty() {
            weights.extend(near.iter().map(|&row| row_weights[row as usize]));
        }
    }

    /// Moves the margins of the rows that are looked at by so many times the products; from zero if `anew`.
    fn step(&mut self, anew: bool, length: f32, weights: &[f32]) {
        let Self { margins, near, products, .. } = self;
        for (&row, product) in near.iter().zip(products) {
            let margin = &mut margins[row as usize];
            *margin = if anew { 0.0 } else { *margin } + length * *product;
        }
        self.find_active(weights);
    }
}

pub struct Pool<'a, E: Element> {
    rows: &'a Matrix<E>,
    /// The weight of each row beside an ordinary one; empty where all are ordinary.
    row_weights: &'a [f32],
    work: Work,
    visits: usize,
}

impl<'a, E: Element> Pool<'a, E> {
    /// All of a problem's rows, whose margins are in `work`.
    pub fn new(rows: &'a Matrix<E>, row_weights: &'a [f32], work: Work) -> Self {
        let mut pool = Self { rows, row_weights, work, visits: 0 };
        pool.work.look_at_all(row_weights);
        pool
    }

    /// w·x of each row, with the intercept; out of date for those that are not looked at.
    pub fn margins(&self) -> &[f32] {
        &self.work.margins
    }

    pub fn into_work(self) -> Work {
        self.work
    }

    /// How many rows were multiplied by a vector or added to one.
    pub fn visits(&self) -> usize {
        self.visits
    }

    /// Σ weight² over the active rows.
    pub fn active_squares(&self) -> f64 {
        match self.row_weights {
            [] => self.work.active.len() as f64,
            weights => self.work.active.iter().map(|&row| f64::from(weights[row as usize]).powi(2)).sum(),
        }
    }

    /// Looks only at rows whose margin is above `far`.
    pub fn narrow(&mut self, far: f32) {
        self.work.narrow(far);
    }

    /// Finds the margins at w of the rows that are not looked at, adds their slacks to `to` as [`Pool::add_slacks`] does, and then
    /// looks at all.
    pub fn complete(&mut self, w: &[f64], factor: f64, to: &mut [f64]) {
        self.work.look_at_others();
        self.multiply(w);
        self.work.step(true, 1.0, self.row_weights);
        self.add_slacks(factor, to);
        self.work.look_at_all(self.row_weights);
    }

    /// How much a change of w changes a margin, as a root mean square: of all rows or of the active ones, whichever
    /// change more.
    pub fn typical_change(&mut self, change: &[f64]) -> f32 {
        let sample = |count: usize| (0..count).step_by(count.div_ceil(SAMPLE).max(1));
        let all = sample(self.rows.rows()).map(|row| row as u32).collect();
        let active = sample(self.work.active.len()).map(|i| self.work.active[i]).collect();
        self.visits += 2 * SAMPLE;
        let [all, active] = [all, active].map(|rows: Vec<u32>| {
            let mut products = Vec::new();
            products_of(self.rows, &rows, change, &mut products);
            (products.iter().map(|x| x * x).sum::<f32>() / rows.len().max(1) as f32).sqrt()
        });
        all.max(active)
    }

    /// Works out what [`Pool::slopes`] and [`Pool::step`] need to know of a direction.
    pub fn look_along(&mut self, direction: &[f64]) {
        self.multiply(direction);
        self.work.find_slacks(self.row_weights);
    }

    fn multiply(&mut self, vector: &[f64]) {
        self.visits += self.work.near.len();
        products_of(self.rows, &self.work.near, vector, &mut self.work.products);
    }

    /// Σ weight slack change and Σ weight change² over the rows whose slack is above zero, `t` of the direction away.
    pub fn slopes(&self, t: f32) -> (f64, f64) {
        slopes(&self.work.slacks, &self.work.products, &self.work.weights, t)
    }

    /// Goes so far along the direction.
    pub fn step(&mut self, length: f32) {
        self.work.step(false, length, self.row_weights);
    }

    /// `to += factor Σ weight slack x` over the active rows, whose slack is 1 + w·x.
    pub fn add_slacks(&mut self, factor: f64, to: &mut [f64]) {
        let Work { margins, active, .. } = &self.work;
        self.visits += active.len();
        let dims = self.rows.dims();
        for list in active.chunks(PANEL) {
            let mut slacks = [0.0; PANEL];
            for (slack, &row) in slacks.iter_mut().zip(list) {
                let weight = self.row_weights.get(row as usize).copied().unwrap_or(1.0);
                *slack = weight * (1.0 + margins[row as usize]);
            }
            let slacks = &slacks[..list.len()];
            let mut sum = vec![0.0f32; self.rows.stride()];
            kernels::combine::<Native, E>(self.rows, list, slacks, &mut sum);
            to.iter_mut().zip(&sum[..dims]).for_each(|(to, &x)| *to += factor * f64::from(x));
            to[dims] += factor * slacks.iter().map(|&x| f64::from(x)).sum::<f64>();
        }
    }
}

/// Makes `to` the rows of `from` that are kept, without a branch for each, which the processor could not foretell.
fn keep(from: impl ExactSizeIterator<Item = u32>, to: &mut Vec<u32>, mut kept: impl FnMut(u32) -> bool) {
    to.resize(from.len(), 0);
    let mut end = 0;
    for row in from {
        to[end] = row;
        end += usize::from(kept(row));
    }
    to.truncate(end);
}

/// Σ weight slack change and Σ weight change² over the rows whose slack + t change is above zero, with that for slack.
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
        for (place, (&slack, &change)) in slacks.iter().zip(changes).enumerate() {
            add(place % LANES, slack, change, weights.map_or(1.0, |weights| weights[place]));
        }
        first += f64::from(sums[0].iter().sum::<f32>());
        second += f64::from(sums[1].iter().sum::<f32>());
    }
    (first, second)
}
