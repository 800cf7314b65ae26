//! Reads a bundle's shards: those that a search wants, or all.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::shards::{HEAD, Id, Kind, Packing, Shards, Written, largest, packing};
use exemplar_search::{Query, SearchOptions};
use flate2::read::DeflateDecoder;
use serde::Serialize;

use crate::output::note;

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
