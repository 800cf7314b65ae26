//! JSON into values, and long lists of it item by item.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::fields::{Mismatch, Place};
use crate::value::{Number, Object, Value};

/// A list in an object: its name, and what takes its items one by one, so that it is never in memory as JSON all at once.
pub type List<'a> = (&'a str, &'a mut dyn FnMut(Value, &Place) -> Result<(), Mismatch>);

/// Any JSON; an error says what is wrong with it, and where.
pub fn value(json: &[u8]) -> Result<Value, String> {
    read(json, Reading::Value)
}

/// How many bytes are looked through first for what is likely to stand at the beginning.
const BEGINNING: usize = 1000;

/// Of an object, the fields of these names alone: those at its beginning, if all are there, whatever comes after them.
pub fn only(json: &[u8], names: &[&str]) -> Result<Object, String> {
    let mut found = Object::default();
    let beginning = &json[..json.len().min(BEGINNING)];
    // An error says nothing but that the rest is missing.
    let _ = read(beginning, Reading::Only { names, found: &mut found });
    if names.iter().any(|name| found.get(name).is_none()) {
        found = Object::default();
        read(json, Reading::Only { names, found: &mut found })?;
    }
    Ok(found)
}

/// JSON whose `lists`, if it is an object, are taken item by item, and whether all items fitted. Of the lists, empty arrays are
/// left; those that are no arrays stay as they are.
pub fn with_lists(json: &[u8], lists: &mut [List]) -> Result<(Value, Result<(), Mismatch>), String> {
    let mut mismatch = Ok(());
    let value = read(json, Reading::WithLists { lists, mismatch: &mut mismatch })?;
    Ok((value, mismatch))
}

fn read(json: &[u8], reading: Reading) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = reading.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|e| e.to_string())
}

/// From any format that serde knows.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reading::Value.deserialize(deserializer)
    }
}

/// What is read, and what of it becomes a value. Each kind of JSON is taken: where one is not, serde brings in the code to
/// say so, which fills pages.
enum Reading<'r, 'l> {
    Value,
    /// Of an object, the fields of these names alone. What is found goes here as soon as something follows it.
    Only {
        names: &'r [&'r str],
        found: &'r mut Object,
    },
    /// An object with long lists.
    WithLists {
        lists: &'r mut [List<'l>],
        /// The first item that did not fit.
        mismatch: &'r mut Result<(), Mismatch>,
    },
    List {
        list: &'r mut List<'l>,
        mismatch: &'r mut Result<(), Mismatch>,
    },
}

impl<'de> DeserializeSeed<'de> for Reading<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(Number::Natural(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.try_into().map_or(Number::Negative(value), Number::Natural)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(if value.is_finite() { Value::Number(Number::Real(value)) } else { Value::Null })
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        if let Self::List { list: (name, take), mismatch } = self {
            let mut index = 0;
            while let Some(item) = array.next_element_seed(Reading::Value)? {
                if mismatch.is_ok() {
                    *mismatch = take(item, &Place::Item(&Place::Field(&Place::Top, name), index));
                }
                index += 1;
            }
        } else {
            while let Some(item) = array.next_element_seed(Reading::Value)? {
                items.push(item);
            }
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = object.next_key::<String>()? {
            let reading = match &mut self {
                Self::Only { names, found } => {
                    found.0.append(&mut fields);
                    if !names.contains(&name.as_str()) {
                        object.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    Reading::Value
                }
                Self::WithLists { lists, mismatch } => match lists.iter_mut().find(|list| list.0 == name) {
                    Some(list) => Reading::List { list, mismatch },
                    None => Reading::Value,
                },
                _ => Reading::Value,
            };
            fields.push((name, object.next_value_seed(reading)?));
        }
        if let Self::Only { found, .. } = self {
            found.0.append(&mut fields);
        }
        Ok(Value::Object(Object(fields)))
    }
}
