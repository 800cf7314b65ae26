//! `exemplar export`: a bundle's rows for an engine, where a collection is too large for readers to load.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use exemplar_search::bundle::Bundle;
use exemplar_search::remote::{self, Sample};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::api::AddressParser;
use crate::bundle_file::{self, BundleFiles};
use crate::digest::hex;
use crate::engines::{
    Credentials, EngineKind, EngineUrl, Row, Rows, Table, clickhouse, is_identifier, postgresql,
};
use crate::output::{OutputFile, note, print};

/// Changes with what an export writes, so that the next one replaces what is there.
const FORM: &str = "exemplar export 1";

/// Load a bundle's passages into ClickHouse or PostgreSQL, or write them as lines of JSON for any other engine
///
/// A user and a password come from the environment variables EXEMPLAR_ENGINE_USER and EXEMPLAR_ENGINE_PASSWORD. What is loaded
/// is asked for by `exemplar serve --candidates`.
#[derive(clap::Args)]
pub struct Args {
    /// The bundle whose passages are exported
    bundle: PathBuf,
    /// Where to: into ClickHouse, into PostgreSQL with pgvector, or lines of JSON
    #[arg(long, value_name = "NAME", value_enum)]
    to: Target,
    /// Address of the engine: http://host:8123/database for ClickHouse, postgresql://host:5432/database. Of a cluster of ClickHouse
    /// one server of each shard, in the cluster's order
    #[arg(long, value_name = "URL", value_parser = AddressParser::<EngineUrl>::new())]
    url: Vec<EngineUrl>,
    /// Table that is loaded; what an earlier export loaded is replaced
    #[arg(long, value_name = "NAME", default_value = "passages")]
    table: Table,
    /// Cluster of ClickHouse over whose shards the rows are spread
    #[arg(long, value_name = "NAME", value_parser = cluster)]
    cluster: Option<String>,
    /// Folder for the remote bundle that pages load instead of the rows: search.json and a file beside it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File of the lines, with --to jsonl; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    Clickhouse,
    Pgvector,
    Jsonl,
}

/// The remote bundle's JSON.
const REMOTE: &str = "search.json";

/// A passage as a line.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    row: Row,
    /// Of unit length.
    vector: Vec<f32>,
}

pub fn run(args: &Args) -> Result<()> {
    args.check()?;
    let BundleFiles { bundle, json, .. } = bundle_file::read(&args.bundle)?;
    let rows = Rows::of(&bundle);
    match args.to {
        Target::Jsonl => args.write_lines(&rows)?,
        _ => args.load(&bundle, &json, &rows)?,
    }
    // Last: a page that has it asks for rows that are there.
    args.out.as_ref().map_or(Ok(()), |folder| write_remote(&bundle, args.to.has_words(), folder))
}

impl Target {
    /// Whether words can be searched; of an engine that is not known, they may.
    fn has_words(self) -> bool {
        self != Self::Clickhouse
    }
}

/// Writes the remote bundle.
fn write_remote(bundle: &Bundle, words: bool, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let output = OutputFile::prepare(&folder.join(REMOTE))?;
    let written = remote::write(bundle, words, &Sample::default())?;
    let bytes = bundle_file::write_files(written, &output)?;
    note(&format!("{}: the remote bundle, {} kB", output.name().display(), bytes.div_ceil(1000)));
    Ok(())
}

impl Args {
    fn check(&self) -> Result<()> {
        let wanted = match self.to {
            Target::Jsonl => None,
            Target::Clickhouse => Some(EngineKind::ClickHouse),
            Target::Pgvector => Some(EngineKind::PostgreSql),
        };
        match (wanted, self.url.first()) {
            (None, Some(_)) => {
                bail!("--url is for --to clickhouse and --to pgvector: lines go into the file of --output")
            }
            (Some(kind), None) => {
                bail!("--url is missing: name the address of {}, see `exemplar export --help`", kind.name())
            }
            _ => {}
        }
        if let Some(other) = self.url.iter().find(|url| Some(url.kind) != wanted) {
            bail!("--url {other} is an address of {}: name the engine of --to", other.kind.name());
        }
        if wanted == Some(EngineKind::PostgreSql) && (self.url.len() > 1 || self.cluster.is_some()) {
            bail!("--to pgvector takes one --url and no --cluster");
        }
        Ok(())
    }

    /// Loads the rows into the engine.
    fn load(&self, bundle: &Bundle, json: &[u8], rows: &Rows) -> Result<()> {
        let begin = Instant::now();
        let credentials = Credentials::from_environment()?;
        let build = (&self.table, &*build(json, self.url.len()));
        let (engine, is_new) = match self.to {
            Target::Clickhouse => (
                "ClickHouse",
                clickhouse::load(&self.url, self.cluster.as_deref(), &credentials, build, rows)?,
            ),
            _ => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let loaded = postgresql::load(&self.url[0], &credentials, build, (rows, &bundle.articles));
                ("PostgreSQL", runtime.block_on(loaded)?)
            }
        };
        let (count, table) = (rows.len(), self.table.name());
        print(&match is_new {
            true => format!(
                "{engine}: {count} rows in the table {table}, in {:.1} s",
                begin.elapsed().as_secs_f64()
            ),
            false => format!("{engine}: the table {table} holds the {count} rows of this build already"),
        })
    }

    fn write_lines(&self, rows: &Rows) -> Result<()> {
        let name = self.output.display();
        let write = |out: &mut dyn Write| -> Result<()> {
            for row in 0..rows.len() {
                serde_json::to_writer(&mut *out, &Line { row: rows.row(row)?, vector: rows.vector(row)? })?;
                out.write_all(b"\n")?;
            }
            Ok(out.flush()?)
        };
        if self.output.as_os_str() == "-" {
            return write(&mut BufWriter::new(std::io::stdout().lock()))
                .context("cannot write to standard output");
        }
        let folder = self.output.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(".".as_ref()))
            .with_context(|| format!("cannot write {name}: its folder must exist and be writable"))?;
        write(&mut BufWriter::new(&mut file)).with_context(|| format!("cannot write {name}"))?;
        file.persist(&self.output).with_context(|| format!("cannot write {name}"))?;
        print(&format!("{name}: {} rows", rows.len()))
    }
}

/// What tells a build's rows from those of any other, as 64 digits. Where they lie is part of it.
fn build(json: &[u8], shards: usize) -> String {
    let hash = Sha256::new().chain_update(FORM).chain_update(shards.to_le_bytes()).chain_update(json);
    hex(&hash.finalize().into())
}

fn cluster(text: &str) -> Result<String, String> {
    match is_identifier(text) {
        true => Ok(text.to_owned()),
        false => Err("expected a name of letters, digits and _".into()),
    }
}
