//! Reads and checks the answer of an embedding API.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Input;
use crate::text::excerpt;

/// What a bundle takes: told of the first answer, before more is paid for.
const MAX_DIMENSIONS: usize = 65_536;
const LENGTHS: RangeInclusive<f64> = 1e-18..=1e18;

/// What texts became.
#[derive(Debug)]
pub struct Answer {
    /// One for each input, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// As the API counts them; 0 if it does not say.
    pub tokens: usize,
}

/// Why an answer of status 200 cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// It is an error all the same.
    Error {
        message: String,
        /// The status that it would have had; 200 if it does not say.
        status: u16,
    },
    /// What is wrong with it, by the name of the input that it concerns.
    Wrong(String),
}

impl From<String> for Unusable {
    fn from(problem: String) -> Self {
        Self::Wrong(problem)
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    data: Option<Vec<Item>>,
    // Whatever may be in these is looked at only as far as it is needed.
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item {
    index: Option<usize>,
    embedding: Values,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: usize,
}

/// Reads a successful answer; vectors are matched to inputs by `index`, or by their order where none has one.
pub fn read(body: &[u8], inputs: &[Input]) -> Result<Answer, Unusable> {
    let Body { data, usage, error } =
        serde_json::from_slice(body).map_err(|problem| not_an_answer(body, &problem))?;
    if let (None, Some(error)) = (data.as_ref().filter(|data| !data.is_empty()), error) {
        return Err(Unusable::Error { message: error_message(body), status: error_status(error) });
    }
    let Some(data) = data else {
        return Err(String::from("it is not an answer to /v1/embeddings: missing field `data`").into());
    };
    let vectors = matched(data, inputs)?;
    let usage = usage.and_then(|usage| serde_json::from_str::<Usage>(usage.get()).ok());
    Ok(Answer { vectors, tokens: usage.map_or(0, |usage| usage.total_tokens) })
}

/// The vector of each input.
fn matched(data: Vec<Item>, inputs: &[Input]) -> Result<Vec<Vec<f32>>, String> {
    if data.len() != inputs.len() {
        return Err(format!("it has {} vectors for {} texts", data.len(), inputs.len()));
    }
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; inputs.len()];
    let indexed = data.iter().any(|item| item.index.is_some());
    for (place, Item { index, embedding }) in data.into_iter().enumerate() {
        // Writers of protocol buffers, such as Gemini's, leave out a zero.
        let index = index.unwrap_or(if indexed { 0 } else { place });
        let (Some(input), Some(slot)) = (inputs.get(index), vectors.get_mut(index)) else {
            return Err(format!("it has the index {index}, but only {} texts were sent", inputs.len()));
        };
        let vector =
            check(embedding.0).map_err(|problem| format!("the vector of {} {problem}", input.name))?;
        if slot.replace(vector).is_some() {
            return Err(format!("it has the index {index} twice"));
        }
    }
    // As many as there are texts and no index twice: none is missing.
    Ok(vectors.into_iter().flatten().collect())
}

/// The status in an error such as `{"message": "...", "code": 503}`.
fn error_status(error: &RawValue) -> u16 {
    #[derive(Deserialize)]
    struct Code {
        code: u16,
    }
    serde_json::from_str(error.get()).map_or(200, |Code { code }| code)
}

/// Numbers, or base64 of float32s in little-endian order. `null` stands where Python's JSON writers put a NaN.
struct Values(Vec<Option<f32>>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValuesVisitor;
        impl<'de> Visitor<'de> for ValuesVisitor {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an array of numbers, or base64 of float32s")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Values, E> {
                let wrong = || E::invalid_value(de::Unexpected::Str(&excerpt(text, 20)), &self);
                let bytes = BASE64_STANDARD.decode(text).map_err(|_| wrong())?;
                let (values, rest) = bytes.as_chunks();
                match rest {
                    [] => Ok(Values(values.iter().map(|bytes| Some(f32::from_le_bytes(*bytes))).collect())),
                    _ => Err(wrong()),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = items.next_element()? {
                    values.push(value);
                    if values.len() > MAX_DIMENSIONS {
                        return Err(de::Error::custom(format_args!(
                            "a vector of more than {MAX_DIMENSIONS} values"
                        )));
                    }
                }
                Ok(Values(values))
            }
        }
        deserializer.deserialize_any(ValuesVisitor)
    }
}

fn check(embedding: Vec<Option<f32>>) -> Result<Vec<f32>, String> {
    let mut vector = Vec::with_capacity(embedding.len());
    for (i, value) in embedding.into_iter().enumerate() {
        match value {
            Some(value) if value.is_finite() => vector.push(value),
            Some(value) => {
                return Err(format!("holds {value} at position {i}: vectors must be finite numbers"));
            }
            None => return Err(format!("holds null at position {i}: vectors must be finite numbers")),
        }
    }
    if vector.iter().all(|&value| value == 0.0) {
        return Err(match vector.is_empty() {
            true => "is empty".into(),
            false => "is all zeros, which has no direction to compare".into(),
        });
    }
    let length = vector.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
    if !LENGTHS.contains(&length) {
        let (least, most) = (LENGTHS.start(), LENGTHS.end());
        return Err(format!("has the length {length:.1e}, expected {least:e} to {most:e}"));
    }
    Ok(vector)
}

