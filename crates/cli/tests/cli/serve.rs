//! `exemplar serve`: files, and the API behind them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

use crate::support::{TestApi, exemplar, fail, folder, reply, reply_with, vectors_for, write};

/// A running `exemplar serve`, ended with the test.
pub struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub url: String,
    agent: Agent,
}

impl Server {
    pub fn start(folder: &TempDir, command: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut exemplar = exemplar();
        let command = command(exemplar.arg("serve").arg(folder.path()).args(["--port", "0"]));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let (_, url) = line.trim_end().trim_end_matches('/').split_once(" at ").expect(&line);
        let url = url.to_owned();
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None).max_redirects(0).build();
        Self { child, stdout, url, agent: agent.into() }
    }

    fn get(&self, path: &str) -> Response<Body> {
        self.agent.get(format!("{}{path}", self.url)).call().unwrap()
    }

    pub fn post(&self, content_type: &str, body: &str) -> (u16, HeaderMap, Value) {
        let url = format!("{}/v1/embeddings", self.url);
        let mut response = self.agent.post(url).header("content-type", content_type).send(body).unwrap();
        let body = serde_json::from_str(&text(&mut response)).unwrap();
        (response.status().as_u16(), response.headers().clone(), body)
    }

    fn embed(&self) -> (u16, HeaderMap, Value) {
        self.post("application/json", "{\"model\": \"m\", \"input\": [\"a\"]}")
    }

    /// Asks it to end; what else it printed, once it has.
    #[cfg(unix)]
    fn end(mut self, signal: &str) -> String {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        let asked = Instant::now();
        assert!(self.child.wait().unwrap().success());
        assert!(asked.elapsed() < Duration::from_secs(5));
        let mut printed = String::new();
        self.stdout.read_to_string(&mut printed).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        printed
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(response: &mut Response<Body>) -> String {
    response.body_mut().read_to_string().unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn files_have_the_types_that_browsers_need() {
    let folder = folder();
    for (name, kind) in [
        ("index.html", "text/html; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("core.wasm", "application/wasm"),
        ("bundle.json", "application/json"),
        ("ja/日本 語.html", "text/html; charset=utf-8"),
        ("picture.svg", "image/svg+xml"),
    ] {
        write(&folder, name, name);
        let server = Server::start(&folder, |c| c);
        let path =
            percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string();
        let mut response = server.get(&format!("/{}", path.replace("%2F", "/").replace("%2E", ".")));
        assert_eq!(response.status(), 200, "{name}");
        assert_eq!(header(response.headers(), "content-type"), kind, "{name}");
        assert_eq!(header(response.headers(), "cache-control"), "no-cache", "{name}");
        assert_eq!(text(&mut response), name);
    }
}

#[test]
fn folders_have_their_index_and_nothing_outside_is_served() {
    let outer = folder();
    let folder = tempfile::tempdir_in(outer.path()).unwrap();
    write(&outer, "secret.txt", "secret");
    write(&folder, "index.html", "top");
    write(&folder, "docs/index.html", "docs");
    let server = Server::start(&folder, |c| c);
    assert_eq!(text(&mut server.get("/")), "top");
    assert_eq!(text(&mut server.get("/docs/")), "docs");
    let redirect = server.get("/docs");
    assert_eq!((redirect.status().as_u16(), header(redirect.headers(), "location")), (307, "/docs/"));
    for path in ["/nowhere.html", "/../secret.txt", "/%2e%2e/secret.txt", "/docs/..%2f..%2fsecret.txt"] {
        let mut response = server.get(path);
        assert_eq!(response.status(), 404, "{path}");
        assert!(!text(&mut response).contains("secret\n"), "{path}");
    }
}

#[test]
fn embeddings_are_forwarded_with_the_key() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let server = Server::start(&folder, |c| c.args(["--api", &api.url]).env("EXEMPLAR_API_KEY", "sk-secret"));
    let (status, headers, body) = server.embed();
    let request = &api.received()[0];
    assert_eq!((status, header(&headers, "content-type")), (200, "application/json"));
    let expected = json!({"object": "list", "data": [
        {"object": "embedding", "index": 0, "embedding": vectors_for(request)["data"][0]["embedding"]}
    ]});
    assert_eq!(body, expected);
    assert_eq!(request.path, "/v1/embeddings");
    assert_eq!(request.headers["authorization"], "Bearer sk-secret");
    assert_eq!(request.body, json!({"model": "m", "input": ["a"]}));
    #[cfg(unix)]
    {
        let printed = server.end("-TERM");
        assert!(
            printed.contains("forwarding /v1/embeddings to") && !printed.contains("sk-secret"),
            "{printed}"
        );
    }
}

#[test]
fn what_the_api_replies_is_passed_on() {
    let api = TestApi::start(|number, _| match number {
        0 => reply_with(429, ("retry-after", "7"), "{\"error\": {\"message\": \"slow down\"}}"),
        _ => reply(401, json!({"error": {"message": "the key sk-secret is wrong"}})),
    });
    let folder = folder();
    let server = Server::start(&folder, |c| c.args(["--api", &api.url]).env("EXEMPLAR_API_KEY", "sk-secret"));
    let (status, headers, body) = server.embed();
    assert_eq!((status, header(&headers, "retry-after")), (429, "7"));
    assert_eq!(body["error"]["message"], "slow down");
    let (status, _, body) = server.embed();
    assert_eq!((status, &body["error"]["message"]), (401, &json!("the key [key] is wrong")));
}

#[test]
fn nothing_else_that_the_api_says_is_passed_on() {
    let hostile = [
        ("content-type", "text/html"),
        ("set-cookie", "sid=evil; Path=/"),
        ("access-control-allow-origin", "*"),
        ("clear-site-data", "\"*\""),
        ("service-worker-allowed", "/"),
        ("retry-after", "sk-secret"),
    ];
    let with_headers = move |status: u16, body: String| {
        let mut response = reply_with(status, ("x-up", "1"), &body);
        for (name, value) in hostile {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    };
    let api = TestApi::start(move |number, request| {
        let mut answer = vectors_for(request);
        answer["model"] = json!("<script>alert(1)</script>");
        match number {
            0 => with_headers(200, answer.to_string()),
            1 => with_headers(200, "<script>alert(1)</script>".into()),
            2 => with_headers(400, "<script>alert(1)</script>\u{1b}[2J".into()),
            3 => with_headers(200, "{\"error\": {\"message\": \"overloaded\"}}".into()),
            4 => with_headers(204, String::new()),
            _ => reply_with(302, ("location", "http://127.0.0.1:9/elsewhere"), ""),
        }
    });
    let folder = folder();
    let server = Server::start(&folder, |c| c.args(["--api", &api.url]).env("EXEMPLAR_API_KEY", "sk-secret"));
    for (expected, told) in [
        (200, ""),
        (502, "it is HTML, not JSON"),
        (400, "<script>alert(1)</script>\\u001b[2J"),
        (502, "overloaded"),
        (502, "no message"),
        (502, "it redirects to http://127.0.0.1:9/elsewhere; redirects are not followed"),
    ] {
        let (status, headers, body) = server.embed();
        assert_eq!(status, expected, "{body}");
        assert!(body["error"]["message"].as_str().unwrap_or_default().contains(told), "{told}: {body}");
        assert_eq!(header(&headers, "content-type"), "application/json");
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
        assert!(body.get("model").is_none());
        for (name, _) in hostile.iter().skip(1).chain([&("x-up", "")]) {
            assert!(!headers.contains_key(*name), "{name}: {headers:?}");
        }
    }
}

#[test]
fn foreign_pages_get_no_answer() {
    let (api, folder) = (TestApi::start_answering(), folder());
    write(&folder, "index.html", "top");
    let allowed = ["--allow-host", "search.example.org"];
    let server = Server::start(&folder, |c| c.args(["--api", &api.url]).args(allowed));
    let authority = server.url.trim_start_matches("http://").to_owned();
    let ask = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut stream = TcpStream::connect(&authority).unwrap();
        let body = "{\"model\": \"m\", \"input\": [\"a\"]}";
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if method == "POST" {
            head += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        write!(stream, "{head}\r\n{}", if method == "POST" { body } else { "" }).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let own = format!("http://{authority}");
    for headers in [
        &[("Host", authority.as_str())][..],
        &[("Host", "localhost:1")],
        &[("Host", "search.example.org"), ("Origin", "https://search.example.org")],
        &[("Host", &authority), ("Origin", &own), ("Sec-Fetch-Site", "same-origin")],
    ] {
        assert!(ask("POST", "/v1/embeddings", headers).starts_with("HTTP/1.1 200"), "{headers:?}");
        assert!(ask("GET", "/", headers).ends_with("top"), "{headers:?}");
    }
    let asked = api.received().len();
    for headers in [
        &[][..],
        // A name of the page's own that leads here.
        &[("Host", "evil.test")],
        &[("Host", "evil.test"), ("Origin", "http://evil.test"), ("Sec-Fetch-Site", "same-origin")],
        &[("Host", &authority), ("Origin", "http://evil.test")],
        &[("Host", &authority), ("Origin", "http://localhost:1")],
        &[("Host", &authority), ("Origin", "null")],
        &[("Host", &authority), ("Sec-Fetch-Site", "cross-site")],
        &[("Host", &authority), ("Sec-Fetch-Site", "same-site")],
    ] {
        for (method, path) in [("POST", "/v1/embeddings"), ("GET", "/"), ("OPTIONS", "/v1/embeddings")] {
            let answer = ask(method, path, headers);
            assert!(answer.starts_with("HTTP/1.1 403"), "{method} {headers:?}: {answer}");
            assert!(!answer.to_ascii_lowercase().contains("access-control"), "{answer}");
        }
    }
    assert_eq!(api.received().len(), asked);
}

#[test]
fn hidden_files_and_links_out_of_the_folder_are_not_there() {
    let (outer, folder) = (folder(), folder());
    write(&outer, "secret.txt", "secret");
    write(&outer, "docs/index.html", "secret");
    write(&folder, ".env", "secret");
    write(&folder, ".git/config", "secret");
    write(&folder, "docs/.htpasswd", "secret");
    write(&folder, ".well-known/security.txt", "contact");
    write(&folder, "real/page.html", "page");
    let server = Server::start(&folder, |c| c);
    for path in ["/.env", "/%2eenv", "/.git/config", "/.git/", "/docs/.htpasswd", "/docs/%2E%2E/.env"] {
        assert_eq!(server.get(path).status(), 404, "{path}");
    }
    assert_eq!(text(&mut server.get("/.well-known/security.txt")), "contact");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(outer.path().join("secret.txt"), folder.path().join("link.txt")).unwrap();
        symlink(outer.path(), folder.path().join("out")).unwrap();
        write(&folder, "inner/a", "");
        symlink(outer.path().join("secret.txt"), folder.path().join("inner/index.html")).unwrap();
        symlink("real", folder.path().join("within")).unwrap();
        Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
        for path in ["/link.txt", "/out/secret.txt", "/out/docs/", "/inner/", "/inner/index.html", "/pipe"] {
            let mut response = server.get(path);
            assert_eq!(response.status(), 404, "{path}");
            assert!(!text(&mut response).contains("secret\n"), "{path}");
        }
        assert_eq!(text(&mut server.get("/within/page.html")), "page");
    }
}

#[test]
fn a_request_that_never_arrives_is_given_up() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let server = Server::start(&folder, |c| c.args(["--api", &api.url]));
    let address = server.url.trim_start_matches("http://").to_owned();
    let head = "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n";
    let halves = [String::new(), head.to_owned(), format!("{head}\r\n{{\"input\": ")];
    let waiting = halves.map(|half| {
        let address = address.clone();
        std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            stream.write_all(half.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("it waits for ever");
            answer
        })
    });
    let answers = waiting.map(|waiting| waiting.join().unwrap());
    assert!(answers[2].contains("408") && answers[2].contains("request-time"), "{answers:?}");
    assert!(api.received().is_empty());
}

#[test]
fn an_api_that_is_not_there_is_told_as_json() {
    let folder = folder();
    let server = Server::start(&folder, |c| c);
    let (status, _, body) = server.embed();
    assert_eq!((status, &body["error"]["code"]), (404, &json!("no-api")));
    assert!(body["error"]["message"].as_str().unwrap().contains("--api URL"), "{body}");

    let server = Server::start(&folder, |c| c.args(["--api", "http://127.0.0.1:9"]));
    let (status, _, body) = server.embed();
    assert_eq!((status, &body["error"]["code"]), (502, &json!("upstream-unreachable")));
    assert!(
        body["error"]["message"].as_str().unwrap().contains("http://127.0.0.1:9/v1/embeddings"),
        "{body}"
    );

    let api = TestApi::start(|_, request| {
        std::thread::sleep(Duration::from_secs(3));
        reply(200, vectors_for(request))
    });
    let server = Server::start(&folder, |c| c.args(["--api", &api.url, "--timeout", "1"]));
    let (status, _, body) = server.embed();
    assert_eq!((status, &body["error"]["code"]), (504, &json!("upstream-timeout")));
}

#[test]
fn requests_that_a_page_of_ours_would_not_send_are_refused() {
    let (api, folder) = (TestApi::start_answering(), folder());
    let server = Server::start(&folder, |c| c.args(["--api", &api.url]));
    // What any website may post without asking.
    let (status, _, body) = server.post("text/plain", "{\"model\": \"m\", \"input\": [\"a\"]}");
    assert_eq!((status, &body["error"]["code"]), (415, &json!("content-type")));
    // The announcement is enough.
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    assert!(answer.contains("413"), "{answer}");
    assert_eq!(server.get("/v1/embeddings").status(), 405);
    assert!(api.received().is_empty());
}

#[test]
fn a_port_that_is_taken_and_a_folder_that_is_missing_are_named() {
    let folder = folder();
    let server = Server::start(&folder, |c| c);
    let port = server.url.rsplit(':').next().unwrap();
    let error = fail(exemplar().arg("serve").arg(folder.path()).args(["--port", port]));
    assert!(error.contains(&format!("port {port} on 127.0.0.1 is taken")), "{error}");
    let error = fail(exemplar().args(["serve", "no-such-folder"]));
    assert!(error.contains("no-such-folder: there is no such folder"), "{error}");
    let error = fail(exemplar().arg("serve").arg(folder.path()).args(["--host", "192.0.2.1", "--port", "0"]));
    assert!(error.contains("cannot listen on 192.0.2.1:0"), "{error}");
}

#[test]
#[cfg(unix)]
fn it_ends_when_asked_even_while_the_api_hangs() {
    let api = TestApi::start(|_, request| {
        std::thread::sleep(Duration::from_secs(8));
        reply(200, vectors_for(request))
    });
    let folder = folder();
    for signal in ["-INT", "-TERM"] {
        let server = Server::start(&folder, |c| c.args(["--api", &api.url]));
        let (agent, url) = (server.agent.clone(), format!("{}/v1/embeddings", server.url));
        let asking = std::thread::spawn(move || {
            let _ = agent.post(url).header("content-type", "application/json").send("{\"input\": [\"a\"]}");
        });
        let sent = api.received().len();
        while api.received().len() == sent {
            std::thread::sleep(Duration::from_millis(20));
        }
        server.end(signal);
        asking.join().unwrap();
    }
}

#[test]
fn a_site_is_served_as_static_hosts_serve_it() {
    let folder = folder();
    write(&folder, "index.html", "home");
    write(&folder, "guide/index.html", "guide");
    write(&folder, "guide/start.html", "start");
    write(&folder, "both.html", "page");
    write(&folder, "both/index.html", "folder");
    write(&folder, "plain", "a file");
    write(&folder, "plain.html", "a page");
    write(&folder, "with space.html", "space");
    let server = Server::start(&folder, |c| c);
    let got = |path: &str| {
        let mut response = server.get(path);
        (response.status().as_u16(), text(&mut response))
    };
    for (path, expected) in [
        ("/", "home"),
        ("/guide/", "guide"),
        ("/guide/start", "start"),
        ("/guide/start?q=1", "start"),
        ("/guide/start.html", "start"),
        ("/both", "page"),
        ("/both/", "folder"),
        ("/plain", "a file"),
        ("/with%20space", "space"),
    ] {
        assert_eq!(got(path), (200, expected.to_owned()), "{path}");
    }
    let kind = server.get("/guide/start");
    assert_eq!(header(kind.headers(), "content-type"), "text/html; charset=utf-8");
    assert_eq!(server.get("/guide").status(), 307);
    assert_eq!(got("/nowhere"), (404, "there is no /nowhere here\n".into()));
    write(&folder, "404.html", "lost");
    assert_eq!(got("/nowhere"), (404, "lost".into()));
    assert_eq!(got("/.git/config"), (404, "lost".into()));
}
