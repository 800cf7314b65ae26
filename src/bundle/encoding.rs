//! Vectors as the bytes of a part.

use half::f16;

use super::Part;
use crate::vector::{Matrix, Vectors, quantize};
use crate::{Error, Result};

/// An encoding of the vectors of a version 2 bundle; version 1 has float32 alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// 4 bytes a value.
    Float32,
    /// 2 bytes a value.
    Float16,
    /// 1 byte a value, and a float32 scale a row: what a site should ship.
    #[default]
    Int8,
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Float32, Self::Float16, Self::Int8];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float16 => "float16",
            Self::Int8 => "int8",
        }
    }

    /// Bytes of a row of `dims` values.
    fn row_bytes(self, dims: usize) -> usize {
        match self {
            Self::Float32 => 4 * dims,
            Self::Float16 => 2 * dims,
            Self::Int8 => dims + 4,
        }
    }

    /// The vectors in this encoding: float32 and float16 row after row, int8 all codes row after row and then all
    /// scales; little-endian.
    pub(super) fn encode(self, vectors: &Vectors) -> Vec<u8> {
        let numbers = || (0..vectors.rows()).flat_map(|row| vectors.values(row));
        match self {
            Self::Float32 => numbers().flat_map(f32::to_le_bytes).collect(),
            Self::Float16 => numbers().flat_map(|x| f16::from_f32(x).to_le_bytes()).collect(),
            Self::Int8 => {
                let quantized;
                let rows = match vectors {
                    Vectors::Int8(rows) => rows,
                    Vectors::Float32(rows) => {
                        quantized = quantize(rows);
                        &quantized
                    }
                };
                let codes = (0..rows.rows()).flat_map(|row| rows.values(row)).map(|&code| code as u8);
                codes.chain(rows.scales().iter().flat_map(|scale| scale.to_le_bytes())).collect()
            }
        }
    }

    /// Reads `rows` rows of `dims` values from the part `vectors`.
    pub(super) fn decode(part: &Part, rows: usize, dims: usize) -> Result<(Self, Vectors)> {
        let wrong = |field: &str, problem| Err(Error::field(format!("parts.vectors.{field}"), problem));
        let Some(encoding) = Self::ALL.into_iter().find(|encoding| encoding.name() == part.encoding) else {
            let names = Self::ALL.map(Self::name).join(", ");
            return wrong("encoding", format!("is \"{}\", expected one of {names}", part.encoding));
        };
        let bytes = part.bytes.as_slice();
        let expected = rows.saturating_mul(encoding.row_bytes(dims));
        if bytes.len() != expected {
            let problem = format!(
                "is {}, but {rows} passages x {dims} dimensions as {} are {expected} bytes",
                bytes.len(),
                part.encoding
            );
            return wrong("length", problem);
        }
        let vectors = match encoding {
            Self::Float32 => Vectors::Float32(matrix(bytes, dims, f32::from_le_bytes)),
            Self::Float16 => {
                Vectors::Float32(matrix(bytes, dims, |bytes| f16::from_le_bytes(bytes).to_f32()))
            }
            Self::Int8 => {
                let (codes, scales) = bytes.split_at(rows * dims);
                let mut codes = matrix(codes, dims, |[byte]: [u8; 1]| byte as i8);
                for (scale, bytes) in codes.scales_mut().iter_mut().zip(scales.as_chunks().0) {
                    *scale = f32::from_le_bytes(*bytes);
                }
                Vectors::Int8(codes)
            }
        };
        Ok((encoding, vectors))
    }
}

/// Rows of `dims` values of `N` bytes each.
fn matrix<E: crate::vector::Element, const N: usize>(
    bytes: &[u8],
    dims: usize,
    value: impl Fn([u8; N]) -> E,
) -> Matrix<E> {
    let values = bytes.as_chunks::<N>().0;
    let mut matrix = Matrix::zeros(values.len() / dims, dims);
    for (row, values) in values.chunks_exact(dims).enumerate() {
        for (to, &from) in matrix.values_mut(row).iter_mut().zip(values) {
            *to = value(from);
        }
    }
    matrix
}
