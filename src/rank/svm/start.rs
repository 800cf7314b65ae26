//! Where Newton's method starts: the lowest point of P in the span of three vectors, whose products with every row are
//! known. What is left to minimise has three unknowns, and three numbers a row.

/// Newton steps in three dimensions; the first ones look at every [`COARSE`]th block of rows.
const STEPS: usize = 7;
const COARSE_STEPS: usize = 4;
const COARSE: usize = 4;
/// Rows in a block, whose sums are kept side by side in float32.
const LANES: usize = 8;
const BLOCK: usize = 64;

/// P in the span of two vectors a, b and of the intercept.
pub struct Plane<'a> {
    /// x·a and x·b for each row.
    pub rows: [&'a [f32]; 2],
    /// The weight of each row beside the others; 1 for all if empty.
    pub weights: &'a [f32],
    /// v·v' for a, b and the intercept's direction.
    pub gram: [[f64; 3]; 3],
    /// Each positive's products with them.
    pub positives: Vec<[f64; 3]>,
    pub positive_cost: f64,
    pub negative_cost: f64,
}

impl Plane<'_> {
    /// The coefficients of a, b and the intercept at the lowest point, near enough to start from.
    pub fn minimise(&self) -> [f64; 3] {
        let mut at = [0.0; 3];
        for step in 0..STEPS {
            let every = if step < COARSE_STEPS { COARSE } else { 1 };
            let (gradient, hessian) = self.derivatives(at, every);
            let Some(change) = solve(hessian, gradient) else { break };
            (0..3).for_each(|i| at[i] -= change[i]);
            if at.iter().any(|x| !x.is_finite()) {
                return [0.0; 3];
            }
        }
        at
    }

    fn derivatives(&self, at: [f64; 3], every: usize) -> ([f64; 3], [[f64; 3]; 3]) {
        let (sums, seen) = self.row_sums(at.map(|x| x as f32), every);
        let [r, ra, rb, n, na, nb, naa, nab, nbb] = sums.map(|sum| {
            let all = self.rows[0].len() as f64;
            2.0 * self.negative_cost * sum * all / (seen as f64).max(1.0)
        });
        let mut gradient = [ra, rb, r];
        let mut hessian = [[naa, nab, na], [nab, nbb, nb], [na, nb, n]];
        for products in &self.positives {
            let slack = 1.0 - dot3(products, &at);
            if slack > 0.0 {
                for i in 0..3 {
                    gradient[i] -= 2.0 * self.positive_cost * slack * products[i];
                    for j in 0..3 {
                        hessian[i][j] += 2.0 * self.positive_cost * products[i] * products[j];
                    }
                }
            }
        }
        for i in 0..3 {
            gradient[i] += dot3(&self.gram[i], &at);
            for j in 0..3 {
                hessian[i][j] += self.gram[i][j];
            }
        }
        (gradient, hessian)
    }

    /// Σ over the active rows of their slack times 1, a, b, and of 1, a, b, aa, ab, bb; and how many rows were seen.
    fn row_sums(&self, at: [f32; 3], every: usize) -> ([f64; 9], usize) {
        let mut totals = [0.0; 9];
        let mut seen = 0;
        let [a, b] = self.rows;
        for (block, (a, b)) in a.chunks(BLOCK).zip(b.chunks(BLOCK)).enumerate().step_by(every) {
            let weights = self.weights.chunks(BLOCK).nth(block);
            let mut sums = [[0.0f32; LANES]; 9];
            let whole = a.len() / LANES * LANES;
            for first in (0..whole).step_by(LANES) {
                for lane in 0..LANES {
                    let weight = weights.map_or(1.0, |weights| weights[first + lane]);
                    add(&mut sums, lane, at, a[first + lane], b[first + lane], weight);
                }
            }
            for i in whole..a.len() {
                add(&mut sums, i - whole, at, a[i], b[i], weights.map_or(1.0, |weights| weights[i]));
            }
            for (total, sum) in totals.iter_mut().zip(sums) {
                *total += f64::from(sum.iter().sum::<f32>());
            }
            seen += a.len();
        }
        (totals, seen)
    }
}

#[inline(always)]
fn add(sums: &mut [[f32; LANES]; 9], lane: usize, at: [f32; 3], a: f32, b: f32, weight: f32) {
    let slack = 1.0 + at[0] * a + at[1] * b + at[2];
    let active = if slack > 0.0 { weight } else { 0.0 };
    let slack = slack * active;
    let (active_a, active_b) = (active * a, active * b);
    let terms =
        [slack, slack * a, slack * b, active, active_a, active_b, active_a * a, active_a * b, active_b * b];
    for (sum, term) in sums.iter_mut().zip(terms) {
        sum[lane] += term;
    }
}

fn dot3(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// a⁻¹ b for a symmetric a, which may be singular where vectors coincide: those are left out.
fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> Option<[f64; 3]> {
    let size = (0..3).map(|i| a[i][i]).fold(0.0, f64::max);
    for i in 0..3 {
        if a[i][i] <= 1e-10 * size {
            (0..3).for_each(|j| (a[i][j], a[j][i]) = (0.0, 0.0));
            (a[i][i], b[i]) = (1.0, 0.0);
        }
        for j in i + 1..3 {
            let factor = a[j][i] / a[i][i];
            (i..3).for_each(|k| a[j][k] -= factor * a[i][k]);
            b[j] -= factor * b[i];
        }
    }
    for i in (0..3).rev() {
        let known: f64 = (i + 1..3).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b.iter().all(|x| x.is_finite()).then_some(b)
}
