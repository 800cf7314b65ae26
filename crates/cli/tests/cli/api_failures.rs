//! Embedding APIs that fail, in every way that has been seen.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    Received, TestApi, assert_row, exemplar, fail, folder, read_bundle, reply, reply_with, succeed,
    vector_for, vectors_for, write,
};

fn build(folder: &TempDir, url: &str) -> Command {
    let items = write(
        folder,
        "items.jsonl",
        "{\"title\": \"A\", \"url\": \"a.html\", \"text\": \"one\"}\n{\"title\": \"B\", \"url\": \"b.html\", \"text\": \"three\"}",
    );
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--query-texts", "0", "--api", url, "--items"]).arg(items);
    command.arg("-o").arg(folder.path().join("bundle.json"));
    command
}

/// The error of a build against an API that answers this.
fn error_for(
    answer: impl Fn(&Received) -> axum::http::Response<axum::body::Body> + Send + Sync + 'static,
) -> String {
    let (api, folder) = (TestApi::start(move |_, request| answer(request)), folder());
    let error = fail(&mut build(&folder, &api.url));
    assert!(!folder.path().join("bundle.json").exists());
    assert_eq!(api.received().len(), 1, "nothing here is mended by trying again: {error}");
    error
}

#[test]
fn what_may_pass_is_tried_again() {
    let api = TestApi::start(|number, request| match number {
        0 => reply_with(429, ("retry-after", "1"), "{\"error\": {\"message\": \"slow down\"}}"),
        1 => reply(500, json!({"error": "hiccup"})),
        2 => reply_with(503, ("retry-after", &httpdate::fmt_http_date(SystemTime::now())), ""),
        _ => reply(200, vectors_for(request)),
    });
    let folder = folder();
    let started = Instant::now();
    let (_, stderr) = succeed(&mut build(&folder, &api.url));
    assert_eq!(api.received().len(), 4);
    assert!(
        started.elapsed() >= Duration::from_secs(7),
        "one, two and four seconds or more, as nothing longer is asked for"
    );
    assert!(stderr.contains("answered 429: slow down; trying again in 1."), "{stderr}");
    assert!(stderr.contains("answered 500: hiccup; trying again in"), "{stderr}");
    assert!(stderr.contains("answered 503: no message; trying again in"), "{stderr}");
    assert_eq!(read_bundle(&folder.path().join("bundle.json")).articles.len(), 2);
}

#[test]
fn an_api_that_hangs_or_hangs_up_is_tried_again() {
    let api = TestApi::start(|number, request| {
        if number == 0 {
            std::thread::sleep(Duration::from_secs(3));
        }
        match number {
            // Announces more than it sends.
            1 => reply_with(200, ("content-length", "1000"), "{\"data\": ["),
            _ => reply(200, vectors_for(request)),
        }
    });
    let folder = folder();
    let (_, stderr) = succeed(build(&folder, &api.url).args(["--timeout", "1"]));
    assert!(stderr.contains("no answer in time (--timeout); trying again"), "{stderr}");
    assert_eq!(api.received().len(), 3, "{stderr}");
}

#[test]
fn a_pause_that_is_too_long_ends_the_build() {
    let error = error_for(|_| reply_with(429, ("retry-after", "86400"), "quota"));
    assert!(error.contains("answered 429: quota; it asks to wait 86400 s"), "{error}");
}

#[test]
fn what_does_not_pass_stops_at_once() {
    for (status, expected) in [
        (400, "answered 400: input too long"),
        (401, "answered 401: input too long; it wants a key: see --key-env"),
        (404, "answered 404: input too long; are the address (--api) and the model right?"),
        (422, "answered 422"),
    ] {
        let error = error_for(move |_| reply(status, json!({"error": {"message": "input too long"}})));
        assert!(error.contains(expected), "{error}");
    }
    let error = fail(&mut build(&folder(), "http://127.0.0.1:9"));
    assert!(
        error.contains("http://127.0.0.1:9/v1/embeddings cannot be reached: nothing listens there"),
        "{error}"
    );
    let started = Instant::now();
    let error = fail(&mut build(&folder(), "http://no-such-host.invalid"));
    assert!(error.contains("cannot be reached: there is no such host"), "{error}");
    assert!(!error.contains("trying again") && !error.contains("embedded 2 of 2"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20), "{error}");
}

