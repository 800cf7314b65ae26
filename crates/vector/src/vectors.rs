//! The rows of a collection, of either element type.

use std::borrow::Cow;

use super::{Matrix, Rows};

/// Rows as float32 or as int8 codes.
#[derive(Clone, Debug, PartialEq)]
pub enum Vectors {
    /// The values as they are.
    Float32(Matrix<f32>),
    /// Codes from -127 to 127, each row with a scale.
    Int8(Matrix<i8>),
}

impl From<Matrix> for Vectors {
    fn from(rows: Matrix) -> Self {
        Self::Float32(rows)
    }
}

impl From<Matrix<i8>> for Vectors {
    fn from(rows: Matrix<i8>) -> Self {
        Self::Int8(rows)
    }
}

/// Runs `$body` with `$rows` bound to the matrix, whatever its element type.
macro_rules! with_rows {
    ($vectors:expr, $rows:ident => $body:expr) => {
        match $vectors {
            $crate::Vectors::Float32($rows) => $body,
            $crate::Vectors::Int8($rows) => $body,
        }
    };
}

impl Vectors {
    /// The rows without their type, as ranking takes them.
    pub fn as_rows(&self) -> &dyn Rows {
        with_rows!(self, rows => rows)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        with_rows!(self, rows => rows.rows())
    }

    /// Values in a row, without padding.
    pub fn dims(&self) -> usize {
        with_rows!(self, rows => rows.dims())
    }

    /// What row `row` means, without padding.
    pub fn values(&self, row: usize) -> Vec<f32> {
        self.as_rows().meaning(row).into_iter().map(|x| x as f32).collect()
    }

    /// The length of what row `row` means; not finite if one of its values is not.
    pub fn length(&self, row: usize) -> f64 {
        with_rows!(self, rows => rows.length(row))
    }

    /// [`Matrix::bring_to_unit_length`]
    pub fn bring_to_unit_length(&mut self, lengths: &[f64]) {
        with_rows!(self, rows => rows.bring_to_unit_length(lengths));
    }

    /// The rows as float32. What int8 lost does not come back.
    pub fn to_float32(&self) -> Cow<'_, Matrix> {
        match self {
            Self::Float32(rows) => Cow::Borrowed(rows),
            Self::Int8(_) => {
                let values: Vec<f32> = (0..self.rows()).flat_map(|row| self.values(row)).collect();
                Cow::Owned(Matrix::from_values(&values, self.dims()))
            }
        }
    }
}

/// Copies the rows of a view, see [`Matrix`].
#[cfg(feature = "ndarray")]
impl From<ndarray::ArrayView2<'_, f32>> for Vectors {
    fn from(view: ndarray::ArrayView2<f32>) -> Self {
        Self::Float32(view.into())
    }
}
