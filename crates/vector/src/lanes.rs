//! Four lanes of float32 or int32: all that a kernel may ask of an instruction set.

use super::Native;

type Int = <Native as F32x4>::Int;

/// Rows are padded with zeros to a multiple of this many floats, so that no kernel has a tail to handle.
/// Eight is two registers of four: enough independent sums to hide the latency of an addition.
pub const BLOCK: usize = 8;

/// Four float32 lanes. Additions and multiplications round separately (no fused multiply-add), so that every
/// implementation gives the same bits.
pub trait F32x4: Copy {
    /// The same instruction set's lanes of int32.
    type Int: I32x4;
    fn splat(value: f32) -> Self;
    fn load(from: &[f32; 4]) -> Self;
    /// Eight signed bytes as two times four floats.
    fn widen(from: &[i8; BLOCK]) -> [Self; 2];
    fn store(self, to: &mut [f32; 4]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// Lane-wise maximum; of a NaN and a number, either may result.
    fn max(self, other: Self) -> Self;
    /// `(a + c) + (b + d)` for lanes `a, b, c, d`.
    fn sum(self) -> f32;
}

/// Four int32 lanes; sums wrap, but no kernel lets them come so far.
pub trait I32x4: Copy {
    fn zero() -> Self;
    /// Adds the eight products of codes and values, to whichever lanes.
    fn multiply_add(self, codes: &[i8; BLOCK], values: &[i16; BLOCK]) -> Self;
    /// Adds the eight squares, to whichever lanes.
    fn square_add(self, codes: &[i8; BLOCK]) -> Self;
    fn add(self, other: Self) -> Self;
    /// The sum of all lanes.
    fn sum(self) -> i32;
}

/// What a matrix may store: values that become float32 lanes when they are read.
pub trait Element: Copy + Default + Into<f64> {
    /// Eight values as two times four lanes.
    fn lanes<L: F32x4>(from: &[Self; BLOCK]) -> [L; 2];
    /// The sum of the squares, in float64, where those of no finite float32 overflow or vanish.
    fn squares(values: &[Self]) -> f64;
}

impl Element for f32 {
    fn squares(values: &[f32]) -> f64 {
        values.iter().map(|&x| f64::from(x).powi(2)).sum()
    }

    #[inline(always)]
    fn lanes<L: F32x4>(from: &[f32; BLOCK]) -> [L; 2] {
        let [a, b, c, d, e, f, g, h] = *from;
        [L::load(&[a, b, c, d]), L::load(&[e, f, g, h])]
    }
}

impl Element for i8 {
    /// Exact, and in whole numbers, of which eight are added at once: a bundle is checked each time it is loaded.
    fn squares(values: &[i8]) -> f64 {
        // 131,071 squares of -128 are the most that fit.
        let sum = |values: &[i8]| {
            let (blocks, rest) = values.as_chunks::<BLOCK>();
            let sum = blocks.iter().fold(Int::zero(), Int::square_add).sum();
            sum + rest.iter().map(|&x| i32::from(x).pow(2)).sum::<i32>()
        };
        values.chunks(1 << 16).map(|values| f64::from(sum(values))).sum()
    }

    #[inline(always)]
    fn lanes<L: F32x4>(from: &[i8; BLOCK]) -> [L; 2] {
        L::widen(from)
    }
}

#[cfg(test)]
mod tests {
    use super::Element;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn squares_of_codes_are_those_of_numbers(codes in prop::collection::vec(any::<i8>(), 0..100)) {
            let squares: f64 = codes.iter().map(|&x| f64::from(x).powi(2)).sum();
            prop_assert_eq!(i8::squares(&codes), squares);
        }
    }

    #[test]
    fn squares_of_many_codes_do_not_overflow() {
        assert_eq!(i8::squares(&[-128; 1_000_001]), 16_384.0 * 1_000_001.0);
    }
}
