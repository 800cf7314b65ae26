//! Embedding APIs that speak OpenAI's `POST /v1/embeddings`.

pub mod answer;
mod client;
mod endpoint;
mod input;
mod key;
mod pace;
mod preset;
pub mod retry;
mod shorten;
pub mod tokens;
mod upstream;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::ArgGroup;

pub use client::Client;
pub use endpoint::{AddressParser, Endpoint, is_loopback, shown};
pub use input::Input;
pub use pace::Limits;
pub use preset::{Preset, prefixes as prefixes_by_name};
pub use shorten::shorten;
pub use upstream::{Reply, Unreachable, UnreachableKind, Upstream};

/// How to reach an embedding API.
#[derive(clap::Args, Clone, Debug)]
#[command(group(ArgGroup::new("endpoint").args(["api", "preset"]).multiple(true)))]
pub struct ApiArgs {
    /// Embedding API that speaks OpenAI's /v1/embeddings
    ///
    /// A host (http://127.0.0.1:8000), to which /v1/embeddings is added; a base path (https://api.example.com/v1), to
    /// which /embeddings is added; or the whole address, ending in /embeddings, which is taken as it is.
    #[arg(long, value_name = "URL", value_parser = AddressParser::<Endpoint>::new())]
    pub api: Option<Endpoint>,
    /// A common API: its address, unless --api gives another, and the form of its requests
    #[arg(long, value_name = "NAME", value_enum)]
    pub preset: Option<Preset>,
    /// Environment variable that holds the API's key [default: EXEMPLAR_API_KEY, then the preset's own]
    #[arg(long, value_name = "NAME", requires = "endpoint")]
    key_env: Option<String>,
    /// File that holds the API's key and nothing else
    #[arg(long, value_name = "FILE", requires = "endpoint", conflicts_with = "key_env")]
    key_file: Option<PathBuf>,
    /// Longest wait for one answer of the API, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120, requires = "endpoint",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl ApiArgs {
    /// Whether an API is named.
    pub fn is_some(&self) -> bool {
        self.api.is_some() || self.preset.is_some()
    }

    /// The API that `--api` or `--preset` names, if one is there.
    pub fn upstream(&self) -> Result<Option<Upstream>> {
        let endpoint = match (&self.api, self.preset) {
            (Some(endpoint), _) => endpoint.clone(),
            (None, Some(preset)) => preset.endpoint().map_err(|problem| anyhow!("--preset: {problem}"))?,
            (None, None) => return Ok(None),
        };
        // A service's key is for that service alone.
        let usual = self.preset.filter(|_| self.api.is_none()).and_then(|preset| preset.facts().key_env);
        let key = key::read(self.key_env.as_deref(), self.key_file.as_deref(), usual)?;
        Ok(Some(Upstream::new(endpoint, key, Duration::from_secs(self.timeout))))
    }
}
