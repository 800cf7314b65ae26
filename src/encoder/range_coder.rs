//! An adaptive binary range coder, carry-propagating as in LZMA (Pavlov; after Martin 1979). All in integers, so it
//! reads the same everywhere.

/// Bits of a probability.
pub(crate) const PROBABILITY_BITS: u32 = 12;
/// How fast a probability follows what it sees.
const RATE: u32 = 5;
/// Below this the range is widened by a byte.
const NARROW: u32 = 1 << 24;

/// How probable a zero is, in a context; it adapts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bit(u16);

impl Default for Bit {
    fn default() -> Self {
        Self(1 << (PROBABILITY_BITS - 1))
    }
}

impl Bit {
    #[inline]
    fn adapt(&mut self, bit: bool) {
        if bit {
            self.0 -= self.0 >> RATE;
        } else {
            self.0 += ((1 << PROBABILITY_BITS) - self.0) >> RATE;
        }
    }
}

/// Writing and reading: both narrow the same range by the same bits.
pub(crate) trait Coder {
    fn range(&mut self) -> &mut u32;

    /// Takes the part of the range from `bound` on for a one, or the part below it for a zero, and says which: writing
    /// goes by `bit`, reading by what stands there.
    fn choose(&mut self, bound: u32, bit: bool) -> bool;

    /// Moves on by a byte.
    fn shift(&mut self);

    /// Whether more was read than there is; never while writing.
    fn overrun(&self) -> bool;

    /// Bytes written so far, nearly; 0 while reading.
    fn written(&self) -> usize;

    /// Codes a bit: writing returns it, reading finds it.
    #[inline]
    fn code(&mut self, context: &mut Bit, bit: bool) -> bool {
        let bit = self.code_as(context.0, bit);
        context.adapt(bit);
        bit
    }

    /// Codes a bit that is a zero with the probability `zero`, above 0 and below 1 in parts of 2^[`PROBABILITY_BITS`].
    #[inline]
    fn code_as(&mut self, zero: u16, bit: bool) -> bool {
        let bound = (*self.range() >> PROBABILITY_BITS) * u32::from(zero);
        let bit = self.choose(bound, bit);
        let range = self.range();
        *range = if bit { *range - bound } else { bound };
        while *self.range() < NARROW {
            *self.range() <<= 8;
            self.shift();
        }
        bit
    }
}

#[cfg(any(test, feature = "fit"))]
pub(crate) struct Encoder {
    low: u64,
    range: u32,
    /// The byte that a carry may still change, and how many 0xff follow it.
    cache: u8,
    pending: u64,
    bytes: Vec<u8>,
}

#[cfg(any(test, feature = "fit"))]
impl Default for Encoder {
    fn default() -> Self {
        Self { low: 0, range: u32::MAX, cache: 0, pending: 1, bytes: Vec::new() }
    }
}

#[cfg(any(test, feature = "fit"))]
impl Encoder {
    pub fn finish(mut self) -> Vec<u8> {
        for _ in 0..5 {
            self.shift();
        }
        self.bytes
    }
}

#[cfg(any(test, feature = "fit"))]
impl Coder for Encoder {
    fn range(&mut self) -> &mut u32 {
        &mut self.range
    }

    fn overrun(&self) -> bool {
        false
    }

    fn written(&self) -> usize {
        self.bytes.len() + self.pending as usize
    }

    fn choose(&mut self, bound: u32, bit: bool) -> bool {
        if bit {
            self.low += u64::from(bound);
        }
        bit
    }

    fn shift(&mut self) {
        if self.low < 0xff00_0000 || self.low > u64::from(u32::MAX) {
            let carry = (self.low >> 32) as u8;
            let mut byte = self.cache;
            for _ in 0..self.pending {
                self.bytes.push(byte.wrapping_add(carry));
                byte = 0xff;
            }
            self.pending = 0;
            self.cache = (self.low >> 24) as u8;
        }
        self.pending += 1;
        self.low = (self.low & 0x00ff_ffff) << 8;
    }
}

/// Reads what [`Encoder`] wrote. Past the end it reads zeros; [`Decoder::ends`] tells.
pub(crate) struct Decoder<'a> {
    bytes: &'a [u8],
    next: usize,
    range: u32,
    code: u32,
}

impl<'a> Decoder<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self { bytes, next: 0, range: u32::MAX, code: 0 };
        for _ in 0..5 {
            decoder.shift();
        }
        decoder
    }

    /// Whether all was read and no more.
    pub fn ends(&self) -> bool {
        self.next == self.bytes.len()
    }
}

impl Coder for Decoder<'_> {
    fn range(&mut self) -> &mut u32 {
        &mut self.range
    }

    fn overrun(&self) -> bool {
        self.next > self.bytes.len()
    }

    fn written(&self) -> usize {
        0
    }

    fn choose(&mut self, bound: u32, _: bool) -> bool {
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
        }
        bit
    }

    fn shift(&mut self) {
        let byte = self.bytes.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        self.code = self.code << 8 | u32::from(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bit, Coder, Decoder, Encoder};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_long_run_takes_little() {
        let (mut encoder, mut bit) = (Encoder::default(), Bit::default());
        (0..80_000).for_each(|_| {
            encoder.code(&mut bit, true);
        });
        assert!(encoder.finish().len() < 200);
    }

    proptest! {
        #[test]
        fn bits_come_back(bits in prop::collection::vec((0usize..3, any::<bool>()), 0..3000)) {
            let (mut encoder, mut contexts) = (Encoder::default(), [Bit::default(); 3]);
            for &(context, bit) in &bits {
                encoder.code(&mut contexts[context], bit);
            }
            let bytes = encoder.finish();
            let (mut decoder, mut contexts) = (Decoder::new(&bytes), [Bit::default(); 3]);
            for &(context, bit) in &bits {
                prop_assert_eq!(decoder.code(&mut contexts[context], false), bit);
            }
            prop_assert!(decoder.ends());
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let (mut decoder, mut bit) = (Decoder::new(&bytes), Bit::default());
            for i in 0..2000 {
                decoder.code(&mut bit, i % 2 == 0);
            }
        }
    }
}