#[test]
fn no_redirect_is_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = TestApi::start_answering();
        let location = format!("{}/v1/embeddings?key=secret", elsewhere.url.replace("//", "//user:secret@"));
        let error = error_for(move |_| reply_with(status, ("location", &location), "<html>"));
        let told = format!("it redirects to {}/v1/embeddings; redirects are not followed", elsewhere.url);
        assert!(error.contains(&told) && !error.contains("secret"), "{error}");
        assert!(elsewhere.received().is_empty());
    }
    let error = error_for(|_| reply_with(302, ("location", "file:///etc/passwd"), ""));
    assert!(error.contains("it redirects to something that is not a web address"), "{error}");
}

/// Before anything else is paid for.
#[test]
fn more_dimensions_than_a_bundle_holds_end_with_the_first_answer() {
    let vector = |count: usize| {
        move |_: usize, request: &Received| {
            let item = |index: usize| json!({"index": index, "embedding": vec![1; count]});
            reply(200, json!({"data": (0..request.texts().len()).map(item).collect::<Vec<_>>()}))
        }
    };
    let (api, folder) = (TestApi::start(vector(65_537)), folder());
    let error = fail(build(&folder, &api.url).args(["--batch-size", "1"]));
    assert!(error.contains("a vector of more than 65536 values"), "{error}");
    assert_eq!(api.received().len(), 1);
    let api = TestApi::start(vector(65_536));
    succeed(&mut build(&folder, &api.url));
}

