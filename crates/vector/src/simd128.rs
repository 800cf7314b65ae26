//! Four lanes as a WebAssembly v128.

use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_mul, f32x4_pmax, f32x4_splat, f32x4_sub,
    i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_extend_high_i16x8, i32x4_extend_low_i16x8,
    i32x4_extract_lane, i32x4_shuffle, i32x4_splat, v128, v128_load, v128_store,
};

use super::lanes::{BLOCK, F32x4, I32x4};

/// Four float32 lanes of WebAssembly's fixed-width SIMD.
#[derive(Clone, Copy, Debug)]
pub struct Simd128(v128);

impl F32x4 for Simd128 {
    type Int = Simd128Int;
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }
    #[inline(always)]
    fn load(from: &[f32; 4]) -> Self {
        // SAFETY: the reference covers 16 readable bytes, and v128.load takes any alignment.
        Self(unsafe { v128_load(from.as_ptr().cast()) })
    }
    #[inline(always)]
    fn widen(from: &[i8; BLOCK]) -> [Self; 2] {
        // SAFETY: the reference covers 8 readable bytes, and the load takes any alignment.
        let bytes = unsafe { i16x8_load_extend_i8x8(from.as_ptr()) };
        [
            Self(f32x4_convert_i32x4(i32x4_extend_low_i16x8(bytes))),
            Self(f32x4_convert_i32x4(i32x4_extend_high_i16x8(bytes))),
        ]
    }
    #[inline(always)]
    fn store(self, to: &mut [f32; 4]) {
        // SAFETY: the reference covers 16 writable bytes, and v128.store takes any alignment.
        unsafe { v128_store(to.as_mut_ptr().cast(), self.0) }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(f32x4_pmax(other.0, self.0))
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        let halves = f32x4_add(self.0, i32x4_shuffle::<2, 3, 0, 1>(self.0, self.0));
        f32x4_extract_lane::<0>(halves) + f32x4_extract_lane::<1>(halves)
    }
}

/// Four int32 lanes of WebAssembly's fixed-width SIMD.
#[derive(Clone, Copy, Debug)]
pub struct Simd128Int(v128);

impl I32x4 for Simd128Int {
    #[inline(always)]
    fn zero() -> Self {
        Self(i32x4_splat(0))
    }
    #[inline(always)]
    fn multiply_add(self, codes: &[i8; BLOCK], values: &[i16; BLOCK]) -> Self {
        // SAFETY: the references cover 8 and 16 readable bytes, and the loads take any alignment.
        let (codes, values) =
            unsafe { (i16x8_load_extend_i8x8(codes.as_ptr()), v128_load(values.as_ptr().cast())) };
        Self(i32x4_add(self.0, i32x4_dot_i16x8(codes, values)))
    }
    #[inline(always)]
    fn square_add(self, codes: &[i8; BLOCK]) -> Self {
        // SAFETY: the reference covers 8 readable bytes, and the load takes any alignment.
        let codes = unsafe { i16x8_load_extend_i8x8(codes.as_ptr()) };
        Self(i32x4_add(self.0, i32x4_dot_i16x8(codes, codes)))
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(i32x4_add(self.0, other.0))
    }
    #[inline(always)]
    fn sum(self) -> i32 {
        let halves = i32x4_add(self.0, i32x4_shuffle::<2, 3, 0, 1>(self.0, self.0));
        i32x4_extract_lane::<0>(halves).wrapping_add(i32x4_extract_lane::<1>(halves))
    }
}
