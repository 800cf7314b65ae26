//! A bundle in shards as files: writes them whole or not at all, and reads those that a search wants.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::bundle::Bundle;
use exemplar_search::shards::{self, HEAD, Id, Kind, Packing, Shards, Written, largest, packing};
use exemplar_search::{Query, SearchOptions};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Serialize;

use crate::output::{OutputFile, note};

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

/// A bundle in shards, read as it is searched.
pub struct ShardFiles<'w> {
    pub shards: Shards,
    source: Source<'w>,
}

/// Where the shards are.
enum Source<'w> {
    Folder(PathBuf),
    /// By their ids, ascending.
    Memory(&'w [(Id, Vec<u8>)]),
}

/// What searches have cost so far.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Cost {
    pub files: usize,
    /// How many of these are texts: the ranking does not wait for them.
    pub texts: usize,
    pub bytes: usize,
    /// How often the planner was asked for more.
    pub rounds: usize,
}

impl<'w> ShardFiles<'w> {
    /// Of the manifest `json`, read from `path`.
    pub fn new(json: &[u8], path: &Path) -> Result<Self> {
        let shards = Shards::new(json).with_context(|| path.display().to_string())?;
        let folder = path.with_file_name(shards.manifest().folder());
        Ok(Self { shards, source: Source::Folder(folder) })
    }

    /// Of what a build has written, without a folder.
    pub fn in_memory(written: &'w Written) -> Result<Self> {
        Ok(Self { shards: Shards::new(written.manifest.as_bytes())?, source: Source::Memory(&written.files) })
    }

    /// Reads a shard; returns the bytes of its file.
    pub fn load(&mut self, id: Id) -> Result<usize> {
        let path = match &self.source {
            Source::Folder(folder) => folder.join(id.file()),
            Source::Memory(files) => {
                let place = files.binary_search_by_key(&id, |file| file.0);
                let file = &files[place.map_err(|_| anyhow!("{} is not there", id.file()))?].1;
                self.shards.add(id, &unpack(file)?)?;
                return Ok(file.len());
            }
        };
        let file = match read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("{} is missing: build the bundle again", path.display())
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let unpacked = unpack(&file).with_context(|| path.display().to_string())?;
        self.shards.add(id, &unpacked)?;
        Ok(file.len())
    }

    /// Reads all that a search wants. Says what cannot be read, and goes on without it.
    pub fn load_wanted(&mut self, query: &Query, options: &SearchOptions) -> Result<(Cost, bool)> {
        let mut cost = Cost::default();
        loop {
            let answer = self.shards.search(*query, options)?;
            let (wanted, whole) = (answer.wanted, answer.whole);
            if wanted.is_empty() {
                return Ok((cost, whole));
            }
            cost.rounds += 1;
            for id in wanted {
                match self.load(id) {
                    Ok(bytes) => {
                        cost.files += 1;
                        cost.texts += usize::from(id.kind == Kind::Texts);
                        cost.bytes += bytes;
                    }
                    Err(error) => {
                        note(&format!("{error:#}"));
                        self.shards.give_up(id);
                    }
                }
            }
        }
    }

    /// Reads all shards.
    pub fn load_all(&mut self) -> Result<()> {
        while let missing @ [_, ..] = self.shards.missing().as_slice() {
            for &id in missing {
                self.load(id)?;
            }
        }
        Ok(())
    }
}

/// A shard's file, as far as its head says that it goes and a byte more, which shows that it goes on.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut source = File::open(path)?;
    let mut file = Vec::new();
    Read::by_ref(&mut source).take(HEAD as u64).read_to_end(&mut file)?;
    source.take((largest(&file) + 1 - file.len()) as u64).read_to_end(&mut file)?;
    Ok(file)
}

/// A shard's file with what follows its head unpacked.
fn unpack(file: &[u8]) -> Result<Vec<u8>> {
    match packing(file) {
        Some(Packing { deflated: true, length }) => {
            let mut unpacked = file[..HEAD].to_vec();
            let more = DeflateDecoder::new(&file[HEAD..]).take(length as u64 + 1).read_to_end(&mut unpacked);
            more.context("is not packed as its head says")?;
            Ok(unpacked)
        }
        _ => Ok(file.to_vec()),
    }
}
