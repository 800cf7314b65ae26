//! `bundle.json`: which version it is, and errors that name the place in it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bundle, FORMAT, Files, Layout, Reader, VERSION, Written, v1, v2};
use crate::{Error, Result};

/// What tells a bundle from other JSON; read first, so that a newer version's other changes do not matter.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: Value,
    #[serde(default)]
    version: Value,
}

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
            Layout::V2Inline | Layout::V2Sidecar => v2::write(self),
        }
    }
}

/// The version of the bundle `json`, one that this release reads.
pub(super) fn version(json: &[u8]) -> Result<u64> {
    let head: Head = serde_json::from_slice(json).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => Error::field("(top level)", e.to_string()),
        _ => Error::BundleJson(e.to_string()),
    })?;
    if head.format != FORMAT {
        return Err(Error::BundleFormat { found: head.format.to_string() });
    }
    let refuse =
        |way_out| Err(Error::BundleVersion { found: head.version.to_string(), newest: VERSION, way_out });
    match head.version.as_u64() {
        Some(version) if (1..=u64::from(VERSION)).contains(&version) => Ok(version),
        Some(version) if version > 0 => refuse("update exemplar-search, or build the bundle again"),
        _ => refuse("\"version\" must be a whole number from 1"),
    }
}

/// The head's fields were read already; serde hands them to those who collect the unknown ones.
pub(super) fn without_head(mut bundle: Bundle) -> Bundle {
    bundle.extra.remove("format");
    bundle.extra.remove("version");
    bundle
}

/// Reads JSON; an error names the place in it.
pub(super) fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
        let place = match e.path().to_string() {
            // serde_path_to_error's name for the whole document.
            path if path == "." => "(top level)".into(),
            path => path,
        };
        Error::field(place, e.inner().to_string())
    })
}

pub(super) fn to_string(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::BundleJson(e.to_string()))
}
