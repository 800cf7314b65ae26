//! SHA-256 of files and of what is written, and how digests are named.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Takes in whatever is written to it.
#[derive(Default)]
pub struct Hashing(Sha256);

impl Hashing {
    pub fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// That of a file, which may be larger than memory.
pub fn of_file(path: &Path) -> io::Result<[u8; 32]> {
    let mut hashing = Hashing::default();
    io::copy(&mut File::open(path)?, &mut hashing)?;
    Ok(hashing.digest())
}

pub fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
