//! `POST /v1/candidates`: the rows of an engine that a search wants, asked with the engine's credentials. docs/remote.md describes the
//! JSON.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exemplar_search::bundle::MAX_DIMENSIONS;
use exemplar_search::{Filter, MAX_QUERY_BYTES, Wanted};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;

use super::forward::json_body;
use super::reply::failure;
use crate::api::AddressParser;
use crate::engines::{
    Asked, Credentials, EngineKind, EngineUrl, Failure, FailureKind, Found, Partial, Table, clickhouse,
    postgresql,
};
use crate::output::{note, print};

/// The most rows by vector, and by words.
const MOST_ROWS: usize = 1_000;

/// Fields of a filter, and values of all of them.
const MOST_FIELDS: usize = 20;
const MOST_VALUES: usize = 1_000;

/// Requests that the engine works on at once; others wait.
const AT_ONCE: usize = 8;

/// How to reach an engine.
#[derive(clap::Args, Clone)]
pub struct EngineArgs {
    /// Also answer /v1/candidates from this engine, which `exemplar export` has loaded: http://host:8123/database of ClickHouse, or
    /// postgresql://host:5432/database. May be given again: where one is down, the next is asked. User and password come from the
    /// environment variables EXEMPLAR_ENGINE_USER and EXEMPLAR_ENGINE_PASSWORD
    #[arg(long, value_name = "URL", value_parser = AddressParser::<EngineUrl>::new())]
    candidates: Vec<EngineUrl>,
    /// Table of the engine
    #[arg(long, value_name = "NAME", default_value = "passages", requires = "candidates")]
    candidates_table: Table,
    /// Longest wait for the engine, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "candidates",
        value_parser = clap::value_parser!(u64).range(1..=600))]
    candidates_timeout: u64,
    /// Most requests for candidates within a minute, of all readers
    #[arg(long, value_name = "N", default_value_t = 600, requires = "candidates",
        value_parser = clap::value_parser!(u32).range(1..))]
    candidates_per_minute: u32,
}

/// What answers `/v1/candidates`.
pub struct Candidates {
    servers: Vec<Server>,
    table: Table,
    timeout: Duration,
    turns: Semaphore,
    rate: Rate,
}

enum Server {
    ClickHouse(Arc<clickhouse::Server>),
    PostgreSql(Box<postgresql::Server>),
}

impl EngineArgs {
    /// The engine, if one is named.
    pub fn candidates(&self) -> Result<Option<Candidates>> {
        if self.candidates.is_empty() {
            return Ok(None);
        }
        let (credentials, timeout) =
            (Credentials::from_environment()?, Duration::from_secs(self.candidates_timeout));
        let server = |url: &EngineUrl| match url.kind {
            EngineKind::ClickHouse => {
                Server::ClickHouse(Arc::new(clickhouse::Server::new(url.clone(), &credentials, timeout)))
            }
            EngineKind::PostgreSql => Server::PostgreSql(Box::new(postgresql::Server::new(
                url.clone(),
                &credentials,
                Some(timeout),
            ))),
        };
        Ok(Some(Candidates {
            servers: self.candidates.iter().map(server).collect(),
            table: self.candidates_table.clone(),
            timeout,
            turns: Semaphore::new(AT_ONCE),
            rate: Rate::new(self.candidates_per_minute),
        }))
    }
}

impl Server {
    fn url(&self) -> &EngineUrl {
        match self {
            Self::ClickHouse(server) => &server.url,
            Self::PostgreSql(server) => &server.url,
        }
    }
}

impl Candidates {
    pub fn announce(&self) -> Result<()> {
        let urls: Vec<String> = self.servers.iter().map(|server| server.url().to_string()).collect();
        print(&format!(
            "answering /v1/candidates from the table {} at {}",
            self.table.name(),
            urls.join(", ")
        ))
    }

    /// Asks the first server that is not down.
    async fn found(&self, asked: &Arc<Asked>) -> Result<Found, Failure> {
        let begin = Instant::now();
        let Ok(Ok(_turn)) = tokio::time::timeout(self.timeout, self.turns.acquire()).await else {
            return Err(Failure::new(FailureKind::Slow, "too many requests at once"));
        };
        let mut down = Failure::new(FailureKind::Down, "no server is named");
        for server in &self.servers {
            let left = self.timeout.saturating_sub(begin.elapsed());
            let found = match server {
                Server::PostgreSql(server) => postgresql::ask(server, &self.table, asked, left).await,
                Server::ClickHouse(server) => {
                    let (server, table, asked) = (server.clone(), self.table.clone(), asked.clone());
                    let ask = move || clickhouse::ask(&server, &table, &asked, left);
                    let stopped = || Failure::new(FailureKind::Other, "the request was not finished");
                    tokio::task::spawn_blocking(ask).await.unwrap_or_else(|_| Err(stopped()))
                }
            };
            match found {
                Err(failure) if failure.kind == FailureKind::Down => {
                    note(&format!("{}: {failure}", server.url()));
                    down = failure;
                }
                Err(failure) => {
                    note(&format!("{}: {failure}", server.url()));
                    return Err(failure);
                }
                found => return found,
            }
        }
        Err(down)
    }
}

