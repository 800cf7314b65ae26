//! Forwards `POST /v1/embeddings` to the API, with its key.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::reply::{failure, json_response};
use crate::api::answer::{self, Answer, Unusable};
use crate::api::retry::parse_retry_after;
use crate::api::{Input, Reply, Unreachable, UnreachableKind, Upstream};

/// How long a request may take to arrive.
pub const IDLE: Duration = Duration::from_secs(10);

/// Far above any query, far below a site's worth of texts.
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

pub async fn forward(State(upstream): State<Arc<Upstream>>, request: Request) -> Response<Body> {
    let body = match json_body(request).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let texts = match texts(&body) {
        Ok(texts) => texts,
        Err(problem) => return failure(StatusCode::BAD_REQUEST, "request", &problem),
    };
    let endpoint = upstream.endpoint.to_string();
    match tokio::task::spawn_blocking(move || upstream.post(&body)).await {
        Ok(Ok(reply)) => told(&endpoint, &reply, &texts),
        Ok(Err(error)) => unreachable(&endpoint, &error),
        Err(_) => {
            failure(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the request could not be forwarded")
        }
    }
}

/// The texts that a request wants embedded.
fn texts(body: &[u8]) -> Result<Vec<String>, String> {
    #[derive(Deserialize)]
    struct Request {
        input: Input,
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text or a list of texts")]
    enum Input {
        One(String),
        Several(Vec<String>),
    }
    match serde_json::from_slice(body) {
        Ok(Request { input: Input::One(text) }) => Ok(vec![text]),
        Ok(Request { input: Input::Several(texts) }) => Ok(texts),
        Err(problem) => {
            Err(format!("the request must have the field input, a text or a list of texts: {problem}"))
        }
    }
}

/// Where there is neither an API nor a model.
pub async fn nothing_to_ask() -> Response<Body> {
    let message = "this server has no embedding API to ask and no model: start it with `exemplar serve DIR --api URL`, or \
                   with `--model-dir DIR`";
    failure(StatusCode::NOT_FOUND, "no-api", message)
}

/// The body of a request of JSON that is not too large and arrives in time, or what to answer instead.
pub async fn json_body(request: Request) -> Result<Bytes, Response<Body>> {
    if !is_json(request.headers()) {
        // Browsers let any website post anything but JSON to this address without asking first.
        let message = "send the request with Content-Type: application/json";
        return Err(failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", message));
    }
    let announced = request.body().size_hint().lower();
    let body = match announced > MAX_REQUEST_BYTES as u64 {
        true => None,
        false => match timeout(IDLE, to_bytes(request.into_body(), MAX_REQUEST_BYTES)).await {
            Ok(body) => body.ok(),
            Err(_) => {
                let message = format!("the request did not arrive within {} s", IDLE.as_secs());
                return Err(failure(StatusCode::REQUEST_TIMEOUT, "request-time", &message));
            }
        },
    };
    body.ok_or_else(|| {
        let message = format!("the request is cut short or larger than {MAX_REQUEST_BYTES} bytes");
        failure(StatusCode::PAYLOAD_TOO_LARGE, "request-size", &message)
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// What the API replied, told anew: vectors and messages, and nothing that it may have put beside them.
fn told(endpoint: &str, reply: &Reply, texts: &[String]) -> Response<Body> {
    if reply.status != 200 {
        let status = StatusCode::from_u16(reply.status).ok().filter(|status| !status.is_success());
        let mut response = failure(
            status.unwrap_or(StatusCode::BAD_GATEWAY),
            "upstream",
            &answer::error_message(&reply.body),
        );
        let pause = reply.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        if let Some(pause) = pause.and_then(|value| parse_retry_after(value, SystemTime::now())) {
            response.headers_mut().insert(header::RETRY_AFTER, (pause.as_secs_f64().ceil() as u64).into());
        }
        return response;
    }
    let names: Vec<_> = (1..=texts.len()).map(|number| format!("text {number}")).collect();
    let inputs: Vec<_> = names.iter().zip(texts).map(|(name, text)| Input { name, text }).collect();
    match answer::read(&reply.body, &inputs) {
        Ok(Answer { vectors, tokens }) => {
            let item =
                |(index, vector): (usize, Vec<f32>)| Item { object: "embedding", index, embedding: vector };
            let data = vectors.into_iter().enumerate().map(item).collect();
            let usage = (tokens > 0).then_some(Usage { total_tokens: tokens });
            json_response(StatusCode::OK, &Embeddings { object: "list", data, usage })
        }
        Err(Unusable::Error { message, .. }) => failure(StatusCode::BAD_GATEWAY, "upstream", &message),
        Err(Unusable::Wrong(problem)) => {
            let message =
                format!("the embedding API {endpoint} gave an answer that cannot be used: {problem}");
            failure(StatusCode::BAD_GATEWAY, "upstream-answer", &message)
        }
    }
}

/// An answer as OpenAI's API writes it.
#[derive(Serialize)]
struct Embeddings {
    object: &'static str,
    data: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

#[derive(Serialize)]
struct Item {
    object: &'static str,
    index: usize,
    embedding: Vec<f32>,
}

#[derive(Serialize)]
struct Usage {
    total_tokens: usize,
}

fn unreachable(endpoint: &str, error: &Unreachable) -> Response<Body> {
    let (status, code) = match error.kind {
        UnreachableKind::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "upstream-timeout"),
        _ => (StatusCode::BAD_GATEWAY, "upstream-unreachable"),
    };
    failure(status, code, &format!("the embedding API {endpoint} cannot be reached: {error}"))
}
