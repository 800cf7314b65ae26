//! The rows that the fast solver looks at between two scans of all: fewer and fewer, in the end those that are active and those
//! that may turn so.

use super::products::products_of;
use crate::vector::hinge::{PANEL, slacks, slopes};
use crate::vector::{Rows, indices};

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

    fn look_at_all(&mut self, weights: &[f32]) {
        self.near.clear();
        self.near.extend(0..self.margins.len() as u32);
        self.find_active(weights);
    }

    fn look_at_others(&mut self) {
        indices::others(&self.near, self.margins.len(), &mut self.spare);
        std::mem::swap(&mut self.near, &mut self.spare);
    }

    fn find_active(&mut self, weights: &[f32]) {
        indices::above(&self.margins, &self.near, -1.0, &mut self.active);
        if !weights.is_empty() {
            indices::above(weights, &self.active, 0.0, &mut self.spare);
            std::mem::swap(&mut self.active, &mut self.spare);
        }
    }

    fn narrow(&mut self, far: f32) {
        indices::above(&self.margins, &self.near, far, &mut self.spare);
        std::mem::swap(&mut self.near, &mut self.spare);
    }

    fn find_slacks(&mut self, weights: &[f32]) {
        slacks(&self.margins, &self.near, &mut self.slacks);
        self.weights.clear();
        if !weights.is_empty() {
            self.weights.extend(self.near.iter().map(|&row| weights[row as usize]));
        }
    }
}

pub struct Pool<'a> {
    rows: &'a dyn Rows,
    /// The weight of each row beside an ordinary one; empty where all are ordinary.
    row_weights: &'a [f32],
    work: Work,
    visits: usize,
}

impl<'a> Pool<'a> {
    /// All of a problem's rows, whose margins are in `work`.
    pub fn new(rows: &'a dyn Rows, row_weights: &'a [f32], work: Work) -> Self {
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
        let Work { margins, near, products, .. } = &mut self.work;
        indices::put(margins, near, products);
        self.work.find_active(self.row_weights);
        self.add_slacks(factor, to);
        self.work.look_at_all(self.row_weights);
    }

    /// Works out what [`Pool::slopes`] and [`Pool::step`] need to know of a direction. Returns how much it changes a margin, as a
    /// root mean square.
    pub fn look_along(&mut self, direction: &[f64]) -> f32 {
        self.multiply(direction);
        self.work.find_slacks(self.row_weights);
        let products = &self.work.products;
        (products.iter().map(|x| x * x).sum::<f32>() / products.len().max(1) as f32).sqrt()
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
        let Work { margins, near, products, .. } = &mut self.work;
        indices::add(margins, near, length, products);
        self.work.find_active(self.row_weights);
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
            self.rows.combine(list, slacks, &mut sum);
            to.iter_mut().zip(&sum[..dims]).for_each(|(to, &x)| *to += factor * f64::from(x));
            to[dims] += factor * slacks.iter().map(|&x| f64::from(x)).sum::<f64>();
        }
    }
}
