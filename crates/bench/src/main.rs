//! The native half of the benchmark.
//!
//! `bench data ROWS DIMS FILE` writes clustered vectors and queries; `bench run ROWS DIMS FILE SECONDS` measures every
//! engine on such a file and prints one JSON object an engine. `crates/bench/run.mjs` calls both. `bench remote QUERIES FOLDER...` compares
//! the rankings of a remote bundle with those of all rows: [`remote`].

mod data;
mod remote;

use std::error::Error;
use std::fs;
use std::time::Instant;

use exemplar_search_bench::{Bench, ENGINES};
use serde::Serialize;

/// Queries in every file, after its rows.
const QUERIES: usize = 32;
/// What is slow, and done once a bundle, is measured in the first rounds alone, and needs no warm caches.
const ONCE_A_BUNDLE: &str = "preparation";
const PREPARATIONS: usize = 3;

#[derive(Serialize)]
struct Measured {
    engine: &'static str,
    /// Milliseconds of each call, round by round, so that engines can be compared within a round.
    rounds: Vec<f64>,
    passes: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["data", rows, dims, file] => {
            let values = data::clustered(rows.parse::<usize>()? + QUERIES, dims.parse()?);
            fs::write(file, values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())?;
        }
        ["run", rows, dims, file, seconds] => {
            let (rows, dims): (usize, usize) = (rows.parse()?, dims.parse()?);
            let bytes = fs::read(file)?;
            let values: Vec<f32> =
                bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            let (values, queries) = values.split_at(rows * dims);
            for measured in measure(&Bench::new(values, queries, dims), seconds.parse()?) {
                println!("{}", serde_json::to_string(&measured)?);
            }
        }
        ["remote", each, ref folders @ ..] if !folders.is_empty() => remote::run(each.parse()?, folders)?,
        _ => {
            let usage = "usage: bench data ROWS DIMS FILE | bench run ROWS DIMS FILE SECONDS | bench remote QUERIES FOLDER...";
            return Err(usage.into());
        }
    }
    Ok(())
}

/// Calls the engines in turn, round after round, each round with the next query, for so many seconds.
fn measure(bench: &Bench, seconds: f64) -> Vec<Measured> {
    let mut all = ENGINES.map(|engine| Measured { engine, rounds: Vec::new(), passes: 0.0 });
    let start = Instant::now();
    let mut round = 0;
    while round < 5 || start.elapsed().as_secs_f64() < seconds {
        for measured in &mut all {
            let once = measured.engine == ONCE_A_BUNDLE;
            if once && round >= PREPARATIONS {
                continue;
            }
            if !once {
                // The engine before left its own data in the caches.
                bench.run(measured.engine, round);
            }
            let start = Instant::now();
            let (_, passes) = bench.run(measured.engine, round);
            measured.rounds.push(start.elapsed().as_secs_f64() * 1000.0);
            measured.passes += passes;
        }
        round += 1;
    }
    for measured in &mut all {
        measured.passes /= measured.rounds.len() as f64;
    }
    all.into()
}
