//! Decimal numbers. The standard library reads and prints every number exactly, but its tables and long division would be a tenth of
//! the WebAssembly file. This code is exact for up to 15 digits of up to 22 places.

use std::fmt;

/// A number in messages: in as few digits as tell it from its neighbours, with an exponent if it is far from 1.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    value: f64,
    /// Whether float32 neighbours are the ones to tell it from.
    narrow: bool,
}

impl From<f64> for Decimal {
    fn from(value: f64) -> Self {
        Self { value, narrow: false }
    }
}

impl From<f32> for Decimal {
    fn from(value: f32) -> Self {
        Self { value: value.into(), narrow: true }
    }
}

impl Decimal {
    /// In the few digits of a float32, for a number that was one.
    pub fn short(value: f64) -> Self {
        Self { value, narrow: true }
    }

    /// Rounded to so many places after the point.
    pub fn rounded(value: f64, places: i32) -> Self {
        let unit = 10f64.powi(places);
        ((value * unit).round() / unit).into()
    }

    /// The fewest digits of a positive number, as a whole number, and the power of ten of the last one.
    fn digits(self) -> (u64, i32) {
        let Self { value, narrow } = self;
        if value < 1e-200 {
            // The power of ten would overflow.
            let (digits, power) = Self { value: value * 1e200, narrow }.digits();
            return (digits, power - 200);
        }
        let mut first = (f64::from(exponent(value)) * std::f64::consts::LOG10_2).floor() as i32;
        first += i32::from(scaled(1.0, first + 1) <= value);
        for power in (first - 16..=first).rev() {
            let digits = scaled(value, -power).round();
            let back = scaled(digits, power);
            if back == value || (narrow && back as f32 == value as f32) {
                return without_zeros(digits as u64, power);
            }
        }
        without_zeros(scaled(value, 16 - first).round() as u64, first - 16)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let value = self.value;
        if value.is_nan() {
            return f.write_str("NaN");
        }
        if value.is_sign_negative() {
            f.write_str("-")?;
        }
        if value.is_infinite() {
            return f.write_str("inf");
        }
        if value == 0.0 {
            return f.write_str("0");
        }
        let (digits, power) = Self { value: value.abs(), ..*self }.digits();
        let mut digits = digits.to_string();
        // How many of them stand before the point.
        let before = digits.len() as i32 + power;
        if !(-5..=21).contains(&before) {
            if digits.len() > 1 {
                digits.insert(1, '.');
            }
            return write!(f, "{digits}e{}", before - 1);
        }
        if before <= 0 {
            digits.insert_str(0, &"0".repeat((1 - before) as usize));
        }
        if power < 0 {
            digits.insert(before.max(1) as usize, '.');
        } else {
            digits.push_str(&"0".repeat(power as usize));
        }
        f.write_str(&digits)
    }
}

/// Reads a number such as `2`, `-0.5` or `1e-3`.
pub fn parse(text: &str) -> Option<f64> {
    let mut left = text.as_bytes();
    let written = Written::read(&mut left);
    let has_digits = written.before > 0 || written.after.is_some_and(|after| after > 0);
    (left.is_empty() && has_digits && written.exponent != Some(0)).then(|| written.value())
}

/// A number as it is written.
pub(crate) struct Written {
    pub negative: bool,
    /// The first 19 digits at least, as a whole number.
    digits: u64,
    /// The power of ten of the last of those.
    power: i32,
    /// How many digits stand before the point.
    pub before: usize,
    /// How many stand after it, if there is one.
    pub after: Option<usize>,
    /// How many the exponent has, if there is one.
    pub exponent: Option<usize>,
}

impl Written {
    /// Takes from `left` what can belong to a number.
    pub fn read(left: &mut &[u8]) -> Self {
        let negative = take(left, b"-").is_some();
        let (mut digits, mut lost) = (0u64, 0i32);
        let mut add = |digit: u8| {
            // Not checked_mul, which multiplies to 128 bits.
            if lost == 0 && (digits < u64::MAX / 10 || (digits == u64::MAX / 10 && digit <= 5)) {
                digits = 10 * digits + u64::from(digit);
            } else {
                lost = lost.saturating_add(1);
            }
        };
        let before = take_digits(left, &mut add);
        let after = take(left, b".").map(|_| take_digits(left, &mut add));
        let mut power = lost.saturating_sub_unsigned(after.unwrap_or(0) as u32);
        let exponent = take(left, b"eE").map(|_| {
            let sign = if take(left, b"+-") == Some(b'-') { -1 } else { 1 };
            let mut exponent = 0i32;
            let count = take_digits(left, &mut |digit| {
                exponent = exponent.saturating_mul(10).saturating_add(digit.into());
            });
            power = power.saturating_add(sign * exponent);
            count
        });
        Self { negative, digits, power, before, after, exponent }
    }

