//! What an embedding API answered, checked before anything is made of it.

use serde::Deserialize;

use super::client::Input;
use crate::text::excerpt;

#[derive(Deserialize)]
struct Answer {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    /// `null` stands where Python's JSON writers put a NaN.
    embedding: Vec<Option<f32>>,
}

/// The vectors of a successful answer, one for each input, matched by `index`.
///
/// # Errors
///
/// What is wrong with the answer, by the name of the input that it concerns.
pub fn vectors(body: &[u8], inputs: &[Input]) -> Result<Vec<Vec<f32>>, String> {
    let answer: Answer = serde_json::from_slice(body).map_err(|problem| not_an_answer(body, &problem))?;
    if answer.data.len() != inputs.len() {
        return Err(format!("it has {} vectors for {} texts", answer.data.len(), inputs.len()));
    }
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; inputs.len()];
    for Embedding { index, embedding } in answer.data {
        let (Some(input), Some(slot)) = (inputs.get(index), vectors.get_mut(index)) else {
            return Err(format!("it has the index {index}, but only {} texts were sent", inputs.len()));
        };
        let vector = check(embedding).map_err(|problem| format!("the vector of {} {problem}", input.name))?;
        if slot.replace(vector).is_some() {
            return Err(format!("it has the index {index} twice"));
        }
    }
    // As many as there are texts and no index twice: none is missing.
    Ok(vectors.into_iter().flatten().collect())
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
    use super::{error_message, vectors};
    use crate::api::Input;

    fn of(json: &str) -> Result<Vec<Vec<f32>>, String> {
        let inputs = [Input { name: "page a.html", text: "a" }, Input { name: "page b.html", text: "b" }];
        vectors(json.as_bytes(), &inputs)
    }

    #[test]
    fn vectors_are_matched_by_index() {
        let shuffled =
            r#"{"data": [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2.5]}], "x": 1}"#;
        assert_eq!(of(shuffled).unwrap(), [[1.0, 2.5], [3.0, 4.0]]);
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
            (r#"{"data": [{"embedding": [1]}, {"embedding": [1]}]}"#, "missing field `index`"),
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
