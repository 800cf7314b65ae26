//! Where the solver starts: the lowest point of P in the span of two vectors, whose products with every row are known. What
//! is left to minimise has two unknowns, and two numbers a row.

use crate::vector::hinge::plane_sums;

/// Newton steps in two dimensions, each of which looks at about so many rows, spread evenly over all.
const STEPS: usize = 6;
const ROWS: usize = 2_000;

/// P in the span of two vectors a and b.
pub struct Plane<'a> {
    /// x·a and x·b for each row.
    pub rows: [&'a [f32]; 2],
    /// The weight of each row beside the others; 1 for all if empty.
    pub weights: &'a [f32],
    /// v·v' for a and b.
    pub gram: [[f64; 2]; 2],
    /// Each positive's products with them.
    pub positives: Vec<[f64; 2]>,
    pub positive_cost: f64,
    pub negative_cost: f64,
}

impl Plane<'_> {
    /// The coefficients of a and b at the lowest point, near enough to start from.
    pub fn minimise(&self) -> [f64; 2] {
        let mut at = [0.0; 2];
        let every = (self.rows[0].len() / ROWS).max(1);
        for _ in 0..STEPS {
            let (gradient, hessian) = self.derivatives(at, every);
            let change = solve(hessian, gradient);
            (0..2).for_each(|i| at[i] -= change[i]);
            if at.iter().any(|x| !x.is_finite()) {
                return [0.0; 2];
            }
        }
        at
    }

    /// x·w for each row, where w has these coefficients.
    pub fn margins(&self, at: [f64; 2]) -> impl Iterator<Item = f32> {
        let [of_a, of_b] = at.map(|x| x as f32);
        let [a, b] = self.rows;
        a.iter().zip(b).map(move |(a, b)| of_a * a + of_b * b)
    }

    fn derivatives(&self, at: [f64; 2], every: usize) -> ([f64; 2], [[f64; 2]; 2]) {
        let (sums, seen) = plane_sums(self.rows, self.weights, at.map(|x| x as f32), every);
        let [ra, rb, aa, ab, bb] = sums.map(|sum| {
            let all = self.rows[0].len() as f64;
            2.0 * self.negative_cost * sum * all / (seen as f64).max(1.0)
        });
        let mut gradient = [ra, rb];
        let mut hessian = [[aa, ab], [ab, bb]];
        let mut add = |vector: &[f64; 2], slope: f64, curvature: f64| {
            for ((gradient, hessian), x) in gradient.iter_mut().zip(&mut hessian).zip(vector) {
                *gradient += slope * x;
                hessian.iter_mut().zip(vector).for_each(|(to, y)| *to += curvature * x * y);
            }
        };
        for products in &self.positives {
            let slack = 1.0 - dot2(products, &at);
            if slack > 0.0 {
                let cost = 2.0 * self.positive_cost;
                add(products, -cost * slack, cost);
            }
        }
        for ((gradient, hessian), gram) in gradient.iter_mut().zip(&mut hessian).zip(&self.gram) {
            *gradient += dot2(gram, &at);
            hessian.iter_mut().zip(gram).for_each(|(to, x)| *to += x);
        }
        (gradient, hessian)
    }
}

fn dot2(a: &[f64; 2], b: &[f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// a⁻¹ b for a symmetric a. Where it is singular, for a and b coincide, the second unknown is left at zero.
fn solve([[aa, ab], [_, bb]]: [[f64; 2]; 2], [a, b]: [f64; 2]) -> [f64; 2] {
    let rest = bb - ab * ab / aa;
    if rest > 1e-10 * bb {
        let second = (b - ab / aa * a) / rest;
        [(a - ab * second) / aa, second]
    } else {
        [a / aa, 0.0]
    }
}
