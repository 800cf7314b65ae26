//! Reading a bundle from its files.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use exemplar_search::bundle::{Bundle, Files};

/// A bundle and the files that it was read from.
pub struct BundleFiles {
    pub bundle: Bundle,
    pub json: Vec<u8>,
    /// Those beside the JSON.
    pub beside: Files,
}

/// Reads the bundle whose JSON is at `path`, and the files that it names beside it.
pub fn read(path: &Path) -> Result<BundleFiles> {
    let json = std::fs::read(path)
        .with_context(|| format!("cannot read {}: make it with `exemplar build`", path.display()))?;
    let name = || path.display().to_string();
    let mut beside = Files::new();
    for file in Bundle::files(&json).with_context(name)? {
        let path = path.with_file_name(&file);
        match std::fs::read(&path) {
            Ok(bytes) => drop(beside.insert(file, bytes)),
            // The bundle says which part is missing with it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
    let bundle = Bundle::read(&json, &beside).with_context(name)?;
    Ok(BundleFiles { bundle, json, beside })
}
