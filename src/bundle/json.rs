//! `bundle.json`: which version it is, and its fields.

use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Bundle, FORMAT, Files, Layout, Reader, VERSION, Written, v1, v2};
use crate::fields::{Item, Mismatch, Place, shown};
use crate::{Error, Result};

/// What tells a bundle from other JSON; read first, so that a newer version's other changes do not matter.
const HEAD: [&str; 2] = ["format", "version"];

impl Bundle {
    /// Reads a bundle of any version and checks all of it. `files` holds those that [`Bundle::files`] names.
    pub fn read(json: &[u8], files: &Files) -> Result<Self> {
        let mut reader = Reader::new(json)?;
        for (name, bytes) in files {
            reader.add(name, bytes);
        }
        reader.finish()
    }

    /// The names of the files that the bundle `json` needs beside it: plain names, without a folder.
    pub fn files(json: &[u8]) -> Result<Vec<String>> {
        Ok(Reader::new(json)?.files().map(String::from).collect())
    }

    /// The bundle as files, without white space in the JSON.
    pub fn write(&self) -> Result<Written> {
        match self.layout {
            Layout::V1Arrays | Layout::V1Base64 => Ok(Written { json: v1::write(self)?, sidecar: None }),
            Layout::V2Inline | Layout::V2Base64 | Layout::V2Sidecar => v2::write(self),
        }
    }
}

/// How this project's own bundles begin, up to the digit of the version: they need not be read twice.
const START: &[u8] = br#"{"format":"exemplar-search","version":"#;

/// The version of the bundle `json`, one that this release reads.
pub(super) fn version(json: &[u8]) -> Result<u64> {
    if let Some([digit @ b'1'..=b'9', b',', ..]) = json.strip_prefix(START)
        && u32::from(digit - b'0') <= VERSION
    {
        return Ok(u64::from(digit - b'0'));
    }
    let head = read(json, Reading::Head).map_err(Error::BundleJson)?;
    let [format, version] = HEAD.map(|name| &head[name]);
    if format != FORMAT {
        return Err(Error::BundleFormat { found: shown(format) });
    }
    let refuse = |way_out| Err(Error::BundleVersion { found: shown(version), newest: VERSION, way_out });
    match version.as_u64() {
        Some(version) if (1..=u64::from(VERSION)).contains(&version) => Ok(version),
        Some(version) if version > 0 => refuse("update exemplar-search, or build the bundle again"),
        _ => refuse("\"version\" must be a whole number from 1"),
    }
}

/// A list of the bundle's: its name, and what takes its items one by one, so that it is never in memory as JSON all at once.
pub(super) type List<'a> =
    (&'static str, &'a mut dyn FnMut(Item, &Place) -> std::result::Result<(), Mismatch>);

/// The bundle's fields but for its head. Of `lists`, empty arrays are left; those that are no arrays stay as they are.
pub(super) fn fields(json: &[u8], lists: &mut [List]) -> Result<Map<String, Value>> {
    let mut mismatch = Ok(());
    let bundle = read(json, Reading::Bundle { lists, mismatch: &mut mismatch }).map_err(Error::BundleJson)?;
    mismatch?;
    let Value::Object(mut fields) = bundle else { return Ok(Map::new()) };
    for name in HEAD {
        fields.shift_remove(name);
    }
    Ok(fields)
}

/// Any JSON; an error says what is wrong with it, and where.
pub(super) fn value(json: &[u8]) -> std::result::Result<Value, String> {
    read(json, Reading::Value)
}

pub(super) fn to_string(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::BundleJson(e.to_string()))
}

fn read(json: &[u8], reading: Reading) -> std::result::Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = reading.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|e| e.to_string())
}

/// What is read, and what of it becomes a value. Each kind of JSON is taken: where one is not, serde brings in the code to
/// say so, which fills pages.
enum Reading<'r, 'l> {
    Value,
    /// Of an object, the fields of [`HEAD`] alone.
    Head,
    Bundle {
        lists: &'r mut [List<'l>],
        /// The first item that did not fit.
        mismatch: &'r mut std::result::Result<(), Mismatch>,
    },
    List {
        list: &'r mut List<'l>,
        mismatch: &'r mut std::result::Result<(), Mismatch>,
    },
    /// An item of a list: the fields of an object go here, and an empty one is left.
    Item(&'r mut Vec<(String, Value)>),
}

impl<'de> DeserializeSeed<'de> for Reading<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> std::result::Result<Value, A::Error> {
        let mut items = Vec::new();
        if let Self::List { list: (name, take), mismatch } = self {
            let mut index = 0;
            let mut fields = Vec::new();
            while let Some(item) = array.next_element_seed(Reading::Item(&mut fields))? {
                let fields = std::mem::take(&mut fields);
                let item = if item.is_object() { Item::Object(fields) } else { Item::Other(item) };
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

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> std::result::Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let reading = match &mut self {
                Self::Head if !HEAD.contains(&name.as_str()) => {
                    object.next_value::<IgnoredAny>()?;
                    continue;
                }
                Self::Bundle { lists, mismatch } => match lists.iter_mut().find(|list| list.0 == name) {
                    Some(list) => Reading::List { list, mismatch },
                    None => Reading::Value,
                },
                _ => Reading::Value,
            };
            let value = object.next_value_seed(reading)?;
            match &mut self {
                Self::Item(fields) => fields.push((name, value)),
                _ => drop(fields.insert(name, value)),
            }
        }
        Ok(Value::Object(fields))
    }
}
