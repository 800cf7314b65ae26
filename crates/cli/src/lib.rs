//! `exemplar`: builds, searches, serves, inspects, converts and measures exemplar-search bundles. `docs/cli.md` describes it.
//!
//! **This is no API.** It is a library only so that the fuzz targets of the repository reach what reads files and answers; anything in
//! it may change with any version. Libraries are `exemplar-search` and `exemplar-search-embed`.

// What is printed must go through `output`.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod agent;
mod agreement;
mod api;
mod build;
mod bundle_file;
mod config;
mod convert;
mod digest;
mod doctor;
mod download;
mod engine;
mod engines;
mod eval;
mod explain;
mod export;
mod filter;
mod init;
mod inject;
mod input;
mod inspect;
mod inspect_shards;
mod listing;
mod location;
mod model;
mod npy;
mod output;
mod output_folder;
mod page_lines;
mod passages;
#[doc(hidden)]
pub mod readers;
mod search;
mod secrets;
mod serve;
mod shard_files;
mod shard_folder;
mod site;
mod text;
mod web_files;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

/// Search a static site by meaning: build its bundle, search it, serve it, look into it.
#[derive(Parser)]
#[command(name = "exemplar", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Args),
    Build(Box<build::Args>),
    Doctor(Box<doctor::Args>),
    Search(Box<search::Args>),
    Serve(serve::Args),
    Inspect(inspect::Args),
    Convert(convert::Args),
    Export(export::Args),
    Eval(Box<eval::Args>),
}

/// Runs the command that the program's arguments name; its errors go to standard error.
#[doc(hidden)]
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let given = or_build(std::env::args_os().collect());
    let words = config::with_file(Cli::command(), given)?;
    match Cli::parse_from(words).command {
        Command::Init(args) => init::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Search(args) => search::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Eval(args) => eval::run(&args),
    }
}

/// The command line; where it begins with an option and names no command, that of `build`: `exemplar --site public`.
fn or_build(mut given: Vec<OsString>) -> Vec<OsString> {
    let own = ["-h", "--help", "-V", "--version"];
    let is_option = |word: &OsString| {
        word.as_encoded_bytes().starts_with(b"-") && own.iter().all(|option| word != option)
    };
    if given.get(1).is_some_and(is_option) {
        given.insert(1, "build".into());
    }
    given
}
