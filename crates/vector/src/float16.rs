//! Float16 as answers and files hold it.

/// The value of a float16, exactly.
#[inline]
fn value(bits: u32) -> f32 {
    // Of its size, the exponent is 112 too low. Whole vectors are read so: there is no branch.
    let size = f32::from_bits((bits & 0x7fff) << 13) * f32::from_bits((127 + 112) << 23);
    let endless = if bits & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
    f32::from_bits(size.to_bits() | endless | (bits & 0x8000) << 16)
}

/// Little-endian. Bytes after the last whole number are left out.
pub fn values(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&bits| value(u16::from_le_bytes(bits).into())).collect()
}

/// Characters of base64 that are decoded at a time, and the numbers in them.
const CHARACTERS: usize = 32;
const NUMBERS: usize = CHARACTERS * 6 / 16;

/// The numbers in base64 without padding, and what is left of it: fewer than 32 characters. None if it is not base64.
pub fn of_base64(text: &[u8]) -> Option<(Vec<f32>, &[u8])> {
    let (chunks, rest) = text.as_chunks::<CHARACTERS>();
    let mut values = vec![0.0; chunks.len() * NUMBERS];
    for (chunk, values) in chunks.iter().zip(values.as_chunks_mut().0) {
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        let is_right = crate::simd128::float16_of_base64(chunk, values);
        #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
        let is_right = decode(chunk, values);
        if !is_right {
            return None;
        }
    }
    Some((values, rest))
}

/// Decodes some characters, unless there are others than those of base64.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
fn decode(text: &[u8; CHARACTERS], values: &mut [f32; NUMBERS]) -> bool {
    let mut bytes = Vec::with_capacity(2 * NUMBERS);
    for four in text.as_chunks::<4>().0 {
        let digits = four.map(digit);
        if digits.contains(&None) {
            return false;
        }
        let bits = digits.iter().flatten().fold(0, |bits, digit| bits << 6 | digit);
        bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    values.copy_from_slice(&self::values(&bytes));
    true
}

/// The value of a digit of base64.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
fn digit(character: u8) -> Option<u32> {
    let digit = match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(digit.into())
}

#[cfg(test)]
mod tests {
    use super::{CHARACTERS, NUMBERS, decode, of_base64, values};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_number_has_the_value_that_its_bits_say() {
        for bits in 0..=u16::MAX {
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
            let size = match exponent {
                0 => fraction * 2f64.powi(-14),
                31 if fraction > 0.0 => f64::NAN,
                31 => f64::INFINITY,
                _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
            };
            let expected = (if bits >> 15 == 0 { size } else { -size }) as f32;
            let found = values(&bits.to_le_bytes())[0];
            assert!(
                found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
                "{bits:#x}"
            );
        }
    }

    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    proptest! {
        #[test]
        fn base64_is_that_of_the_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let bytes = &bytes[..bytes.len() / 3 * 3];
            let text: Vec<u8> = bytes.as_chunks::<3>().0.iter().flat_map(|&[a, b, c]| {
                let bits = u32::from_be_bytes([0, a, b, c]);
                [18, 12, 6, 0].map(|shift| DIGITS[(bits >> shift & 63) as usize])
            }).collect();
            let (found, rest) = of_base64(&text).unwrap();
            prop_assert_eq!(rest.len(), text.len() % CHARACTERS);
            let expected = values(&bytes[..found.len() * 2]);
            prop_assert_eq!(found.len(), text.len() / CHARACTERS * NUMBERS);
            prop_assert!(found.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()), "{:?} {:?}", found, expected);
        }

        #[test]
        fn what_is_not_base64_is_refused(place in 0..CHARACTERS, character in any::<u8>()) {
            let mut text = [b'A'; CHARACTERS];
            text[place] = character;
            prop_assert_eq!(of_base64(&text).is_some(), DIGITS.contains(&character));
            prop_assert_eq!(decode(&text, &mut [0.0; NUMBERS]), DIGITS.contains(&character));
        }
    }
}
