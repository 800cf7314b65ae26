//! An embedding API that misbehaves in every way that has been thought of: the build succeeds, or ends with one clear error, or
//! tries again, within bounds of memory.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{exemplar, folder, write};

/// Kilobytes of address space that a build gets. Its replies are cut at 256 MB.
const MEMORY: usize = 2_000_000;

/// What an API sends for a request of so many texts.
type Way = fn(&mut TcpStream, usize);

/// What a build makes of it.
enum Outcome {
    Built,
    /// It ends at once with one error that says this.
    Refused(&'static str),
    /// It says this, and tries again.
    TriedAgain(&'static str),
}
use Outcome::{Built, Refused, TriedAgain};

/// An API that answers every request in one way, until the program of the tests ends. Returns its address.
fn start(way: Way) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                if let Some(texts) = request(&stream) {
                    way(&mut stream, texts);
                }
            });
        }
    });
    url
}

/// How many texts the request that comes in has.
fn request(stream: &TcpStream) -> Option<usize> {
    let mut source = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if source.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    source.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).unwrap();
    Some(body["input"].as_array().unwrap().len())
}

/// Sends what it can: the client may have gone.
fn send(stream: &mut TcpStream, bytes: impl AsRef<[u8]>) {
    let _ = stream.write_all(bytes.as_ref());
}

