//! The rows of a collection in whichever element type they are kept.

use super::{Element, Matrix, quantize};

/// Rows as float32 or as int8 codes.
#[derive(Clone, Debug, PartialEq)]
pub enum Vectors {
    Float32(Matrix<f32>),
    Int8(Matrix<i8>),
}

/// Runs `$body` with `$rows` bound to the matrix, whatever its element type.
#[macro_export]
macro_rules! with_rows {
    ($vectors:expr, $rows:ident => $body:expr) => {
        match $vectors {
            $crate::vector::Vectors::Float32($rows) => $body,
            $crate::vector::Vectors::Int8($rows) => $body,
        }
    };
}

impl Vectors {
    pub fn rows(&self) -> usize {
        with_rows!(self, rows => rows.rows())
    }

    pub fn dims(&self) -> usize {
        with_rows!(self, rows => rows.dims())
    }

    /// What row `row` means, without padding: its elements times its scale.
    pub fn values(&self, row: usize) -> Vec<f32> {
        with_rows!(self, rows => {
            let scale = f64::from(rows.scale(row));
            rows.values(row).iter().map(|&x| (f64::from(x) * scale) as f32).collect()
        })
    }

    /// The length of what row `row` means; not finite where one of its values is not.
    pub fn length(&self, row: usize) -> f64 {
        with_rows!(self, rows => Element::squares(rows.values(row)).sqrt() * f64::from(rows.scale(row)).abs())
    }

    /// The rows as float32; what int8 lost does not come back.
    pub fn to_float32(&self) -> Matrix {
        match self {
            Self::Float32(rows) => rows.clone(),
            Self::Int8(_) => {
                let values: Vec<f32> = (0..self.rows()).flat_map(|row| self.values(row)).collect();
                Matrix::from_values(&values, self.dims())
            }
        }
    }

    /// The rows as int8; those that are int8 already stay as they are.
    pub fn to_int8(&self) -> Matrix<i8> {
        match self {
            Self::Float32(rows) => quantize(rows),
            Self::Int8(rows) => rows.clone(),
        }
    }
}
