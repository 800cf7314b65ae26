//! Reading a bundle from its files, and writing them.

use std::collections::BTreeMap;

use super::{Bundle, Layout, Reader, Written, v1, v2};
use crate::{Error, Result};

/// The files beside `bundle.json`, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

impl Bundle {
    /// Reads a bundle of version 1 or 2 and checks all of it. `files` holds the files that [`Bundle::files`] names.
    pub fn read(json: &[u8], files: &Files) -> Result<Self> {
        let mut reader = Reader::new(json)?;
        for (name, bytes) in files {
            reader.add(name, bytes);
        }
        reader.finish()
    }

    /// The names of the files that the bundle `json` needs beside it; plain names without a folder.
    pub fn files(json: &[u8]) -> Result<Vec<String>> {
        Ok(Reader::new(json)?.files().map(String::from).collect())
    }

    /// The bundle as files. The JSON has no white space.
    pub fn write(&self) -> Result<Written> {
        match self.layout {
            Layout::V1Arrays | Layout::V1Base64 => Ok(Written { json: v1::write(self)?, sidecar: None }),
            Layout::V2Inline | Layout::V2Base64 | Layout::V2Sidecar => v2::write(self),
            Layout::Shards => Err(Error::option(
                "layout",
                "shards",
                "expected the layout of one file: shards::write writes shards",
            )),
        }
    }
}
