//! Downloads from a server on loopback that misbehaves.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{AT_ONCE, STALLED, WebFile, side_by_side};
use crate::input;

/// Bytes of a file that are read.
const LIMIT: u64 = 1 << 20;

/// How the server answers a request.
type Way = fn(&mut TcpStream);

/// A server that answers each request in another way; the last one for good.
struct Site {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Site {
    fn new(ways: &[Way]) -> Self {
        let ways = Arc::new(ways.to_vec());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/bundle.json", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, counted, ways) = (stream.unwrap(), counted.clone(), ways.clone());
                thread::spawn(move || {
                    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    if lines.map_while(Result::ok).any(|line| line.is_empty()) {
                        let turn = counted.fetch_add(1, Ordering::Relaxed);
                        ways[turn.min(ways.len() - 1)](&mut stream);
                    }
                });
            }
        });
        Self { url, asked }
    }

    /// What a download gives or says, and how often the server was asked.
    fn read(&self) -> (Result<Option<Vec<u8>>, String>, usize) {
        self.read_within(STALLED)
    }

    fn read_within(&self, stalled: Duration) -> (Result<Option<Vec<u8>>, String>, usize) {
        let file = WebFile::given_up_after(stalled, self.url.parse().unwrap());
        let read = file.read(|source| input::read(source, LIMIT)).map_err(|error| error.to_string());
        (read, self.asked.load(Ordering::Relaxed))
    }
}

/// Sends what it can: the client may have gone.
fn send(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn right(stream: &mut TcpStream) {
    send(stream, "200 OK", b"Content-Length: 3\r\n\r\nabc");
}

fn cut(stream: &mut TcpStream) {
    send(stream, "200 OK", b"Content-Length: 30\r\n\r\nabc");
}

fn silent(stream: &mut TcpStream) {
    send(stream, "200 OK", b"Content-Length: 30\r\n\r\nabc");
    thread::sleep(Duration::from_secs(5));
}

fn endless(stream: &mut TcpStream) {
    send(stream, "200 OK", b"\r\n");
    while stream.write_all(&[b' '; 1 << 16]).is_ok() {}
}

/// A few kilobytes that become more than is read.
fn bomb(stream: &mut TcpStream) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&vec![0; 2 * LIMIT as usize]).unwrap();
    let body = encoder.finish().unwrap();
    send(stream, "200 OK\r\nContent-Encoding: gzip", &[b"\r\n", body.as_slice()].concat());
}

#[test]
fn what_passes_is_tried_once_more() {
    let ways: [&[Way]; 3] = [
        &[|s| send(s, "503 Busy", b"Content-Length: 0\r\n\r\n"), right],
        &[|s| send(s, "429 Slow", b"Retry-After: 1\r\nContent-Length: 0\r\n\r\n"), right],
        &[cut, right],
    ];
    for (ways, pause) in ways.into_iter().zip([500, 1000, 500]) {
        let started = Instant::now();
        assert_eq!(Site::new(ways).read(), (Ok(Some(b"abc".to_vec())), 2));
        assert!(started.elapsed() >= Duration::from_millis(pause));
    }
    let (read, asked) = Site::new(&[|s| send(s, "500 X", b"Content-Length: 0\r\n\r\n")]).read();
    assert_eq!((read.unwrap_err().as_str(), asked), ("it answered 500 Internal Server Error", 2));
    let (read, asked) = Site::new(&[cut]).read();
    assert!(read.unwrap_err().starts_with("the connection broke"));
    assert_eq!(asked, 2);
}

#[test]
fn what_does_not_pass_is_asked_for_once() {
    for (way, told) in [
        (|s: &mut TcpStream| send(s, "404 X", b"Content-Length: 0\r\n\r\n"), "404 Not Found"),
        (|s: &mut TcpStream| send(s, "403 X", b"Content-Length: 0\r\n\r\n"), "403 Forbidden"),
        (
            |s: &mut TcpStream| send(s, "302 X", b"Location: /again\r\nContent-Length: 0\r\n\r\n"),
            "too many redirects",
        ),
    ] as [(Way, &str); 3]
    {
        let (read, asked) = Site::new(&[way]).read();
        assert!(read.unwrap_err().ends_with(told), "{told}");
        assert!(asked == 1 || told.contains("redirects"));
    }
}

#[test]
fn a_redirect_is_followed_but_not_from_https_to_http() {
    let moved: Way = |s| send(s, "301 X", b"Location: /other.json\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(Site::new(&[moved, right]).read(), (Ok(Some(b"abc".to_vec())), 2));
    let mut file = WebFile::new("https://127.0.0.1/bundle.json".parse().unwrap());
    file.url = Site::new(&[right]).url.parse().unwrap();
    let error = file.read(|source| input::read(source, LIMIT)).unwrap_err().to_string();
    assert!(error.contains("from https to http"), "{error}");
}

#[test]
fn a_server_that_stalls_or_never_ends_is_given_up() {
    let (read, asked) = Site::new(&[silent]).read_within(Duration::from_millis(300));
    assert_eq!((read.unwrap_err().as_str(), asked), ("it sent nothing for 15 s", 2));
    for way in [endless as Way, bomb] {
        assert_eq!(Site::new(&[way]).read(), (Ok(None), 1));
    }
}

#[test]
fn neighbours_are_those_of_the_path() {
    for (url, neighbour) in [
        ("https://a.example/x/bundle.json?v=3", "https://a.example/x/search-1/start-0.bin"),
        ("https://a.example/x/?file=y/bundle.json", "https://a.example/x/search-1/start-0.bin"),
        ("https://a.example", "https://a.example/search-1/start-0.bin"),
    ] {
        let file = WebFile::new(url.parse().unwrap());
        assert_eq!(file.beside("search-1/start-0.bin").url.as_str(), neighbour);
    }
}

#[test]
fn a_few_are_downloaded_at_a_time_until_one_is_not_taken() {
    let files: Vec<usize> = (0..100).collect();
    let (under_way, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let get = |file: usize| {
        most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        under_way.fetch_sub(1, Ordering::SeqCst);
        file * 2
    };
    let mut got = Vec::new();
    side_by_side(&files, get, |file, double| {
        got.push((file, double));
        Ok(())
    })
    .unwrap();
    got.sort_unstable();
    assert_eq!(got, files.iter().map(|&file| (file, file * 2)).collect::<Vec<_>>());
    assert!((2..=AT_ONCE).contains(&most.into_inner()));

    let begun = AtomicUsize::new(0);
    let get = |_| {
        begun.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
    };
    assert!(side_by_side(&files, get, |_, ()| bail!("not taken")).is_err());
    assert!(begun.into_inner() < files.len());
}