fn not_an_answer(body: &[u8], problem: &serde_json::Error) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(1_000)]);
    match start.trim_start().starts_with('<') {
        true => format!("it is HTML, not JSON; is the address right? ({})", excerpt(&start, 80)),
        false => format!("it is not an answer to /v1/embeddings: {problem}"),
    }
}

/// The message of an error answer: OpenAI's `error.message` or what others use in its place, else the start of the text.
pub fn error_message(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let places = ["/error/message", "/error", "/message", "/detail"];
    let message = places.iter().find_map(|place| json.pointer(place)?.as_str()).unwrap_or(&text);
    match message.trim() {
        "" => "no message".into(),
        message => excerpt(message, 300),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Unusable, error_message, read};
    use crate::api::Input;

    fn answer(json: &str) -> Result<Answer, String> {
        let inputs = [Input { name: "page a.html", text: "a" }, Input { name: "page b.html", text: "b" }];
        read(json.as_bytes(), &inputs).map_err(|unusable| match unusable {
            Unusable::Error { message, status } => format!("{status}: {message}"),
            Unusable::Wrong(problem) => problem,
        })
    }

    fn of(json: &str) -> Result<Vec<Vec<f32>>, String> {
        answer(json).map(|answer| answer.vectors)
    }

    #[test]
    fn vectors_come_as_numbers_or_as_base64_and_tokens_are_counted() {
        let json = r#"{"data": [{"index": 0, "embedding": "AACAPwAAIEA="}, {"index": 1, "embedding": [3, 4]}],
            "usage": {"total_tokens": 7}}"#;
        let Answer { vectors, tokens } = answer(json).unwrap();
        assert_eq!((vectors, tokens), (vec![vec![1.0, 2.5], vec![3.0, 4.0]], 7));
    }

    #[test]
    fn vectors_are_matched_by_index() {
        let shuffled =
            r#"{"data": [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2.5]}], "x": 1}"#;
        assert_eq!(of(shuffled).unwrap(), [[1.0, 2.5], [3.0, 4.0]]);
    }

    #[test]
    fn without_an_index_the_order_counts_and_a_zero_may_be_left_out() {
        for json in [
            r#"{"data": [{"embedding": [1, 2.5]}, {"embedding": [3, 4]}], "usage": null, "error": null}"#,
            r#"{"data": [{"index": null, "embedding": [1, 2.5]}, {"index": null, "embedding": [3, 4]}], "usage": [[]]}"#,
            r#"{"data": [{"index": 1, "embedding": [3, 4]}, {"embedding": [1, 2.5]}], "usage": {"total_tokens": -1}}"#,
        ] {
            assert_eq!(of(json).unwrap(), [[1.0, 2.5], [3.0, 4.0]], "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, expected) in [
            (r#"{"data": []}"#, "0 vectors for 2 texts"),
            (
                r#"{"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}]}"#,
                "index 0 twice",
            ),
            (r#"{"data": [{"index": 0, "embedding": [1]}, {"index": 2, "embedding": [1]}]}"#, "the index 2"),
            (
                r#"{"data": [{"embedding": [1]}, {"index": 1, "embedding": [1]}, {"index": 2, "embedding": [1]}]}"#,
                "3 vectors for 2 texts",
            ),
            (r#"{"data": [{"embedding": [1]}, {"index": 0, "embedding": [1]}]}"#, "index 0 twice"),
            (r#"{"error": {"message": "overloaded", "code": 503}}"#, "503: overloaded"),
            (r#"{"data": [], "error": {"message": "no", "code": "x"}}"#, "200: no"),
            (r#"{"data": null, "error": "no"}"#, "200: no"),
            (r#"{"usage": {}}"#, "missing field `data`"),
            (
                r#"{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, null]}]}"#,
                "page b.html holds null at position 1",
            ),
            (
                r#"{"data": [{"index": 0, "embedding": [1e39]}, {"index": 1, "embedding": [1]}]}"#,
                "page a.html holds inf",
            ),
            (r#"{"data": [{"index": 0, "embedding": [0, 0]}, {"index": 1, "embedding": [1]}]}"#, "all zeros"),
            (r#"{"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": [1]}]}"#, "is empty"),
            (
                r#"{"data": [{"index": 0, "embedding": "AACA"}, {"index": 1, "embedding": [1]}]}"#,
                "expected an array of numbers, or base64 of float32s",
            ),
            (
                r#"{"data": [{"index": 0, "embedding": "AADAfw=="}, {"index": 1, "embedding": [1]}]}"#,
                "page a.html holds NaN",
            ),
            ("<!DOCTYPE html><title>Welcome</title>", "HTML, not JSON"),
            ("", "EOF"),
            ("[1]", "not an answer to /v1/embeddings"),
        ] {
            let error = of(json).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }

    #[test]
    fn the_message_of_an_error_is_found() {
        for (body, message) in [
            (r#"{"error": {"message": "no such model", "code": null}}"#, "no such model"),
            (r#"{"error": "no such model"}"#, "no such model"),
            (r#"{"message": "no such model"}"#, "no such model"),
            (r#"{"detail": "no such model"}"#, "no such model"),
            ("no such\nmodel", "no such model"),
            (" ", "no message"),
        ] {
            assert_eq!(error_message(body.as_bytes()), message);
        }
    }
}
