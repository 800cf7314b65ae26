//! The plane in which the rows of a collection differ most, for drawing them: their first two principal components.

use super::Moments;
use crate::vector::dense::{Dense, add, dot, norm};
use crate::vector::{Deviations, Rows};

/// Products with the covariance, at most: enough for nearly all of the variance however near the next direction's is.
const MAX_PRODUCTS: usize = 200;
/// Where a product takes two scans, no more of them than take about a second; for a picture these are enough.
const MIN_PRODUCTS: usize = 12;
const MULTIPLICATIONS: usize = 4_000_000_000;
/// A direction that turns by less than this is found; nobody sees more on a map.
const TURN: f64 = 1e-5;
/// A variance below this share of the mean square is rounding of float32.
const ROUNDING: f64 = 1e-9;

/// A plane through the mean row.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Of unit length and at right angles, that of the larger variance first; zeros where nothing is left to vary.
    directions: [Vec<f32>; 2],
    /// How far along each the mean row is.
    origin: [f32; 2],
}

impl Projection {
    /// Finds the plane by power iteration on the covariance. The largest component of each direction is positive. Without the rows'
    /// `moments`, each product with the covariance takes two scans.
    pub fn of(rows: &dyn Rows, moments: Option<&Moments>) -> Self {
        match moments {
            Some(moments) => {
                let covariance = moments.covariance();
                let times = |vector: &[f64]| times(&covariance, vector);
                Self::by(&times, &moments.mean(), moments.mean_square(), MAX_PRODUCTS)
            }
            None => {
                let deviations = Deviations::of(rows);
                let square = |row: usize| rows.meaning(row).iter().map(|x| x * x).sum::<f64>();
                let mean_square = (0..rows.rows()).map(square).sum::<f64>() / rows.rows().max(1) as f64;
                let most = MULTIPLICATIONS / (4 * rows.rows() * rows.dims()).max(1);
                let most = most.clamp(MIN_PRODUCTS, MAX_PRODUCTS);
                let times = |vector: &[f64]| deviations.covariance_times(vector);
                Self::by(&times, deviations.mean(), mean_square, most)
            }
        }
    }

    /// `times` multiplies a vector by the covariance.
    fn by(times: &dyn Fn(&[f64]) -> Vec<f64>, mean: &[f64], mean_square: f64, most: usize) -> Self {
        let dims = mean.len();
        let rounding = ROUNDING * mean_square;
        let mut found: Vec<Vec<f64>> = Vec::new();
        for _ in 0..2 {
            // Fractions of multiples of the golden ratio: in no direction's way.
            let mut direction: Vec<f64> =
                (1..=dims).map(|i| (i as f64 * 0.618_033_988_75).fract() - 0.5).collect();
            let length = norm(&direction);
            direction.iter_mut().for_each(|x| *x /= length);
            for _ in 0..most {
                let mut next = times(&direction);
                for other in &found {
                    let along = dot(&next, other);
                    add(&mut next, -along, other);
                }
                let length = norm(&next);
                if length <= rounding {
                    direction.fill(0.0);
                    break;
                }
                next.iter_mut().for_each(|x| *x /= length);
                let before = std::mem::replace(&mut direction, next);
                if 1.0 - dot(&before, &direction) < 0.5 * TURN * TURN {
                    break;
                }
            }
            let largest =
                direction.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            direction.iter_mut().for_each(|x| *x *= largest.signum());
            found.push(direction);
        }
        Self {
            origin: [0, 1].map(|axis| dot(&found[axis], mean) as f32),
            directions: [0, 1].map(|axis| found[axis].iter().map(|&x| x as f32).collect()),
        }
    }

    /// Each row's coordinates: along the first direction, and along the second.
    pub fn points(&self, rows: &dyn Rows) -> [Vec<f32>; 2] {
        [0, 1].map(|axis| {
            let mut points = vec![0.0; rows.rows()];
            rows.scan(&rows.pad(&self.directions[axis]), &mut points);
            points.iter_mut().for_each(|point| *point -= self.origin[axis]);
            points
        })
    }

