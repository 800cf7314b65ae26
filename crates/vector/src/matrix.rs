//! A row-major matrix whose rows are padded for the kernels.

#[cfg(feature = "ndarray")]
use ndarray::{ArrayView2, s};

use super::lanes::{BLOCK, Element};

/// Rows of `dims` values, row-major. Each row takes [`Matrix::stride`] elements: `dims` rounded up to a multiple of
/// [`BLOCK`], the rest zeros, which change no dot product.
///
/// Row `i` *means* [`scale(i)`](Matrix::scale) `*` [`row(i)`](Matrix::row), plus its share of the [`Centre`] if the matrix has one. The
/// scale turns int8 codes into numbers, and brings raw embeddings to unit length without writing them again.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<E = f32> {
    data: Vec<E>,
    scales: Vec<f32>,
    centre: Option<Centre>,
    dims: usize,
    stride: usize,
}

/// A vector that all rows have in common and that is not stored in each. Embeddings of most models share a large part, and codes of
/// the rest alone have finer steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Centre {
    /// With the padding of a row.
    vector: Vec<f32>,
    /// Each row's share of it.
    shares: Vec<f32>,
    /// Its square.
    square: f64,
}

impl Centre {
    /// With the padding of a row.
    pub fn vector(&self) -> &[f32] {
        &self.vector
    }

    /// The share of row `row`.
    #[inline]
    pub fn share(&self, row: usize) -> f32 {
        self.shares[row]
    }

    /// The square of its length.
    pub(super) fn square(&self) -> f64 {
        self.square
    }

    /// The largest share of any row, times the centre's length.
    pub fn longest(&self) -> f64 {
        let share = self.shares.iter().fold(0.0f32, |largest, share| largest.max(share.abs()));
        f64::from(share) * self.square.sqrt()
    }
}

impl<E: Element> Matrix<E> {
    /// A matrix of zeros, its scales 1.
    pub fn zeros(rows: usize, dims: usize) -> Self {
        let stride = dims.next_multiple_of(BLOCK);
        Self { data: vec![E::default(); rows * stride], scales: vec![1.0; rows], centre: None, dims, stride }
    }

    /// Copies `values`, `dims` to a row, with scales 1. It ignores values after the last whole row.
    pub fn from_values(values: &[E], dims: usize) -> Self {
        let mut matrix = Self::zeros(values.len() / dims.max(1), dims);
        for (row, values) in values.chunks_exact(dims.max(1)).enumerate() {
            matrix.values_mut(row).copy_from_slice(values);
        }
        matrix
    }

    /// [`Matrix::from_values`], but reuses the memory of `values` if rows need no padding.
    pub fn from_vec(mut values: Vec<E>, dims: usize) -> Self {
        if dims == 0 || !dims.is_multiple_of(BLOCK) {
            return Self::from_values(&values, dims);
        }
        let rows = values.len() / dims;
        values.truncate(rows * dims);
        Self { data: values, scales: vec![1.0; rows], centre: None, dims, stride: dims }
    }

    /// Adds a row of `dims` values, of scale 1. A matrix with a centre has a fixed number of rows.
    pub fn push(&mut self, values: &[E]) {
        self.data.extend_from_slice(&values[..self.dims]);
        self.scales.push(1.0);
        self.data.resize(self.scales.len() * self.stride, E::default());
    }

    /// Adds `centre`, of `dims` values, to what each row means.
    pub fn with_centre(mut self, centre: &[f32]) -> Self {
        let shares = vec![1.0; self.rows()];
        self.centre = Some(Centre { vector: self.pad(centre), shares, square: f32::squares(centre) });
        self
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.scales.len()
    }

