//! Four lanes as an array: the portable implementation, which compilers turn into SSE or NEON where they can.

use super::lanes::{BLOCK, F32x4, I32x4};

/// Four float32 lanes in plain Rust.
#[derive(Clone, Copy, Debug)]
pub struct Scalar([f32; 4]);

impl Scalar {
    #[inline(always)]
    fn zip(self, other: Self, op: impl Fn(f32, f32) -> f32) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([op(a, e), op(b, f), op(c, g), op(d, h)])
    }
}

impl F32x4 for Scalar {
    type Int = ScalarInt;
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }
    #[inline(always)]
    fn load(from: &[f32; 4]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    fn widen(from: &[i8; BLOCK]) -> [Self; 2] {
        let [a, b, c, d, e, f, g, h] = from.map(f32::from);
        [Self([a, b, c, d]), Self([e, f, g, h])]
    }
    #[inline(always)]
    fn store(self, to: &mut [f32; 4]) {
        *to = self.0;
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a + c) + (b + d)
    }
}

/// Four int32 lanes in plain Rust. Whole numbers add up to the same in any order, so one sum stands for all four, and
/// the compiler may spread it as it likes.
#[derive(Clone, Copy, Debug)]
pub struct ScalarInt(i32);

impl I32x4 for ScalarInt {
    #[inline(always)]
    fn zero() -> Self {
        Self(0)
    }
    #[inline(always)]
    fn multiply_add(self, codes: &[i8; BLOCK], values: &[i16; BLOCK]) -> Self {
        let products = codes.iter().zip(values).map(|(&code, &value)| i32::from(code) * i32::from(value));
        Self(products.fold(self.0, i32::wrapping_add))
    }
    #[inline(always)]
    fn square_add(self, codes: &[i8; BLOCK]) -> Self {
        Self(codes.iter().map(|&code| i32::from(code).pow(2)).fold(self.0, i32::wrapping_add))
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
    #[inline(always)]
    fn sum(self) -> i32 {
        self.0
    }
}
