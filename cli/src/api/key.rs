//! The API's key: read from the environment, sent to the API, shown to nobody.

use anyhow::{Result, bail};

const DEFAULT_VARIABLE: &str = "EXEMPLAR_API_KEY";

/// A key. It has no `Debug`, so that nothing prints it by mistake.
pub struct Key(String);

impl Key {
    /// The value of the `Authorization` header.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// `text` without the key.
    pub fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "[key]")
    }
}

/// The key from the variable `named` by the person, who then expects one to be there; or from the usual variable,
/// where a local API needs none.
pub fn read(named: Option<&str>) -> Result<Option<Key>> {
    let variable = named.unwrap_or(DEFAULT_VARIABLE);
    let value = match std::env::var_os(variable) {
        None => String::new(),
        Some(value) => match value.into_string() {
            Ok(value) => value.trim().to_owned(),
            Err(_) => bail!("the environment variable {variable} is not UTF-8, so it holds no API key"),
        },
    };
    if value.is_empty() {
        return match named {
            None => Ok(None),
            Some(_) => {
                bail!("--key-env {variable}: this environment variable is not set; set it to the API's key")
            }
        };
    }
    if !value.chars().all(|c| c.is_ascii_graphic()) {
        bail!(
            "the environment variable {variable} holds no API key: \
             a key has no spaces, line breaks or characters outside ASCII"
        );
    }
    Ok(Some(Key(value)))
}
