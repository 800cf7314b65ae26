//! The numbers of a shard through the range coder. Each function both writes and reads: writing codes the value that it is given and
//! returns it; reading ignores that value and returns the one in the shard. So the two cannot disagree.
//!
//! A shard is small, so contexts start from what is likely and learn fast: by 1/2 of what they see at first, by 1/32 in the end.

use crate::encoder::range_coder::{Coder, PROBABILITY_BITS};

/// How fast a context still learns at last: 2^-5 of the difference.
const SLOWEST: u8 = 5;
const ONE: u16 = 1 << PROBABILITY_BITS;
/// Probabilities stay this far from 0 and 1, so that no bit becomes impossible.
const LEAST: u16 = 32;

/// How probable a zero is, and how often that was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    zero: u16,
    seen: u8,
}

impl Default for Context {
    fn default() -> Self {
        Self { zero: ONE / 2, seen: 0 }
    }
}

impl Context {
    /// That expects zeros with the probability `zero` in parts of 4096, and holds to that for a few bits.
    fn expecting(zero: u32) -> Self {
        Self { zero: (zero.min(u32::from(ONE)) as u16).clamp(LEAST, ONE - LEAST), seen: 5 }
    }

    pub fn bit(&mut self, coder: &mut impl Coder, bit: bool) -> bool {
        let bit = coder.code_as(self.zero, bit);
        let rate = (1 + self.seen / 2).min(SLOWEST);
        self.seen = self.seen.saturating_add(1).min(2 * SLOWEST);
        if bit {
            self.zero -= (self.zero - LEAST) >> rate;
        } else {
            self.zero += (ONE - LEAST - self.zero) >> rate;
        }
        bit
    }
}

/// So many that have seen nothing. In a list, which is one loop; an array would be written out wherever there is one.
#[inline(never)]
pub(super) fn contexts(count: usize) -> Vec<Context> {
    vec![Context::default(); count]
}

/// Bits that are as often zeros as ones: the lowest `count` of `value`, 32 at most.
pub(super) fn bits(coder: &mut impl Coder, value: u32, count: u32) -> u32 {
    (0..count).rev().fold(0, |read, place| {
        read << 1 | u32::from(coder.code_as(ONE / 2, value.checked_shr(place).unwrap_or(0) & 1 == 1))
    })
}

/// A float32 as its bits.
pub(super) fn float(coder: &mut impl Coder, value: f32) -> f32 {
    f32::from_bits(bits(coder, value.to_bits(), 32))
}

/// Whole numbers from 0 on in Elias's gamma code (1975), whose length adapts, and the first digit of each length with it.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    lengths: Vec<Context>,
    firsts: Vec<Context>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { lengths: contexts(32), firsts: contexts(32) }
    }
}

impl Numbers {
    /// A number below 2^31.
    pub fn code(&mut self, coder: &mut impl Coder, value: u32) -> u32 {
        let value = value.saturating_add(1);
        let wanted = value.ilog2() as usize;
        let mut digits = 0;
        while digits < 31 && self.lengths[digits].bit(coder, digits < wanted) {
            digits += 1;
        }
        if digits == 0 {
            return 0;
        }
        let first = self.firsts[digits].bit(coder, value >> (digits - 1) & 1 == 1);
        let rest = digits as u32 - 1;
        let read = (2 | u32::from(first)) << rest | bits(coder, value & ((1 << rest) - 1), rest);
        read - 1
    }

    /// A number of either sign, near to 0 in fewer bits.
    pub fn signed(&mut self, coder: &mut impl Coder, value: i32) -> i32 {
        let folded = ((value << 1) ^ (value >> 31)) as u32;
        let read = self.code(coder, folded);
        (read >> 1) as i32 ^ -((read & 1) as i32)
    }
}

/// Bytes of texts, each by a tree of its eight bits.
pub(super) struct Letters(Vec<Context>);

impl Default for Letters {
    fn default() -> Self {
        Self(contexts(256))
    }
}

impl Letters {
    pub fn code(&mut self, coder: &mut impl Coder, byte: u8) -> u8 {
        let mut node = 1;
        for place in (0..8).rev() {
            node = node << 1 | usize::from(self.0[node].bit(coder, byte >> place & 1 == 1));
        }
        node as u8
    }
}

/// Words that ascend by their bytes: what each shares with the one before, and its own letters.
#[derive(Default)]
pub(super) struct Words {
    shared: Numbers,
    own: Numbers,
    letters: Letters,
    previous: Vec<u8>,
}

/// Words of more bytes are in no index.
pub(super) const MAX_WORD: usize = 120;

