//! Live reload: the pages of a preview are told of each build, and load themselves anew. What is served changes, the site's files do
//! not.

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch::Receiver;

/// Tells builds apart, and those of one run of the command from those of another.
pub type BuildNumber = u64;

/// Hidden paths, which no file of the site has.
const SCRIPT: &str = "/.exemplar/reload.js";
const BUILDS: &str = "/.exemplar/builds";

/// Pages above this go without the script.
const MAX_PAGE_BYTES: usize = 64 << 20;

/// The script, and the builds that it listens to.
pub fn routes(builds: Receiver<BuildNumber>) -> Router {
    let script = || async {
        let headers =
            [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        (headers, include_str!("reload.js"))
    };
    let told = |State(builds): State<Receiver<BuildNumber>>| async {
        Sse::new(numbers(builds)).keep_alive(KeepAlive::default())
    };
    Router::new().route(SCRIPT, get(script)).route(BUILDS, get(told)).with_state(builds)
}

/// The latest build's number at once, and then each new one.
fn numbers(builds: Receiver<BuildNumber>) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold((builds, true), |(mut builds, is_first)| async move {
        if !is_first {
            builds.changed().await.ok()?;
        }
        let number = *builds.borrow_and_update();
        Some((Ok(Event::default().data(number.to_string())), (builds, false)))
    })
}

/// Puts the script at the end of each page.
pub async fn with_script(
    State(builds): State<Receiver<BuildNumber>>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    // A page is whole and from now: an unchanged file goes with another build's number.
    for name in [header::RANGE, header::IF_MODIFIED_SINCE, header::IF_NONE_MATCH] {
        request.headers_mut().remove(name);
    }
    let is_get = request.method() == Method::GET;
    let number = *builds.borrow();
    let response = next.run(request).await;
    if !is_get || !is_page(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, MAX_PAGE_BYTES).await else {
        return (axum::http::StatusCode::INTERNAL_SERVER_ERROR, "the page is too large for the preview\n")
            .into_response();
    };
    let script = format!("<script src=\"{SCRIPT}?after={number}\"></script>\n");
    let page = [&page, script.as_bytes()].concat();
    parts.headers.insert(header::CONTENT_LENGTH, page.len().into());
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    parts.headers.remove(header::LAST_MODIFIED);
    Response::from_parts(parts, page.into())
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}
