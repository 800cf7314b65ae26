//! The engine's user and password: from the environment alone, and shown to nobody.

use anyhow::{Result, bail};

use crate::secrets;

const USER: &str = "EXEMPLAR_ENGINE_USER";
const PASSWORD: &str = "EXEMPLAR_ENGINE_PASSWORD";

/// What says which variables hold the credentials.
pub const WAY_OUT: &str = "set EXEMPLAR_ENGINE_USER and EXEMPLAR_ENGINE_PASSWORD";

/// Without `Debug`, so that nothing prints them by mistake.
#[derive(Clone)]
pub struct Credentials {
    pub user: Option<String>,
    pub password: Option<String>,
}

impl Credentials {
    /// Those of the environment, which messages hide from then on.
    pub fn from_environment() -> Result<Self> {
        let password = variable(PASSWORD)?;
        if let Some(password) = &password {
            secrets::keep(password);
        }
        Ok(Self { user: variable(USER)?, password })
    }
}

fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.chars().any(char::is_control) => {
            bail!(
                "the environment variable {name} holds control characters, such as a line break: set it without them"
            )
        }
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("the environment variable {name} is not UTF-8"),
    }
}
