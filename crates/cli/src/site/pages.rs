//! The pages of a folder as they were read last, so that a build which watches it reads again only what has changed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::LeftOut;
use super::html::Page;

/// What a file looked like: a file that is written gets another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Stamp {
    /// None where there is no such file.
    pub fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { modified: found.modified().ok(), bytes: found.len() })
    }
}

/// A page, or why it is no article; the error says why it cannot be read.
pub type ReadPage = Result<Result<Page, LeftOut>, String>;

/// What was read, by path. By default it keeps nothing.
#[derive(Default)]
pub struct Pages {
    keeps: bool,
    last: HashMap<String, (Stamp, ReadPage)>,
    new: HashMap<String, (Stamp, ReadPage)>,
}

impl Pages {
    /// Keeps pages for the next time.
    pub fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    /// Whether there is to be a next time.
    pub fn are_kept(&self) -> bool {
        self.keeps
    }

    /// Begins to read the folder once more: pages that were not read the last time are forgotten.
    pub fn begin(&mut self) {
        self.last = std::mem::take(&mut self.new);
    }

    /// The page of `file` as it was, or as `read` finds it where the file has changed.
    pub fn page(&mut self, path: &str, file: &Path, read: impl FnOnce() -> ReadPage) -> ReadPage {
        // From before it is read: if it changes meanwhile, it differs the next time.
        let Some(stamp) = Stamp::of(file).filter(|_| self.keeps) else { return read() };
        let page = match self.last.remove(path) {
            Some((last, page)) if last == stamp => page,
            _ => read(),
        };
        self.new.insert(path.to_owned(), (stamp, page.clone()));
        page
    }
}
