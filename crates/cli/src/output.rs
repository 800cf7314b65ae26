//! Writes to standard output and error, and files that appear whole or not at all.

use std::fs::{self, FileType, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use crate::secrets;
use crate::text::printable;

/// Prints a line. A reader that has gone away (`exemplar ... | head -1`) is no error.
pub fn print(line: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", printable(line)).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(()),
    }
}

/// Says something on standard error, without the API's key and without what would steer a terminal. That nobody listens
/// any more stops no work.
pub fn note(message: &str) {
    let line = format!("{}\n", printable(&secrets::hidden(message)));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Held while a build puts its files in place: who ends the program waits for it.
pub fn writing() -> MutexGuard<'static, ()> {
    static WRITING: Mutex<()> = Mutex::new(());
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Other names of standard output.
const STDOUT_NAMES: &[&str] = &["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// A file to be written: until [`OutputFile::write`] succeeds, what stood there stays as it was.
pub struct OutputFile {
    /// As it was given.
    name: PathBuf,
    place: Place,
}

enum Place {
    Stdout,
    /// A regular file, or none yet. It is replaced.
    File(PathBuf),
    /// A pipe or the like. It is written to.
    Device(PathBuf),
}

impl OutputFile {
    /// Makes sure that the file can be written, before the work whose result it is to hold. `-` is standard output.
    pub fn prepare(path: &Path) -> Result<Self> {
        let file = Self { name: path.to_owned(), place: Place::of(path)? };
        if let Place::File(path) = &file.place {
            temporary(path)?;
        }
        Ok(file)
    }

    /// As it was given.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// A file of this name in the same folder.
    pub fn beside(&self, name: &str) -> Result<Self> {
        match self.place {
            Place::File(_) => {
                let path = self.name.with_file_name(name);
                Ok(Self { name: path.clone(), place: Place::File(path) })
            }
            _ => bail!(
                "--output {} is no file that another could stand beside: take --layout inline",
                self.name.display()
            ),
        }
    }

    pub fn write(&self, contents: &[u8]) -> Result<()> {
        let cannot = || format!("cannot write {}", self.name.display());
        match &self.place {
            Place::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(contents).and_then(|()| out.flush()).context("cannot write to standard output")
            }
            Place::Device(path) => {
                let mut device = OpenOptions::new().write(true).open(path).with_context(cannot)?;
                device.write_all(contents).with_context(cannot)
            }
            Place::File(path) => {
                let staged = staged(path, contents)?;
                staged.as_file().sync_all().with_context(cannot)?;
                staged.persist(path).with_context(cannot)?;
                Ok(())
            }
        }
    }

    /// Prints a line about the file that was written; on standard error where standard output holds the file itself.
    pub fn report(&self, line: &str) -> Result<()> {
        match self.place {
            Place::Stdout => {
                note(line);
                Ok(())
            }
            _ => print(line),
        }
    }
}

impl Place {
    fn of(path: &Path) -> Result<Self> {
        let name = path.display();
        if STDOUT_NAMES.iter().any(|stdout| path == Path::new(stdout)) {
            return Ok(Self::Stdout);
        }
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                bail!("--output {name} is a folder: name a file, such as bundle.json, or an empty folder")
            }
            // A link stays a link: its target is replaced.
            Ok(found) if found.is_file() => {
                Ok(Self::File(path.canonicalize().with_context(|| format!("cannot write {name}"))?))
            }
            Ok(found) if is_disk(found.file_type()) => {
                bail!("--output {name} is a disk, whose contents would be lost: name a file")
            }
            Ok(_) => Ok(Self::Device(path.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_link(path) {
                Ok(target) => bail!(
                    "--output {name} is a link to {}, which is not there: remove the link, or name the file itself",
                    target.display()
                ),
                Err(_) => Ok(Self::File(path.to_owned())),
            },
            Err(error) => Err(error).with_context(|| format!("cannot write {name}")),
        }
    }
}

#[cfg(unix)]
fn is_disk(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_block_device(&kind)
}

#[cfg(not(unix))]
fn is_disk(_: FileType) -> bool {
    false
}

/// Writes a file whole or not at all.
pub fn replace(path: &Path, contents: &[u8]) -> Result<()> {
    let replaced = staged(path, contents)?.persist(path);
    replaced.with_context(|| format!("cannot write {}", path.display())).map(drop)
}

/// The contents beside `path`, where they are to go.
fn staged(path: &Path, contents: &[u8]) -> Result<NamedTempFile> {
    let mut temporary = temporary(path)?;
    temporary.write_all(contents).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(temporary)
}

/// A file in the same folder, as a rename does not cross file systems. Readable to others, as web servers need.
fn temporary(path: &Path) -> Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".exemplar-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less the process's umask.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
        .tempfile_in(folder)
        .with_context(|| format!("cannot write {}: its folder must exist and be writable", path.display()))
}
