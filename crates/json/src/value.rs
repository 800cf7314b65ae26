//! JSON in memory. Fields are in a list, in the order in which they were read, and not in a hash table as in serde_json: few objects
//! have many fields, and the tables would be a twentieth of the WebAssembly core.

use serde::{Serialize, Serializer};

/// Any JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(String),
    /// Values in their order.
    Array(Vec<Self>),
    /// Named values.
    Object(Object),
}

/// A whole number as long as it fits into 64 bits, else a float64.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// 0 or above.
    Natural(u64),
    /// Below 0.
    Negative(i64),
    /// Finite; the nearest to up to 15 digits within 22 places.
    Real(f64),
    /// The number as it was written, if it has more digits than a float64 keeps. Not in WebAssembly, because JavaScript's numbers are
    /// float64 and the core writes no bundles there.
    #[cfg(not(target_arch = "wasm32"))]
    Written(Box<str>),
}

/// The fields of an object in their order. A name may occur twice; the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(pub Vec<(String, Value)>);

impl Number {
    /// As a whole number if it is one; none if JSON has no such number.
    pub fn of(number: f64) -> Option<Self> {
        let (natural, negative) = (number as u64, number as i64);
        // The largest is a float's no longer: what is above was cut down to it.
        if natural as f64 == number && natural < u64::MAX {
            Some(Self::Natural(natural))
        } else if negative as f64 == number {
            Some(Self::Negative(negative))
        } else {
            number.is_finite().then_some(Self::Real(number))
        }
    }
}

impl Value {
    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The fields, if it is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// The number, if it is a whole number from 0.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(Number::Natural(number)) => Some(*number),
            _ => None,
        }
    }

    /// The number, if it is one: the nearest that a float64 can hold.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(Number::Natural(number)) => Some(*number as f64),
            Self::Number(Number::Negative(number)) => Some(*number as f64),
            Self::Number(Number::Real(number)) => Some(*number),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Number(Number::Written(digits)) => crate::decimal::parse(digits),
            _ => None,
        }
    }
}

impl Object {
    /// The last field of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rfind(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }

    /// Sets the first field of this name to this value, or adds it.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, former)) => *former = value,
            None => self.push(name, value),
        }
    }

    /// Whether it has no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(Number::Natural(number)) => serializer.serialize_u64(*number),
            Self::Number(Number::Negative(number)) => serializer.serialize_i64(*number),
            Self::Number(Number::Real(number)) => serializer.serialize_f64(*number),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Number(Number::Written(digits)) => written(digits, serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(fields) => fields.serialize(serializer),
        }
    }
}

/// Digit by digit, where the format is JSON.
#[cfg(not(target_arch = "wasm32"))]
fn written<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = serde_json::value::RawValue::from_string(digits.to_owned());
    raw.map_err(serde::ser::Error::custom)?.serialize(serializer)
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Value};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn of_a_name_that_is_there_twice_the_last_counts() {
        let value: Value = r#"{"b": 1, "a": null, "b": [2]}"#.parse().unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"b":1,"a":null,"b":[2]}"#);
        let last = value.as_object().and_then(|fields| fields.get("b")).and_then(Value::as_array);
        assert_eq!(last, Some(&[Value::Number(Number::Natural(2))][..]));
    }

    /// JSON of a few levels.
    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map(".*", inner, 0..5)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// The digits of a number and the power of ten of the last, without zeros around them: what it means, exactly.
    #[cfg(not(target_arch = "wasm32"))]
    fn normal(number: &str) -> (bool, String, i64) {
        let (size, exponent) = number.split_once('e').unwrap_or((number, "0"));
        let (whole, places) = size.split_once('.').unwrap_or((size, ""));
        let digits = format!("{}{places}", whole.trim_start_matches('-'));
        let digits = digits.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        let power =
            exponent.parse::<i64>().unwrap() - places.len() as i64 + (digits.len() - kept.len()) as i64;
        (number.starts_with('-'), kept.to_owned(), if kept.is_empty() { 0 } else { power })
    }

    /// The same but for the last digits of numbers that are not whole.
    fn alike(a: &serde_json::Value, b: &serde_json::Value) -> bool {
        use serde_json::Value::{Array, Number, Object};
        match (a, b) {
            (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
            (Object(a), Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && alike(a.1, b.1))
            }
            (Number(x), Number(y)) if y.is_f64() => {
                let [x, y] = [x, y].map(|number| number.as_f64().unwrap());
                (x - y).abs() <= 1e-15 * y.abs() + f64::MIN_POSITIVE * f64::EPSILON
            }
            _ => a == b,
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn numbers_come_back_to_the_digit() {
        for digits in [
            "0.1234567890123456789",
            "-1.7976931348623157e308",
            "123456789012345678901234567890",
            "-9223372036854775809",
            "18446744073709551616",
            "5e-324",
            "3.141592653589793238462643383279",
            "1.000000000000000000",
            "0e999999999999",
        ] {
            let json = format!("{{\"a\":[{digits}]}}");
            let value: Value = json.parse().unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }

    proptest! {
        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn any_number_comes_back_to_the_digit(
            minus in "-?", whole in "0|[1-9][0-9]{0,25}", places in "(\\.[0-9]{1,25})?", exponent in "(e-?[0-9]{1,2})?",
        ) {
            let text = format!("{minus}{whole}{places}{exponent}");
            let written = serde_json::to_string(&text.parse::<Value>().unwrap()).unwrap();
            prop_assert_eq!(normal(&written), normal(&text), "{}", written);
        }

        #[test]
        fn is_what_serde_json_reads(json in json()) {
            let text = serde_json::to_string(&json).unwrap();
            let value = serde_json::to_value(text.parse::<Value>().unwrap()).unwrap();
            prop_assert!(alike(&value, &json), "{value} for {json}");
        }

        #[test]
        fn numbers_are_those_that_json_has(number in any::<f64>(), whole in any::<i32>()) {
            let back = Number::of(number).map(|number| Value::Number(number).as_f64());
            prop_assert_eq!(back, number.is_finite().then_some(Some(number)));
            let natural = Number::of(whole.into()).and_then(|number| Value::Number(number).as_u64());
            prop_assert_eq!(natural, u64::try_from(whole).ok());
        }
    }
}
