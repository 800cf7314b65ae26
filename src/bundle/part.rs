//! The parts of a version 2 bundle: blocks of bytes, each with its encoding, length and hash, inside the JSON or in a
//! file beside it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::fields::{Fields, FromFields, Mismatch};
use crate::json::Object;
use crate::{Error, Result};

/// The encoding of parts that are JSON.
pub(crate) const JSON: &str = "json";

/// A block of bytes, and how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The name of the bytes' encoding, such as `int8` or `json`.
    pub encoding: String,
    /// The bytes, as in a sidecar file.
    pub bytes: Vec<u8>,
    /// Fields that this release does not know.
    pub extra: Object,
}

/// A part as `bundle.json` describes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Descriptor {
    pub encoding: String,
    /// Bytes of the part. As offset, 64 bits wide in WebAssembly too, so that errors are the same everywhere.
    pub length: u64,
    /// Of those bytes; 64 lower-case hexadecimal digits.
    sha256: String,
    /// The bytes in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    /// Or the bytes as they are, where they are text. Base64 of text packs half as badly again: it hides repetitions.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Or the file, beside the JSON, that holds the bytes from `offset` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    #[serde(flatten)]
    pub extra: Object,
}

/// The bytes of a part that came in a file, and their hash.
pub(crate) struct Beside {
    pub bytes: Vec<u8>,
    pub sha256: String,
}

impl FromFields for Descriptor {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self {
            encoding: fields.required("encoding")?,
            length: fields.required("length")?,
            sha256: fields.required("sha256")?,
            data: fields.optional("data")?,
            text: fields.optional("text")?,
            file: fields.optional("file")?,
            offset: fields.optional("offset")?,
            extra: fields.rest(),
        })
    }
}

impl Descriptor {
    /// The file that holds the part `name`, if one does. A bundle must not make its reader fetch from anywhere but
    /// beside it.
    pub fn checked_file(&self, name: &str) -> Result<Option<&str>> {
        let wrong =
            |field: &str, problem: String| Err(Error::field(format!("parts.{name}.{field}"), problem));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        match (&self.data, &self.text, &self.file) {
            (Some(_), None, None) | (None, Some(_), None) => Ok(None),
            (None, None, Some(file))
                if file.is_empty() || file.starts_with('.') || !file.chars().all(plain) =>
            {
                wrong(
                    "file",
                    format!("is \"{file}\", expected the plain name of a file beside the bundle's JSON"),
                )
            }
            (None, None, Some(file)) => Ok(Some(file)),
            _ => wrong("data", "expected one of data, text and file".into()),
        }
    }

    /// Checks the part's bytes, which came from a file or are in the JSON; `name` is the part's, for errors.
    pub fn read(self, name: &str, beside: Option<Beside>) -> Result<Part> {
        let wrong = |field: &str, problem: String| Error::field(format!("parts.{name}.{field}"), problem);
        let Beside { bytes, sha256 } = match beside {
            Some(beside) => beside,
            None => {
                let bytes = match (self.text, self.data) {
                    (Some(text), _) => text.into_bytes(),
                    (None, data) => STANDARD
                        .decode(data.unwrap_or_default())
                        .map_err(|e| wrong("data", format!("is not base64: {e}")))?,
                };
                let sha256 = hexadecimal(&Sha256::digest(&bytes));
                Beside { bytes, sha256 }
            }
        };
        if bytes.len() as u64 != self.length {
            return Err(wrong("length", format!("is {}, but there are {} bytes", self.length, bytes.len())));
        }
        if sha256 != self.sha256 {
            let place = self.file.as_ref().map_or("the data".into(), |file| format!("\"{file}\""));
            return Err(wrong("sha256", format!("does not fit {place}: it is damaged or of another build")));
        }
        Ok(Part { encoding: self.encoding, bytes, extra: self.extra })
    }

    /// Whether the bytes are text, but in base64.
    pub fn hides_text(&self) -> bool {
        self.encoding == JSON && self.data.is_some()
    }

    pub fn in_base64(part: &Part) -> Self {
        Self { data: Some(STANDARD.encode(&part.bytes)), ..Self::without_bytes(part) }
    }

    /// As text where it is, else in base64.
    pub fn inline(part: &Part) -> Self {
        match str::from_utf8(&part.bytes) {
            Ok(text) if part.encoding == JSON => {
                Self { text: Some(text.to_owned()), ..Self::without_bytes(part) }
            }
            _ => Self::in_base64(part),
        }
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
            text: None,
            file: None,
            offset: None,
            extra: extra.clone(),
        }
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
