//! Decimal numbers as people write them. The standard library's are exact for every number there is, and their tables
//! and long division would be a tenth of the WebAssembly file; these are exact for up to 15 digits of up to 22 places.

use std::fmt;

/// A number in messages: in as few digits as tell it from its neighbours, with an exponent where it is far from 1.
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
    /// In the few digits of a float32, where that is what a number was made of.
    pub fn short(value: f64) -> Self {
        Self { value, narrow: true }
    }

    /// Brought to so many places after the point.
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
    let (number, power) = match text.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => (-1.0, whole),
        None => (1.0, whole),
    };
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    // As a whole number of up to 19 digits, and the power of ten of its last one.
    let (mut digits, mut power) = (0u64, power.saturating_sub(part.len() as i32));
    for char in whole.chars().chain(part.chars()) {
        let digit = char.to_digit(10)?;
        if digits < 10u64.pow(18) {
            digits = 10 * digits + u64::from(digit);
        } else {
            power = power.saturating_add(1);
        }
    }
    let (digits, power) = without_zeros(digits, power);
    Some(sign * scaled(digits as f64, power))
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
    let ten = 10f64.powi(power.saturating_abs());
    if power < 0 { value / ten } else { value * ten }
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
