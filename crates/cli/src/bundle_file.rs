//! A bundle's files: reading them, and writing them whole or not at all.

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::bundle::{Bundle, Encoding, Files, Layout, Written};
use exemplar_search::shards::{self, Shards};
use exemplar_search::{encoder, lexical};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::location::{EXAMPLE, Location};
use crate::output::OutputFile;
use crate::shard_files::ShardFiles;
use crate::shard_folder;

/// What a bundle in a folder of its own is called.
pub const BUNDLE: &str = "bundle.json";

/// Bytes of one file, compressed as hosts do, from which a new bundle is written in shards. A first search of shards loads fewer
/// bytes from about 20 kB on, but in more requests. From 200 kB on it is faster too; docs/decisions/shards.md has the measurement.
const SHARDS_FROM: usize = 200_000;

/// A bundle and the files that it was read from.
pub struct BundleFiles {
    pub bundle: Bundle,
    pub json: Vec<u8>,
    /// Those beside the JSON.
    pub beside: Files,
}

/// Reads the bundle whose JSON is at `path`, and the files that it names beside it.
pub fn read(path: &Path) -> Result<BundleFiles> {
    let at = Location::from(path);
    with_files_beside(json(&at)?, &at)
}

/// A bundle's JSON.
pub fn json(at: &Location) -> Result<Vec<u8>> {
    let expected = format!("expected a bundle's JSON, such as {EXAMPLE}");
    let json = at.bytes().map_err(|problem| match at {
        Location::File(_) => anyhow!("cannot read {at}: {problem}; make it with `exemplar build`"),
        Location::Web(_) if problem.kind() == ErrorKind::NotFound => {
            anyhow!("cannot read {at}: {problem}; {expected}")
        }
        Location::Web(_) => anyhow!("cannot read {at}: {problem}"),
    })?;
    // A website may answer any address with a page.
    if json.trim_ascii_start().starts_with(b"<") {
        bail!("{at} is a web page, not a bundle; {expected}");
    }
    Ok(json)
}

/// The bundle whose JSON was read from `at`, with the files that it names beside it.
pub fn with_files_beside(json: Vec<u8>, at: &Location) -> Result<BundleFiles> {
    let mut beside = Files::new();
    if is_sharded(&json) {
        let bundle = ShardFiles::new(&json, at.clone())?.whole()?;
        return Ok(BundleFiles { bundle, json, beside });
    }
    for file in Bundle::files(&json).with_context(|| at.to_string())? {
        let place = at.beside(&file);
        match place.bytes() {
            Ok(bytes) => drop(beside.insert(file, bytes)),
            // The bundle says which part is missing with it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {place}")),
        }
    }
    let bundle = Bundle::read(&json, &beside).with_context(|| at.to_string())?;
    Ok(BundleFiles { bundle, json, beside })
}

/// Whether this is the manifest of a bundle in shards.
pub fn is_sharded(json: &[u8]) -> bool {
    Shards::new(json).is_ok()
}

/// How a bundle is written.
#[derive(clap::Args, Debug)]
pub struct FormArgs {
    /// Encoding of the vectors: float32, float16, int8 or int8-centred
    #[arg(long, value_name = "NAME")]
    encoding: Option<Encoding>,
    /// Where the parts are: inline (one JSON file), sidecar (a binary file beside it), or shards (a manifest and a folder of
    /// small files, of which a search loads those that it needs); inline-base64, v1-arrays and v1-base64 are older forms.
    /// If not given, a file is inline; in a folder, a large bundle is in shards
    #[arg(long, value_name = "NAME")]
    layout: Option<Layout>,
}

impl FormArgs {
    /// The bundle to write.
    pub fn output(&self, path: &Path) -> Result<OutputFile> {
        let output = OutputFile::prepare(path)?;
        if matches!(self.layout, Some(Layout::V2Sidecar | Layout::Shards)) {
            output.beside("sidecar")?;
        }
        Ok(output)
    }

    /// Gives the bundle the form that was asked for; what was not asked for stays. With it goes what is worked out of the vectors
    /// as they are stored.
    pub fn apply(&self, bundle: &mut Bundle) -> Result<()> {
        bundle.layout = self.layout.unwrap_or(bundle.layout);
        bundle.encoding = match (bundle.layout.version(), self.encoding) {
            (1, Some(Encoding::Float32) | None) => Encoding::Float32,
            (1, Some(other)) => bail!(
                "--encoding {} does not fit into version 1, which has only float32: take --layout inline or sidecar",
                other.name()
            ),
            (_, asked) => asked.unwrap_or(bundle.encoding),
        };
        bundle.prepare_whitening()?;
        Ok(())
    }

    /// Whether a new bundle should be in shards: no layout was asked for, it has what shards need, and it is so large that
    /// readers get their first hits sooner from shards than from one file.
    pub fn prefers_shards(&self, bundle: &Bundle) -> Result<bool> {
        let has = |part| bundle.part(part).is_some();
        if self.layout.is_some() || !has(lexical::PART) || !has(encoder::PART) {
            return Ok(false);
        }
        Ok(gzip_len(bundle.write()?.json.as_bytes())? >= SHARDS_FROM)
    }
}

/// The bytes of a file as hosts send it.
pub fn gzip_len(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

/// The bundle as the files of a folder: that which names the others is the last, [`BUNDLE`].
pub fn files(bundle: &Bundle) -> Result<Vec<(String, Vec<u8>)>> {
    if bundle.layout == Layout::Shards {
        let shards::Written { manifest, folder, files } = shard_folder::in_shards(bundle)?;
        let shards = files.into_iter().map(|(id, contents)| (format!("{folder}/{}", id.file()), contents));
        return Ok(shards.chain([(BUNDLE.into(), manifest.into_bytes())]).collect());
    }
    let Written { json, sidecar } = bundle.write()?;
    Ok(sidecar.into_iter().chain([(BUNDLE.into(), json.into_bytes())]).collect())
}

/// Writes the bundle, the JSON last: until then, the files that were there are the bundle. The file beside the JSON has
/// a name of its own, so that the one of the bundle before stays for readers who have that bundle's JSON. Returns the
/// bytes written.
pub fn write(bundle: &Bundle, output: &OutputFile) -> Result<usize> {
    if bundle.layout == Layout::Shards {
        return shard_folder::write(bundle, output);
    }
    write_files(bundle.write()?, output)
}

/// Writes the JSON and the file beside it, as [`write`] does.
pub fn write_files(Written { json, sidecar }: Written, output: &OutputFile) -> Result<usize> {
    let mut bytes = json.len();
    if let Some((name, contents)) = sidecar {
        bytes += contents.len();
        output.beside(&name)?.write(&contents)?;
    }
    output.write(json.as_bytes())?;
    Ok(bytes)
}