pub async fn candidates(State(engine): State<Arc<Candidates>>, request: Request) -> Response<Body> {
    let takes_gzip = takes_gzip(request.headers());
    let body = match json_body(request).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let asked = match asked(&body) {
        Ok(asked) => Arc::new(asked),
        Err(problem) => return failure(StatusCode::BAD_REQUEST, "request", &problem),
    };
    if let Some(pause) = engine.rate.refuses() {
        let message = "too many requests for candidates: try again later (--candidates-per-minute)";
        let mut response = failure(StatusCode::TOO_MANY_REQUESTS, "rate", message);
        response.headers_mut().insert(header::RETRY_AFTER, pause.into());
        return response;
    }
    let found = match engine.found(&asked).await {
        Ok(found) => found,
        Err(failure) => return told(&failure),
    };
    match tokio::task::spawn_blocking(move || answer(&found, takes_gzip)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            note(&format!("a row of the table is not as `exemplar export` writes it: {error}"));
            told(&Failure::new(FailureKind::Schema, ""))
        }
        Err(_) => failure(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the answer could not be written"),
    }
}

/// The body of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedBody {
    vector: Option<String>,
    k: usize,
    text: Option<String>,
    #[serde(default)]
    filter: serde_json::Map<String, serde_json::Value>,
}

/// What a request asks for.
///
/// # Errors
///
/// Which field is wrong, and what is expected.
fn asked(body: &[u8]) -> Result<Asked, String> {
    let body: AskedBody = serde_json::from_slice(body)
        .map_err(|problem| format!("expected {{\"vector\", \"k\", \"text\", \"filter\"}}: {problem}"))?;
    if !(1..=MOST_ROWS).contains(&body.k) {
        return Err(format!("k is {}, expected 1 to {MOST_ROWS}", body.k));
    }
    let text = body.text.filter(|text| !text.trim().is_empty());
    if text.as_ref().is_some_and(|text| text.len() > MAX_QUERY_BYTES) {
        return Err(format!("text has more than {MAX_QUERY_BYTES} bytes"));
    }
    let vector = body.vector.map(|vector| self::vector(&vector)).transpose()?;
    if vector.is_none() && text.is_none() {
        return Err("vector and text are missing: expected at least one of them".into());
    }
    Ok(Asked { vector, text, k: body.k, filter: filter(&body.filter)? })
}

fn vector(base64: &str) -> Result<Vec<f32>, String> {
    const EXPECTED: &str = "expected base64 of little-endian float32 values";
    let bytes = STANDARD.decode(base64).map_err(|problem| format!("vector: {problem}; {EXPECTED}"))?;
    let (values, rest) = bytes.as_chunks();
    let vector: Vec<f32> = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
    if !rest.is_empty() || !(1..=MAX_DIMENSIONS).contains(&vector.len()) {
        return Err(format!("vector has {} bytes; {EXPECTED}, 1 to {MAX_DIMENSIONS} of them", bytes.len()));
    }
    if !vector.iter().all(|x| x.is_finite()) || vector.iter().all(|&x| x == 0.0) {
        return Err("vector is zero or not finite: it has no direction".into());
    }
    Ok(vector)
}

fn filter(fields: &serde_json::Map<String, serde_json::Value>) -> Result<Filter, String> {
    let mut filter = Filter::default();
    for (field, values) in fields {
        let texts = values.as_array().and_then(|values| {
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        let texts = texts.ok_or_else(|| format!("filter: {field} is {values}, expected a list of texts"))?;
        filter.0.push((field.clone(), Wanted::Values(texts)));
    }
    let values: usize = filter.values().map(|(_, values)| values.len()).sum();
    match filter.0.len() <= MOST_FIELDS && values <= MOST_VALUES {
        true => Ok(filter),
        false => Err(format!(
            "filter has {} fields with {values} values, expected at most {MOST_FIELDS} with {MOST_VALUES}",
            filter.0.len()
        )),
    }
}

/// What readers are told of a failure: nothing that the engine said, as that is for whoever runs this server.
fn told(problem: &Failure) -> Response<Body> {
    let (status, code, message) = match problem.kind {
        FailureKind::Down => (
            StatusCode::SERVICE_UNAVAILABLE,
            "engine-down",
            "the search engine does not answer: try again later",
        ),
        FailureKind::Slow => (
            StatusCode::GATEWAY_TIMEOUT,
            "engine-time",
            "the search engine did not answer in time: try again later",
        ),
        FailureKind::Credentials => (
            StatusCode::BAD_GATEWAY,
            "engine-credentials",
            "the search engine refuses this server: it must be started with EXEMPLAR_ENGINE_USER and EXEMPLAR_ENGINE_PASSWORD",
        ),
        FailureKind::Schema => (
            StatusCode::BAD_GATEWAY,
            "engine-schema",
            "the search engine's table is not there or has another form: load it with `exemplar export`",
        ),
        FailureKind::Dimensions => (
            StatusCode::BAD_REQUEST,
            "dimensions",
            "the vector has another number of dimensions than the search engine's rows: page and rows are of different builds",
        ),
        FailureKind::NoWords => {
            (StatusCode::BAD_REQUEST, "no-words", "this search engine searches no words: ask with a vector")
        }
        FailureKind::Other => (StatusCode::BAD_GATEWAY, "engine", "the search engine could not answer"),
    };
    failure(status, code, message)
}

#[derive(Serialize)]
struct Answer<'f> {
    rows: Vec<TellRow<'f>>,
    vectors: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<Partial>,
}

#[derive(Serialize)]
struct TellRow<'f> {
    id: String,
    article: &'f RawValue,
    passage: &'f RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<f32>,
}

