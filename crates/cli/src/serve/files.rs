//! Static files with the headers that a browser needs.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use percent_encoding::percent_decode_str;
use tokio::fs::{canonicalize, metadata};
use tower_http::services::ServeDir;

/// What stands at the root for whatever is not there.
const ERROR_PAGE: &str = "404.html";

/// The files below `folder`, as static hosts serve them: `index.html` for a folder, `a.html` for `a`, `404.html` for what is not
/// there; ranges, content types, and no copy used unchecked.
pub fn service(folder: &Path) -> Router {
    let folder: Arc<Path> = folder.into();
    Router::new()
        .fallback_service(ServeDir::new(&folder))
        .layer(middleware::from_fn_with_state(folder.clone(), within))
        .layer(middleware::from_fn_with_state(folder, finish))
}

/// Lets through what asks for a file of the site: not for a hidden one, such as `.git` and `.env`, nor for one that a link
/// leads to outside the folder, nor for a pipe, which would never end.
async fn within(State(folder): State<Arc<Path>>, mut request: Request, next: Next) -> Response<Body> {
    let path = percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
    let is_hidden = |name: &str| name.starts_with('.') && name != ".well-known";
    if path.split(['/', '\\']).any(is_hidden) || !is_within(&folder, path.trim_matches('/')).await {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(page) = page_of(&folder, &path, request.uri()).await {
        *request.uri_mut() = page;
    }
    next.run(request).await
}

/// The address of the page `a.html` that `a` stands for, where there is no file `a`. It is within the folder.
async fn page_of(folder: &Path, path: &str, asked: &Uri) -> Option<Uri> {
    let name = path.trim_start_matches('/');
    let is_file = async |path| metadata(folder.join(path)).await.is_ok_and(|found| found.is_file());
    let page = format!("{name}.html");
    if name.is_empty() || name.ends_with('/') || is_file(name).await || !is_file(&page).await {
        return None;
    }
    let query = asked.query().map_or(String::new(), |query| format!("?{query}"));
    let address = format!("{}.html{query}", asked.path()).parse().ok()?;
    is_within(folder, &page).await.then_some(address)
}

async fn is_within(folder: &Path, path: &str) -> bool {
    let Ok(folder) = canonicalize(folder).await else { return false };
    let asked = folder.join(path);
    // A folder stands for its index.
    for path in [asked.clone(), asked.join("index.html")] {
        match canonicalize(&path).await {
            Ok(found) if !found.starts_with(&folder) => return false,
            Ok(found) if !metadata(&found).await.is_ok_and(|found| found.is_file() || found.is_dir()) => {
                return false;
            }
            _ => {}
        }
    }
    true
}

async fn finish(State(folder): State<Arc<Path>>, request: Request, next: Next) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        let page = match is_within(&folder, ERROR_PAGE).await {
            true => tokio::fs::read(folder.join(ERROR_PAGE)).await.ok(),
            false => None,
        };
        response = match page {
            Some(page) => {
                (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], page).into_response()
            }
            None => return (StatusCode::NOT_FOUND, format!("there is no {path} here\n")).into_response(),
        };
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
