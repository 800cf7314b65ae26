//! Which files of a folder are wanted, by their paths within it.

use anyhow::{Context, Result};
use globset::{Glob, GlobSet, GlobSetBuilder};

pub struct Globs {
    /// All, if there is none.
    include: GlobSet,
    exclude: GlobSet,
}

impl Globs {
    pub fn new(include: &[Glob], exclude: &[Glob]) -> Result<Self> {
        Ok(Self { include: set(include).context("--include")?, exclude: set(exclude).context("--exclude")? })
    }

    pub fn take(&self, path: &str) -> bool {
        (self.include.is_empty() || self.include.is_match(path)) && !self.exclude.is_match(path)
    }
}

fn set(patterns: &[Glob]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(pattern.clone());
    }
    set.build()
}
