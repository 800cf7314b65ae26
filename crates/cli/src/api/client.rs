//! Embeds texts by an API, with retries.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use exemplar_search::bundle::Recipe;
use exemplar_search::json::Object;
use serde::Serialize;

use super::answer::{self, Unusable};
use super::pace::{Limits, Pace};
use super::upstream::{Reply, Unreachable, UnreachableKind};
use super::{ApiArgs, Input, Upstream, retry, tokens};

/// The body of `POST /v1/embeddings`.
#[derive(Serialize)]
struct Request<'a> {
    #[serde(flatten)]
    fields: &'a Object,
    model: &'a str,
    input: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_type: Option<&'a str>,
    /// `base64`, or not there: floats are the default everywhere, and some APIs refuse to be asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_format: Option<&'static str>,
}

/// Embeds texts with an API.
pub struct Client {
    upstream: Upstream,
    /// Whether the API has ever answered. One that never did and refuses connections is a wrong address; one that
    /// did is being restarted.
    answered: AtomicBool,
    pace: Pace,
    /// Whether the API is known to answer with base64.
    base64: bool,
    requests: AtomicUsize,
    /// As the API counts them, where it says so.
    tokens: AtomicUsize,
}

/// Why texts could not be embedded.
#[derive(Debug, thiserror::Error)]
#[error("the embedding API {endpoint} {problem}{tries}")]
struct Failure {
    endpoint: String,
    problem: String,
    tries: String,
    may_pass: bool,
    asked_pause: Option<Duration>,
}

impl Client {
    /// A client of the API that `--api` or `--preset` names, if one is there.
    pub fn new(args: &ApiArgs, limits: Limits) -> Result<Option<Self>> {
        Ok(args.upstream()?.map(|upstream| Self {
            upstream,
            answered: AtomicBool::new(false),
            pace: Pace::new(limits),
            base64: args.preset.is_some_and(|preset| preset.facts().base64),
            requests: AtomicUsize::new(0),
            tokens: AtomicUsize::new(0),
        }))
    }

    /// Requests that were sent, those tried again among them.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Tokens that the API says it has read; 0 if it does not say.
    pub fn tokens(&self) -> usize {
        self.tokens.load(Ordering::Relaxed)
    }

    /// The vectors of `inputs` as `recipe` says, in their order: finite, not all zero, of whatever dimensions the
    /// model has. `model` is the one to ask for where the recipe names none. `retrying` hears of each pause.
    pub fn embed(
        &self,
        inputs: &[Input],
        recipe: &Recipe,
        model: &str,
        retrying: impl Fn(&str),
    ) -> Result<Vec<Vec<f32>>> {
        let request = Request {
            fields: &recipe.fields,
            model: recipe.model.as_deref().unwrap_or(model),
            input: inputs.iter().map(|input| format!("{}{}", recipe.prefix, input.text)).collect(),
            input_type: recipe.input_type.as_deref(),
            encoding_format: self.base64.then_some("base64"),
        };
        let tokens = request.input.iter().map(|text| tokens::estimate(text)).sum();
        let body = serde_json::to_vec(&request)?;
        let attempt = || {
            self.pace.wait(tokens);
            self.requests.fetch_add(1, Ordering::Relaxed);
            let reply = self.upstream.post(&body).map_err(|error| self.unreachable(&error))?;
            self.answered.store(true, Ordering::Relaxed);
            if reply.status != 200 {
                return Err(self.refusal(&reply, reply.status, &answer::error_message(&reply.body), inputs));
            }
            let answer = answer::read(&reply.body, inputs).map_err(|unusable| match unusable {
                // Gateways answer so where what is behind them failed.
                Unusable::Error { message, status } => self.refusal(&reply, status, &message, inputs),
                Unusable::Wrong(problem) => {
                    self.failure(format!("gave an answer that cannot be used: {problem}"))
                }
            })?;
            self.tokens.fetch_add(answer.tokens, Ordering::Relaxed);
            Ok(answer.vectors)
        };
        let wait = |failure: &Failure, pause: Duration| {
            if failure.asked_pause.is_some() {
                self.pace.hold(pause);
            }
            // Cut, not rounded: a pause that is below two seconds is not told as 2.0.
            let tenths = pause.as_millis() / 100;
            retrying(&format!("{failure}; trying again in {}.{} s", tenths / 10, tenths % 10));
            sleep(pause);
        };
        Ok(retry::with_retries(attempt, wait)?)
    }