fn reply(stream: &mut TcpStream, status: u16, headers: &str, body: impl AsRef<[u8]>) {
    let body = body.as_ref();
    send(stream, format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n", body.len()));
    send(stream, body);
}

/// An answer with these embeddings.
fn answer(embeddings: impl IntoIterator<Item = Value>) -> Value {
    let item = |(index, embedding)| json!({"index": index, "embedding": embedding});
    json!({ "data": embeddings.into_iter().enumerate().map(item).collect::<Vec<_>>() })
}

/// A right answer, but for `change`.
fn changed(stream: &mut TcpStream, texts: usize, change: impl Fn(&mut Value)) {
    let mut right = answer((0..texts).map(|i| json!([1.0, i])));
    change(&mut right);
    reply(stream, 200, "", right.to_string());
}

/// A right answer with one more field, whose value is `field`, not looked at as JSON.
fn with_field(stream: &mut TcpStream, texts: usize, name: &str, field: &str) {
    let right = answer((0..texts).map(|i| json!([1.0, i]))).to_string();
    reply(stream, 200, "", format!("{},\"{name}\":{field}}}", right.trim_end_matches('}')));
}

/// Every vector the same.
fn each(stream: &mut TcpStream, texts: usize, embedding: &str) {
    let items: Vec<_> = (0..texts).map(|i| format!("{{\"index\":{i},\"embedding\":{embedding}}}")).collect();
    reply(stream, 200, "", format!("{{\"data\":[{}]}}", items.join(",")));
}

const WAYS: &[(&str, Way, Outcome)] = &[
    ("a right answer", |s, n| changed(s, n, |_| {}), Built),
    ("another model's name", |s, n| changed(s, n, |a| a["model"] = json!("\u{1b}[2J")), Built),
    (
        "an index that is too large",
        |s, n| changed(s, n, |a| a["data"][0]["index"] = json!(999)),
        Refused("the index 999"),
    ),
    ("a negative index", |s, n| changed(s, n, |a| a["data"][0]["index"] = json!(-1)), Refused("`-1`")),
    ("an index twice", |s, n| changed(s, n, |a| a["data"][0]["index"] = json!(1)), Refused("index 1 twice")),
    (
        "an index as a text",
        |s, n| changed(s, n, |a| a["data"][0]["index"] = json!("0")),
        Refused("string \"0\""),
    ),
    (
        "no index",
        |s, n| changed(s, n, |a| drop(a["data"][0].as_object_mut().unwrap().remove("index"))),
        Built,
    ),
    (
        "too few vectors",
        |s, n| changed(s, n, |a| drop(a["data"].as_array_mut().unwrap().pop())),
        Refused("1 vectors for 2 texts"),
    ),
    ("no vectors", |s, _| reply(s, 200, "", "{\"data\": []}"), Refused("0 vectors for 2 texts")),
    ("a million vectors", |s, _| each(s, 1_000_000, "[1]"), Refused("1000000 vectors for 2 texts")),
    ("no data", |s, _| reply(s, 200, "", "{}"), Refused("missing field `data`")),
    (
        "an error",
        |s, _| reply(s, 200, "", "{\"error\": \"overloaded\"}"),
        Refused("answered 200: overloaded"),
    ),
    ("numbers as texts", |s, n| each(s, n, "[\"1\"]"), Refused("string \"1\"")),
    ("null for a vector", |s, n| each(s, n, "null"), Refused("expected an array of numbers")),
    ("null for a number", |s, n| each(s, n, "[1, null]"), Refused("a.html holds null at position 1")),
    ("a vector within a vector", |s, n| each(s, n, "[[1, 2]]"), Refused("invalid type: sequence")),
    ("an object for a vector", |s, n| each(s, n, "{\"a\": 1}"), Refused("expected an array of numbers")),
    ("NaN", |s, n| each(s, n, "[NaN]"), Refused("expected value")),
    ("infinity", |s, n| each(s, n, "[1e39, 1]"), Refused("a.html holds inf")),
    ("a vector that is too long", |s, n| each(s, n, "[1e38, 1e38]"), Refused("a.html has the length 1.4e38")),
    ("a vector that is too short", |s, n| each(s, n, "[1e-40, 0]"), Refused("a.html has the length 1.0e-40")),
    ("zeros", |s, n| each(s, n, "[0, 0]"), Refused("a.html is all zeros")),
    ("an empty vector", |s, n| each(s, n, "[]"), Refused("a.html is empty")),
    (
        "too many dimensions",
        |s, n| each(s, n, &format!("[1{}]", ",0".repeat(65_536))),
        Refused("a vector of more than 65536 values"),
    ),
    (
        "dimensions that differ",
        |s, n| changed(s, n, |a| a["data"][1]["embedding"] = json!([1])),
        Refused("1 dimensions for b.html, but 2 for a.html"),
    ),
    ("base64 of half a number", |s, n| each(s, n, "\"AAA=\""), Refused("base64 of float32s")),
    ("HTML", |s, _| reply(s, 200, "", "<html><title>Sign in</title>"), Refused("it is HTML, not JSON")),
    ("nothing", |s, _| reply(s, 200, "", ""), Refused("EOF while parsing")),
    ("no content", |s, _| send(s, "HTTP/1.1 204 No Content\r\n\r\n"), Refused("answered 204: no message")),
    (
        "bytes of any kind",
        |s, _| reply(s, 200, "", (0..=255).collect::<Vec<u8>>()),
        Refused("expected value"),
    ),
    (
        "what steers a terminal",
        |s, _| reply(s, 400, "", "\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}"),
        Refused("400: \\u001b[2J\\u001b]0;x\\u0007\\u202e"),
    ),
    ("60 MB of usage", |s, n| with_field(s, n, "usage", &format!("[{}[]]", "[],".repeat(20_000_000))), Built),
    (
        "100 MB beside the vectors",
        |s, n| with_field(s, n, "z", &format!("[{}0]", "0,".repeat(50_000_000))),
        Built,
    ),
    (
        "lists two million deep",
        |s, n| with_field(s, n, "z", &("[".repeat(2_000_000) + &"]".repeat(2_000_000))),
        Built,
    ),
    ("an error of 100 MB", |s, _| reply(s, 400, "", "x".repeat(100_000_000)), Refused("answered 400: xxx")),
    (
        "a gzip bomb",
        |s, _| reply(s, 200, "Content-Encoding: gzip\r\n", bomb()),
        Refused("the answer has more than 256 MB"),
    ),
    ("a body without end", |s, _| endless(s), Refused("the answer has more than 256 MB")),
    (
        "a redirect",
        |s, _| reply(s, 302, "Location: http://127.0.0.1:9/\r\n", ""),
        Refused("redirects are not followed"),
    ),
    (
        "a header of a megabyte",
        |s, _| reply(s, 200, &format!("X: {}\r\n", "a".repeat(1_000_000)), ""),
        Refused("header is too big"),
    ),
    (
        "headers without number",
        |s, _| reply(s, 200, &"X: a\r\n".repeat(10_000), ""),
        Refused("too many headers"),
    ),
    (
        "interim answers without end",
        |s, _| send(s, "HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000)),
        Refused("header is too big"),
    ),
    (
        "a length that is no number",
        |s, _| send(s, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"),
        Refused("content-length header not a number"),
    ),
    (
        "a length beyond every number",
        |s, _| send(s, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        Refused("content-length header not a number"),
    ),
    ("what is not HTTP", |s, _| send(s, "hello"), Refused("the answer is not HTTP")),
    (
        "less than it announced",
        |s, _| send(s, "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nabc"),
        TriedAgain("the connection broke"),
    ),
    (
        "a chunk that is cut short",
        |s, _| send(s, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc"),
        TriedAgain("the connection broke"),
    ),
    ("nothing ever", |s, _| drop(s.read(&mut [0])), TriedAgain("no answer in time")),
    ("a byte now and then", |s, _| slowly(s), TriedAgain("no answer in time")),
    (
        "a storm",
        |s, _| reply(s, 429, "Retry-After: 0\r\n", "slow down"),
        TriedAgain("answered 429: slow down; trying again in 1."),
    ),
    (
        "a pause in the past",
        |s, _| reply(s, 503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "x"),
        TriedAgain("trying again in 1."),
    ),
];

/// A few kilobytes that become 400 MB.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..400).for_each(|_| encoder.write_all(&[0; 1_000_000]).unwrap());
    encoder.finish().unwrap()
}

fn endless(stream: &mut TcpStream) {
    send(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    while stream.write_all(chunk.as_bytes()).is_ok() {}
}

fn slowly(stream: &mut TcpStream) {
    for byte in b"HTTP/1.1 200 OK\r\nX: ".iter().chain([b'a'; 1000].iter()) {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn build(folder: &TempDir, url: &str, timeout: &str) -> Child {
    let items = "{\"title\": \"A\", \"url\": \"a.html\", \"text\": \"one\"}\n{\"title\": \"B\", \"url\": \"b.html\", \"text\": \"two\"}";
    let items = write(folder, "items.jsonl", items);
    let program = exemplar();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"")]).arg(program.get_program());
    shell.args(["build", "--model", "m", "--query-texts", "0", "--cache", "off", "--timeout", timeout]);
    shell.args(["--api", url, "--items"]).arg(items).arg("-o").arg(folder.path().join("bundle.json"));
    shell.env_remove("EXEMPLAR_API_KEY").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What a build prints until it ends or tries again, and its exit code if it has ended.
fn watch(mut child: Child) -> (String, Option<i32>) {
    let mut printed = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        printed += &(line.unwrap() + "\n");
        if printed.contains("trying again") {
            child.kill().unwrap();
            child.wait().unwrap();
            return (printed, None);
        }
    }
    let status = child.wait().unwrap();
    assert!(status.code().is_some(), "{status}: {printed}");
    (printed, status.code())
}

#[test]
fn no_way_of_an_api_breaks_a_build() {
    let mut wrong = Vec::new();
    for (name, way, expected) in WAYS {
        let (folder, started) = (folder(), Instant::now());
        // A busy machine may take a while for 100 MB.
        let timeout = if matches!(expected, TriedAgain("no answer in time")) { "1" } else { "120" };
        let (printed, code) = watch(build(&folder, &start(*way), timeout));
        let bundle = folder.path().join("bundle.json").exists();
        let is_right = match expected {
            Built => code == Some(0) && bundle,
            Refused(told) => {
                code == Some(1) && printed.contains(told) && printed.matches("error: ").count() == 1
            }
            TriedAgain(told) => code.is_none() && printed.contains(told),
        };
        let took = started.elapsed();
        if !is_right
            || printed.contains("panicked")
            || printed.contains('\u{1b}')
            || (bundle && code != Some(0))
        {
            wrong.push(format!("{name}: {code:?} after {took:?}: {printed}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
