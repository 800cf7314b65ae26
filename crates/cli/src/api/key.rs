//! The API's key: read from the environment or a file, sent to the API, shown to nobody.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::{input, secrets};

const MAX_FILE_BYTES: u64 = 1 << 20;

const DEFAULT_VARIABLE: &str = "EXEMPLAR_API_KEY";

/// A key. It has no `Debug`, so that nothing prints it by mistake.
pub struct Key(String);

impl Key {
    /// The value of the `Authorization` header.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

/// The key from the variable `named` by the person, or from `file`, where they then expect one; else from the usual
/// variable or that of the `preset`, where a local API needs none.
pub fn read(named: Option<&str>, file: Option<&Path>, preset: Option<&str>) -> Result<Option<Key>> {
    if let Some(file) = file {
        let name = format!("--key-file {}", file.display());
        let bytes = input::bytes(file, MAX_FILE_BYTES);
        let bytes = bytes.map_err(|problem| anyhow!("cannot read {name}: {problem}"))?;
        let text =
            String::from_utf8(bytes).map_err(|_| anyhow!("{name} is not UTF-8, so it holds no API key"))?;
        return key(&text, &name)?
            .map(Some)
            .with_context(|| format!("{name} is empty: write the API's key there"));
    }
    if let Some(variable) = named {
        return from_variable(variable)?.map(Some).with_context(|| {
            format!("--key-env {variable}: this environment variable is not set; set it to the API's key")
        });
    }
    match from_variable(DEFAULT_VARIABLE)? {
        None => preset.map_or(Ok(None), from_variable),
        found => Ok(found),
    }
}

fn from_variable(variable: &str) -> Result<Option<Key>> {
    let name = format!("the environment variable {variable}");
    match std::env::var_os(variable).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => key(&value, &name),
        Some(Err(_)) => bail!("{name} is not UTF-8, so it holds no API key"),
    }
}

/// The key in `text`, if there is any; `name` says where that stands.
fn key(text: &str, name: &str) -> Result<Option<Key>> {
    let text = text.trim();
    if !text.chars().all(|c| c.is_ascii_graphic()) {
        bail!("{name} holds no API key: a key has no spaces, line breaks or characters outside ASCII");
    }
    secrets::keep(text);
    Ok((!text.is_empty()).then(|| Key(text.to_owned())))
}
