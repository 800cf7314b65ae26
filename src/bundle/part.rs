//! The parts of a version 2 bundle: blocks of bytes, each with its encoding, length and hash, inside the JSON or in a
//! file beside it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Files;
use crate::{Error, Result};

/// Bytes and how they are to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub encoding: String,
    pub bytes: Vec<u8>,
    /// Fields that this release does not know.
    pub extra: Map<String, Value>,
}

/// A part as `bundle.json` describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Descriptor {
    pub encoding: String,
    /// Bytes of the part. As offset, 64 bits wide in WebAssembly too, so that errors are the same everywhere.
    length: u64,
    /// Of those bytes; 64 lower-case hexadecimal digits.
    sha256: String,
    /// The bytes in base64, or else `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    /// The file, beside the JSON, that holds the bytes from `offset` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Descriptor {
    /// Finds the part's bytes and checks them; `name` is the part's, for errors.
    pub fn read(self, name: &str, files: &Files) -> Result<Part> {
        let wrong = |field: &str, problem: String| Error::field(format!("parts.{name}.{field}"), problem);
        let bytes = match (&self.data, &self.file) {
            (Some(data), None) => {
                STANDARD.decode(data).map_err(|e| wrong("data", format!("is not base64: {e}")))?
            }
            (None, Some(file)) => {
                let bytes = files.get(file).ok_or_else(|| {
                    wrong("file", format!("\"{file}\" is missing: put it beside the bundle's JSON"))
                })?;
                let start = self.offset.unwrap_or(0);
                let end = start.saturating_add(self.length);
                let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
                let part = range.and_then(|(start, end)| bytes.get(start..end)).ok_or_else(|| {
                    let has = bytes.len();
                    wrong("file", format!("\"{file}\" has {has} bytes, the part ends at {end}: it was cut short or is of another build"))
                })?;
                part.to_vec()
            }
            _ => return Err(wrong("data", "expected either data or file".into())),
        };
        if bytes.len() as u64 != self.length {
            return Err(wrong("length", format!("is {}, but there are {} bytes", self.length, bytes.len())));
        }
        if sha256(&bytes) != self.sha256 {
            let place = self.file.as_ref().map_or("the data".into(), |file| format!("\"{file}\""));
            return Err(wrong("sha256", format!("does not fit {place}: it is damaged or of another build")));
        }
        Ok(Part { encoding: self.encoding, bytes, extra: self.extra })
    }

    pub fn inline(part: &Part) -> Self {
        Self { data: Some(STANDARD.encode(&part.bytes)), ..Self::without_bytes(part) }
    }

    pub fn in_file(part: &Part, file: String, offset: usize) -> Self {
        Self { file: Some(file), offset: Some(offset as u64), ..Self::without_bytes(part) }
    }

    fn without_bytes(part: &Part) -> Self {
        let Part { encoding, bytes, extra } = part;
        Self {
            encoding: encoding.clone(),
            length: bytes.len() as u64,
            sha256: sha256(bytes),
            data: None,
            file: None,
            offset: None,
            extra: extra.clone(),
        }
    }
}

/// Lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
