//! Loads rows into ClickHouse, spread over the shards of a cluster.
//!
//! The rows of a build go into a table of their own on each shard. Only when all of them are there does the table that is asked lead to
//! them, so that no answer mixes two builds. An export that was interrupted goes on: the rows of a shard come in a fixed order, in batches
//! of which each is there as a whole or not at all, so how many there are says which is next.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use serde_json::json;

use super::MOST_SHARDS;
use super::http::Server;
use crate::engines::{Credentials, EngineUrl, Failure, Rows, Table};
use crate::output::note;

/// Of one insert: each makes a file of the server's, and these are merged afterwards.
const BATCH: usize = 10_000;

/// Rows that the smallest read of a column gives: candidates are fetched from all over a table.
const GRANULE: usize = 64;

/// For an insert.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Between two lines about the progress.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// What an export loads, and where.
struct Load<'l> {
    servers: Vec<Server>,
    cluster: Option<&'l str>,
    table: &'l Table,
    /// The build's own table, on each shard.
    own: String,
    rows: &'l Rows<'l>,
}

/// Loads the rows of a build, unless they are there; returns whether they were not.
pub fn load(
    urls: &[EngineUrl],
    cluster: Option<&str>,
    credentials: &Credentials,
    (table, build): (&Table, &str),
    rows: &Rows,
) -> Result<bool> {
    if urls.len() > MOST_SHARDS {
        bail!("--url names {} servers, expected at most {MOST_SHARDS} shards", urls.len());
    }
    let servers = urls.iter().map(|url| Server::new(url.clone(), credentials, TIMEOUT)).collect();
    let load = Load { servers, cluster, table, own: table.of_build(build), rows };
    load.check_cluster()?;
    let mut is_new = false;
    for shard in 0..load.servers.len() {
        is_new |= load.pointer(shard)?.as_deref() != Some(&load.own);
    }
    if is_new {
        for shard in 0..load.servers.len() {
            load.fill(shard)?;
        }
        load.check_whole()?;
        for shard in 0..load.servers.len() {
            load.lead_there(shard)?;
        }
    }
    for shard in 0..load.servers.len() {
        load.remove_others(shard)?;
    }
    Ok(is_new)
}

