//! `POST /v1/embeddings`, answered by a model on this machine as OpenAI's API would.

use std::sync::Arc;

use anyhow::Result;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OnceCell, Semaphore};

use super::forward::json_body;
use super::reply::{failure, json_response};
use crate::model::{LocalModel, ModelPlace};

/// Texts in one request: a page asks for one or two, an index for no more than this at once.
const MOST_TEXTS: usize = 256;

/// A model that is loaded when the first text comes.
pub struct ServedModel {
    place: ModelPlace,
    model: OnceCell<Arc<LocalModel>>,
    /// A text at a time, each on a core of its own.
    turns: Semaphore,
}

#[derive(Deserialize)]
struct Asked {
    model: String,
    input: Texts,
    encoding_format: Option<String>,
    input_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

impl ServedModel {
    pub fn new(place: ModelPlace) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { place, model: OnceCell::new(), turns: Semaphore::new(cores) }
    }

    pub fn name(&self) -> &str {
        &self.place.name
    }

    async fn model(&self) -> Result<&Arc<LocalModel>> {
        let load = || async {
            let place = self.place.clone();
            anyhow::Ok(Arc::new(tokio::task::spawn_blocking(move || place.open()).await??))
        };
        self.model.get_or_try_init(load).await
    }

    /// The vectors of `texts`, and how many tokens they were.
    async fn embed(&self, texts: Vec<String>, input_type: Option<&str>) -> Result<(Vec<Vec<f32>>, usize)> {
        let model = self.model().await?;
        let prefix = match input_type {
            Some("query") => model.recipes().0.prefix,
            Some(_) => model.recipes().1.prefix,
            None => String::new(),
        };
        let (mut vectors, mut all) = (Vec::new(), 0);
        for text in texts {
            let _turn = self.turns.acquire().await?;
            let (model, text) = (model.clone(), format!("{prefix}{text}"));
            let (vector, tokens) = tokio::task::spawn_blocking(move || model.embed_text(&text)).await??;
            vectors.push(vector);
            all += tokens;
        }
        Ok((vectors, all))
    }
}

pub async fn embeddings(State(served): State<Arc<ServedModel>>, request: Request) -> Response<Body> {
    let body = match json_body(request).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let asked: Asked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(problem) => {
            let message =
                format!("expected {{\"model\", \"input\"}}, input a text or a list of texts: {problem}");
            return failure(StatusCode::BAD_REQUEST, "request", &message);
        }
    };
    let texts = match asked.input {
        Texts::One(text) => vec![text],
        Texts::Several(texts) => texts,
    };
    if let Some((status, code, message)) =
        refused(&asked.model, &texts, asked.input_type.as_deref(), served.name())
    {
        return failure(status, code, &message);
    }
    match served.embed(texts, asked.input_type.as_deref()).await {
        Ok((vectors, tokens)) => {
            let base64 = asked.encoding_format.as_deref() == Some("base64");
            json_response(StatusCode::OK, &answer(&vectors, tokens, served.name(), base64))
        }
        Err(error) => failure(StatusCode::INTERNAL_SERVER_ERROR, "model", &format!("{error:#}")),
    }
}

/// Why a request cannot be answered, if it cannot.
fn refused(
    model: &str,
    texts: &[String],
    input_type: Option<&str>,
    own: &str,
) -> Option<(StatusCode, &'static str, String)> {
    if model != own {
        let message =
            format!("this server has the model {own}, and not \"{model}\": start it with --model or --api");
        return Some((StatusCode::NOT_FOUND, "model", message));
    }
    if texts.is_empty() || texts.len() > MOST_TEXTS || texts.iter().any(String::is_empty) {
        let message =
            format!("input has {} texts, expected 1 to {MOST_TEXTS}, none of them empty", texts.len());
        return Some((StatusCode::BAD_REQUEST, "input", message));
    }
    match input_type {
        None | Some("query" | "passage" | "document") => None,
        Some(other) => {
            let message = format!("input_type is \"{other}\", expected query, passage or document");
            Some((StatusCode::BAD_REQUEST, "input-type", message))
        }
    }
}

fn answer(vectors: &[Vec<f32>], tokens: usize, model: &str, base64: bool) -> Value {
    let data = vectors.iter().enumerate().map(|(index, vector)| {
        let embedding = match base64 {
            true => STANDARD.encode(vector.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).into(),
            false => json!(vector),
        };
        json!({ "object": "embedding", "index": index, "embedding": embedding })
    });
    let data: Vec<Value> = data.collect();
    json!({
        "object": "list",
        "data": data,
        "model": model,
        "usage": { "prompt_tokens": tokens, "total_tokens": tokens },
    })
}
