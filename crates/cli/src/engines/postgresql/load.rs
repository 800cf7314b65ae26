//! Loads rows into PostgreSQL.
//!
//! The rows of a build go into a table of their own, batch by batch in the bundle's order, so an export that was interrupted goes on
//! where it was. Only when all rows and indexes are there does the table take the name that is asked, in one transaction.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::connect::{Server, failed};
use crate::engines::{Credentials, EngineUrl, Failure, FailureKind, Rows, Table, WAY_OUT};
use crate::output::note;

/// Rows of one statement.
const BATCH: usize = 1_000;

/// The most dimensions that pgvector's index of `halfvec` takes.
const MOST_INDEXED: usize = 4_000;

/// For another export to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two lines about the progress.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// What a table's comment says: that it was made here, of what, and how its words are read.
#[derive(Deserialize, Serialize)]
struct Comment {
    exemplar: String,
    text_search: String,
}

/// Loads the rows of a build, unless they are there; returns whether they were not.
pub async fn load(
    url: &EngineUrl,
    credentials: &Credentials,
    (table, build): (&Table, &str),
    (rows, articles): (&Rows<'_>, &[exemplar_search::bundle::Article]),
) -> Result<bool> {
    let server = Server::new(url.clone(), credentials, None);
    let told = |failure: Failure| match failure.kind {
        FailureKind::Credentials => {
            anyhow!("PostgreSQL at {url} refuses the user or the password: {WAY_OUT}")
        }
        _ => anyhow::Error::new(failure).context(format!("PostgreSQL at {url}")),
    };
    let mut client = server.connection().await.map_err(told)?;
    let text_search = super::words::configuration(articles);
    let load = Load { table, own: table.of_build(build), build, rows, text_search };
    load.alone(&client).await.map_err(told)?;
    let current = load.current(&client).await.map_err(told)?;
    if let Some(None) = current {
        bail!(
            "the table {} at {url} was not made by `exemplar export`, and stays as it is: name another with --table",
            table.name()
        );
    }
    let is_new = current.flatten().as_deref() != Some(build);
    if is_new {
        load.create(&client).await.map_err(told)?;
        load.fill(&client, &told).await?;
        load.index(&client).await.map_err(told)?;
        load.replace(&mut client).await.map_err(told)?;
    }
    load.remove_others(&client).await.map_err(told)?;
    Ok(is_new)
}

struct Load<'l> {
    table: &'l Table,
    /// The build's own table.
    own: String,
    build: &'l str,
    rows: &'l Rows<'l>,
    text_search: &'static str,
}

