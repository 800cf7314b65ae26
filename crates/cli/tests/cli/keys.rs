//! An API that echoes the key, in every form and every place: no four characters of it in a row reach anybody.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use serde_json::json;

use crate::support::{TestApi, exemplar, fail, folder, reply_with, write};

const KEY: &str = "sk-proj-9fQzT2mWxY7_b4LdKcVr";

/// A form of echoing a key, by name.
type Form = (&'static str, String);

fn forms() -> Vec<Form> {
    let each = |form: &dyn Fn(u8) -> String| KEY.bytes().map(form).collect::<String>();
    let between = |separator: &str| KEY.chars().map(String::from).collect::<Vec<_>>().join(separator);
    let swapped = |byte: u8| match byte.is_ascii_lowercase() {
        true => byte.to_ascii_uppercase(),
        false => byte.to_ascii_lowercase(),
    };
    vec![
        ("as it is", KEY.into()),
        ("with its scheme", format!("Bearer {KEY}")),
        ("its start and end", format!("{}****{}", &KEY[..8], &KEY[KEY.len() - 4..])),
        ("four characters", KEY[10..14].into()),
        ("in upper case", KEY.to_uppercase()),
        ("with cases swapped", KEY.bytes().map(|byte| char::from(swapped(byte))).collect()),
        ("backwards", KEY.chars().rev().collect()),
        ("as JSON escapes", each(&|byte| format!("\\u{byte:04x}"))),
        ("as JSON escapes, twice", each(&|byte| format!("\\\\u{byte:04X}"))),
        ("as \\x escapes", each(&|byte| format!("\\\\x{byte:02x}"))),
        ("percent-encoded", each(&|byte| format!("%{byte:02X}"))),
        ("percent-encoded twice", each(&|byte| format!("%25{byte:02x}"))),
        ("as HTML entities", each(&|byte| format!("&#{byte};"))),
        ("as hexadecimal HTML entities", each(&|byte| format!("&#x{byte:x};"))),
        ("quoted-printable", each(&|byte| format!("={byte:02X}"))),
        ("in base64", BASE64_STANDARD.encode(KEY)),
        ("in base64 with its scheme", BASE64_STANDARD.encode(format!("Bearer {KEY}"))),
        ("in base64 for URLs", BASE64_URL_SAFE.encode(format!("?{KEY}"))),
        ("in hexadecimal", each(&|byte| format!("{byte:02x}"))),
        ("in hexadecimal with colons", each(&|byte| format!("{byte:02X}:"))),
        ("as codes", each(&|byte| format!("{byte}, "))),
        ("split by spaces", between(" ")),
        ("split by line breaks", between("\\n")),
        ("split by quotes", between("', '")),
        ("split by invisible characters", between("\u{200b}")),
        ("in three parts", format!("{} {} {}", &KEY[..9], &KEY[9..18], &KEY[18..])),
    ]
}

/// The places where an API may put it: a status, and the body around it.
const PLACES: [(u16, &str, &str); 8] = [
    (401, "{\"error\": {\"message\": \"Incorrect API key provided: ", "\"}}"),
    (400, "{\"detail\": \"", "\"}"),
    (400, "bad key ", "\n"),
    (200, "{\"error\": {\"message\": \"", "\"}}"),
    (200, "{\"data\": \"", "\"}"),
    (200, "{\"data\": [{\"index\": 0, \"embedding\": \"", "\"}]}"),
    (200, "{\"data\": [{\"index\": \"", "\", \"embedding\": [1]}]}"),
    (200, "<html>", "</html>"),
];

fn holds_a_piece(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let backwards: String = KEY.chars().rev().collect();
    let holds =
        |key: &str| key.as_bytes().windows(4).any(|piece| text.contains(str::from_utf8(piece).unwrap()));
    holds(&KEY.to_ascii_lowercase()) || holds(&backwards.to_ascii_lowercase())
}

/// Ended with the test.
struct Serve(Child);

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn no_form_of_a_key_is_printed_or_passed_on() {
    let said = Arc::new(Mutex::new((200, String::new())));
    let api = {
        let said = said.clone();
        TestApi::start(move |_, request| {
            assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
            let (status, body) = said.lock().unwrap().clone();
            reply_with(status, ("content-type", "application/json"), &body)
        })
    };
    let folder = folder();
    let items = write(&folder, "items.jsonl", json!({"title": "A", "url": "a", "text": "one"}).to_string());
    let (mut serve, mut line) = (exemplar(), String::new());
    serve.arg("serve").arg(folder.path()).args(["--port", "0", "--api", &api.url]);
    let mut serve = Serve(serve.env("EXEMPLAR_API_KEY", KEY).stdout(Stdio::piped()).spawn().unwrap());
    BufReader::new(serve.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = format!("{}v1/embeddings", line.trim_end().split_once(" at ").unwrap().1);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();

    let mut echoed = Vec::new();
    for (name, form) in forms() {
        for (status, before, after) in PLACES {
            *said.lock().unwrap() = (status, format!("{before}{form}{after}"));
            let mut build = exemplar();
            build
                .args(["build", "--model", "m", "--query-texts", "0", "--api", &api.url, "--items"])
                .arg(&items);
            build.arg("-o").arg(folder.path().join("bundle.json")).env("EXEMPLAR_API_KEY", KEY);
            let printed = fail(&mut build);
            let sent =
                agent.post(&address).header("content-type", "application/json").send("{\"input\": \"a\"}");
            let told = sent.unwrap().body_mut().read_to_string().unwrap();
            for text in [&printed, &told] {
                if holds_a_piece(text) || text.contains(form.trim()) {
                    echoed.push(format!("{name}, in {before}: {text}"));
                }
            }
        }
    }
    assert!(echoed.is_empty(), "{}", echoed.join("\n"));
}

#[test]
fn no_password_of_an_address_is_repeated() {
    let folder = folder();
    for address in ["https://user:hunter22@host/v1", "htps://user:hunter22@host/v1", "//user:hunter22@host"] {
        let output = exemplar().arg("serve").arg(folder.path()).args(["--api", address]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr.contains("invalid value for '--api <URL>'") && !stderr.contains("hunter22"),
            "{stderr}"
        );
    }
}