    /// How many values a row has, without padding.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How many elements lie from one row to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let centre = self.centre.as_ref().map_or(0, |centre| centre.vector.len() + centre.shares.len());
        size_of_val(self.data.as_slice()) + size_of::<f32>() * (self.scales.len() + centre)
    }

    /// The stored elements of row `row`, with their padding, before scale and centre.
    #[inline]
    pub fn row(&self, row: usize) -> &[E] {
        &self.data[row * self.stride..][..self.stride]
    }

    /// The stored elements of row `row`, without padding, before scale and centre.
    pub fn values(&self, row: usize) -> &[E] {
        &self.row(row)[..self.dims]
    }

    /// [`Matrix::values`] to write to.
    pub fn values_mut(&mut self, row: usize) -> &mut [E] {
        &mut self.data[row * self.stride..][..self.dims]
    }

    /// What the stored elements of row `row` are multiplied by.
    #[inline]
    pub fn scale(&self, row: usize) -> f32 {
        self.scales[row]
    }

    /// The scale of every row.
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// [`Matrix::scales`] to write to.
    pub fn scales_mut(&mut self) -> &mut [f32] {
        &mut self.scales
    }

    /// The centre, if there is one.
    pub fn centre(&self) -> Option<&Centre> {
        self.centre.as_ref()
    }

    /// What row `row` means, without padding.
    pub fn meaning(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
        let scale = f64::from(self.scale(row));
        let centre = self.centre.as_ref().map(|centre| (centre.vector(), f64::from(centre.share(row))));
        self.values(row).iter().enumerate().map(move |(i, &value)| {
            let value: f64 = value.into();
            value * scale + centre.map_or(0.0, |(vector, share)| f64::from(vector[i]) * share)
        })
    }

    /// Makes each row mean a vector of unit length, by changing its scale and its share of the centre. `lengths` are those of the rows,
    /// none of them 0; see [`Matrix::length`].
    pub fn bring_to_unit_length(&mut self, lengths: &[f64]) {
        let shares = self.centre.iter_mut().flat_map(|centre| &mut centre.shares).zip(lengths);
        for (factor, length) in self.scales.iter_mut().zip(lengths).chain(shares) {
            *factor = (f64::from(*factor) / length) as f32;
        }
    }

    /// `vector` with the padding of a row, as the kernels take it.
    pub fn pad(&self, vector: &[f32]) -> Vec<f32> {
        let mut padded = vec![0.0; self.stride];
        let dims = self.dims.min(vector.len());
        padded[..dims].copy_from_slice(&vector[..dims]);
        padded
    }

    /// The stored elements as an ndarray view: rows x dims, without the padding, before scales and centre.
    #[cfg(feature = "ndarray")]
    #[allow(clippy::missing_panics_doc)] // the data hold rows x stride elements
    pub fn view(&self) -> ArrayView2<'_, E> {
        let padded = ArrayView2::from_shape((self.rows(), self.stride), &self.data);
        padded.expect("rows x stride elements").slice_move(s![.., ..self.dims])
    }
}

/// Copies the rows of a view in any memory order, with scales 1.
#[cfg(feature = "ndarray")]
impl<E: Element> From<ArrayView2<'_, E>> for Matrix<E> {
    fn from(view: ArrayView2<E>) -> Self {
        let mut matrix = Self::zeros(view.nrows(), view.ncols());
        for (row, values) in view.outer_iter().enumerate() {
            matrix.values_mut(row).iter_mut().zip(values).for_each(|(to, &from)| *to = from);
        }
        matrix
    }
}

#[cfg(all(test, feature = "ndarray"))]
mod tests {
    use ndarray::{Array2, ShapeBuilder};
    use proptest::prelude::*;

    use super::Matrix;

    proptest! {
        #[test]
        fn a_view_comes_back_whatever_its_memory_order(
            rows in 0..9usize, dims in 1..40usize, fortran: bool, turned: bool
        ) {
            let values = (0..rows * dims).map(|i| i as f32).collect();
            let array = Array2::from_shape_vec((rows, dims).set_f(fortran), values).unwrap();
            let view = if turned { array.t() } else { array.view() };
            let matrix = Matrix::from(view);
            prop_assert_eq!(matrix.view(), view);
            if view.ncols() > 0 {
                let values: Vec<f32> = view.iter().copied().collect();
                prop_assert_eq!(matrix, Matrix::from_values(&values, view.ncols()));
            }
        }
    }
}
