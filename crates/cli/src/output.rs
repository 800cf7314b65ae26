//! What the program writes: standard output, and files that appear whole or not at all.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// Prints a line. A reader that has gone away (`exemplar ... | head -1`) is no error.
pub fn print(line: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(()),
    }
}

/// A file to be written: until [`OutputFile::write`] succeeds, what stood there stays as it was.
pub struct OutputFile {
    /// As it was given.
    name: PathBuf,
    /// What it leads to.
    path: PathBuf,
}

impl OutputFile {
    /// Makes sure that the file can be written, before the work whose result it is to hold.
    pub fn prepare(path: &Path) -> Result<Self> {
        if path.is_dir() {
            anyhow::bail!("--output {} is a folder: name a file, such as bundle.json", path.display());
        }
        // A link stays a link: its target is replaced.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let file = Self { name: path.to_owned(), path: target };
        file.temporary()?;
        Ok(file)
    }

    /// A file of this name in the same folder.
    pub fn beside(&self, name: &str) -> Self {
        let path = self.name.with_file_name(name);
        Self { name: path.clone(), path }
    }

    pub fn write(&self, contents: &[u8]) -> Result<()> {
        let mut temporary = self.temporary()?;
        temporary
            .write_all(contents)
            .and_then(|()| temporary.as_file().sync_all())
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        temporary.persist(&self.path).with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(())
    }

    /// A file in the same folder, as a rename does not cross file systems. Readable to others, as web servers need.
    fn temporary(&self) -> Result<NamedTempFile> {
        let folder = match self.path.parent() {
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
        builder.tempfile_in(folder).with_context(|| {
            format!("cannot write {}: its folder must exist and be writable", self.path.display())
        })
    }
}
