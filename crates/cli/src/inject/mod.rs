//! `exemplar build --inject`: the search box on every page of a site.

mod page;
mod policy;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::input;
use crate::output::replace;
use crate::page_lines::PageLines;
use crate::site::{Addresses, MAX_PAGE_BYTES, PAGE_EXTENSIONS, files_below, grouped};

/// Where the box stands in a page that was not made for it: in a line of its own at the top.
const PLACE: &str = "display:block;position:relative;z-index:1000;max-inline-size:40rem;margin:.5rem auto";

/// What became of a site's pages.
#[derive(Debug, Default)]
pub struct Injected {
    /// Pages with the search box.
    with_box: usize,
    /// Those among them that had it, with the same lines.
    unchanged: usize,
    /// The paths of those that got new lines.
    pub changed: Vec<String>,
    /// Those that stayed as they were, each with the reason.
    skipped: Vec<(String, String)>,
}

/// Puts the lines into every page below `site`.
pub fn inject(site: &Path, lines: &PageLines, addresses: Addresses) -> Result<Injected> {
    let mut injected = Injected::default();
    let root = site.canonicalize().with_context(|| format!("cannot look into {}", site.display()))?;
    for name in files_below(site, PAGE_EXTENSIONS, &mut injected.skipped) {
        match page(&root, &name, lines, addresses) {
            Ok((file, before, after)) => {
                injected.with_box += 1;
                if before == after {
                    injected.unchanged += 1;
                } else {
                    write(&file, &after)?;
                    injected.changed.push(name);
                }
            }
            Err(reason) => injected.skipped.push((name, reason)),
        }
    }
    Ok(injected)
}

/// A page's file, the page as it is, and the page with the lines; or why it stays as it is.
fn page(
    root: &Path,
    name: &str,
    lines: &PageLines,
    addresses: Addresses,
) -> Result<(PathBuf, Vec<u8>, Vec<u8>), String> {
    let file = root.join(name).canonicalize().map_err(|problem| problem.to_string())?;
    if !file.starts_with(root) {
        return Err("it is a link to a file outside of the site".into());
    }
    let before = input::bytes(&file, MAX_PAGE_BYTES).map_err(|problem| problem.to_string())?;
    let is_error_page = name.rsplit('/').next() == Some("404.html");
    let lines_for = |has_base| match (is_error_page, has_base) {
        (false, false) => Ok(placed(lines.at(&addresses.url(name)))),
        _ if lines.knows_root() => Ok(placed(lines.anywhere())),
        (true, _) => Err("it is shown at any address: --base-url says where the site is".into()),
        (false, true) => Err("its <base> moves relative addresses: --base-url says where the site is".into()),
    };
    let after = page::with_lines(&before, lines_for, lines.host())?;
    Ok((file, before, after))
}

/// The lines with the box above whatever the page lays over its top.
fn placed([script, element]: [String; 2]) -> [String; 2] {
    let styled = format!("<exemplar-search style=\"{PLACE}\" ");
    [script, element.replacen("<exemplar-search ", &styled, 1)]
}

/// Replaces a page's contents, and nothing else of its file.
fn write(file: &Path, contents: &[u8]) -> Result<()> {
    let permissions =
        fs::metadata(file).with_context(|| format!("cannot write {}", file.display()))?.permissions();
    replace(file, contents)?;
    fs::set_permissions(file, permissions).with_context(|| format!("cannot write {}", file.display()))
}

impl Injected {
    /// A line in all, and one a reason for the pages that stayed as they were.
    pub fn describe(&self) -> String {
        let Self { with_box, unchanged, skipped, .. } = self;
        let line = format!("the search box is on {with_box} pages, {unchanged} of which had it already");
        let reasons = skipped.iter().map(|(name, reason)| (reason.as_str(), name.as_str())).collect();
        format!("{line}{}", grouped("not on", reasons))
    }
}
