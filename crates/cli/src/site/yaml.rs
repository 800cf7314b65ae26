//! YAML whose scalars stay as they were written: a title `1.10` is no number, and `No` is not false.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The fields of a mapping: texts, `null`, lists and objects.
pub fn parse(text: &str) -> Result<Map<String, Value>, serde_saphyr::Error> {
    let typed: Map<String, Value> = serde_saphyr::from_str(text)?;
    let typed = Value::Object(typed);
    let written = serde_saphyr::with_deserializer_from_str(text, |yaml| AsWritten(&typed).deserialize(yaml));
    match written.unwrap_or(typed) {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

/// Reads what has the shape of a value that is known, with a text for each scalar.
struct AsWritten<'a>(&'a Value);

impl<'de> DeserializeSeed<'de> for AsWritten<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, yaml: D) -> Result<Value, D::Error> {
        match self.0 {
            Value::Null => yaml.deserialize_option(self),
            Value::Array(_) => yaml.deserialize_seq(self),
            Value::Object(_) => yaml.deserialize_map(self),
            _ => yaml.deserialize_str(self),
        }
    }
}

impl<'de> Visitor<'de> for AsWritten<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "what has the shape of {}", self.0)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let shapes = self.0.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut values = Vec::new();
        while let Some(value) =
            items.next_element_seed(AsWritten(shapes.get(values.len()).unwrap_or(&Value::Null)))?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let shape = self.0.get(&name).unwrap_or(&Value::Null);
            values.insert(name, fields.next_value_seed(AsWritten(shape))?);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn scalars_stay_as_they_were_written() {
        let text = "a: 1.10\nb: 007\nc: No\nd: true\ne: 1e3\nf: [1.0, 'x', 0x1F]\ng:\n  h: 2024-05-01\ni:\nj: ~\nk: |\n  two\n  lines\nl: &x 1_0\nm: *x\n";
        let expected = json!({
            "a": "1.10", "b": "007", "c": "No", "d": "true", "e": "1e3", "f": ["1.0", "x", "0x1F"], "g": { "h": "2024-05-01" },
            "i": null, "j": null, "k": "two\nlines\n", "l": "1_0", "m": "1_0",
        });
        assert_eq!(serde_json::Value::Object(parse(text).unwrap()), expected);
        assert!(parse("- a").is_err());
    }
}
