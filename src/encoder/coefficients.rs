//! Rows of small whole numbers, most of them near zero, through the range coder. Each number's context is its column and
//! how large those just before it in its row were.

use super::range_coder::{Bit, Coder};

/// The largest magnitude.
pub(super) const MAX: i32 = i16::MAX as i32;

/// Columns that share their contexts.
const COLUMNS: usize = 8;
/// Classes of what stands before a number in its row.
const ACTIVITY: usize = 8;
/// Magnitudes up to here are counted bit by bit, larger ones go on in Elias's gamma code.
const UNARY: usize = 14;
/// Digits of the gamma code: enough for [`MAX`].
const DIGITS: usize = 16;

/// The contexts of a matrix.
pub(super) struct Model {
    magnitudes: Vec<[[Bit; UNARY + 1]; ACTIVITY]>,
    digits: [Bit; DIGITS],
}

impl Model {
    pub fn new(columns: usize) -> Self {
        Self { magnitudes: vec![Default::default(); columns.div_ceil(COLUMNS)], digits: Default::default() }
    }

    /// Writes `row`, or reads it into `row`.
    pub fn row(&mut self, coder: &mut impl Coder, row: &mut [i16]) {
        // A running mean of magnitudes, in sixteenths.
        let mut recent = 16;
        for (column, value) in row.iter_mut().enumerate() {
            let contexts = &mut self.magnitudes[column / COLUMNS][activity(recent)];
            *value = number(coder, contexts, &mut self.digits, *value);
            recent = (recent * 7 + i32::from(value.unsigned_abs().min(64)) * 16) / 8;
        }
    }
}

fn activity(recent: i32) -> usize {
    match recent {
        ..=1 => 0,
        2..=3 => 1,
        4..=6 => 2,
        7..=11 => 3,
        12..=20 => 4,
        21..=36 => 5,
        37..=70 => 6,
        _ => 7,
    }
}

fn number(coder: &mut impl Coder, contexts: &mut [Bit], digits: &mut [Bit], value: i16) -> i16 {
    let magnitude = usize::from(value.unsigned_abs());
    let mut read = 0;
    while read < UNARY && coder.code(&mut contexts[read], magnitude > read) {
        read += 1;
    }
    if read == UNARY {
        read += gamma(coder, digits, (magnitude + 1).saturating_sub(UNARY)) - 1;
    }
    if read == 0 {
        return 0;
    }
    // Signs are even: a context that never adapts.
    let negative = coder.code(&mut Bit::default(), value < 0);
    let read = read.min(MAX as usize) as i16;
    if negative { -read } else { read }
}

/// A number from 1 on.
fn gamma(coder: &mut impl Coder, contexts: &mut [Bit], value: usize) -> usize {
    let wanted = value.max(1).ilog2() as usize;
    let mut digits = 0;
    while digits + 1 < DIGITS && coder.code(&mut contexts[digits], digits < wanted) {
        digits += 1;
    }
    (0..digits).rev().fold(1, |read, digit| {
        read << 1 | usize::from(coder.code(&mut Bit::default(), value >> digit & 1 == 1))
    })
}

#[cfg(test)]
mod tests {
    use super::super::range_coder::{Decoder, Encoder};
    use super::Model;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_come_back(rows in prop::collection::vec(
            prop::collection::vec(prop_oneof![4 => -3i16..4, 1 => -i16::MAX..=i16::MAX], 20),
            0..40,
        )) {
            let (mut encoder, mut model) = (Encoder::default(), Model::new(20));
            for row in &rows {
                model.row(&mut encoder, &mut row.clone());
            }
            let bytes = encoder.finish();
            let (mut decoder, mut model) = (Decoder::new(&bytes), Model::new(20));
            for row in &rows {
                let mut read = vec![0; 20];
                model.row(&mut decoder, &mut read);
                prop_assert_eq!(&read, row);
            }
            prop_assert!(decoder.ends());
        }
    }
}
