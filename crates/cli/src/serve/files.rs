//! Static files with the headers that a browser needs.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use tower_http::services::ServeDir;

/// The files below `folder`: `index.html` for a folder, ranges, content types, and no copy used unchecked.
pub fn service(folder: &Path) -> Router {
    Router::new().fallback_service(ServeDir::new(folder)).layer(middleware::from_fn(finish))
}

async fn finish(request: Request, next: Next) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return (StatusCode::NOT_FOUND, format!("there is no {path} here\n")).into_response();
    }
    let headers = response.headers_mut();
    // A browser asks each time whether a file has changed, and gets 304 if not.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let with_charset = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .filter(|kind| kind.starts_with("text/") && !kind.contains("charset"))
        .and_then(|kind| HeaderValue::try_from(format!("{kind}; charset=utf-8")).ok());
    if let Some(kind) = with_charset {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}