    /// Without its sign, if it is written as a whole number of 64 bits.
    pub fn whole(&self) -> Option<u64> {
        (self.after.is_none() && self.exponent.is_none() && self.power == 0).then_some(self.digits)
    }

    /// Whether a float64 gives the same digits back.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn is_exact(&self) -> bool {
        self.digits < 10u64.pow(15) && self.power.unsigned_abs() <= 22
    }

    pub fn value(&self) -> f64 {
        let (digits, power) = match self.digits >> f64::MANTISSA_DIGITS {
            0 => (self.digits, self.power),
            _ => without_zeros(self.digits, self.power),
        };
        let value = scaled(digits as f64, power);
        if self.negative { -value } else { value }
    }
}

fn take(left: &mut &[u8], one_of: &[u8]) -> Option<u8> {
    let (&byte, rest) = left.split_first().filter(|(byte, _)| one_of.contains(byte))?;
    *left = rest;
    Some(byte)
}

fn take_digits(left: &mut &[u8], add: &mut impl FnMut(u8)) -> usize {
    let mut count = 0;
    while let Some((&byte, rest)) = left.split_first().filter(|(byte, _)| byte.is_ascii_digit()) {
        add(byte - b'0');
        *left = rest;
        count += 1;
    }
    count
}

/// The same number without the zeros at its end.
fn without_zeros(mut digits: u64, mut power: i32) -> (u64, i32) {
    while digits > 0 && digits.is_multiple_of(10) {
        (digits, power) = (digits / 10, power.saturating_add(1));
    }
    (digits, power)
}

/// `value` times a power of ten; a negative power divides, as the positive ones are exact up to 10²².
fn scaled(value: f64, power: i32) -> f64 {
    // Further than from the largest float64 to the least, all is infinite or 0.
    let power = power.clamp(-700, 700);
    if power.abs() > 300 {
        // In parts, as the power itself may be infinite.
        return scaled(scaled(value, power - power / 2), power / 2);
    }
    let ten = ten_to(power.unsigned_abs());
    if power < 0 { value / ten } else { value * ten }
}

/// A power of ten, exact up to 10²². Nearer than `powi`, which multiplies what it has rounded before.
fn ten_to(power: u32) -> f64 {
    const TENS: [f64; 9] = [1e1, 1e2, 1e4, 1e8, 1e16, 1e32, 1e64, 1e128, 1e256];
    let bits = TENS.iter().enumerate().filter(|(bit, _)| power >> bit & 1 == 1);
    bits.map(|(_, ten)| ten).product()
}

/// The power of two of a positive normal number.
fn exponent(value: f64) -> i32 {
    (value.to_bits() >> 52) as i32 - 1023
}

#[cfg(test)]
mod tests {
    use super::{Decimal, parse};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn numbers_are_shown_as_people_write_them() {
        for shown in [
            "0",
            "-0.1",
            "1",
            "0.05",
            "3.3634",
            "10000",
            "0.000001",
            "1e-7",
            "1.5e-30",
            "100000000000000000000",
            "1e22",
        ] {
            assert_eq!(Decimal::from(shown.parse::<f64>().unwrap()).to_string(), shown);
        }
        assert_eq!(Decimal::from(0.1f32).to_string(), "0.1");
        assert_eq!(Decimal::rounded(0.93751, 3).to_string(), "0.938");
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Decimal::from(value).to_string(), value.to_string());
        }
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        for text in ["", ".", "-", "x", "1x", "1e", "1.2.3", "--1", "inf", "NaN", " 1"] {
            assert_eq!(parse(text), None, "{text}");
        }
        for (text, value) in
            [("1", 1.0), (".5", 0.5), ("2.", 2.0), ("-0.25", -0.25), ("1e-3", 1e-3), ("1E3", 1e3)]
        {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for value in [f64::MAX, 1e300, 1e-300, 5e-324] {
            assert_eq!(parse(&format!("{value:e}")), Some(value));
        }
        assert_eq!(parse(&format!("{}e-400", "9".repeat(400))), Some(1.0));
        assert_eq!(parse("1e9999999999"), Some(f64::INFINITY));
    }

    proptest! {
        #[test]
        fn numbers_come_back(wide in any::<f64>(), narrow in any::<f32>(), digits in 0u64..1_000_000_000_000_000, power in -15i32..=15) {
            prop_assume!(wide.is_finite() && narrow.is_finite());
            prop_assert_eq!(Decimal::from(narrow).to_string().parse::<f32>().unwrap(), narrow);
            let shown: f64 = Decimal::from(wide).to_string().parse().unwrap();
            prop_assert!((shown - wide).abs() <= 1e-13 * wide.abs(), "{} as {}", wide, shown);
            // Numbers of 15 digits are exact, both ways.
            let value: f64 = format!("{digits}e{power}").parse().unwrap();
            prop_assert_eq!(parse(&Decimal::from(value).to_string()), Some(value));
        }
    }
}