impl Words {
    /// The next word; nothing where what stands there is none, or does not ascend.
    pub fn code(&mut self, coder: &mut impl Coder, word: &str) -> Option<String> {
        let bytes = word.as_bytes();
        let shared = self.previous.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        let shared = self.shared.code(coder, shared as u32) as usize;
        let own = self.own.code(coder, (bytes.len() - shared.min(bytes.len())) as u32) as usize;
        if shared > self.previous.len() || shared.saturating_add(own) > MAX_WORD {
            return None;
        }
        let mut read = self.previous.get(..shared)?.to_vec();
        for place in shared..shared + own {
            read.push(self.letters.code(coder, bytes.get(place).copied().unwrap_or(0)));
        }
        if !self.previous.is_empty() && read <= self.previous {
            return None;
        }
        self.previous.clone_from(&read);
        String::from_utf8(read).ok()
    }
}

/// Numbers that ascend, all at least `low` and below `high`, in binary interpolative code (Moffat and Stuiver 2000). There are
/// at most `high - low` of them.
pub(super) fn ascending(coder: &mut impl Coder, values: &mut [u32], low: u32, high: u32) {
    let middle = values.len() / 2;
    let range = (high - low).saturating_sub(values.len() as u32) + 1;
    let Some((before, [value, after @ ..])) = values.split_at_mut_checked(middle) else { return };
    let first = low + middle as u32;
    *value = first + below(coder, value.wrapping_sub(first), range);
    let value = *value;
    ascending(coder, before, low, value);
    ascending(coder, after, value + 1, high);
}

/// A number below `range`, in truncated binary.
pub(super) fn below(coder: &mut impl Coder, value: u32, range: u32) -> u32 {
    let range = range.max(1);
    let digits = range.ilog2();
    let short = ((2u64 << digits) - u64::from(range)) as u32;
    let coded = if value < short { value } else { ((u64::from(value) + u64::from(short)) >> 1) as u32 };
    let read = bits(coder, coded, digits);
    if read < short {
        return read;
    }
    let last = (u64::from(value) + u64::from(short)) as u32 & 1;
    let last = bits(coder, last, 1);
    (read << 1 | last) - short
}

/// Rows of small whole numbers, most of them near zero, of columns whose usual size is known beforehand.
pub(super) struct Rows {
    /// By the size that is expected, [`UNARY`] each: how probable each magnitude is next to all larger ones.
    contexts: Vec<Context>,
    large: Numbers,
}

/// Magnitudes up to here are counted bit by bit, larger ones go on in Elias's gamma code.
const UNARY: usize = 14;
/// Sizes that are told apart: from 2^-5 on, two to each doubling.
const SIZES: usize = 24;
/// Sizes are in parts of this.
pub(super) const SIZE_PARTS: u32 = 32;

/// The class of a mean magnitude in parts of [`SIZE_PARTS`].
pub(super) fn size_class(size: u32) -> u8 {
    let size = size.max(1);
    let doublings = size.ilog2();
    let half = u32::from(u64::from(size) * u64::from(size) >= 2 << (2 * doublings));
    (2 * doublings + half).min(SIZES as u32 - 1) as u8
}

/// The middle of a class, in parts of [`SIZE_PARTS`].
fn size_of_class(class: u8) -> u32 {
    let whole = 1u32 << (class / 2);
    if class.is_multiple_of(2) { whole + whole / 5 } else { whole + whole * 7 / 10 }
}

impl Default for Rows {
    fn default() -> Self {
        // Geometric: of numbers whose magnitude has the mean m, a zero's share is 1 / (1 + m).
        let mut contexts = contexts(SIZES * UNARY);
        for (class, contexts) in (0..).zip(contexts.chunks_exact_mut(UNARY)) {
            let zero = u32::from(ONE) * SIZE_PARTS / (SIZE_PARTS + size_of_class(class));
            contexts.fill(Context::expecting(zero));
        }
        Self { contexts, large: Numbers::default() }
    }
}

impl Rows {
    /// Writes `row`, or reads it into `row`; `classes` are those of its columns' mean magnitudes.
    pub fn code(&mut self, coder: &mut impl Coder, row: &mut [i16], classes: &[u8]) {
        // How much larger than usual the numbers just before were, in sixteenths.
        let mut recent: u32 = 16;
        for (value, &class) in row.iter_mut().zip(classes) {
            let usual = size_of_class(class);
            let expected = usual * (recent + 16) / 32;
            *value = self.number(coder, size_class(expected), *value);
            let magnitude = u32::from(value.unsigned_abs()).min(1 << 10) * SIZE_PARTS * 16;
            recent = (recent * 7 + (magnitude / usual).min(96)) / 8;
        }
    }

    fn number(&mut self, coder: &mut impl Coder, class: u8, value: i16) -> i16 {
        let magnitude = usize::from(value.unsigned_abs());
        let contexts = &mut self.contexts[usize::from(class) * UNARY..][..UNARY];
        let mut read = 0;
        while read < UNARY && contexts[read].bit(coder, magnitude > read) {
            read += 1;
        }
        if read == 0 {
            return 0;
        }
        if read == UNARY {
            read += self.large.code(coder, magnitude.saturating_sub(UNARY) as u32) as usize;
        }
        let read = read.min(i16::MAX as usize) as i16;
        if bits(coder, u32::from(value < 0), 1) == 1 { -read } else { read }
    }
}