impl Load<'_> {
    fn run(&self, shard: usize, statement: &str) -> Result<String> {
        let said = self.servers[shard].run(statement).map_err(|failure| self.failed(shard, failure))?;
        String::from_utf8(said)
            .with_context(|| format!("{} answers what is not UTF-8", self.servers[shard].url))
    }

    fn failed(&self, shard: usize, failure: Failure) -> anyhow::Error {
        let url = &self.servers[shard].url;
        match failure.kind {
            crate::engines::FailureKind::Credentials => {
                anyhow!("ClickHouse at {url} refuses the user or the password: {}", crate::engines::WAY_OUT)
            }
            _ => anyhow::Error::new(failure).context(format!("ClickHouse at {url}")),
        }
    }

    /// Whether each shard of the cluster has its server here.
    fn check_cluster(&self) -> Result<()> {
        let Some(cluster) = self.cluster else {
            if self.servers.len() > 1 {
                bail!(
                    "--url names several servers: name the cluster that they are the shards of with --cluster"
                );
            }
            return Ok(());
        };
        for (shard, server) in self.servers.iter().enumerate() {
            let asked =
                format!("SELECT uniqExact(shard_num) FROM system.clusters WHERE cluster = '{cluster}'");
            let shards: usize = self.run(shard, &asked)?.trim().parse().unwrap_or(0);
            if shards != self.servers.len() {
                bail!(
                    "ClickHouse at {} says that the cluster {cluster} has {shards} shards, and --url names {} servers: name one \
                     of each shard, in the order of the cluster",
                    server.url,
                    self.servers.len()
                );
            }
        }
        Ok(())
    }

    /// The table that the one that is asked leads to, if there is one.
    fn pointer(&self, shard: usize) -> Result<Option<String>> {
        #[derive(Deserialize)]
        struct Found {
            engine: String,
            create_table_query: String,
        }
        let name = self.table.name();
        let asked = format!(
            "SELECT engine, create_table_query FROM system.tables WHERE database = currentDatabase() AND name = '{name}' \
             FORMAT JSONEachRow"
        );
        let found = self.run(shard, &asked)?;
        if found.trim().is_empty() {
            return Ok(None);
        }
        let Found { engine, create_table_query } = serde_json::from_str(&found)?;
        let leads_to = create_table_query.rsplit_once("ENGINE = ").and_then(|(_, engine)| {
            engine
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .find(|word| self.table.is_of_a_build(word))
        });
        match leads_to.filter(|_| engine == "Distributed" || engine == "Merge") {
            Some(table) => Ok(Some(table.to_owned())),
            None => bail!(
                "the table {name} at {} was not made by `exemplar export`, and stays as it is: name another with --table",
                self.servers[shard].url
            ),
        }
    }

    /// Loads what is missing of a shard's rows: each article has its shard.
    fn fill(&self, shard: usize) -> Result<()> {
        let own = &self.own;
        self.run(
            shard,
            &format!(
                "CREATE TABLE IF NOT EXISTS {own} (row UInt64, article String, passage UInt32, field_values Array(String), payload \
                 String, vector Array(Float32)) ENGINE = MergeTree ORDER BY (article, passage) SETTINGS index_granularity = {GRANULE}"
            ),
        )?;
        let shards = self.servers.len();
        let mine: Vec<usize> =
            (0..self.rows.len()).filter(|&row| self.rows.article(row) % shards == shard).collect();
        let there = self.count(shard, &format!("SELECT count() FROM {own} WHERE article != ''"))?;
        let left = mine.get(there..).with_context(|| {
            format!("{own} at {} has more rows than were loaded: remove the table", self.servers[shard].url)
        })?;
        let mut last_line = Instant::now();
        for (number, batch) in left.chunks(BATCH).enumerate() {
            let mut rows = Vec::new();
            for &row in batch {
                serde_json::to_writer(&mut rows, &self.rows.engine_row(row)?)?;
                rows.push(b'\n');
            }
            self.servers[shard].insert(own, &rows).map_err(|failure| self.failed(shard, failure))?;
            if last_line.elapsed() >= LINE_EVERY {
                last_line = Instant::now();
                note(&format!(
                    "{}: {} of {} rows",
                    self.servers[shard].url,
                    there + number * BATCH + batch.len(),
                    mine.len()
                ));
            }
        }
        self.mark(shard)
    }

    /// Adds the row without an article by which an answer tells whether the shard is in it.
    fn mark(&self, shard: usize) -> Result<()> {
        let own = &self.own;
        if self.count(shard, &format!("SELECT count() FROM {own} WHERE article = ''"))? > 0 {
            return Ok(());
        }
        let dimensions = self.rows.vector(0)?.len();
        let mark = json!({
            "row": 0,
            "article": "",
            "passage": shard,
            "field_values": [],
            "payload": self.servers.len().to_string(),
            "vector": vec![0.0; dimensions],
        });
        let mark = mark.to_string();
        self.servers[shard].insert(own, mark.as_bytes()).map_err(|failure| self.failed(shard, failure))
    }

    fn count(&self, shard: usize, asked: &str) -> Result<usize> {
        let said = self.run(shard, asked)?;
        said.trim().parse().with_context(|| format!("{} answers no number", self.servers[shard].url))
    }

    /// Whether each row is there once: two exports at the same time load rows twice.
    fn check_whole(&self) -> Result<()> {
        let shards = self.servers.len();
        for shard in 0..shards {
            let own = &self.own;
            let mine = (0..self.rows.len()).filter(|&row| self.rows.article(row) % shards == shard).count();
            let there = self.count(shard, &format!("SELECT count() FROM {own}"))?;
            let different = self.count(shard, &format!("SELECT uniqExact(article, passage) FROM {own}"))?;
            if (there, different) != (mine + 1, mine + 1) {
                self.run(shard, &format!("DROP TABLE {own}"))?;
                bail!(
                    "{} has {there} rows instead of {}, {different} of them different: another export wrote at the same time; \
                     run this one again",
                    self.servers[shard].url,
                    mine + 1
                );
            }
        }
        Ok(())
    }

    /// Lets the table that is asked lead to the build's.
    fn lead_there(&self, shard: usize) -> Result<()> {
        let (name, own) = (self.table.name(), &self.own);
        let database = &self.servers[shard].url.database;
        let engine = match self.cluster {
            Some(cluster) => format!("Distributed({cluster}, {database}, {own})"),
            None => format!("Merge({database}, '^{own}$')"),
        };
        for table in ["next", "former"] {
            self.run(shard, &format!("DROP TABLE IF EXISTS {name}_{table}"))?;
        }
        self.run(shard, &format!("CREATE TABLE {name}_next AS {own} ENGINE = {engine}"))?;
        let former = match self.pointer(shard)? {
            Some(_) => format!("{name} TO {name}_former, "),
            None => String::new(),
        };
        self.run(shard, &format!("RENAME TABLE {former}{name}_next TO {name}"))?;
        self.run(shard, &format!("DROP TABLE IF EXISTS {name}_former")).map(drop)
    }

    /// Removes the tables of other builds.
    fn remove_others(&self, shard: usize) -> Result<()> {
        let tables = self.run(
            shard,
            "SELECT name FROM system.tables WHERE database = currentDatabase() FORMAT TabSeparated",
        )?;
        for table in tables.lines().filter(|name| self.table.is_of_a_build(name) && *name != self.own) {
            self.run(shard, &format!("DROP TABLE IF EXISTS {table}"))?;
        }
        Ok(())
    }
}
