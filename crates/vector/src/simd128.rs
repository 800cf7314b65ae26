//! Four lanes as a WebAssembly v128.

use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_mul, f32x4_pmax, f32x4_splat, f32x4_sub,
    i8x16_add, i8x16_shuffle, i8x16_splat, i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_eq,
    i32x4_extend_high_i16x8, i32x4_extend_low_i16x8, i32x4_extract_lane, i32x4_shl, i32x4_shuffle,
    i32x4_splat, u8x16_lt, u8x16_splat, u8x16_sub, u16x8_shl, u16x8_shr, u16x8_splat, u32x4_shr, v128,
    v128_and, v128_any_true, v128_bitselect, v128_load, v128_or, v128_store,
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

/// Decodes characters of base64, unless there are others.
pub fn float16_of_base64(text: &[u8; 32], values: &mut [f32; 12]) -> bool {
    // SAFETY: the reference covers 32 readable bytes, and v128.load takes any alignment.
    let [left, right] = [0, 16].map(|from| digits(unsafe { v128_load(text.as_ptr().add(from).cast()) }));
    if v128_any_true(v128_and(v128_or(left, right), u8x16_splat(NO_DIGIT))) {
        return false;
    }
    let (left, right) = (bytes(left), bytes(right));
    // The bytes of four numbers each, low ones first; the highest byte of each lane is 0.
    let numbers = [
        i8x16_shuffle::<2, 1, 3, 3, 0, 6, 3, 3, 5, 4, 3, 3, 10, 9, 3, 3>(left, left),
        i8x16_shuffle::<8, 14, 3, 3, 13, 12, 3, 3, 18, 17, 3, 3, 16, 22, 3, 3>(left, right),
        i8x16_shuffle::<5, 4, 3, 3, 10, 9, 3, 3, 8, 14, 3, 3, 13, 12, 3, 3>(right, right),
    ];
    for (numbers, values) in numbers.into_iter().zip(values.as_chunks_mut::<4>().0) {
        Simd128(float16(numbers)).store(values);
    }
    true
}

/// What a character that is no digit of base64 becomes.
const NO_DIGIT: u8 = 0x80;

/// The values of digits of base64.
#[inline(always)]
fn digits(characters: v128) -> v128 {
    let mut digits = u8x16_splat(NO_DIGIT);
    for (first, count, value) in [(b'A', 26, 0), (b'a', 26, 26), (b'0', 10, 52), (b'+', 1, 62), (b'/', 1, 63)]
    {
        let places = u8x16_sub(characters, u8x16_splat(first));
        let own = i8x16_add(places, i8x16_splat(value));
        digits = v128_bitselect(own, digits, u8x16_lt(places, u8x16_splat(count)));
    }
    digits
}

/// Of each four digits the three bytes, the last one in a lane's lowest.
#[inline(always)]
fn bytes(digits: v128) -> v128 {
    let pairs = v128_or(v128_and(u16x8_shl(digits, 6), u16x8_splat(0xfc0)), u16x8_shr(digits, 8));
    v128_or(i32x4_shl(v128_and(pairs, i32x4_splat(0xfff)), 12), u32x4_shr(pairs, 16))
}

/// As `float16::value`.
#[inline(always)]
fn float16(bits: v128) -> v128 {
    let size = i32x4_shl(v128_and(bits, i32x4_splat(0x7fff)), 13);
    let size = f32x4_mul(size, i32x4_splat((127 + 112) << 23));
    let exponent = v128_and(bits, i32x4_splat(0x7c00));
    let endless = v128_and(i32x4_eq(exponent, i32x4_splat(0x7c00)), i32x4_splat(0x7f80_0000));
    let sign = i32x4_shl(v128_and(bits, i32x4_splat(0x8000)), 16);
    v128_or(v128_or(size, endless), sign)
}
