//! What a build writes: a bundle's file, or a folder with all that pages need to search.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::Bundle;

use super::args::Args;
use super::finished::{Facts, Finished};
use super::summary::lines;
use crate::bundle_file;
use crate::inject::{Injected, inject};
use crate::output::{OutputFile, print, writing};
use crate::output_folder::{self, OutputFolder};
use crate::page_lines::PageLines;
use crate::web_files::{self, WebFile};

/// The folder within a site where `--output` names none.
const FOLDER: &str = "exemplar";

pub enum Output {
    File(OutputFile),
    Folder(OutputFolder, Vec<WebFile>),
}

impl Output {
    /// The folder that `args` asks for, if it is a folder.
    pub fn folder(args: &Args) -> Result<Option<PathBuf>> {
        Ok(match (&args.output, args.source.site()?) {
            // Without the slash, which a file could not have.
            (Some(path), _) => is_folder(path).then(|| path.components().collect()),
            (None, site) => site.map(|site| site.join(FOLDER)),
        })
    }

    /// Makes sure that what `args` asks for can be written.
    pub fn prepare(args: &Args) -> Result<Self> {
        let path = match (Self::folder(args)?, &args.output) {
            (Some(path), _) => path,
            (None, Some(file)) if args.inject => bail!(
                "--inject: pages cannot load the search from the file {}: leave --output away, or name a folder within --site, with \
                 a slash at its end",
                file.display()
            ),
            (None, Some(file)) => return Ok(Self::File(args.form.output(file)?)),
            (None, None) => bail!(
                "where should the bundle go? Name a file, --output bundle.json, or a folder with a slash at its end, --output search/"
            ),
        };
        if let Some(site) = args.source.site()?.filter(|_| args.inject)
            && !absolute(&path)?.starts_with(absolute(site)?)
        {
            bail!("--inject: pages reach no folder but one within --site, which {} is not", path.display());
        }
        let files = web_files::all()?;
        Ok(Self::Folder(OutputFolder::prepare(&path)?, files))
    }
}

/// Writes the bundle's file, and says so. `started` is when the build began.
pub fn write_file(file: &OutputFile, bundle: &Bundle, started: Instant) -> Result<()> {
    let bytes = bundle_file::write(bundle, file)?;
    let name = file.name().display().to_string();
    file.report(&Facts::of(bundle).describe(&name, bytes, started.elapsed().as_secs_f64()))
}

/// Writes the folder, and the search box into pages if that is asked for; says so, in one line if the owner has been told already.
/// Returns the pages that were written. `base_path` is where the site is on its host, if its pages tell.
pub fn write_folder(
    folder: OutputFolder,
    files: Vec<WebFile>,
    finished: Finished,
    args: &Args,
    base_path: Option<&str>,
    (started, is_again): (Instant, bool),
) -> Result<Vec<String>> {
    let (path, bytes) = (folder.path().to_owned(), finished.bytes());
    let (places, site) = (PageLines::of(&args.source, base_path, &path), args.source.site()?);
    let Finished { facts, files: bundle } = finished;
    let bundle = bundle.into_iter().map(|(name, contents)| (name, Cow::Owned(contents)));
    let files: Vec<_> = files.into_iter().chain(bundle).collect();
    let whole = writing();
    folder.write(&files)?;
    let injected = match site.filter(|_| args.inject) {
        Some(site) => Some(inject(site, &places, args.source.addresses())?),
        None => None,
    };
    drop(whole);
    print(&facts.describe(&path.display().to_string(), bytes, started.elapsed().as_secs_f64()))?;
    if !is_again {
        print(&lines(&facts, &files).join("\n"))?;
        print(&next_step(injected.as_ref(), site, &places, args.serve))?;
    }
    Ok(injected.map_or_else(Vec::new, |injected| injected.changed))
}

/// What is left to do for the site's owner.
fn next_step(
    injected: Option<&Injected>,
    site: Option<&Path>,
    places: &PageLines,
    is_served: bool,
) -> String {
    match (injected, site) {
        (Some(injected), Some(site)) if !is_served => {
            format!("{}\nTo try it: exemplar serve {}", injected.describe(), site.display())
        }
        (Some(injected), _) => injected.describe(),
        (None, _) => {
            let [script, element] = places.anywhere();
            format!("Put these two lines into your pages, or let --inject do so:\n  {script}\n  {element}")
        }
    }
}

/// Whether `--output` names a folder: by a slash at its end, or as one that builds write.
fn is_folder(path: &Path) -> bool {
    let ends_in_slash = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    ends_in_slash || (path.is_dir() && output_folder::is_ours(path))
}

/// The path as the file system has it, whether or not its last part is there.
fn absolute(path: &Path) -> Result<PathBuf> {
    let known = path.canonicalize().or_else(|_| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if parent != Path::new("") => Ok(parent.canonicalize()?.join(name)),
        _ => std::path::absolute(path),
    });
    known.with_context(|| format!("cannot look into {}", path.display()))
}
