//! Typed values from JSON. An error names the place that does not fit, and what belongs there.
//!
//! The code that serde derives for the same types is three times as large in WebAssembly.

use std::fmt;

use crate::decimal::Decimal;
use crate::value::{Number, Object, Value};

/// Where a value stands in its document.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// The document itself.
    Top,
    /// A field of an object, by its name.
    Field(&'a Self, &'a str),
    /// An item of an array, from 0.
    Item(&'a Self, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Top => f.write_str("(top level)"),
            Self::Field(Self::Top, name) => f.write_str(name),
            Self::Field(within, name) => write!(f, "{within}.{name}"),
            Self::Item(within, index) => write!(f, "{within}[{index}]"),
        }
    }
}

/// A value that does not fit its place.
pub struct Mismatch {
    /// Where the value stands, as a path such as `articles[3].title`.
    pub place: String,
    /// The value in words, or that there is none.
    pub found: String,
    /// What belongs there, such as "a whole number".
    pub expected: &'static str,
}

impl Mismatch {
    /// A value that was found where another was expected.
    pub fn new(place: &Place, found: &Value, expected: &'static str) -> Box<Self> {
        Self::of(place, shown(found), expected)
    }

    /// The same, with the value in words.
    pub fn of(place: &Place, found: String, expected: &'static str) -> Box<Self> {
        Box::new(Self { place: place.to_string(), found, expected })
    }
}

/// A value for a message; long or nested values by their kind.
pub fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(Number::Natural(number)) => number.to_string(),
        Value::Number(Number::Negative(number)) => number.to_string(),
        Value::Number(Number::Real(number)) => Decimal::from(*number).to_string(),
        #[cfg(not(target_arch = "wasm32"))]
        Value::Number(Number::Written(digits)) => digits.to_string(),
        Value::String(text) if text.len() <= LONGEST => format!("\"{text}\""),
        Value::String(_) => "a long text".into(),
        Value::Array(_) => "an array".into(),
        Value::Object(_) => "an object".into(),
    }
}

/// A type that can be read from JSON.
pub trait FromJson: Sized {
    /// The value, or what does not fit at its place.
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>>;
}

/// A type that can be read from the fields of a JSON object.
pub trait FromFields: Sized {
    /// The value, or the first field that does not fit. Fields that are not read are ignored.
    fn from_fields(fields: Fields) -> Result<Self, Box<Mismatch>>;
}

impl<T: FromFields> FromJson for T {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        T::from_fields(Fields::of(value, place)?)
    }
}

impl FromJson for Value {
    fn from_json(value: Value, _: &Place) -> Result<Self, Box<Mismatch>> {
        Ok(value)
    }
}

impl FromJson for bool {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        value.as_bool().ok_or_else(|| Mismatch::new(place, &value, "true or false"))
    }
}

impl FromJson for String {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(Mismatch::new(place, &other, "a text")),
        }
    }
}

impl FromJson for f64 {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        value.as_f64().ok_or_else(|| Mismatch::new(place, &value, "a number"))
    }
}

/// The nearest, which may be infinite.
impl FromJson for f32 {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        f64::from_json(value, place).map(|number| number as Self)
    }
}

impl FromJson for u64 {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        value.as_u64().ok_or_else(|| Mismatch::new(place, &value, "a whole number"))
    }
}

/// One that does not fit becomes the largest: 32-bit and 64-bit machines refuse the same.
impl FromJson for usize {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        u64::from_json(value, place).map(|number| number.try_into().unwrap_or(Self::MAX))
    }
}

impl FromJson for Object {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        match value {
            Value::Object(fields) => Ok(fields),
            other => Err(Mismatch::new(place, &other, "an object")),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        match value {
            Value::Array(items) => {
                let items = items.into_iter().enumerate();
                items.map(|(i, item)| T::from_json(item, &Place::Item(place, i))).collect()
            }
            other => Err(Mismatch::new(place, &other, "an array")),
        }
    }
}

/// An object's fields, each name once, in their order. If a name occurs twice, the last one counts.
impl<T: FromJson> FromJson for Vec<(String, T)> {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        let mut each_once = Object::default();
        for (name, value) in Object::from_json(value, place)?.0 {
            each_once.set(&name, value);
        }
        let read = |(name, value): (String, Value)| {
            let value = T::from_json(value, &Place::Field(place, &name))?;
            Ok((name, value))
        };
        each_once.0.into_iter().map(read).collect()
    }
}

/// The fields of an object that were not read yet.
pub struct Fields<'a> {
    left: Vec<(String, Value)>,
    place: &'a Place<'a>,
}

impl<'a> Fields<'a> {
    /// The fields of an object at its place.
    pub fn of(object: Value, place: &'a Place<'a>) -> Result<Self, Box<Mismatch>> {
        Ok(Self { left: Object::from_json(object, place)?.0, place })
    }

    /// The fields of a whole document.
    pub fn at_top(Object(left): Object) -> Self {
        Self { left, place: &Place::Top }
    }

    /// The field of this name, which must be there.
    pub fn required<T: FromJson>(&mut self, name: &str) -> Result<T, Box<Mismatch>> {
        let place = Place::Field(self.place, name);
        match self.take(name) {
            Some(value) => T::from_json(value, &place),
            None => Err(Mismatch::of(&place, "missing".into(), "a value")),
        }
    }

    /// The field of this name; none if it is missing or null.
    pub fn optional<T: FromJson>(&mut self, name: &str) -> Result<Option<T>, Box<Mismatch>> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::from_json(value, &Place::Field(self.place, name)).map(Some),
        }
    }

    /// The field of this name; the default if it is missing.
    pub fn or_default<T: FromJson + Default>(&mut self, name: &str) -> Result<T, Box<Mismatch>> {
        match self.take(name) {
            None => Ok(T::default()),
            Some(value) => T::from_json(value, &Place::Field(self.place, name)),
        }
    }

    /// All fields that were not read, in their order.
    pub fn rest(self) -> Object {
        Object(self.left)
    }

    /// The last of this name, as JSON has it; the others are gone too.
    fn take(&mut self, name: &str) -> Option<Value> {
        let place = self.left.iter().rposition(|(other, _)| other == name)?;
        let (_, value) = self.left.remove(place);
        if place > 0 {
            self.left.retain(|(other, _)| other != name);
        }
        Some(value)
    }
}
