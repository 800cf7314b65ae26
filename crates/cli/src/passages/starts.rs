//! The sections that begin within a passage: a short page's, or those that were joined.

use exemplar_search::bundle::Passage;
use exemplar_search::json::Value;
use serde::{Deserialize, Serialize};

/// What a passage's field in the bundle is called.
const FIELD: &str = "sections";

/// Where a section begins within a passage's text, and how it is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Of the text, from 0.
    pub line: usize,
    /// As a passage's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heading: Vec<String>,
    /// As a passage's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
}

/// Writes them into the passage's field, if there are any.
pub fn write(starts: &[Start], passage: &mut Passage) {
    let value = serde_json::to_string(starts).ok().and_then(|json| json.parse::<Value>().ok());
    if let (false, Some(value)) = (starts.is_empty(), value) {
        passage.extra.0.push((FIELD.into(), value));
    }
}

/// The anchor of what stands at this place of the passage's text, in UTF-16 code units.
pub fn anchor_at(passage: &Passage, place: usize) -> Option<String> {
    let field = passage.extra.0.iter().find(|(name, _)| name == FIELD);
    // Only the reader's way is longer where the field is damaged.
    let value = field.and_then(|(_, value)| serde_json::to_value(value).ok());
    let starts: Vec<Start> = value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
    let line = passage.text.encode_utf16().take(place).filter(|&unit| unit == u16::from(b'\n')).count();
    match starts.into_iter().rfind(|start| start.line <= line) {
        Some(start) => start.anchor,
        None => passage.anchor.clone(),
    }
}
