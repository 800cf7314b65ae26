//! Reading a bundle whose files arrive piece by piece, without keeping any byte of them twice.

use sha2::{Digest, Sha256};

use super::part::{Beside, Descriptor, hexadecimal};
use super::{Bundle, json, v1, v2};
use crate::{Error, Result};

/// A bundle whose JSON has arrived while the files beside it are on their way.
#[derive(Debug)]
pub struct Reader {
    contents: Contents,
    /// Those beside the JSON, with their names.
    files: Vec<(String, Incoming)>,
}

#[derive(Debug)]
enum Contents {
    V1(v1::V1),
    V2(v2::V2),
}

impl Reader {
    /// Reads the JSON, and checks what can be checked without the files, so that a wrong length is an error before anything is
    /// downloaded.
    pub fn new(json: &[u8]) -> Result<Self> {
        let mut files = Vec::new();
        let contents = match json::version(json)? {
            1 => Contents::V1(v1::V1::read(json)?),
            version @ 3.. => {
                let problem = match version {
                    3 => "is 3, a bundle in shards: it is not read as one file",
                    _ => "is 4, a remote bundle, which holds no rows: load it with candidates",
                };
                return Err(Error::field("version", problem));
            }
            _ => {
                let contents = v2::V2::read(json)?;
                contents.check()?;
                for (name, part) in &contents.parts {
                    if let Some(file) = part.checked_file(name)? {
                        if of(&mut files, file).is_none() {
                            files.push((file.to_owned(), Incoming::default()));
                        }
                        if let Some(incoming) = of(&mut files, file) {
                            incoming.insert(IncomingPart::new(name, part))?;
                        }
                    }
                }
                Contents::V2(contents)
            }
        };
        Ok(Self { contents, files })
    }

    /// The names of the files that the bundle needs beside its JSON: plain names, without a folder.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(file, _)| file.as_str())
    }

    /// Announces how many bytes a file will have, so that memory for its parts is allocated once.
    pub fn expect(&mut self, file: &str, bytes: u64) {
        if let Some(incoming) = of(&mut self.files, file) {
            for part in incoming.parts.iter_mut().filter(|part| part.end <= bytes) {
                // Where there is no room, that will be told when the bytes are there.
                let _ = part.bytes.try_reserve_exact((part.end - part.start) as usize);
            }
        }
    }

    /// Takes the next bytes of a file, from its first to its last. It ignores files that the bundle does not name and bytes that belong
    /// to no part.
    pub fn add(&mut self, file: &str, bytes: &[u8]) {
        if let Some(incoming) = of(&mut self.files, file) {
            incoming.add(bytes);
        }
    }

    /// The bundle, checked in full, once all files have arrived.
    pub fn finish(self) -> Result<Bundle> {
        let bundle = self.unchecked()?;
        bundle.check()?;
        Ok(bundle)
    }

    /// [`Reader::finish`] for an index, which checks the bundle itself.
    pub(crate) fn unchecked(self) -> Result<Bundle> {
        match self.contents {
            Contents::V1(contents) => contents.into_bundle(),
            Contents::V2(contents) => {
                let mut beside = Vec::new();
                for (file, incoming) in self.files {
                    incoming.finish(&file, &mut beside)?;
                }
                contents.into_bundle(beside)
            }
        }
    }
}

/// The file of this name; a bundle has few.
fn of<'f>(files: &'f mut [(String, Incoming)], name: &str) -> Option<&'f mut Incoming> {
    files.iter_mut().find(|(file, _)| file == name).map(|(_, incoming)| incoming)
}

/// A file as far as it has come.
#[derive(Debug, Default)]
struct Incoming {
    /// Bytes so far; none where the file is not there.
    received: Option<u64>,
    /// In the order of their offsets, apart from each other.
    parts: Vec<IncomingPart>,
}

#[derive(Debug)]
struct IncomingPart {
    name: String,
    start: u64,
    end: u64,
    bytes: Vec<u8>,
    /// Of the bytes so far.
    hash: Sha256,
}

impl Incoming {
    /// Parts that share bytes would let a small file become a large bundle.
    fn insert(&mut self, part: IncomingPart) -> Result<()> {
        let place = self.parts.partition_point(|other| (other.start, other.end) <= (part.start, part.end));
        self.parts.insert(place, part);
        for pair in self.parts[place.saturating_sub(1)..].windows(2).take(2) {
            if let [before, part] = pair
                && part.start < before.end
            {
                let problem = format!(
                    "is {}, but the part {} of the same file ends at {}: parts do not overlap",
                    part.start, before.name, before.end
                );
                return Err(Error::field(format!("parts.{}.offset", part.name), problem));
            }
        }
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) {
        let start = self.received.unwrap_or(0);
        let end = start + bytes.len() as u64;
        self.received = Some(end);
        for part in &mut self.parts {
            let (from, to) = (part.start.max(start), part.end.min(end));
            if from < to {
                // Both lie in these bytes.
                part.add(&bytes[(from - start) as usize..(to - start) as usize]);
            }
        }
    }

    fn finish(self, file: &str, parts: &mut Vec<(String, Beside)>) -> Result<()> {
        for part in self.parts {
            let wrong = |problem| Err(Error::field(format!("parts.{}.file", part.name), problem));
            match self.received {
                None => return wrong(format!("\"{file}\" is missing: put it beside the bundle's JSON")),
                Some(bytes) if bytes < part.end => {
                    return wrong(format!(
                        "\"{file}\" has {bytes} bytes, the part ends at {}: it was cut short or is of another build",
                        part.end
                    ));
                }
                Some(_) => {
                    let sha256 = hexadecimal(&part.hash.finalize());
                    parts.push((part.name, Beside { bytes: part.bytes, sha256 }));
                }
            }
        }
        Ok(())
    }
}

impl IncomingPart {
    fn new(name: &str, part: &Descriptor) -> Self {
        let start = part.offset.unwrap_or(0);
        let end = start.saturating_add(part.length);
        Self { name: name.to_owned(), start, end, bytes: Vec::new(), hash: Sha256::new() }
    }

    /// Room grows with what has come, never with what the JSON announces alone, and at last to exactly that.
    fn add(&mut self, bytes: &[u8]) {
        let missing = (self.end - self.start) as usize - self.bytes.len();
        if self.bytes.capacity() - self.bytes.len() < bytes.len() {
            self.bytes.reserve_exact(missing.min(self.bytes.len().max(bytes.len())));
        }
        self.bytes.extend_from_slice(bytes);
        self.hash.update(bytes);
    }
}
