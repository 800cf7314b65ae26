//! Vectors: a row-major matrix and the kernels that scan it.
//!
//! A matrix stores float32 or int8 rows, each with a scale. Row `i` means `scale(i) * row(i)`, plus its share of a centre if the
//! matrix has one. `kernels` holds each algorithm once, written against `lanes::F32x4`; `scalar` and `simd128` implement those four
//! lanes for one instruction set each. Every implementation adds in the same order, so scalar, SIMD, native and browser builds give the
//! same bits. The other loops in which a search spends its time are here too: [`dense`], [`float16`], [`float32`], [`hinge`], [`indices`], [`top_k`].
//!
//! This is a crate of its own because it is always compiled for speed, while WebAssembly builds compile most of its users for size.
//! Generic code is compiled where it is used, so slow code is offered by type: [`Rows`], [`Vectors`].

pub mod dense;
mod deviations;
pub mod float16;
pub mod float32;
pub mod hinge;
pub mod indices;
mod kernels;
mod lanes;
mod lengths;
pub mod little_endian;
mod matrix;
mod moments;
mod quantize;
mod rows;
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[allow(unsafe_code)]
mod simd128;
#[cfg(test)]
mod tests;
pub mod top_k;
mod vectors;

pub use deviations::Deviations;
pub use lanes::Element;
pub use matrix::{Centre, Matrix};
pub use moments::Moments;
pub use quantize::quantize;
pub use rows::Rows;
pub use vectors::Vectors;

/// The fastest lanes this build has.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Native = simd128::Simd128;
/// The fastest lanes this build has.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
type Native = scalar::Scalar;

/// The dot products of one vector with four others of its length, a multiple of 4.
pub fn dots(vector: &[f32], others: [&[f32]; 4]) -> [f32; 4] {
    kernels::dots::<Native>(vector, others)
}
