//! `exemplar convert`: the same bundle in another encoding or layout.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::bundle_file::{self, FormArgs};

/// Write a bundle in another encoding or layout
#[derive(clap::Args)]
pub struct Args {
    /// The bundle to convert
    bundle: PathBuf,
    #[command(flatten)]
    form: FormArgs,
    /// The bundle to write; may be the same
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: &Args) -> Result<()> {
    let mut bundle = bundle_file::read(&args.bundle)?.bundle;
    args.form.apply(&mut bundle)?;
    let output = args.form.output(&args.output)?;
    let cannot = || format!("cannot write {} as {}", args.bundle.display(), bundle.layout.name());
    let bytes = bundle_file::write(&bundle, &output).with_context(cannot)?;
    output.report(&format!(
        "{}: {} passages x {} dimensions, {}, {}, {} kB",
        args.output.display(),
        bundle.passages.len(),
        bundle.space.dimensions,
        bundle.encoding.name(),
        bundle.layout.name(),
        bytes.div_ceil(1000)
    ))
}