/// What an export wrote of a row.
#[derive(Deserialize)]
struct KeptRow<'f> {
    id: String,
    #[serde(borrow)]
    article: &'f RawValue,
    #[serde(borrow)]
    passage: &'f RawValue,
}

fn answer(found: &Found, takes_gzip: bool) -> serde_json::Result<Response<Body>> {
    let rows = found.candidates.iter().map(|candidate| {
        let KeptRow { id, article, passage } = serde_json::from_str(&candidate.row)?;
        Ok(TellRow { id, article, passage, score: candidate.score, words: candidate.words })
    });
    let rows = rows.collect::<serde_json::Result<_>>()?;
    let vectors: Vec<u8> =
        found.candidates.iter().flat_map(|candidate| candidate.vector.iter().copied()).collect();
    let answer = Answer { rows, vectors: STANDARD.encode(vectors), partial: found.partial };
    let json = serde_json::to_vec(&answer)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if !takes_gzip {
        return Ok((headers, json).into_response());
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = packed.write_all(&json);
    let packed = packed.finish().unwrap_or_default();
    Ok((headers, [(header::CONTENT_ENCODING, "gzip")], packed).into_response())
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "gzip"))
}

/// Lets through so many requests a minute: a quarter of them may come at once.
struct Rate {
    per_second: f64,
    most: f64,
    /// How many may come now, as of then.
    left: Mutex<(f64, Instant)>,
}

impl Rate {
    fn new(per_minute: u32) -> Self {
        let most = (f64::from(per_minute) / 4.0).max(1.0);
        Self { per_second: f64::from(per_minute) / 60.0, most, left: Mutex::new((most, Instant::now())) }
    }

    /// The seconds until the next request may come, unless this one may.
    fn refuses(&self) -> Option<u64> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = left.1.elapsed().as_secs_f64() * self.per_second;
        *left = ((left.0 + gained).min(self.most), Instant::now());
        if left.0 < 1.0 {
            return Some(((1.0 - left.0) / self.per_second).ceil() as u64);
        }
        left.0 -= 1.0;
        None
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::{Rate, asked};

    fn base64(values: &[f32]) -> String {
        STANDARD.encode(values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())
    }

    #[test]
    fn a_request_is_read() {
        let request =
            json!({ "vector": base64(&[1.0, -2.0]), "k": 3, "text": "a", "filter": { "tags": ["x", "y"] } });
        let read = asked(request.to_string().as_bytes()).unwrap();
        assert_eq!((read.vector.unwrap(), read.k, read.text.unwrap()), (vec![1.0, -2.0], 3, "a".to_owned()));
        assert_eq!(
            read.filter.0,
            [("tags".to_owned(), exemplar_search::Wanted::Values(vec!["x".to_owned(), "y".to_owned()]))]
        );
    }

    #[test]
    fn a_request_that_is_wrong_is_refused_by_the_name_of_the_field() {
        let vector = base64(&[1.0]);
        for (request, expected) in [
            (json!([]), "expected {"),
            (json!({ "vector": vector }), "k"),
            (json!({ "vector": vector, "k": 0 }), "k is 0"),
            (json!({ "vector": vector, "k": 1001 }), "k is 1001, expected 1 to 1000"),
            (json!({ "k": 1 }), "vector and text are missing"),
            (json!({ "k": 1, "text": " " }), "vector and text are missing"),
            (json!({ "k": 1, "vector": "*" }), "vector: "),
            (json!({ "k": 1, "vector": "AAA=" }), "vector has 2 bytes"),
            (json!({ "k": 1, "vector": base64(&[f32::NAN]) }), "not finite"),
            (json!({ "k": 1, "vector": base64(&[0.0]) }), "zero"),
            (json!({ "k": 1, "vector": base64(&[1.0; 100_000]) }), "expected base64"),
            (json!({ "k": 1, "text": "a".repeat(10_001) }), "text has more than"),
            (json!({ "k": 1, "text": "a", "filter": { "tags": "x" } }), "filter: tags"),
            (json!({ "k": 1, "text": "a", "filter": { "tags": vec!["x"; 1_001] } }), "filter has"),
            (json!({ "k": 1, "text": "a", "tabel": "x" }), "tabel"),
        ] {
            let problem = asked(request.to_string().as_bytes()).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn more_than_the_rate_is_refused_with_the_time_to_wait() {
        let rate = Rate::new(8);
        assert_eq!([rate.refuses(), rate.refuses()], [None, None]);
        let pause = rate.refuses().unwrap();
        assert!((7..=8).contains(&pause), "{pause}");
    }
}
