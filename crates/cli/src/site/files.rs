//! The files of a site.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::pages::Stamp;
use crate::output_folder::MARK;

/// A page above this size is a list or a whole book on one page, not an article.
pub const MAX_PAGE_BYTES: u64 = 16 << 20;

/// The paths of files relative to `folder` that have one of these extensions, with `/` between folders, sorted. Hidden
/// files and folders that builds write are not part of a site. What cannot be looked into goes to `unreadable`, with the problem.
pub fn below(folder: &Path, extensions: &[&str], unreadable: &mut Vec<(String, String)>) -> Vec<String> {
    let is_wanted = |path: &Path| {
        path.extension().is_some_and(|e| extensions.iter().any(|wanted| e.eq_ignore_ascii_case(wanted)))
    };
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(is_of_site) {
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

/// The same of whatever name, as they are now.
pub fn all_below(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let entries = WalkDir::new(folder).follow_links(true).into_iter().filter_entry(is_of_site).flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.filter_map(|entry| Some((entry.path().to_owned(), Stamp::of(entry.path())?))).collect()
}

fn is_of_site(entry: &DirEntry) -> bool {
    let is_hidden = || entry.file_name().to_string_lossy().starts_with('.');
    entry.depth() == 0 || !(is_hidden() || entry.path().join(MARK).is_file())
}
