//! The bundles of the latest builds, so that a build of what has not changed neither fits nor packs anything.
//!
//! Each has a file in the cache, named by the SHA-256 of all that goes into a bundle: the command itself, its options, the model, and
//! what was read of the site. The file begins with the SHA-256 of that name and its contents together, which shows one that is
//! damaged or in another's place.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use anyhow::Result;

use super::args::Args;
use super::cache::{Cache, checked, hash_of, write};
use super::finished::Finished;
use crate::digest::{self, Hashing, hex};
use crate::input;
use crate::output::note;
use crate::site::Document;

/// Where they are within the cache.
const FOLDER: &str = "bundles";

/// How many are kept: for a few sites, or a few ways to build one.
const LATEST: usize = 8;

/// Of one file: far more than a bundle should have.
const MAX_BYTES: u64 = 1 << 30;

/// The place of one build's bundle.
pub struct Kept {
    file: PathBuf,
    key: [u8; 32],
}

impl Kept {
    /// The place of what `args` makes of `documents` with `model`; none without a cache.
    pub fn of(args: &Args, model: &str, documents: &[Document], cache: &Cache) -> Option<Self> {
        let folder = cache.folder(FOLDER)?;
        let mut hashing = Hashing::default();
        hashing.write_all(&own_digest()?).ok()?;
        write!(hashing, "{args:?} {model:?} {documents:?}").ok()?;
        let key = hashing.digest();
        Some(Self { file: folder.join(hex(&key)), key })
    }

    /// The bundle, if it is there. Says so if it is damaged.
    pub fn get(&self) -> Option<Finished> {
        let read = || -> io::Result<Option<Finished>> {
            let file = File::open(&self.file)?;
            // The latest used stay longest.
            let _ = file.set_modified(SystemTime::now());
            let bytes = input::read(file, MAX_BYTES)?;
            Ok(bytes.and_then(|bytes| Finished::from_bytes(checked(&self.key, &bytes)?)))
        };
        let problem = match read() {
            Ok(Some(finished)) => return Some(finished),
            Ok(None) => "is damaged, or of another build".into(),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return None;
            }
            Err(error) => format!("cannot be read: {error}"),
        };
        note(&format!(
            "the bundle of an earlier build, {}, {problem}: it is made again",
            self.file.display()
        ));
        None
    }

    /// Keeps the bundle, in place of the one that was used longest ago.
    pub fn put(&self, finished: &Finished) {
        let kept = || -> Result<()> {
            let bytes = finished.to_bytes()?;
            write(&self.file, &[&hash_of(&self.key, &bytes), &bytes])?;
            Ok(remove_oldest(self.file.parent().unwrap_or(Path::new(".")))?)
        };
        if let Err(problem) = kept() {
            note(&format!(
                "warning: cannot keep the bundle for the next build in {}: {problem:#}",
                self.file.display()
            ));
        }
    }
}

fn remove_oldest(folder: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Another build may have removed it meanwhile.
        let Ok(modified) = entry.metadata().and_then(|found| found.modified()) else { continue };
        files.push((modified, entry.path()));
    }
    files.sort_unstable();
    let more = files.len().saturating_sub(LATEST);
    files.iter().take(more).for_each(|(_, file)| drop(fs::remove_file(file)));
    Ok(())
}

/// Of the command itself: another one may read, fit or pack otherwise.
fn own_digest() -> Option<[u8; 32]> {
    static DIGEST: OnceLock<Option<[u8; 32]>> = OnceLock::new();
    *DIGEST.get_or_init(|| digest::of_file(&std::env::current_exe().ok()?).ok())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::finished::Facts;
    use super::{Finished, Kept};

    fn kept(folder: &std::path::Path, key: u8) -> Kept {
        Kept { file: folder.join(format!("bundles/{key}")), key: [key; 32] }
    }

    fn finished(contents: &[u8]) -> Finished {
        let files =
            vec![("search-1/start-0.bin".into(), contents.to_vec()), ("bundle.json".into(), b"{}".to_vec())];
        let facts = Facts {
            articles: 1,
            passages: 2,
            dimensions: 3,
            languages: "en 1".into(),
            layout: "shards".into(),
        };
        Finished { facts, files }
    }

    #[test]
    fn a_bundle_comes_back_or_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = kept(folder.path(), 1);
        assert_eq!(place.get(), None);
        place.put(&finished(b"start"));
        assert_eq!(place.get().unwrap(), finished(b"start"));
        let whole = fs::read(&place.file).unwrap();
        for length in 0..whole.len() {
            fs::write(&place.file, &whole[..length]).unwrap();
            assert_eq!(place.get(), None, "{length} bytes");
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 4;
            fs::write(&place.file, damaged).unwrap();
            assert_eq!(place.get(), None, "byte {at}");
        }
        // Whole, but another build's.
        let other = kept(folder.path(), 2);
        other.put(&finished(b"other"));
        fs::copy(&other.file, &place.file).unwrap();
        assert_eq!(place.get(), None);
    }

    #[test]
    fn the_latest_used_stay() {
        let folder = tempfile::tempdir().unwrap();
        let start = std::time::SystemTime::now() - std::time::Duration::from_secs(1000);
        for key in 0..super::LATEST as u8 {
            kept(folder.path(), key).put(&finished(&[key]));
            let file = fs::File::options().write(true).open(&kept(folder.path(), key).file).unwrap();
            file.set_modified(start + std::time::Duration::from_secs(key.into())).unwrap();
        }
        assert!(kept(folder.path(), 0).get().is_some());
        kept(folder.path(), 100).put(&finished(b"new"));
        assert!(kept(folder.path(), 0).get().is_some() && kept(folder.path(), 100).get().is_some());
        assert!(kept(folder.path(), 1).get().is_none());
        assert_eq!(fs::read_dir(folder.path().join("bundles")).unwrap().count(), super::LATEST);
    }
}
