//! What is the same for every query: the negatives.

use super::dense::Dense;
use super::problem::Problem;
use super::{Examples, newton};
use crate::vector::{Element, Matrix, Native, kernels};

/// Rows that the negatives' model is fitted on, at most: it is only a start, and near enough.
const SAMPLE: usize = 2000;
/// The gradient's length at which that model is good enough.
const SAMPLE_TOLERANCE: f64 = 1e-2;
const QUERIES: usize = 5;
/// Rows whose products are summed in float32 before they go to float64.
const PANEL: usize = 64;

/// The model of the negatives alone and the Hessian that comes with it, for one collection and one C.
#[derive(Clone, Debug)]
pub struct Background {
    c: f64,
    /// w of the negatives alone, with the intercept.
    pub(super) w: Vec<f64>,
    /// w·x for each row, with the intercept.
    pub(super) margins: Vec<f32>,
    /// Whether the row is active there: its margin is above -1.
    pub(super) active: Vec<bool>,
    /// Σ x x' and Σ x over the active rows.
    pub(super) gram: Dense,
    pub(super) sum: Vec<f64>,
    /// (I + 2 c Σ x x')⁻¹, row by row, in float32: it only steers.
    pub(super) inverse: Matrix,
}

impl Background {
    /// `c` is [`Options::c`](super::Options::c), within its range. Costs about 100 scans of the rows and, for `d`
    /// dimensions, memory for 12 d² bytes.
    pub fn of<E: Element>(rows: &Matrix<E>, c: f64) -> Self {
        let m = rows.rows();
        let cost = c * (m as f64 + 1.0) / (2.0 * m.max(1) as f64);
        let step = m.div_ceil(SAMPLE).max(1);
        let sample = every(rows, step);
        let mut w = vec![0.0; rows.dims() + 1];
        let picked: Vec<usize> = (0..QUERIES).map(|i| i * sample.rows() / QUERIES).collect();
        for &row in &picked {
            let mut query: Vec<f32> = sample.row(row).iter().map(|&x| Into::<f64>::into(x) as f32 * sample.scale(row)).collect();
            query.resize(rows.stride(), 0.0);
            let examples = Examples { more: vec![query], set_apart: vec![row as u32], ..Examples::default() };
            let problem = Problem::new(&sample, &examples, c);
            let (one, _) = newton::solve(&problem, vec![0.0; w.len()], SAMPLE_TOLERANCE);
            super::dense::add(&mut w, 1.0 / QUERIES as f64, &one);
        }
        let margins = margins(rows, &w);
        let active: Vec<bool> = margins.iter().map(|&margin| margin > -1.0).collect();
        let list: Vec<u32> = (0..m as u32).filter(|&row| active[row as usize]).collect();
        let (gram, sum) = gram(rows, &list);
        let mut hessian = gram.clone();
        hessian.data.iter_mut().for_each(|x| *x *= 2.0 * cost);
        for i in 0..hessian.size {
            hessian.data[i * hessian.size + i] += 1.0;
        }
        // I plus a sum of squares: only rounding could make this fail, and then the identity steers badly but right.
        let inverse = if hessian.factorise() { hessian.inverse_from_factor() } else { identity(hessian.size) };
        let inverse: Vec<f32> = inverse.data.iter().map(|&x| x as f32).collect();
        let inverse = Matrix::from_values(&inverse, gram.size);
        Self { c, w, margins, active, gram, sum, inverse }
    }

    /// Whether it can be the background of as many rows with this C.
    pub fn fits<E: Element>(&self, rows: &Matrix<E>, c: f64) -> bool {
        self.c == c && self.margins.len() == rows.rows() && self.gram.size == rows.dims() + 1
    }
}

fn identity(size: usize) -> Dense {
    let mut identity = Dense::zeros(size);
    (0..size).for_each(|i| identity.data[i * size + i] = 1.0);
    identity
}

/// w·x for each row, with the intercept.
pub fn margins<E: Element>(rows: &Matrix<E>, w: &[f64]) -> Vec<f32> {
    let mut margins = vec![0.0; rows.rows()];
    let intercept = w[rows.dims()] as f32;
    kernels::scan::<Native, E>(rows, &narrow(rows, w), &mut margins);
    margins.iter_mut().for_each(|margin| *margin += intercept);
    margins
}

/// w without its intercept, as the kernels take it.
pub fn narrow<E: Element>(rows: &Matrix<E>, w: &[f64]) -> Vec<f32> {
    let mut narrow = vec![0.0; rows.stride()];
    narrow.iter_mut().zip(&w[..rows.dims()]).for_each(|(narrow, &w)| *narrow = w as f32);
    narrow
}

fn every<E: Element>(rows: &Matrix<E>, step: usize) -> Matrix<E> {
    let picked: Vec<usize> = (0..rows.rows()).step_by(step).collect();
    let mut sample = Matrix::zeros(picked.len(), rows.dims());
    for (to, &from) in picked.iter().enumerate() {
        sample.values_mut(to).copy_from_slice(rows.values(from));
        sample.scales_mut()[to] = rows.scale(from);
    }
    sample
}

/// Σ x x' and Σ x over the listed rows, each x with its constant 1.
fn gram<E: Element>(rows: &Matrix<E>, list: &[u32]) -> (Dense, Vec<f64>) {
    let size = rows.dims() + 1;
    let mut gram = Dense::zeros(size);
    // A few rows at a time, transposed: column j of these rows is panel[j].
    let mut panel = vec![[0.0f32; PANEL]; size.next_multiple_of(4)];
    for list in list.chunks(PANEL) {
        panel.iter_mut().for_each(|column| column.fill(0.0));
        for (r, &row) in list.iter().enumerate() {
            let scale = rows.scale(row as usize);
            for (column, &value) in panel.iter_mut().zip(rows.values(row as usize)) {
                let value: f64 = value.into();
                column[r] = value as f32 * scale;
            }
            panel[size - 1][r] = 1.0;
        }
        for i in 0..size {
            let row = &mut gram.data[i * size..][..=i];
            let columns = panel.as_chunks::<4>().0;
            for (out, columns) in row.chunks_mut(4).zip(columns) {
                let dots = kernels::dots::<Native, PANEL>(&panel[i], columns);
                out.iter_mut().zip(dots).for_each(|(out, dot)| *out += f64::from(dot));
            }
        }
    }
    gram.mirror();
    let sum = gram.row(size - 1).to_vec();
    (gram, sum)
}

impl Background {
    /// `out = inverse * vector`.
    pub(super) fn precondition(&self, vector: &[f64], narrow: &mut [f32], product: &mut [f32], out: &mut [f64]) {
        narrow.iter_mut().zip(vector).for_each(|(to, &x)| *to = x as f32);
        kernels::scan::<Native, f32>(&self.inverse, narrow, product);
        out.iter_mut().zip(&*product).for_each(|(to, &x)| *to = x.into());
    }

    /// `out = vector + 2 cost gram vector`.
    pub(super) fn multiply(&self, cost: f64, vector: &[f64], out: &mut [f64]) {
        out.copy_from_slice(vector);
        self.gram.multiply_add(2.0 * cost, vector, out);
    }
}