impl Load<'_> {
    /// Makes sure that no other export writes this table. One that was killed holds on until the server notices.
    async fn alone(&self, client: &Client) -> Result<(), Failure> {
        // Not every system can tell while a statement runs.
        let _ = client.batch_execute("SET client_connection_check_interval = '1s'").await;
        let statement = "SELECT pg_try_advisory_lock(hashtext('exemplar export'), hashtext($1))";
        let begin = Instant::now();
        loop {
            let row = client.query_typed_one(statement, &[(&self.table.name(), Type::TEXT)]).await;
            if row.map_err(failed)?.get(0) {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                let problem = format!(
                    "another export is writing the table {}: wait until it has ended",
                    self.table.name()
                );
                return Err(Failure::new(FailureKind::Other, problem));
            }
            sleep(Duration::from_millis(500)).await;
        }
    }

    /// The build of the table that is asked: none where there is no such table, none within where it is not of an export.
    async fn current(&self, client: &Client) -> Result<Option<Option<String>>, Failure> {
        let statement = "SELECT obj_description(oid, 'pg_class') FROM pg_class WHERE oid = to_regclass($1)";
        let row =
            client.query_typed_opt(statement, &[(&self.table.name(), Type::TEXT)]).await.map_err(failed)?;
        Ok(row.map(|row| {
            let comment: Option<String> = row.get(0);
            serde_json::from_str::<Comment>(&comment?).ok().map(|comment| comment.exemplar)
        }))
    }

    async fn create(&self, client: &Client) -> Result<(), Failure> {
        let has_pgvector = "SELECT 1 FROM pg_extension WHERE extname = 'vector'";
        if client.query_typed_opt(has_pgvector, &[]).await.map_err(failed)?.is_none() {
            client.batch_execute("CREATE EXTENSION vector").await.map_err(failed)?;
        }
        let dimensions = self.rows.vector(0).as_ref().map_or(0, Vec::len);
        let (own, text_search) = (&self.own, self.text_search);
        let statement = format!(
            "CREATE TABLE IF NOT EXISTS {own} (row bigint PRIMARY KEY, article text NOT NULL, passage int NOT NULL, field_values \
             text[] NOT NULL, payload json NOT NULL, words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('{text_search}', \
             (payload->'article'->>'title') || ' ' || coalesce(payload->'passage'->>'heading', '') || ' ' || \
             (payload->'passage'->>'text'))) STORED, vector halfvec({dimensions}) NOT NULL)"
        );
        client.batch_execute(&statement).await.map_err(failed)
    }

    /// Loads the rows that are not there.
    async fn fill(&self, client: &Client, told: impl Fn(Failure) -> anyhow::Error) -> Result<()> {
        let own = &self.own;
        let count = client.query_typed_one(&format!("SELECT count(*) FROM {own}"), &[]).await;
        let there: i64 = count.map_err(failed).map_err(&told)?.get(0);
        let statement = format!(
            "INSERT INTO {own} (row, article, passage, field_values, payload, vector) SELECT row, article, passage, field_values, \
             payload::json, vector::text::halfvec FROM json_to_recordset($1::json) AS loaded(row bigint, article text, passage int, \
             field_values text[], payload text, vector json)"
        );
        let all: Vec<usize> = (0..self.rows.len()).collect();
        let left = all.get(usize::try_from(there)?..).unwrap_or_default();
        let mut last_line = Instant::now();
        for batch in left.chunks(BATCH) {
            let rows = batch.iter().map(|&row| self.rows.engine_row(row)).collect::<Result<Vec<_>>>()?;
            let loaded =
                client.query_typed(&statement, &[(&serde_json::to_string(&rows)?, Type::TEXT)]).await;
            loaded.map_err(failed).map_err(&told)?;
            if last_line.elapsed() >= LINE_EVERY {
                last_line = Instant::now();
                note(&format!("{own}: {} of {} rows", batch[batch.len() - 1] + 1, all.len()));
            }
        }
        Ok(())
    }

    /// The indexes that searches need.
    async fn index(&self, client: &Client) -> Result<(), Failure> {
        let own = &self.own;
        let dimensions = self.rows.vector(0).as_ref().map_or(0, Vec::len);
        note(&format!("{own}: making the indexes"));
        let megabytes = index_megabytes(self.rows.len(), dimensions);
        let statement = format!("SET maintenance_work_mem = '{megabytes}MB'");
        client.batch_execute(&statement).await.map_err(failed)?;
        for (name, index) in [
            ("words", "gin (words)"),
            ("fields", "gin (field_values)"),
            ("vector", "hnsw (vector halfvec_ip_ops)"),
        ] {
            if name == "vector" && dimensions > MOST_INDEXED {
                continue;
            }
            let statement = format!("CREATE INDEX IF NOT EXISTS {own}_{name} ON {own} USING {index}");
            client.batch_execute(&statement).await.map_err(failed)?;
        }
        client.batch_execute(&format!("ANALYZE {own}")).await.map_err(failed)
    }

    /// Lets the build's table take the name that is asked.
    async fn replace(&self, client: &mut Client) -> Result<(), Failure> {
        let (name, own) = (self.table.name(), &self.own);
        let comment = Comment { exemplar: self.build.to_owned(), text_search: self.text_search.to_owned() };
        // Digits and names alone: nothing in it ends a text.
        let comment = serde_json::to_string(&comment).unwrap_or_default();
        let transaction = client.transaction().await.map_err(failed)?;
        let statement = format!(
            "DROP TABLE IF EXISTS {name}; ALTER TABLE {own} RENAME TO {name}; COMMENT ON TABLE {name} IS '{comment}'"
        );
        transaction.batch_execute(&statement).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Removes the tables of builds that were never finished.
    async fn remove_others(&self, client: &Client) -> Result<(), Failure> {
        let statement = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
        let tables = client.query_typed(statement, &[]).await.map_err(failed)?;
        for table in
            tables.iter().map(|row| row.get::<_, String>(0)).filter(|name| self.table.is_of_a_build(name))
        {
            client.batch_execute(&format!("DROP TABLE IF EXISTS {table}")).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// Memory that PostgreSQL may take while it makes the index of so many vectors. pgvector holds the whole graph: two bytes a value, and some
/// 1,200 bytes for a row's neighbours. What does not fit is added row by row, which takes many times as long.
fn index_megabytes(rows: usize, dimensions: usize) -> usize {
    (rows * (2 * dimensions + 1_200) / 1_000_000).clamp(1_024, 8_192)
}

#[cfg(test)]
mod tests {
    use super::index_megabytes;

    #[test]
    fn a_large_index_is_made_in_memory_within_bounds() {
        assert_eq!([0, 100_000, 1_000_000].map(|rows| index_megabytes(rows, 384)), [1_024, 1_024, 1_968]);
        assert_eq!(index_megabytes(20_000_000, 4_000), 8_192);
    }
}
