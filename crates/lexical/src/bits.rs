//! Whole numbers as bits, the lowest bit of each byte first.

/// Writes bits.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// The bits of the byte that is not full yet, and how many.
    window: u64,
    filled: u32,
}

impl BitWriter {
    /// The low `count` bits of `value`, at most 32.
    fn bits(&mut self, value: u32, count: u32) {
        self.window |= (u64::from(value) & ((1 << count) - 1)) << self.filled;
        self.filled += count;
        while self.filled >= 8 {
            self.bytes.push(self.window as u8);
            self.window >>= 8;
            self.filled -= 8;
        }
    }

    /// As many zeros and a one; `value` below 32.
    pub fn unary(&mut self, value: u32) {
        self.bits(0, value);
        self.bits(1, 1);
    }

    /// A number from 1 on, in Elias's gamma code (1975).
    pub fn gamma(&mut self, value: u32) {
        let digits = value.max(1).ilog2();
        self.unary(digits);
        self.bits(value, digits);
    }

    /// A number below `range`, in truncated binary: as many bits as the range needs, or one fewer.
    fn below(&mut self, value: u32, range: u32) {
        let (digits, short) = truncated(range);
        if value < short {
            self.bits(value, digits);
        } else {
            // The last bit apart, so that the reader knows from those before whether there is one.
            let long = u64::from(value) + u64::from(short);
            self.bits((long >> 1) as u32, digits);
            self.bits(long as u32, 1);
        }
    }

    /// Numbers that ascend, all at least `low` and below `high`, in binary interpolative code (Moffat and Stuiver
    /// 2000): the middle one as one of those that the others leave it, then those on either side.
    pub fn ascending(&mut self, values: &[u32], low: u32, high: u32) {
        let middle = values.len() / 2;
        let Some(&value) = values.get(middle) else { return };
        self.below(value - low - middle as u32, high - low - values.len() as u32 + 1);
        self.ascending(&values[..middle], low, value);
        self.ascending(&values[middle + 1..], value + 1, high);
    }

    /// The bytes, the last filled up with zeros.
    pub fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.window as u8);
        }
        self.bytes
    }
}

/// For truncated binary, the bits of the short codes and how many numbers have them.
fn truncated(range: u32) -> (u32, u32) {
    let digits = range.max(1).ilog2();
    (digits, ((2 << digits) - u64::from(range.max(1))) as u32)
}

/// Reads what [`BitWriter`] wrote. Past the end it reads zeros, and [`BitReader::overrun`] says so.
pub(super) struct BitReader {
    /// With eight zeros behind the end, so that every number is in the eight bytes from where it starts.
    bytes: Vec<u8>,
    /// The bit to be read next.
    next: usize,
    /// The bit where the input ends.
    end: usize,
}

impl BitReader {
    pub fn new(bytes: &[u8]) -> Self {
        let mut padded = bytes.to_vec();
        padded.extend([0; 8]);
        Self { bytes: padded, next: 0, end: bytes.len() * 8 }
    }

    /// Whether more was read than there is.
    pub fn overrun(&self) -> bool {
        self.next > self.end
    }

    /// Bits that are still to be read.
    pub fn remaining(&self) -> usize {
        self.end.saturating_sub(self.next)
    }

    /// The next bits, 57 at least.
    fn peek(&self) -> u64 {
        let bytes = self.bytes.get(self.next / 8..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes) >> (self.next % 8))
    }

    pub fn unary(&mut self) -> u32 {
        let zeros = self.peek().trailing_zeros();
        if zeros < 32 {
            self.next += zeros as usize + 1;
            zeros
        } else {
            self.next = self.end + 1;
            0
        }
    }

    pub fn gamma(&mut self) -> u32 {
        let digits = self.unary();
        let value = self.peek() as u32 & ((1 << digits) - 1);
        self.next += digits as usize;
        1 << digits | value
    }

    fn below(&mut self, range: u32) -> u32 {
        let (digits, short) = truncated(range);
        let bits = self.peek();
        let value = (bits & ((1 << digits) - 1)) as u32;
        // Without a branch: which it is cannot be foreseen.
        let long = value >= short;
        self.next += digits as usize + usize::from(long);
        let last = (bits >> digits) as u32 & 1;
        if long { (value - short) + value + last } else { value }
    }

    /// Fills `values` with numbers that ascend from `low` to below `high`; there are at least as many as `values`.
    pub fn ascending(&mut self, values: &mut [u32], low: u32, high: u32) {
        let middle = values.len() / 2;
        let range = high - low - values.len() as u32 + 1;
        let Some((before, [value, after @ ..])) = values.split_at_mut_checked(middle) else { return };
        *value = low + middle as u32 + self.below(range);
        let value = *value;
        if !before.is_empty() {
            self.ascending(before, low, value);
        }
        if !after.is_empty() {
            self.ascending(after, value + 1, high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BitReader, BitWriter};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(
            lists in prop::collection::vec(prop::collection::btree_set(0u32..300, 0..300), 0..8),
            numbers in prop::collection::vec((0u32..32, 1u32..u32::MAX), 0..20),
        ) {
            let mut writer = BitWriter::default();
            for list in &lists {
                writer.ascending(&list.iter().copied().collect::<Vec<_>>(), 0, 300);
            }
            for &(unary, gamma) in &numbers {
                writer.unary(unary);
                writer.gamma(gamma);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new(&bytes);
            for list in &lists {
                let mut values = vec![0; list.len()];
                reader.ascending(&mut values, 0, 300);
                prop_assert!(values.iter().eq(list));
            }
            for &(unary, gamma) in &numbers {
                prop_assert_eq!((reader.unary(), reader.gamma()), (unary, gamma));
            }
            prop_assert!(!reader.overrun() && reader.remaining() < 8);
        }

        #[test]
        fn any_bytes_give_numbers_in_range(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut reader = BitReader::new(&bytes);
            for count in 0..60 {
                let mut values = vec![0; count];
                reader.ascending(&mut values, 7, 90);
                prop_assert!(values.iter().all(|value| (7..90).contains(value)));
                prop_assert!(values.is_sorted_by(|a, b| a < b));
                prop_assert!(reader.unary() < 32 && reader.gamma() > 0);
            }
            prop_assert!(reader.overrun());
        }
    }
}
