//! Writes a bundle's shards into a folder of their build, whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use exemplar_search::bundle::Bundle;
use exemplar_search::shards::{self, Shards, Written};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::output::OutputFile;

/// What every folder of shards is named with, before the build's digits.
const FOLDER: &str = "search-";

/// Writes the shards into a folder of their build beside `output`, then the manifest. The folder of the build that was there
/// before stays for readers who have its manifest; older ones go. Returns the bytes written.
pub fn write(bundle: &Bundle, output: &OutputFile) -> Result<usize> {
    let written = in_shards(bundle)?;
    let path = output.name();
    let beside = path.parent().map(Path::to_owned).unwrap_or_default();
    let before = fs::read(path).ok().and_then(|json| Some(Shards::new(&json).ok()?.manifest().folder()));
    let folder = beside.join(&written.folder);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut bytes = written.manifest.len();
    for (id, contents) in &written.files {
        bytes += contents.len();
        let file = folder.join(id.file());
        // A build is named by what is in it: what is there already is the same.
        if fs::read(&file).is_ok_and(|found| found == *contents) {
            continue;
        }
        fs::write(&file, contents).with_context(|| format!("cannot write {}", file.display()))?;
    }
    output.write(written.manifest.as_bytes())?;
    remove_older(&beside, &[Some(written.folder), before]);
    Ok(bytes)
}

fn remove_older(beside: &Path, kept: &[Option<String>]) {
    let beside = if beside == Path::new("") { Path::new(".") } else { beside };
    for entry in fs::read_dir(beside).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let digits = name.strip_prefix(FOLDER).is_some_and(|digits| {
            digits.len() == 16 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        });
        // Only what is a folder of shards goes.
        if digits && entry.path().join("start-0.bin").is_file() && !kept.contains(&Some(name)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A bundle's shards as files, packed.
pub fn in_shards(bundle: &Bundle) -> Result<Written> {
    Ok(shards::write(bundle, &deflate)?)
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
