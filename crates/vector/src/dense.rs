//! Small symmetric matrices and vectors in float64.

/// A symmetric matrix, or the lower triangle of one.
#[derive(Clone, Debug)]
pub struct Dense {
    /// Rows, and columns.
    pub size: usize,
    /// Row after row.
    pub data: Vec<f64>,
}

impl Dense {
    /// All zeros.
    pub fn zeros(size: usize) -> Self {
        Self { size, data: vec![0.0; size * size] }
    }

    /// Ones on the diagonal.
    pub fn identity(size: usize) -> Self {
        let mut identity = Self::zeros(size);
        (0..size).for_each(|i| identity.data[i * size + i] = 1.0);
        identity
    }

    /// Row `i`, all of its columns.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.size..][..self.size]
    }

    /// Puts the Cholesky factor into the lower triangle: L with L L' = self. False if the matrix is not positive
    /// definite.
    pub fn factorise(&mut self) -> bool {
        self.factorise_above(0.0)
    }

    /// [`Dense::factorise`], but a pivot whose square is at most `share` of its entry on the diagonal becomes zero, and so does the
    /// column below it. False if there is any.
    pub fn factorise_above(&mut self, share: f64) -> bool {
        let n = self.size;
        let mut definite = true;
        for i in 0..n {
            let (above, row) = self.data.split_at_mut(i * n);
            for j in 0..i {
                let other = &above[j * n..][..=j];
                row[j] =
                    if other[j] == 0.0 { 0.0 } else { (row[j] - dot(&row[..j], &other[..j])) / other[j] };
            }
            let square = row[i] - dot(&row[..i], &row[..i]);
            let is_pivot = square > share * row[i] && square > 0.0;
            definite &= is_pivot;
            row[i] = if is_pivot { square.sqrt() } else { 0.0 };
        }
        definite
    }

    /// L⁻¹, L being this lower triangle; zeros above the diagonal.
    pub fn inverse_of_factor(&self) -> Self {
        let n = self.size;
        let mut lower = Self::zeros(n);
        for i in 0..n {
            let (above, row) = lower.data.split_at_mut(i * n);
            for (k, &factor) in self.row(i)[..i].iter().enumerate() {
                add(&mut row[..=k], -factor, &above[k * n..][..=k]);
            }
            row[i] = 1.0;
            let pivot = self.row(i)[i];
            row[..=i].iter_mut().for_each(|x| *x /= pivot);
        }
        lower
    }

    /// M'M for a lower triangle M.
    pub fn transposed_square(&self) -> Self {
        let n = self.size;
        let mut square = Self::zeros(n);
        for k in 0..n {
            let row = &self.row(k)[..=k];
            for (i, &factor) in row.iter().enumerate() {
                add(&mut square.data[i * n..][..=i], factor, &row[..=i]);
            }
        }
        square.mirror();
        square
    }

    /// Solves L L' x = b, where L is this lower triangle, and writes x over b.
    pub fn solve_factored(&self, b: &mut [f64]) {
        for i in 0..self.size {
            b[i] = (b[i] - dot(&self.row(i)[..i], &b[..i])) / self.row(i)[i];
        }
        for i in (0..self.size).rev() {
            b[i] /= self.row(i)[i];
            let x = b[i];
            add(&mut b[..i], -x, &self.row(i)[..i]);
        }
    }

    /// Copies the lower triangle to the upper one.
    pub fn mirror(&mut self) {
        for i in 0..self.size {
            for j in 0..i {
                self.data[j * self.size + i] = self.data[i * self.size + j];
            }
        }
    }
}

/// `to += factor * vector`.
pub fn add(to: &mut [f64], factor: f64, vector: &[f64]) {
    for (to, value) in to.iter_mut().zip(vector) {
        *to += factor * value;
    }
}

/// The dot product, in four sums that need not wait for each other.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    dot_of(a, b)
}

/// [`dot`] of a vector in float32.
pub fn dot_float32(a: &[f32], b: &[f64]) -> f64 {
    dot_of(a, b)
}

#[inline(always)]
fn dot_of<A: Copy + Into<f64>>(a: &[A], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..4 {
            sums[lane] += a[lane].into() * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(&a, b)| a.into() * b).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// The Euclidean length.
pub fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn the_inverse_times_the_matrix_is_the_identity(
            (size, values) in (1usize..12).prop_flat_map(|n| (Just(n), prop::collection::vec(-1.0f64..1.0, n * n)))
        ) {
            // A A' + I
            let mut matrix = Dense::zeros(size);
            for i in 0..size {
                for j in 0..size {
                    let product = dot(&values[i * size..][..size], &values[j * size..][..size]);
                    matrix.data[i * size + j] = product + if i == j { 1.0 } else { 0.0 };
                }
            }
            let mut factor = matrix.clone();
            prop_assert!(factor.factorise());
            let inverse = factor.inverse_of_factor().transposed_square();
            for i in 0..size {
                for j in 0..size {
                    let product: f64 = (0..size).map(|k| matrix.row(i)[k] * inverse.row(k)[j]).sum();
                    prop_assert!((product - f64::from(i == j)).abs() < 1e-9);
                }
                let mut row = matrix.row(i).to_vec();
                factor.solve_factored(&mut row);
                row.iter().enumerate().for_each(|(j, x)| assert!((x - f64::from(i == j)).abs() < 1e-9));
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        assert!(!Dense { size: 2, data: vec![1.0, 2.0, 2.0, 1.0] }.factorise());
    }
}
