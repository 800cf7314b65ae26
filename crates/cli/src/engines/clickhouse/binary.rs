//! ClickHouse's format RowBinary.

/// Reads values off the front of an answer.
pub struct Binary<'b>(pub &'b [u8]);

impl<'b> Binary<'b> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    /// A length: seven bits in a byte, the lowest first.
    fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = *self.take(1)?.first()?;
            length |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }

    pub fn string(&mut self) -> Option<&'b str> {
        let length = self.length()?;
        str::from_utf8(self.take(length)?).ok()
    }

    pub fn float64(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(*self.take(8)?.first_chunk()?))
    }

    pub fn float32s(&mut self) -> Option<Vec<f32>> {
        let length = self.length()?.checked_mul(4)?;
        let (values, _) = self.take(length)?.as_chunks();
        Some(values.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Binary;

    #[test]
    fn values_are_read_and_what_is_cut_short_is_none() {
        let mut bytes = vec![0xc8, 0x01];
        bytes.extend([b'a'; 200]);
        bytes.extend([2, 0, 0, 128, 63, 0, 0, 0, 192]);
        bytes.extend(0.5f64.to_le_bytes());
        let mut reader = Binary(&bytes);
        assert_eq!(reader.string(), Some("a".repeat(200).as_str()));
        assert_eq!(reader.float32s(), Some(vec![1.0, -2.0]));
        assert_eq!(reader.float64(), Some(0.5));
        assert!(reader.is_empty());
        let mut short = Binary(&bytes[..bytes.len() - 1]);
        assert!(short.string().is_some() && short.float32s().is_some() && short.float64().is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (Binary(&bytes).string(), Binary(&bytes).float32s(), Binary(&bytes).float64());
        }
    }
}