#[test]
fn an_answer_that_does_not_fit_is_refused() {
    let item = |index: usize, embedding: Value| json!({"index": index, "embedding": embedding});
    for (answer, expected) in [
        (json!({"data": [item(0, json!([1, 2]))]}), "it has 1 vectors for 2 texts"),
        (json!({"data": [item(0, json!([1, 2])), item(0, json!([1, 2]))]}), "the index 0 twice"),
        (
            json!({"data": [item(0, json!([1, 2])), item(1, json!([1, 2, 3]))]}),
            "3 dimensions for b.html, but 2 for a.html",
        ),
        (json!({"data": [item(0, json!([1, 2])), item(1, json!([1, null]))]}), "vector of b.html holds null"),
        (json!({"data": [item(0, json!([1, 2])), item(1, json!([0, 0]))]}), "vector of b.html is all zeros"),
        (
            json!({"data": [item(0, json!([1, 2])), item(1, json!("AAAA"))]}),
            "expected an array of numbers, or base64 of float32s",
        ),
        (
            json!({"data": [item(0, json!([1, 2])), item(1, json!("AADAfwAAgD8="))]}),
            "vector of b.html holds NaN",
        ),
        (json!({"error": {"message": "no such model", "code": "x"}}), "answered 200: no such model"),
        (json!({"embeddings": [[1, 2], [1, 2]]}), "missing field `data`"),
        (json!(null), "cannot be used"),
    ] {
        let error = error_for(move |_| reply(200, answer.clone()));
        assert!(error.contains(expected), "{expected}: {error}");
    }
    for (body, expected) in [
        ("<!DOCTYPE html><title>Sign in</title>", "it is HTML, not JSON; is the address right?"),
        ("{\"data\": [{\"index\": 0, \"embedding\": [NaN]}]}", "line 1"),
        ("", "cannot be used"),
    ] {
        let error = error_for(move |_| reply_with(200, ("content-type", "text/html"), body));
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn a_text_that_is_too_long_is_named() {
    for (status, message) in [
        (400, "This model's maximum context length is 512 tokens, however you requested 516 tokens"),
        (413, "Input validation error: `inputs` must have less than 512 tokens. Given: 516"),
        (500, "input is too large to process. increase the physical batch size"),
        (200, "This model's maximum context length is 8192 tokens"),
    ] {
        let error = error_for(move |_| reply(status, json!({"error": {"message": message}})));
        let told = "; the longest of these 2 texts is b.html, about 2 tokens: build with a smaller --max-chars, \
                    or send fewer at once with --batch-size";
        assert!(error.contains(message) && error.contains(told), "{error}");
    }
}

#[test]
fn an_error_of_status_200_that_may_pass_is_tried_again() {
    let api = TestApi::start(|number, request| match number {
        0 => reply(200, json!({"error": {"message": "upstream model overloaded", "code": 503}})),
        _ => reply(200, vectors_for(request)),
    });
    let (_, stderr) = succeed(&mut build(&folder(), &api.url));
    assert!(stderr.contains("answered 200: upstream model overloaded; trying again in"), "{stderr}");
}

#[test]
fn an_api_that_never_finishes_its_answer_is_given_up() {
    // A byte now and then: the connection lives, the answer does not come.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, requests) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, asked) = (stream.unwrap(), asked.clone());
            std::thread::spawn(move || {
                let _ = asked.send(());
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
                while stream.write_all(b" ").is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    let folder = folder();
    let mut child = build(&folder, &url).args(["--timeout", "1"]).stderr(Stdio::piped()).spawn().unwrap();
    for _ in 0..2 {
        requests.recv_timeout(Duration::from_secs(60)).expect("it waits for ever");
    }
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("no answer in time (--timeout); trying again"), "{stderr}");
}

#[test]
fn vectors_are_matched_by_index_not_by_arrival() {
    let api = TestApi::start(|_, request| {
        let mut answer = vectors_for(request);
        answer["data"].as_array_mut().unwrap().reverse();
        reply(200, answer)
    });
    let folder = folder();
    succeed(&mut build(&folder, &api.url));
    let bundle = read_bundle(&folder.path().join("bundle.json"));
    assert_row(&bundle, 0, &vector_for("A\none"));
    assert_row(&bundle, 1, &vector_for("B\nthree"));
}

#[test]
fn the_key_is_sent_and_never_shown() {
    let refusing = |_: usize, request: &Received| {
        let key = request.headers["authorization"].to_str().unwrap().to_owned();
        reply(401, json!({"error": {"message": format!("Incorrect API key provided: {key}")}}))
    };
    let (api, folder) = (TestApi::start(refusing), folder());
    let error = fail(build(&folder, &api.url).env("EXEMPLAR_API_KEY", "sk-secret-1"));
    assert_eq!(api.received()[0].headers["authorization"], "Bearer sk-secret-1");
    assert!(error.contains("Bearer [key]") && !error.contains("sk-secret-1"), "{error}");

    let api = TestApi::start_answering();
    let named = ["--key-env", "SEA_NOTES_KEY"];
    let (stdout, stderr) =
        succeed(build(&folder, &api.url).args(named).env("SEA_NOTES_KEY", "sk-secret-2\n"));
    assert_eq!(api.received()[0].headers["authorization"], "Bearer sk-secret-2");
    let bundle = std::fs::read_to_string(folder.path().join("bundle.json")).unwrap();
    for text in [stdout, stderr, bundle] {
        assert!(!text.contains("sk-secret"), "{text}");
    }

    let error = fail(build(&folder, &api.url).args(named));
    assert!(error.contains("--key-env SEA_NOTES_KEY: this environment variable is not set"), "{error}");
    let error = fail(build(&folder, &api.url).args(named).env("SEA_NOTES_KEY", "sk secret"));
    assert!(error.contains("SEA_NOTES_KEY holds no API key") && !error.contains("sk secret"), "{error}");
    assert_eq!(api.received().len(), 1);

    // Without one, none is sent.
    succeed(&mut build(&folder, &api.url));
    assert!(!api.received()[1].headers.contains_key("authorization"));
}
