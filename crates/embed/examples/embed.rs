//! Reads lines from stdin and writes the vector of each, as JSON: `cargo run --release --example embed -- MODEL_FOLDER`.
//! With `--threads N`, on so many threads; the order stays. Says on stderr what it took.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use exemplar_search_embed::{Result, SentenceModel};

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder: PathBuf = arguments.next().ok_or("name a model folder")?.into();
    let threads: usize = arguments.next().map_or(Ok(1), |n| n.parse())?;
    let started = Instant::now();
    let model = SentenceModel::open(&folder)?;
    eprintln!("{} dimensions, loaded in {:.1} s", model.dimensions(), started.elapsed().as_secs_f64());
    let texts: Vec<String> = io::stdin().lock().lines().collect::<io::Result<_>>()?;
    let started = Instant::now();
    let next = Mutex::new(texts.iter().enumerate());
    let vectors: Mutex<Vec<Option<Result<Vec<f32>>>>> = Mutex::new(texts.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((place, text)) = next.lock().ok().and_then(|mut next| next.next()) {
                    let vector = model.embed(text);
                    if let Ok(mut vectors) = vectors.lock() {
                        vectors[place] = Some(vector);
                    }
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{} texts in {seconds:.2} s", texts.len());
    let mut out = io::stdout().lock();
    for vector in vectors.into_inner()?.into_iter().flatten() {
        writeln!(out, "{}", serde_json::to_string(&vector?)?)?;
    }
    Ok(())
}
