//! Passage lengths in one byte: exact below 32, then sixteen steps to each doubling, so within 3%. They are whole numbers, so every
//! machine reads the same.

/// The code of `length`. Lengths from 507,904 on share the last code.
pub(super) fn encode(length: u32) -> u8 {
    let exponent = length.max(1).ilog2().saturating_sub(4);
    if exponent > 14 { u8::MAX } else { ((exponent << 4) + (length >> exponent)) as u8 }
}

/// The middle of the lengths that have this code.
pub(super) fn decode(code: u8) -> u32 {
    let code = u32::from(code);
    if code < 32 {
        return code;
    }
    let exponent = (code >> 4) - 1;
    ((16 | (code & 15)) << exponent) + ((1 << exponent) >> 1)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn lengths_are_within_3_percent() {
        for length in 0..507_904 {
            let read = decode(encode(length));
            assert!(read.abs_diff(length) * 32 <= length, "{length} is read as {read}");
        }
        assert_eq!(encode(507_904), 255);
        assert_eq!(encode(u32::MAX), 255);
        (0..=255).for_each(|code| assert_eq!(encode(decode(code)), code));
    }
}
