//! The head of every shard, which shows damage and shards of another build before any byte of the contents is used.

use crate::error::Cause;
use crate::{Error, Result};

/// What a shard holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What each query needs: where words and passages are, and the metric.
    Start,
    /// A range of words: their passages, and their rows of the query encoder.
    Words,
    /// A cluster of passages: where they lie, and of which articles they are.
    Passages,
    /// What a result shows of some passages: texts, titles, addresses.
    Texts,
    /// A range of the query encoder's n-grams, for words that the site does not have.
    Ngrams,
    /// The full vectors of a cluster's passages.
    Vectors,
    /// The principal directions, by which a vector gets its coordinates.
    Directions,
    /// The rest of a whole bundle.
    Rest,
    /// The values of a field of articles, by passages.
    Fields,
    /// Where the passages of some articles are.
    Articles,
}

impl Kind {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Start, "start"),
        (Self::Words, "words"),
        (Self::Passages, "passages"),
        (Self::Texts, "texts"),
        (Self::Ngrams, "ngrams"),
        (Self::Vectors, "vectors"),
        (Self::Directions, "directions"),
        (Self::Rest, "rest"),
        (Self::Fields, "fields"),
        (Self::Articles, "articles"),
    ];

    /// Its name, as in the names of files and in errors.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Which shard it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// What it holds.
    pub kind: Kind,
    /// Its number, from 0.
    pub number: u32,
}

impl Id {
    pub(crate) fn new(kind: Kind, number: usize) -> Self {
        Self { kind, number: number as u32 }
    }

    /// The shard whose file has this name.
    pub fn of_file(name: &str) -> Option<Self> {
        let (kind, number) = name.strip_suffix(".bin")?.split_once('-')?;
        let (kind, _) = Kind::ALL.into_iter().find(|(_, name)| *name == kind)?;
        let plain = number.bytes().all(|byte| byte.is_ascii_digit());
        let id = Self { kind, number: number.parse().ok().filter(|_| plain)? };
        (id.file() == name).then_some(id)
    }

    /// The name of its file, in its build's folder.
    pub fn file(self) -> String {
        format!("{}-{}.bin", self.kind.name(), self.number)
    }
}

/// The build that a shard is of.
pub type Build = [u8; 8];

/// The first bytes of every shard.
const MAGIC: [u8; 4] = *b"exs3";
/// Bytes of the head.
pub const HEAD: usize = 28;
/// Whether what follows the head is as it is, or packed by Deflate without a head of its own.
#[cfg(feature = "fit")]
const AS_IS: u8 = 0;
const DEFLATED: u8 = 1;
/// The most bytes that a shard unpacks to; a reader must not unpack more.
pub const MAX_LENGTH: usize = 1 << 26;

/// A shard whose head and bytes have been checked.
pub(crate) struct Shard<'a> {
    pub payload: &'a [u8],
}

/// How to unpack a shard's file before it is given to the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing {
    /// Whether what follows the [`HEAD`] is packed by Deflate (RFC 1951, without a head of its own).
    pub deflated: bool,
    /// How many bytes follow the head once they are unpacked.
    pub length: usize,
}

/// Bytes at most of what is no shard: a page that stands in for a missing one.
const PAGE: usize = 1 << 20;

/// How many bytes a file that begins so has at most: what has more is not read to its end, which it may not have. Deflate makes bytes that
/// it cannot pack longer by 5 for each of its blocks (RFC 1951, 3.2.4). What is no shard is a page of up to 2^20 bytes.
pub fn largest(start: &[u8]) -> usize {
    packing(start).map_or(PAGE, |Packing { length, .. }| HEAD + length + length / 256 + 64)
}

/// How the shard with this head is packed; none if these bytes are not a shard.
pub fn packing(file: &[u8]) -> Option<Packing> {
    let head: &[u8; HEAD] = file.first_chunk()?;
    let length = number(head, 12) as usize;
    let known = head.starts_with(&MAGIC) && head[5] <= DEFLATED && length <= MAX_LENGTH;
    known.then_some(Packing { deflated: head[5] == DEFLATED, length })
}

fn number(head: &[u8; HEAD], at: usize) -> u32 {
    u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])
}

impl<'a> Shard<'a> {
    /// Reads a shard, unpacked, that is to be `expected` and of this build.
    pub fn read(bytes: &'a [u8], expected: Id, build: Build) -> Result<Self> {
        let wrong = |problem: String| Err(damaged(expected, problem));
        let Some((head, payload)) = bytes.split_first_chunk::<HEAD>() else {
            return wrong(format!("has {} bytes, fewer than its head", bytes.len()));
        };
        if !head.starts_with(&MAGIC) {
            return wrong("is not a shard: a server may answer a missing file with a page".into());
        }
        if head[20..28] != build {
            return Err(Cause::OtherBuild { file: expected.file() }.into());
        }
        if (head[4], number(head, 8)) != (expected.kind as u8, expected.number) {
            return wrong("is another shard than its name says".into());
        }
        if number(head, 12) as usize != payload.len() {
            return wrong(format!("has {} bytes, but should have {}", payload.len(), number(head, 12)));
        }
        if number(head, 16) != crc32(payload) {
            return wrong("does not fit its checksum".into());
        }
        Ok(Self { payload })
    }

    /// The head and what follows it, which has been packed already if `deflated`.
    #[cfg(feature = "fit")]
    pub fn write(id: Id, build: Build, payload: &[u8], packed: Option<&[u8]>) -> Vec<u8> {
        let mut file = Vec::with_capacity(HEAD + payload.len());
        file.extend(MAGIC);
        file.extend([id.kind as u8, if packed.is_some() { DEFLATED } else { AS_IS }, 0, 0]);
        file.extend(id.number.to_le_bytes());
        file.extend((payload.len() as u32).to_le_bytes());
        file.extend(crc32(payload).to_le_bytes());
        file.extend(build);
        file.extend(packed.unwrap_or(payload));
        file
    }
}

pub(super) fn damaged(id: Id, problem: impl Into<String>) -> Error {
    Cause::Shard { file: id.file(), problem: problem.into() }.into()
}

/// The CRC-32 of zip and PNG (ISO 3309), by half a byte at a time: the table is small, and so are shards.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut i = 0;
        while i < 16 {
            let mut crc = i as u32;
            let mut bit = 0;
            while bit < 4 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
                bit += 1;
            }
            table[i] = crc;
            i += 1;
        }
        table
    };
    let step = |crc: u32, half: u8| crc >> 4 ^ TABLE[(crc as u8 & 15 ^ half) as usize];
    !bytes.iter().fold(!0, |crc, &byte| step(step(crc, byte & 15), byte >> 4))
}

#[cfg(test)]
mod tests {
    use super::crc32;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
