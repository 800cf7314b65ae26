//! A server of ClickHouse: sends statements, and reads what it answers or why it does not.

use std::time::Duration;

use ureq::Agent;
use ureq::http::header;
use url::Url;

use crate::api::{Unreachable, UnreachableKind};
use crate::engines::{Credentials, EngineUrl, Failure, FailureKind};
use crate::{agent, input};

/// Above any answer of a thousand rows.
const MOST_BYTES: u64 = 256 << 20;

/// Before a server counts as down.
const CONNECT: Duration = Duration::from_secs(1);

/// Values that a statement reads as a table of one row, so that they are no part of its text.
pub struct Values<'v> {
    /// The table's name.
    pub name: &'v str,
    /// Its columns, such as `f0 Array(String)`.
    pub structure: &'v str,
    /// The row as JSON.
    pub row: &'v str,
}

pub struct Server {
    pub url: EngineUrl,
    credentials: Credentials,
    agent: Agent,
}

impl Server {
    /// `timeout` is for a statement, until its answer has been read.
    pub fn new(url: EngineUrl, credentials: &Credentials, timeout: Duration) -> Self {
        let config = agent::config(url.is_loopback())
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(timeout))
            .max_redirects(0);
        Self { url, credentials: credentials.clone(), agent: config.build().into() }
    }

    /// Runs a statement.
    pub fn run(&self, statement: &str) -> Result<Vec<u8>, Failure> {
        self.send(self.address(&[]), "text/plain", statement.as_bytes())
    }

    /// Puts rows of JSON into a table: all of them or none.
    pub fn insert(&self, table: &str, rows: &[u8]) -> Result<(), Failure> {
        let statement = format!("INSERT INTO {table} FORMAT JSONEachRow");
        self.send(self.address(&[("query", &statement)]), "text/plain", rows).map(drop)
    }

    /// Runs a statement that reads `values`.
    pub fn ask(
        &self,
        statement: &str,
        settings: &[(&str, &str)],
        values: &Values,
    ) -> Result<Vec<u8>, Failure> {
        let Values { name, structure, row } = values;
        let (structure_of, format_of) = (format!("{name}_structure"), format!("{name}_format"));
        let mut asked = vec![("query", statement), (&structure_of, structure), (&format_of, "JSONEachRow")];
        asked.extend(settings);
        // JSON has no line break outside its texts, and in these it is escaped: the row does not hold the boundary's line.
        let boundary = "exemplar-values";
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n{row}\r\n\
             --{boundary}--\r\n"
        );
        self.send(self.address(&asked), &format!("multipart/form-data; boundary={boundary}"), body.as_bytes())
    }

    fn address(&self, parameters: &[(&str, &str)]) -> Url {
        let mut url = self.url.url.clone();
        // An answer that breaks off has the status of an error only if the whole of it is waited for.
        let own = [("database", self.url.database.as_str()), ("wait_end_of_query", "1")];
        url.query_pairs_mut().extend_pairs(own.iter().chain(parameters));
        url
    }

    fn send(&self, url: Url, content_type: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut request = self.agent.post(url.as_str()).header(header::CONTENT_TYPE, content_type);
        for (name, value) in
            [("X-ClickHouse-User", &self.credentials.user), ("X-ClickHouse-Key", &self.credentials.password)]
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let mut response = request.send(body).map_err(unreachable)?;
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        let body = input::read(body, MOST_BYTES).map_err(|error| unreachable(error.into()))?;
        let body = body.ok_or_else(|| {
            Failure::new(FailureKind::Other, format!("its answer has more than {} MB", MOST_BYTES >> 20))
        })?;
        match response.status().as_u16() {
            200 => Ok(body),
            status => Err(refused(status, &String::from_utf8_lossy(&body))),
        }
    }
}

fn unreachable(error: ureq::Error) -> Failure {
    let is_connecting =
        matches!(error, ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve));
    let error = Unreachable::from(error);
    match error.kind {
        UnreachableKind::TimedOut if is_connecting => Failure::new(FailureKind::Down, "nobody answers there"),
        UnreachableKind::TimedOut => Failure::new(FailureKind::Slow, "no answer in time"),
        UnreachableKind::NobodyThere | UnreachableKind::Broken => {
            Failure::new(FailureKind::Down, error.problem)
        }
        UnreachableKind::Refused => Failure::new(FailureKind::Other, error.problem),
    }
}

/// What it means that ClickHouse answers `Code: 60, e.displayText() = DB::Exception: …`.
fn refused(status: u16, body: &str) -> Failure {
    let code =
        body.strip_prefix("Code: ").and_then(|rest| rest.split([',', '.']).next()?.parse::<u32>().ok());
    let kind = match code {
        Some(190) => FailureKind::Dimensions,
        Some(10 | 16 | 43 | 47 | 53 | 60 | 81) => FailureKind::Schema,
        Some(192..=195 | 497 | 516) => FailureKind::Credentials,
        Some(159 | 160 | 209) => FailureKind::Slow,
        Some(210 | 279) => FailureKind::Down,
        _ => FailureKind::Other,
    };
    if kind == FailureKind::Credentials {
        // What it says names the user.
        return Failure::new(kind, format!("it answered {status}: it refuses the user or the password"));
    }
    let said = body.split("DB::Exception: ").nth(1).unwrap_or(body);
    let said = said.split(", e.what()").next().unwrap_or(said).trim();
    Failure::new(kind, format!("it answered {status}: {}", crate::text::excerpt(said, 300)))
}

#[cfg(test)]
mod tests {
    use super::refused;
    use crate::engines::FailureKind;

    #[test]
    fn what_clickhouse_says_is_told_apart() {
        let said = |code: u32| {
            format!(
                "Code: {code}, e.displayText() = DB::Exception: Table a.b doesn't exist., e.what() = DB::Exception\n"
            )
        };
        for (code, kind) in [
            (60, FailureKind::Schema),
            (190, FailureKind::Dimensions),
            (193, FailureKind::Credentials),
            (159, FailureKind::Slow),
            (279, FailureKind::Down),
            (1, FailureKind::Other),
        ] {
            assert_eq!(refused(500, &said(code)).kind, kind, "{code}");
        }
        assert_eq!(refused(404, &said(60)).problem, "it answered 404: Table a.b doesn't exist.");
        assert_eq!(refused(502, "<html>").kind, FailureKind::Other);
    }
}
