//! Vectors as the bytes of a part.

use std::str::FromStr;

use half::f16;

use super::Part;
use super::part::Descriptor;
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

    /// The encoding of this name, or what was expected.
    fn named(name: &str) -> std::result::Result<Self, String> {
        let found = Self::ALL.into_iter().find(|encoding| encoding.name() == name);
        found.ok_or_else(|| format!("expected one of {}", Self::ALL.map(Self::name).join(", ")))
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

    /// The encoding of the part `vectors`, whose length must be that of `rows` rows of `dims` values.
    pub(super) fn of(part: &Descriptor, rows: usize, dims: usize) -> Result<Self> {
        let wrong = |field: &str, problem| Err(Error::field(format!("parts.vectors.{field}"), problem));
        let encoding = match Self::named(&part.encoding) {
            Ok(encoding) => encoding,
            Err(expected) => return wrong("encoding", format!("is \"{}\", {expected}", part.encoding)),
        };
        let expected = rows.saturating_mul(encoding.row_bytes(dims));
        if part.length != expected as u64 {
            let problem = format!(
                "is {}, but {rows} passages x {dims} dimensions as {} are {expected} bytes",
                part.length, part.encoding
            );
            return wrong("length", problem);
        }
        Ok(encoding)
    }

    /// Reads the part `vectors`, which [`Encoding::of`] has checked, of `rows` rows of `dims` values.
    pub(super) fn decode(self, part: Part, rows: usize, dims: usize) -> Vectors {
        let mut bytes = part.bytes;
        match self {
            Self::Float32 => Vectors::Float32(matrix(&bytes, dims, f32::from_le_bytes)),
            Self::Float16 => {
                Vectors::Float32(matrix(&bytes, dims, |bytes| f16::from_le_bytes(bytes).to_f32()))
            }
            Self::Int8 => {
                let scales = bytes.split_off(rows * dims);
                // In place: an iterator over a vector that maps to elements of the same size keeps its memory.
                let codes = bytes.into_iter().map(|byte| byte as i8).collect();
                let mut codes = Matrix::from_vec(codes, dims);
                for (scale, bytes) in codes.scales_mut().iter_mut().zip(scales.as_chunks().0) {
                    *scale = f32::from_le_bytes(*bytes);
                }
                Vectors::Int8(codes)
            }
        }
    }
}

/// By its name.
impl FromStr for Encoding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::named(name).map_err(|expected| Error::option("encoding", format!("\"{name}\""), expected))
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
