//! The rows that the fast solver looks at between two scans of all: fewer and fewer, in the end those that are active and those
//! that may turn so.

use std::borrow::Cow;

use super::products::products_of;
use crate::vector::Rows;
use crate::vector::float32::above;
use crate::vector::hinge::PANEL;

/// Once less than this share of the rows is left, they are copied to lie side by side. A visit of scattered rows takes the
/// processor twice as long as one of neighbours, so the copy pays after two.
const PACKED: f64 = 0.3;
/// Rows that tell a typical change: so many of all, and so many of the active ones.
const SAMPLE: usize = 64;

pub struct Pool<'a> {
    /// The problem's rows.
    all: &'a dyn Rows,
    /// Copies of some of them, in their place.
    copies: Option<Box<dyn Rows>>,
    /// Which of the problem's rows each copy is.
    ids: Option<Vec<u32>>,
    /// The weight of each row beside an ordinary one; empty where all are ordinary.
    weights: Cow<'a, [f32]>,
    /// w·x of each row, with the intercept; out of date for those not near.
    margins: Vec<f32>,
    /// The rows that are looked at, ascending.
    near: Vec<u32>,
    /// Those of them that are active, ascending.
    active: Vec<u32>,
    visits: usize,
}

impl<'a> Pool<'a> {
    /// Some of a problem's rows. The margins are those of all.
    pub fn new(rows: &'a dyn Rows, weights: &'a [f32], margins: &[f32], near: Vec<u32>) -> Self {
        let (margins, weights) = (margins.to_vec(), Cow::Borrowed(weights));
        let (copies, ids, active) = (None, None, Vec::new());
        let mut pool = Self { all: rows, copies, ids, weights, margins, near, active, visits: 0 };
        pool.find_active();
        pool
    }

    fn rows(&self) -> &dyn Rows {
        self.copies.as_deref().unwrap_or(self.all)
    }

    /// How many rows were multiplied by a vector or added to one.
    pub fn visits(&self) -> usize {
        self.visits
    }

    /// Σ weight² over the active rows.
    pub fn active_squares(&self) -> f64 {
        match &*self.weights {
            [] => self.active.len() as f64,
            weights => self.active.iter().map(|&row| f64::from(weights[row as usize]).powi(2)).sum(),
        }
    }

    fn find_active(&mut self) {
        self.active = above(&self.margins, &self.near, -1.0);
        if !self.weights.is_empty() {
            self.active.retain(|&row| self.weights[row as usize] > 0.0);
        }
    }

    /// Looks only at rows whose margin is above `far`, and writes down in `margins`, of all the problem's rows, what it
    /// forgets.
    pub fn narrow(&mut self, far: f32, margins: &mut [f32]) {
        self.near = above(&self.margins, &self.near, far);
        if self.ids.is_some() || self.near.len() as f64 >= PACKED * self.rows().rows() as f64 {
            return;
        }
        self.save(margins);
        self.copies = Some(self.all.select(&self.near));
        self.margins = self.near.iter().map(|&row| self.margins[row as usize]).collect();
        if !self.weights.is_empty() {
            self.weights = self.near.iter().map(|&row| self.weights[row as usize]).collect();
        }
        let copies = (0..self.near.len() as u32).collect();
        self.ids = Some(std::mem::replace(&mut self.near, copies));
        self.find_active();
    }

    /// Writes what it knows into the margins of all the problem's rows.
    pub fn save(&self, margins: &mut [f32]) {
        match &self.ids {
            None => margins.copy_from_slice(&self.margins),
            Some(ids) => {
                ids.iter().zip(&self.margins).for_each(|(&id, &margin)| margins[id as usize] = margin)
            }
        }
    }

    /// The problem's rows that it does not look at, ascending.
    pub fn others(&self, all: usize) -> Vec<u32> {
        let (mut others, mut next) = (Vec::with_capacity(all - self.near.len()), 0);
        for &row in &self.near {
            let id = self.ids.as_ref().map_or(row, |ids| ids[row as usize]);
            others.extend(next..id);
            next = id + 1;
        }
        others.extend(next..all as u32);
        others
    }

    /// How much a change of w changes a margin, as a root mean square: of all rows or of the active ones, whichever
    /// change more.
    pub fn typical_change(&mut self, change: &[f64]) -> f32 {
        let sample = |count: usize| (0..count).step_by(count.div_ceil(SAMPLE).max(1));
        let all = sample(self.rows().rows()).map(|row| row as u32).collect();
        let active = sample(self.active.len()).map(|i| self.active[i]).collect();
        self.visits += 2 * SAMPLE;
        let [all, active] = [all, active].map(|rows: Vec<u32>| {
            let squares = products_of(self.rows(), &rows, change).into_iter().map(|x| x * x);
            (squares.sum::<f32>() / rows.len().max(1) as f32).sqrt()
        });
        all.max(active)
    }

    /// x·vector for each row that is looked at.
    pub fn products(&mut self, vector: &[f64]) -> Vec<f32> {
        self.visits += self.near.len();
        products_of(self.rows(), &self.near, vector)
    }

    /// Changes the margins of the rows that are looked at.
    pub fn step(&mut self, length: f32, changes: &[f32]) {
        for (&row, change) in self.near.iter().zip(changes) {
            self.margins[row as usize] += length * change;
        }
        self.find_active();
    }

    /// `to += factor Σ weight slack x` over the active rows, whose slack is 1 + w·x.
    pub fn add_slacks(&mut self, factor: f64, to: &mut [f64]) {
        self.visits += self.active.len();
        let dims = self.rows().dims();
        for list in self.active.chunks(PANEL) {
            let mut slacks = [0.0; PANEL];
            for (slack, &row) in slacks.iter_mut().zip(list) {
                let weight = self.weights.get(row as usize).copied().unwrap_or(1.0);
                *slack = weight * (1.0 + self.margins[row as usize]);
            }
            let slacks = &slacks[..list.len()];
            let mut sum = vec![0.0f32; self.rows().stride()];
            self.rows().combine(list, slacks, &mut sum);
            to.iter_mut().zip(&sum[..dims]).for_each(|(to, &x)| *to += factor * f64::from(x));
            to[dims] += factor * slacks.iter().map(|&x| f64::from(x)).sum::<f64>();
        }
    }

    /// The slack 1 + w·x of each row that is looked at, and its weight if any is not ordinary.
    pub fn slacks(&self) -> (Vec<f32>, Vec<f32>) {
        let slacks = self.near.iter().map(|&row| 1.0 + self.margins[row as usize]).collect();
        let weights = match &*self.weights {
            [] => Vec::new(),
            weights => self.near.iter().map(|&row| weights[row as usize]).collect(),
        };
        (slacks, weights)
    }
}
