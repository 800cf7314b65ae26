//! A row-major matrix whose rows are padded for the kernels.

use ndarray::{ArrayView2, ShapeBuilder};

use super::lanes::{BLOCK, Element};

/// Rows of `dims` values, row-major. Each row takes [`Matrix::stride`] elements: `dims` rounded up to a multiple of
/// [`BLOCK`], the rest zeros, which change no dot product.
///
/// Row `i` *means* [`scale(i)`](Matrix::scale) `*` [`row(i)`](Matrix::row). The scale brings int8 codes back to
/// numbers, and raw embeddings to unit length without writing them again.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<E = f32> {
    data: Vec<E>,
    scales: Vec<f32>,
    dims: usize,
    stride: usize,
}

impl<E: Element> Matrix<E> {
    /// A matrix of zeros, its scales 1.
    pub fn zeros(rows: usize, dims: usize) -> Self {
        let stride = dims.next_multiple_of(BLOCK);
        Self { data: vec![E::default(); rows * stride], scales: vec![1.0; rows], dims, stride }
    }

    /// Copies `values`, `dims` to a row, with scales 1; values after the last whole row are left out.
    pub fn from_values(values: &[E], dims: usize) -> Self {
        let mut matrix = Self::zeros(values.len() / dims.max(1), dims);
        for (row, values) in values.chunks_exact(dims.max(1)).enumerate() {
            matrix.values_mut(row).copy_from_slice(values);
        }
        matrix
    }

    /// [`Matrix::from_values`] that keeps the memory of `values` where rows need no padding.
    pub fn from_vec(mut values: Vec<E>, dims: usize) -> Self {
        if dims == 0 || !dims.is_multiple_of(BLOCK) {
            return Self::from_values(&values, dims);
        }
        let rows = values.len() / dims;
        values.truncate(rows * dims);
        Self { data: values, scales: vec![1.0; rows], dims, stride: dims }
    }

    /// A copy of the rows in `list`, side by side.
    pub fn select(&self, list: &[u32]) -> Self {
        let mut data = Vec::with_capacity(list.len() * self.stride);
        list.iter().for_each(|&row| data.extend_from_slice(self.row(row as usize)));
        let scales = list.iter().map(|&row| self.scales[row as usize]).collect();
        Self { data, scales, dims: self.dims, stride: self.stride }
    }

    pub fn rows(&self) -> usize {
        self.scales.len()
    }

    /// Values in a row, without padding.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Elements from one row to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        size_of_val(self.data.as_slice()) + size_of_val(self.scales.as_slice())
    }

    /// The stored elements of row `row`, with their padding, before the scale.
    #[inline]
    pub fn row(&self, row: usize) -> &[E] {
        &self.data[row * self.stride..][..self.stride]
    }

    /// The stored elements of row `row`, without padding, before the scale.
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

    /// `vector` with the padding of a row, as the kernels take it.
    pub fn pad(&self, vector: &[f32]) -> Vec<f32> {
        let mut padded = vec![0.0; self.stride];
        let dims = self.dims.min(vector.len());
        padded[..dims].copy_from_slice(&vector[..dims]);
        padded
    }

    /// The stored elements as ndarray sees them: rows x dims, without the padding, before the scales.
    pub fn view(&self) -> ArrayView2<'_, E> {
        let shape = (self.rows(), self.dims).strides((self.stride, 1));
        ArrayView2::from_shape(shape, &self.data).expect("the data hold rows x stride elements")
    }
}