    /// A vector's coordinates; it may have the padding of a row.
    pub fn point(&self, vector: &[f32]) -> [f32; 2] {
        [0, 1].map(|axis| {
            let products =
                self.directions[axis].iter().zip(vector).map(|(&a, &b)| f64::from(a) * f64::from(b));
            (products.sum::<f64>() - f64::from(self.origin[axis])) as f32
        })
    }
}

fn times(matrix: &Dense, vector: &[f64]) -> Vec<f64> {
    (0..matrix.size).map(|i| dot(matrix.row(i), vector)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::Matrix;
    use crate::vector::dense::Dense;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// All variances along principal directions, largest first, by Jacobi's rotations.
    fn variances(mut matrix: Dense) -> Vec<f64> {
        let n = matrix.size;
        for _ in 0..60 {
            for p in 0..n {
                for q in p + 1..n {
                    let [a, b, c] = [p * n + p, q * n + q, p * n + q].map(|at| matrix.data[at]);
                    let angle = 0.5 * (2.0 * c).atan2(a - b);
                    let (sin, cos) = angle.sin_cos();
                    for i in 0..n {
                        let [x, y] = [matrix.data[i * n + p], matrix.data[i * n + q]];
                        matrix.data[i * n + p] = cos * x + sin * y;
                        matrix.data[i * n + q] = cos * y - sin * x;
                    }
                    for i in 0..n {
                        let [x, y] = [matrix.data[p * n + i], matrix.data[q * n + i]];
                        matrix.data[p * n + i] = cos * x + sin * y;
                        matrix.data[q * n + i] = cos * y - sin * x;
                    }
                }
            }
        }
        let mut variances: Vec<f64> = (0..n).map(|i| matrix.data[i * n + i]).collect();
        variances.sort_by(|a, b| b.total_cmp(a));
        variances
    }

    fn mean_square(values: &[f32]) -> f64 {
        values.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / values.len().max(1) as f64
    }

    proptest! {
        #[test]
        fn the_plane_has_the_largest_variances(
            (rows, dims) in (0usize..40, 1usize..12),
            values in prop::collection::vec(-1.0f32..1.0, 40 * 12),
            scale in 0.1f32..10.0,
            known: bool,
        ) {
            let mut matrix = Matrix::from_values(&values[..rows * dims], dims);
            matrix.scales_mut().fill(scale);
            let moments = Moments::of(&matrix);
            let projection = Projection::of(&matrix, known.then_some(&moments));
            let [x, y] = projection.points(&matrix);
            let expected = variances(moments.covariance());
            let bound = 0.02 * expected.iter().sum::<f64>() + 1e-5 * f64::from(scale).powi(2);
            prop_assert!((mean_square(&x) - expected[0]).abs() < bound, "{} {expected:?}", mean_square(&x));
            let second = expected.get(1).copied().unwrap_or(0.0);
            prop_assert!((mean_square(&y) - second).abs() < bound, "{} {expected:?}", mean_square(&y));
            let [right, up] = projection.directions.each_ref().map(|direction| {
                direction.iter().map(|&x| f64::from(x)).collect::<Vec<_>>()
            });
            prop_assert!(dot(&right, &up).abs() < 1e-5);
            for row in 0..rows {
                let vector: Vec<f32> = matrix.values(row).iter().map(|x| x * scale).collect();
                let place = projection.point(&vector);
                prop_assert!((place[0] - x[row]).abs() < 1e-4 * scale && (place[1] - y[row]).abs() < 1e-4 * scale);
            }
        }
    }

    #[test]
    fn rows_that_vary_along_one_line_leave_the_second_direction_empty() {
        let matrix = Matrix::from_values(&[1.0, 2.0, 3.0, 2.0, 4.0, 6.0, 3.0, 6.0, 9.0], 3);
        let [x, y] = Projection::of(&matrix, Some(&Moments::of(&matrix))).points(&matrix);
        assert!((x[2] - x[0] - 56f32.sqrt()).abs() < 1e-4, "{x:?}");
        assert_eq!(y, [0.0; 3]);
    }
}
