//! Reads a bundle's shards: those that a search wants, or all.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::bundle::Bundle;
use exemplar_search::shards::{HEAD, Id, Kind, Packing, Shards, Written, largest, packing};
use exemplar_search::{Refine, SearchOptions};
use flate2::read::DeflateDecoder;
use serde::Serialize;

use crate::download;
use crate::location::Location;
use crate::output::note;

/// A bundle in shards, read as it is searched.
pub struct ShardFiles<'w> {
    pub shards: Shards,
    source: Source<'w>,
    /// Whether a shard could not be had.
    pub lost: bool,
}

/// Where the shards are.
enum Source<'w> {
    /// In a folder beside the manifest.
    Folder { manifest: Location, name: String },
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
    /// Of the manifest `json`, read from `at`.
    pub fn new(json: &[u8], at: Location) -> Result<Self> {
        let shards = Shards::new(json).with_context(|| at.to_string())?;
        let source = Source::Folder { name: shards.manifest().folder(), manifest: at };
        Ok(Self { shards, source, lost: false })
    }

    /// Of what a build has written, without a folder.
    pub fn in_memory(written: &'w Written) -> Result<Self> {
        let shards = Shards::new(written.manifest.as_bytes())?;
        Ok(Self { shards, source: Source::Memory(&written.files), lost: false })
    }

    /// The build that has taken the place of this one, if there is one.
    pub fn newer(&self) -> Option<Self> {
        let Source::Folder { manifest, .. } = &self.source else { return None };
        let newer = Self::new(&manifest.bytes().ok()?, manifest.clone()).ok()?;
        (newer.shards.manifest().build != self.shards.manifest().build).then_some(newer)
    }

    /// Reads a shard; returns the bytes of its file.
    pub fn load(&mut self, id: Id) -> Result<usize> {
        let file = self.source.file(id);
        self.source.add(id, file, &mut self.shards)
    }

    /// Reads all that a search wants. Says what cannot be read, and goes on without it.
    pub fn load_wanted(&mut self, asked: &Refine, options: &SearchOptions) -> Result<(Cost, bool)> {
        let Self { shards, source, lost } = self;
        let mut cost = Cost::default();
        loop {
            let answer = shards.refine(asked, options)?;
            let (wanted, whole) = (answer.wanted, answer.whole);
            if wanted.is_empty() {
                return Ok((cost, whole));
            }
            cost.rounds += 1;
            source.each(&wanted, |id, file| {
                match source.add(id, file, shards) {
                    Ok(bytes) => {
                        cost.files += 1;
                        cost.texts += usize::from(id.kind == Kind::Texts);
                        cost.bytes += bytes;
                    }
                    Err(error) => {
                        *lost = true;
                        // Without the start, nothing is known.
                        if id.kind == Kind::Start {
                            return Err(error);
                        }
                        note(&format!("{error:#}"));
                        shards.give_up(id);
                    }
                }
                Ok(())
            })?;
        }
    }

    /// All of the bundle: reads the shards that are missing.
    pub fn whole(&mut self) -> Result<Bundle> {
        let Self { shards, source, lost } = self;
        while let missing @ [_, ..] = shards.missing().as_slice() {
            let loaded = source.each(missing, |id, file| source.add(id, file, shards).map(drop));
            *lost |= loaded.is_err();
            loaded?;
        }
        shards.bundle().with_context(|| source.place("").to_string())
    }
}

impl<'w> Source<'w> {
    /// Where the file of this name is; its name alone where that is in memory.
    fn place(&self, file: &str) -> Location {
        match self {
            Self::Folder { manifest, name } => manifest.beside(&format!("{name}/{file}")),
            Self::Memory(_) => Location::from(Path::new(file)),
        }
    }

    /// A shard's file.
    fn file(&self, id: Id) -> Result<Cow<'w, [u8]>> {
        if let Self::Memory(files) = self {
            let place = files.binary_search_by_key(&id, |file| file.0);
            return Ok(files[place.map_err(|_| anyhow!("it is not there"))?].1.as_slice().into());
        }
        match self.place(&id.file()).read(read) {
            Ok(file) => Ok(file.into()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("it is missing: build the bundle again")
            }
            Err(error) => Err(error).context("it cannot be read"),
        }
    }

    /// Hands the files of these shards to `take`, in the order in which they come.
    fn each(&self, ids: &[Id], mut take: impl FnMut(Id, Result<Cow<'w, [u8]>>) -> Result<()>) -> Result<()> {
        match self {
            Self::Folder { manifest: Location::Web(_), .. } => {
                download::side_by_side(ids, |id| self.file(id), take)
            }
            _ => ids.iter().try_for_each(|&id| take(id, self.file(id))),
        }
    }

    /// Adds a shard by its file; returns the file's bytes.
    fn add(&self, id: Id, file: Result<Cow<[u8]>>, shards: &mut Shards) -> Result<usize> {
        let added = file.and_then(|file| {
            shards.add(id, &unpack(&file)?)?;
            Ok(file.len())
        });
        // As a text: what the core says of a file would be taken for what it says of an option.
        added.map_err(|error| anyhow!("{}: {error:#}", self.place(&id.file())))
    }
}

/// A shard's file, as far as its head says that it goes and a byte more, which shows that it goes on.
fn read(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    (&mut *source).take(HEAD as u64).read_to_end(&mut file)?;
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
