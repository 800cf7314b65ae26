//! Fetching from a server on loopback that speaks as the hub does: a redirect to where the file is, which answers ranges.

use std::fs;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::from_hub;
use crate::model::known::{Known, Remote};

const CONTENTS: &[u8] = b"The tide rises and falls twice a day, and nobody asks it to.";
const SHA256: &str = "d2dbc11d5e48e3ef4bd1bcd75407e742ba6c264449691cd49c195fee0564f951";

/// How the server answers, each turn another; the last one for good.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// As asked: the whole, or the rest of it.
    Right,
    /// The connection ends after so many more bytes.
    Cut(usize),
    /// The whole, though a part was asked for.
    Whole,
    /// Bytes of this length that are others.
    Other,
    /// A page of HTML, with status 200.
    Page,
    Status(u16),
    Longer,
}

struct Hub {
    address: SocketAddr,
    turns: Arc<Mutex<Vec<Turn>>>,
    /// The path and the `Range` of each request for the file itself.
    asked: Arc<Mutex<Vec<Option<String>>>>,
    _runtime: Runtime,
}

#[derive(Clone)]
struct Shared {
    turns: Arc<Mutex<Vec<Turn>>>,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl Hub {
    fn new(turns: &[Turn]) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let turns = Arc::new(Mutex::new(turns.iter().rev().copied().collect()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared { turns: turns.clone(), asked: asked.clone() };
        let app = Router::new().fallback(answer).with_state(shared);
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, turns, asked, _runtime: runtime }
    }

    fn fetch(&self, folder: &TempDir) -> Result<(), String> {
        let hub = format!("http://{}", self.address);
        from_hub(&hub, &known(), folder.path()).map_err(|error| format!("{error:#}"))
    }

    fn ranges(&self) -> Vec<Option<String>> {
        self.asked.lock().unwrap().clone()
    }

    fn left(&self) -> usize {
        self.turns.lock().unwrap().len()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if path == "/owner/name/resolve/commit/onnx/model.onnx" {
        return Response::builder()
            .status(302)
            .header(header::LOCATION, "/storage/abc")
            .body(Body::empty())
            .unwrap();
    }
    assert_eq!(path, "/storage/abc");
    let range = request.headers().get(header::RANGE).map(|range| range.to_str().unwrap().to_owned());
    shared.asked.lock().unwrap().push(range.clone());
    let turn = {
        let mut turns = shared.turns.lock().unwrap();
        let last = turns.len() == 1;
        if last { turns[0] } else { turns.pop().unwrap() }
    };
    let start =
        range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()).unwrap_or(0);
    reply(turn, start)
}

fn reply(turn: Turn, start: usize) -> Response<Body> {
    let right = |start: usize, body: Body| {
        let response = Response::builder().header(header::CONTENT_LENGTH, CONTENTS.len() - start);
        let response = match start {
            0 => response,
            _ => response.status(206).header(
                header::CONTENT_RANGE,
                format!("bytes {start}-{}/{}", CONTENTS.len() - 1, CONTENTS.len()),
            ),
        };
        response.body(body).unwrap()
    };
    match turn {
        Turn::Right => right(start, Body::from(&CONTENTS[start..])),
        Turn::Whole => right(0, Body::from(CONTENTS)),
        Turn::Cut(more) => {
            let part = Bytes::from_static(&CONTENTS[start..(start + more).min(CONTENTS.len())]);
            let pause = Box::pin(tokio::time::sleep(std::time::Duration::from_millis(100)));
            right(start, Body::from_stream(Cut { part: Some(part), pause }))
        }
        Turn::Other => right(0, Body::from(vec![b'x'; CONTENTS.len()])),
        Turn::Page => Response::builder()
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .body(Body::from("<!doctype html><title>Log in</title>"))
            .unwrap(),
        Turn::Status(status) => {
            Response::builder().status(StatusCode::from_u16(status).unwrap()).body(Body::empty()).unwrap()
        }
        Turn::Longer => Response::new(Body::from([CONTENTS, CONTENTS].concat())),
    }
}

/// A body that ends too early, once its part has gone out.
struct Cut {
    part: Option<Bytes>,
    pause: Pin<Box<tokio::time::Sleep>>,
}

impl futures_core::Stream for Cut {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Option<Self::Item>> {
        match self.part.take() {
            Some(part) => Poll::Ready(Some(Ok(part))),
            None => self.pause.as_mut().poll(context).map(|()| Some(Err(std::io::Error::other("cut")))),
        }
    }
}

const FILES: &[Remote] =
    &[Remote { path: "onnx/model.onnx", name: "model.onnx", bytes: CONTENTS.len() as u64, sha256: SHA256 }];

fn known() -> Known {
    Known {
        name: "tides",
        repository: "owner/name",
        revision: "commit",
        files: FILES,
        settings: &[("1_Pooling/config.json", "{}"), ("modules.json", "[]")],
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn assert_whole(folder: &TempDir) {
    assert_eq!(fs::read(folder.path().join("model.onnx")).unwrap(), CONTENTS);
    assert_eq!(fs::read_to_string(folder.path().join("1_Pooling/config.json")).unwrap(), "{}");
    assert!(folder.path().join("modules.json").is_file() && !folder.path().join("model.onnx.part").exists());
}

fn assert_nothing(folder: &TempDir) {
    assert!(!folder.path().join("model.onnx").exists() && !folder.path().join("modules.json").exists());
}

#[test]
fn a_model_is_fetched_once() {
    let (hub, folder) = (Hub::new(&[Turn::Right]), folder());
    hub.fetch(&folder).unwrap();
    assert_whole(&folder);
    hub.fetch(&folder).unwrap();
    assert_eq!(hub.ranges(), [None]);
}

#[test]
fn a_connection_that_is_cut_is_resumed() {
    let turns = [Turn::Cut(10), Turn::Cut(0), Turn::Status(503), Turn::Cut(20), Turn::Right];
    let (hub, folder) = (Hub::new(&turns), folder());
    hub.fetch(&folder).unwrap();
    assert_whole(&folder);
    let ranges = hub.ranges();
    let from = |byte: usize| Some(format!("bytes={byte}-"));
    assert_eq!(ranges, [None, from(10), from(10), from(10), from(30)]);
}

#[test]
fn the_next_run_goes_on_where_one_gave_up() {
    let (hub, folder) = (Hub::new(&[Turn::Cut(7), Turn::Cut(0)]), folder());
    let error = hub.fetch(&folder).unwrap_err();
    assert!(error.contains("cannot fetch") && error.contains("model.onnx"), "{error}");
    assert_nothing(&folder);
    let hub = Hub::new(&[Turn::Right]);
    hub.fetch(&folder).unwrap();
    assert_eq!(hub.ranges(), [Some("bytes=7-".to_owned())]);
    assert_whole(&folder);
}

#[test]
fn a_server_without_ranges_sends_all_of_it_again() {
    let (hub, folder) = (Hub::new(&[Turn::Cut(7), Turn::Whole]), folder());
    hub.fetch(&folder).unwrap();
    assert_whole(&folder);
}

#[test]
fn another_file_is_thrown_away() {
    let (hub, folder) = (Hub::new(&[Turn::Other, Turn::Right]), folder());
    let error = hub.fetch(&folder).unwrap_err();
    assert!(error.contains("is not the expected file") && error.contains(SHA256), "{error}");
    assert!(!folder.path().join("model.onnx.part").exists());
    assert_nothing(&folder);
    hub.fetch(&folder).unwrap();
    assert_whole(&folder);
}

#[test]
fn a_login_page_is_no_model() {
    let (hub, folder) = (Hub::new(&[Turn::Page]), folder());
    let error = hub.fetch(&folder).unwrap_err();
    assert!(error.contains("a web page, not with a file"), "{error}");
    assert_nothing(&folder);
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    for (turn, problem) in [
        (Turn::Status(404), "answered 404"),
        (Turn::Status(401), "answered 401"),
        (Turn::Longer, "has 120 bytes, expected 60"),
    ] {
        let (hub, folder) = (Hub::new(&[turn, Turn::Right]), folder());
        let error = hub.fetch(&folder).unwrap_err();
        assert!(error.contains(problem), "{error}");
        assert_eq!((hub.ranges().len(), hub.left()), (1, 1));
        assert_nothing(&folder);
    }
}

#[test]
fn nobody_there_and_nowhere_to_write_are_told() {
    let folder = folder();
    let error = from_hub("http://127.0.0.1:1", &known(), folder.path()).unwrap_err();
    assert!(
        format!("{error:#}").contains("cannot fetch http://127.0.0.1:1/owner/name/resolve/commit/"),
        "{error:#}"
    );
    fs::write(folder.path().join("file"), "").unwrap();
    let error = from_hub("http://127.0.0.1:1", &known(), &folder.path().join("file/models")).unwrap_err();
    assert!(format!("{error:#}").contains("cannot write to"), "{error:#}");
}

#[test]
fn two_programs_at_once_fetch_one_model() {
    let (hub, folder) = (Hub::new(&[Turn::Right]), folder());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| hub.fetch(&folder).unwrap());
        }
    });
    assert_whole(&folder);
    assert_eq!(hub.ranges().len(), 1);
}