    fn unreachable(&self, error: &Unreachable) -> Failure {
        let may_pass = match error.kind {
            UnreachableKind::TimedOut | UnreachableKind::Broken => true,
            UnreachableKind::NobodyThere => self.answered.load(Ordering::Relaxed),
            UnreachableKind::Refused => false,
        };
        Failure { may_pass, ..self.failure(format!("cannot be reached: {error}")) }
    }

    /// That `reply` is an error of this status, whatever it says of itself.
    fn refusal(&self, reply: &Reply, status: u16, message: &str, inputs: &[Input]) -> Failure {
        let retry_after = reply.headers.get("retry-after").and_then(|value| value.to_str().ok());
        let asked_pause = retry_after.and_then(|value| retry::parse_retry_after(value, SystemTime::now()));
        let asks_too_long = asked_pause.filter(|pause| *pause > retry::LONGEST_PAUSE);
        let too_long = is_too_long(status, message);
        let way_out = match (status, asks_too_long) {
            (_, Some(pause)) => format!("; it asks to wait {} s: try again then", pause.as_secs()),
            (401 | 403, None) => match self.upstream.key {
                Some(_) => "; is the key right?".into(),
                None => "; it wants a key: see --key-env and --key-file".into(),
            },
            _ if too_long => shorter(inputs),
            (404 | 405, None) => "; are the address (--api) and the model right?".into(),
            _ => String::new(),
        };
        Failure {
            may_pass: (status == 429 || status >= 500) && asks_too_long.is_none() && !too_long,
            asked_pause,
            ..self.failure(format!("answered {}: {message}{way_out}", reply.status))
        }
    }

    fn failure(&self, problem: String) -> Failure {
        let endpoint = self.upstream.endpoint.to_string();
        Failure { endpoint, problem, tries: String::new(), may_pass: false, asked_pause: None }
    }
}

/// Whether an API says that a text has more tokens than its model reads, or a request more than it takes.
fn is_too_long(status: u16, message: &str) -> bool {
    const SAID: &[&str] =
        &["context length", "context size", "too long", "too large", "input length", "too many tokens"];
    const BOUNDS: &[&str] = &["maximum", "less than", "at most", "exceed", "limit"];
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    match status {
        413 => true,
        // 200 is that of an error which says no other.
        200 | 400 | 422 | 500 => says(SAID) || (message.contains("token") && says(BOUNDS)),
        _ => false,
    }
}

/// Which text is to blame, as far as can be told, and what to do.
fn shorter(inputs: &[Input]) -> String {
    let Some(longest) = inputs.iter().max_by_key(|input| tokens::estimate(input.text)) else {
        return String::new();
    };
    let (name, tokens) = (longest.name, tokens::estimate(longest.text));
    match inputs.len() {
        1 => format!("; the text is {name}, about {tokens} tokens: build with a smaller --max-chars"),
        texts => format!(
            "; the longest of these {texts} texts is {name}, about {tokens} tokens: build with a smaller --max-chars, \
             or send fewer at once with --batch-size"
        ),
    }
}

impl retry::Passing for Failure {
    fn may_pass(&self) -> bool {
        self.may_pass
    }

    fn asked_pause(&self) -> Option<Duration> {
        self.asked_pause
    }

    fn after_tries(self, tries: usize) -> Self {
        Self { tries: format!(" (tried {tries} times)"), ..self }
    }
}
