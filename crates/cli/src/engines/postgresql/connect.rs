//! Connections to PostgreSQL, and what it means that it refuses something.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::engines::{Credentials, EngineUrl, Failure, FailureKind};
use crate::text::excerpt;

/// Before the server counts as down.
const CONNECT: Duration = Duration::from_millis(1500);

/// A server, and its connections that are not in use.
pub struct Server {
    pub url: EngineUrl,
    config: Config,
    idle: Mutex<Vec<Client>>,
}

impl Server {
    /// `statement_timeout` is the server's own, for each statement; none where loading may take its time.
    pub fn new(url: EngineUrl, credentials: &Credentials, statement_timeout: Option<Duration>) -> Self {
        let mut config = Config::new();
        config
            .host(url.host())
            .port(url.url.port().unwrap_or(5432))
            .dbname(&url.database)
            .application_name("exemplar")
            .ssl_mode(if url.is_loopback() { SslMode::Disable } else { SslMode::Require })
            .user(credentials.user.as_deref().unwrap_or("postgres"));
        if let Some(password) = &credentials.password {
            config.password(password);
        }
        let milliseconds = statement_timeout.map_or(0, |timeout| timeout.as_millis());
        config.options(format!("-c statement_timeout={milliseconds}"));
        Self { url, config, idle: Mutex::new(Vec::new()) }
    }

    /// A connection that is not in use, or a new one.
    pub async fn connection(&self) -> Result<Client, Failure> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(client) = idle() {
            if !client.is_closed() {
                return Ok(client);
            }
        }
        match timeout(CONNECT, self.connect()).await {
            Ok(connected) => connected.map_err(failed),
            Err(_) => Err(Failure::new(FailureKind::Down, "nobody answers there")),
        }
    }

    async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            let (client, connection) = self.config.connect(NoTls).await?;
            tokio::spawn(connection);
            return Ok(client);
        }
        let (client, connection) = self.config.connect(MakeRustlsConnect::with_webpki_roots()).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Gives back a connection on which nothing is under way.
    pub fn give_back(&self, client: Client) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(client);
    }
}

/// Why PostgreSQL did not do it.
pub fn failed(error: tokio_postgres::Error) -> Failure {
    let Some(said) = error.as_db_error() else {
        let is_secure = error.to_string().contains("TLS");
        let way_out = if is_secure { "; without TLS only a server on this machine is asked" } else { "" };
        return Failure::new(FailureKind::Down, format!("{}{way_out}", chain(&error)));
    };
    let class = &said.code().code()[..2];
    let kind = match said.code() {
        &SqlState::QUERY_CANCELED => FailureKind::Slow,
        &SqlState::DATA_EXCEPTION => FailureKind::Dimensions,
        &SqlState::UNDEFINED_TABLE
        | &SqlState::UNDEFINED_COLUMN
        | &SqlState::UNDEFINED_FUNCTION
        | &SqlState::UNDEFINED_OBJECT
        | &SqlState::DATATYPE_MISMATCH
        | &SqlState::INVALID_CATALOG_NAME => FailureKind::Schema,
        _ if class == "28" => FailureKind::Credentials,
        _ if class == "57" || class == "53" => FailureKind::Down,
        _ => FailureKind::Other,
    };
    if kind == FailureKind::Credentials {
        // What it says names the user.
        return Failure::new(kind, format!("it refuses the user or the password ({})", said.code().code()));
    }
    Failure::new(kind, format!("it says {}: {}", said.code().code(), excerpt(said.message(), 300)))
}

/// With what led to it, as a message of the client's alone says little.
fn chain(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
