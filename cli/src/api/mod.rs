//! Embedding APIs that speak OpenAI's `POST /v1/embeddings`.

mod answer;
mod client;
mod endpoint;
mod key;
mod retry;
mod upstream;

use std::time::Duration;

use anyhow::Result;

pub use client::{Client, Input};
pub use endpoint::Endpoint;
pub use upstream::{Reply, Unreachable, UnreachableKind, Upstream};

/// How to reach an embedding API.
#[derive(clap::Args, Clone)]
pub struct ApiArgs {
    /// Embedding API that speaks OpenAI's /v1/embeddings
    ///
    /// A host (http://127.0.0.1:8000), to which /v1/embeddings is added; a base path (https://api.example.com/v1), to
    /// which /embeddings is added; or the whole address, ending in /embeddings, which is taken as it is.
    #[arg(long, value_name = "URL")]
    pub api: Option<Endpoint>,
    /// Environment variable that holds the API's key [default: EXEMPLAR_API_KEY]
    #[arg(long, value_name = "NAME", requires = "api")]
    key_env: Option<String>,
    /// Longest wait for one answer of the API, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120, requires = "api",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl ApiArgs {
    /// The API that `--api` names, if it is there.
    pub fn upstream(&self) -> Result<Option<Upstream>> {
        let Some(endpoint) = &self.api else { return Ok(None) };
        let key = key::read(self.key_env.as_deref())?;
        Ok(Some(Upstream::new(endpoint.clone(), key, Duration::from_secs(self.timeout))))
    }
}
