//! Vectors as the bytes of a part.

use std::str::FromStr;

use half::f16;

use super::Part;
use super::centred::quantize_centred;
use super::part::Descriptor;
use crate::error::one_of;
use crate::vector::little_endian::{codes, float32};
use crate::vector::{Matrix, Vectors, float16, quantize};
use crate::{Error, Result};

/// An encoding of the vectors of a version 2 bundle; version 1 has float32 alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// 4 bytes a value.
    Float32,
    /// 2 bytes a value.
    Float16,
    /// 1 byte a value, and a float32 scale a row.
    Int8,
    /// [`Encoding::Int8`] of the difference between each row and the mean of all: what a site should ship.
    #[default]
    Int8Centred,
}

impl Encoding {
    const ALL: [Self; 4] = [Self::Float32, Self::Float16, Self::Int8, Self::Int8Centred];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float16 => "float16",
            Self::Int8 => "int8",
            Self::Int8Centred => "int8-centred",
        }
    }

    /// The encoding of this name, or an error that says which names there are.
    fn named(name: &str) -> std::result::Result<Self, String> {
        let found = Self::ALL.into_iter().find(|encoding| encoding.name() == name);
        found.ok_or_else(|| one_of(&Self::ALL.map(Self::name)))
    }

    /// Bytes of `rows` rows of `dims` values.
    fn bytes(self, rows: usize, dims: usize) -> usize {
        let (row, beside) = match self {
            Self::Float32 => (4 * dims, 0),
            Self::Float16 => (2 * dims, 0),
            Self::Int8 => (dims + 4, 0),
            Self::Int8Centred => (dims + 4, 4 * dims),
        };
        rows.saturating_mul(row).saturating_add(beside)
    }

    /// Bytes of a row of `dims` values, and of what follows all rows for each.
    pub(crate) fn row_bytes(self, dims: usize) -> (usize, usize) {
        match self {
            Self::Float32 => (4 * dims, 0),
            Self::Float16 => (2 * dims, 0),
            Self::Int8 | Self::Int8Centred => (dims, 4),
        }
    }

    /// [`Encoding::decode`] of bytes whose length is checked here.
    pub(crate) fn decode_checked(self, part: Part, rows: usize, dims: usize) -> Result<Vectors> {
        let expected = self.bytes(rows, dims);
        if part.bytes.len() != expected {
            let problem = format!("have {} bytes, expected {expected}", part.bytes.len());
            return Err(Error::field("vectors", problem));
        }
        Ok(self.decode(part, rows, dims))
    }

    /// The vectors in this encoding, little-endian: float32 and float16 row after row; int8 all codes row after row, then
    /// all scales, then the centre if there is one.
    pub(crate) fn encode(self, vectors: &Vectors) -> Vec<u8> {
        let numbers = || (0..vectors.rows()).flat_map(|row| vectors.values(row));
        match (self, vectors) {
            (Self::Float32, _) => numbers().flat_map(f32::to_le_bytes).collect(),
            (Self::Float16, _) => numbers().flat_map(|x| f16::from_f32(x).to_le_bytes()).collect(),
            (Self::Int8, Vectors::Int8(rows)) if rows.centre().is_none() => int8(rows),
            (Self::Int8, _) => int8(&quantize(&vectors.to_float32())),
            (Self::Int8Centred, Vectors::Int8(rows)) => int8_centred(rows),
            (Self::Int8Centred, Vectors::Float32(rows)) => int8_centred(&quantize_centred(rows)),
        }
    }

    /// The encoding of the part `vectors`, whose length must be that of `rows` rows of `dims` values.
    pub(super) fn of(part: &Descriptor, rows: usize, dims: usize) -> Result<Self> {
        let wrong = |field: &str, problem| Err(Error::field(format!("parts.vectors.{field}"), problem));
        let encoding = match Self::named(&part.encoding) {
            Ok(encoding) => encoding,
            Err(expected) => return wrong("encoding", format!("is \"{}\", {expected}", part.encoding)),
        };
        let expected = encoding.bytes(rows, dims);
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
            Self::Float32 => Vectors::Float32(Matrix::from_vec(float32(&bytes), dims)),
            Self::Float16 => Vectors::Float32(Matrix::from_vec(float16::values(&bytes), dims)),
            Self::Int8 | Self::Int8Centred => {
                let floats = bytes.split_off(rows * dims);
                let (scales, centre) = floats.as_chunks().0.split_at(rows);
                let mut codes = Matrix::from_vec(codes(bytes), dims);
                for (to, scale) in codes.scales_mut().iter_mut().zip(scales) {
                    *to = f32::from_le_bytes(*scale);
                }
                let centre = float32(centre.as_flattened());
                Vectors::Int8(if centre.is_empty() { codes } else { codes.with_centre(&centre) })
            }
        }
    }
}

/// The codes of all rows, then their scales.
fn int8(rows: &Matrix<i8>) -> Vec<u8> {
    let codes = (0..rows.rows()).flat_map(|row| rows.values(row)).map(|&code| code as u8);
    codes.chain(rows.scales().iter().flat_map(|scale| scale.to_le_bytes())).collect()
}

/// [`int8`], then the centre: zeros for rows without one.
fn int8_centred(rows: &Matrix<i8>) -> Vec<u8> {
    let centre =
        rows.centre().map_or(vec![0.0; rows.dims()], |centre| centre.vector()[..rows.dims()].to_vec());
    let mut bytes = int8(rows);
    bytes.extend(centre.into_iter().flat_map(f32::to_le_bytes));
    bytes
}

/// By its name.
impl FromStr for Encoding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::named(name).map_err(|expected| Error::option("encoding", format!("\"{name}\""), expected))
    }
}
