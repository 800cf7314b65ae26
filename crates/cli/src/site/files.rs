//! The files of a site, and their bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

/// A page above this size is a list or a whole book on one page, not an article.
pub const MAX_PAGE_BYTES: u64 = 16 << 20;

/// The paths of files relative to `folder` that have one of these extensions, with `/` between folders, sorted. Hidden
/// files are not part of a site. What cannot be looked into goes to `unreadable`, with the problem.
pub fn below(folder: &Path, extensions: &[&str], unreadable: &mut Vec<(String, String)>) -> Vec<String> {
    let is_visible =
        |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    let is_wanted = |path: &Path| {
        path.extension().is_some_and(|e| extensions.iter().any(|wanted| e.eq_ignore_ascii_case(wanted)))
    };
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(is_visible) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_wanted(entry.path()) => {
                let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                let parts: Option<Vec<_>> = path.iter().map(|part| part.to_str()).collect();
                match parts {
                    Some(parts) => paths.push(parts.join("/")),
                    None => unreadable.push((path.display().to_string(), "its name is not UTF-8".into())),
                }
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).display().to_string();
                unreadable.push((path, error.to_string()));
            }
        }
    }
    paths.sort_unstable();
    paths
}

/// The bytes of a file of at most `limit` bytes.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    let too_large =
        |size: u64| format!("it has {} MB, more than the {} MB that are read", size >> 20, limit >> 20);
    if size > limit {
        return Err(too_large(size));
    }
    read(file, limit).map_err(|e| e.to_string())?.ok_or_else(|| too_large(limit))
}

/// All of `source`, unless it has more than `limit` bytes.
pub fn read(source: impl Read, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= limit))
}
