//! `bundle.json`: which version it is, and errors that name the place in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bundle, FORMAT, Files, Layout, VERSION, Written, v1, v2};
use crate::{Error, Result};

/// What tells a bundle from other JSON; read first, so that a newer version's other changes do not matter.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: Value,
    #[serde(default)]
    version: Value,
    #[serde(default)]
    parts: Option<BTreeMap<String, PartFile>>,
}

#[derive(Deserialize)]
struct PartFile {
    file: Option<String>,
}

impl Bundle {
    /// Reads a bundle of any version and checks all of it. `files` holds those that [`Bundle::files`] names.
    pub fn read(json: &[u8], files: &Files) -> Result<Self> {
        let bundle = match version(&head(json)?)? {
            1 => without_head(from_slice::<v1::V1>(json)?.into_bundle()?),
            _ => without_head(from_slice::<v2::V2>(json)?.into_bundle(files)?),
        };
        bundle.check()?;
        Ok(bundle)
    }

    /// The names of the files that the bundle `json` needs beside it: plain names, without a folder.
    pub fn files(json: &[u8]) -> Result<Vec<String>> {
        let head = head(json)?;
        version(&head)?;
        let mut files = BTreeSet::new();
        for (name, part) in head.parts.unwrap_or_default() {
            if let Some(file) = part.file {
                check_file_name(&name, &file)?;
                files.insert(file);
            }
        }
        Ok(files.into_iter().collect())
    }

    /// The bundle as files, without white space in the JSON.
    pub fn write(&self) -> Result<Written> {
        match self.layout {
            Layout::V1Arrays | Layout::V1Base64 => Ok(Written { json: v1::write(self)?, sidecar: None }),
            Layout::V2Inline | Layout::V2Sidecar => v2::write(self),
        }
    }
}

fn head(json: &[u8]) -> Result<Head> {
    let head: Head = serde_json::from_slice(json).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => Error::field("(top level)", e.to_string()),
        _ => Error::BundleJson(e.to_string()),
    })?;
    if head.format != FORMAT {
        return Err(Error::BundleFormat { found: head.format.to_string() });
    }
    Ok(head)
}

fn version(head: &Head) -> Result<u64> {
    let refuse =
        |way_out| Err(Error::BundleVersion { found: head.version.to_string(), newest: VERSION, way_out });
    match head.version.as_u64() {
        Some(version) if (1..=u64::from(VERSION)).contains(&version) => Ok(version),
        Some(version) if version > 0 => refuse("update exemplar-search, or build the bundle again"),
        _ => refuse("\"version\" must be a whole number from 1"),
    }
}

/// A bundle must not make its reader fetch from anywhere but beside it.
fn check_file_name(part: &str, file: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if file.is_empty() || file.starts_with('.') || !file.chars().all(plain) {
        let problem = format!("is \"{file}\", expected the plain name of a file beside the bundle's JSON");
        return Err(Error::field(format!("parts.{part}.file"), problem));
    }
    Ok(())
}

/// The head's fields were read already; serde hands them to those who collect the unknown ones.
fn without_head(mut bundle: Bundle) -> Bundle {
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
