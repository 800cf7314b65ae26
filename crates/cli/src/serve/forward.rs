//! `POST /v1/embeddings`, passed on to the API with its key.

use std::sync::Arc;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;

use crate::api::{Reply, Unreachable, UnreachableKind, Upstream};

/// Far above any query, far below a site's worth of texts.
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// Headers of the API's reply that mean something to the page.
const PASSED_ON: &[header::HeaderName] = &[header::CONTENT_TYPE, header::RETRY_AFTER];

pub async fn forward(State(upstream): State<Option<Arc<Upstream>>>, request: Request) -> Response<Body> {
    let Some(upstream) = upstream else {
        let message = "this server has no embedding API to ask: start it with `exemplar serve DIR --api URL`";
        return failure(StatusCode::NOT_FOUND, "no-api", message);
    };
    if !is_json(request.headers()) {
        // Browsers let any website post anything but JSON to this address without asking first.
        let message = "send the request with Content-Type: application/json";
        return failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", message);
    }
    let announced = request.body().size_hint().lower();
    let body = match announced > MAX_REQUEST_BYTES as u64 {
        true => None,
        false => to_bytes(request.into_body(), MAX_REQUEST_BYTES).await.ok(),
    };
    let Some(body) = body else {
        let message = format!("the request is cut short or larger than {MAX_REQUEST_BYTES} bytes");
        return failure(StatusCode::PAYLOAD_TOO_LARGE, "request-size", &message);
    };
    let endpoint = upstream.endpoint.to_string();
    match tokio::task::spawn_blocking(move || upstream.post(&body)).await {
        Ok(Ok(reply)) => pass_on(reply),
        Ok(Err(error)) => unreachable(&endpoint, &error),
        Err(_) => {
            failure(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the request could not be forwarded")
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn pass_on(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for name in PASSED_ON {
        if let Some(value) = reply.headers.get(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn unreachable(endpoint: &str, error: &Unreachable) -> Response<Body> {
    let (status, code) = match error.kind {
        UnreachableKind::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "upstream-timeout"),
        _ => (StatusCode::BAD_GATEWAY, "upstream-unreachable"),
    };
    failure(status, code, &format!("the embedding API {endpoint} cannot be reached: {error}"))
}

/// An error as OpenAI's API writes them.
fn failure(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let body = json!({ "error": { "message": message, "code": code } }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
