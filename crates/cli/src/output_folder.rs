//! A folder that is a build's alone: another build replaces all of it, and nothing else is ever replaced.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::output::replace;

/// Tells a folder of ours. A build holds its lock.
pub const MARK: &str = "made-by-exemplar-search.txt";

const MARK_TEXT: &str = "`exemplar build` made this folder for the search of this site. The next build replaces all that is in it.\n";

/// Ready to be written. If it never is, one that was not there before goes away again.
pub struct OutputFolder {
    path: PathBuf,
    /// Locked.
    mark: File,
    made: bool,
    written: bool,
}

impl OutputFolder {
    /// Makes sure that the folder can be written and is nobody else's, before the work whose result it is to hold.
    ///
    /// # Errors
    ///
    /// Where something else stands in its place, it cannot be written, or another build has it.
    pub fn prepare(path: &Path) -> Result<Self> {
        let name = path.display();
        let made = match fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                bail!("{name} is no folder, and stays as it is: name another folder to write with -o DIR/")
            }
            Ok(_) if !is_ours(path) => bail!(
                "{name} holds files that `exemplar build` did not write, and stays as it is: name another folder to write with \
                 -o DIR/, or remove it"
            ),
            Ok(_) => false,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir(path).with_context(|| {
                    format!(
                        "cannot make the folder {name}: the folder that it is in must exist and be writable"
                    )
                })?;
                true
            }
            Err(error) => return Err(error).with_context(|| format!("cannot look into {name}")),
        };
        let mark = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(MARK));
        let mark = mark.with_context(|| format!("cannot write into {name}"))?;
        match mark.try_lock() {
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "another build is writing {name}: wait until it has ended, or name another folder with -o DIR/"
                )
            }
            // Not every file system has locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        Ok(Self { path: path.to_owned(), mark, made, written: false })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the files, each whole or not at all, in this order; what is there already stays untouched. Then removes all else.
    pub fn write(mut self, files: &[(String, Cow<[u8]>)]) -> Result<()> {
        self.written = true;
        let mark = (MARK.to_owned(), Cow::Borrowed(MARK_TEXT.as_bytes()));
        let mut kept = HashSet::new();
        for (name, contents) in [&mark].into_iter().chain(files) {
            let path = self.path.join(name);
            kept.extend(path.ancestors().map(Path::to_owned));
            if fs::read(&path).is_ok_and(|found| found == **contents) {
                continue;
            }
            let folder = path.parent().unwrap_or(&self.path);
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
            if name == MARK {
                // Its lock is this file's.
                fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))?;
            } else {
                replace(&path, contents)?;
            }
        }
        self.remove_all_but(&kept)
    }

    fn remove_all_but(&self, kept: &HashSet<PathBuf>) -> Result<()> {
        for entry in WalkDir::new(&self.path).min_depth(1).contents_first(true) {
            let entry = entry.with_context(|| format!("cannot look into {}", self.path.display()))?;
            if kept.contains(entry.path()) {
                continue;
            }
            let removed = match entry.file_type().is_dir() {
                true => fs::remove_dir(entry.path()),
                false => fs::remove_file(entry.path()),
            };
            removed.with_context(|| {
                format!("cannot remove {}, which is of an earlier build", entry.path().display())
            })?;
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        let _ = self.mark.unlock();
        if self.made && !self.written {
            let _ = fs::remove_file(self.path.join(MARK));
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Whether a build has made this folder, or nobody anything in it.
pub fn is_ours(folder: &Path) -> bool {
    folder.join(MARK).is_file() || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}
