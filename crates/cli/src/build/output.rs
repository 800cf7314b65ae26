//! What a build writes: a bundle's file, or a folder with all that pages need to search.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use exemplar_search::bundle::{Bundle, Layout};

use super::args::Args;
use super::summary::lines;
use crate::bundle_file;
use crate::inject::inject;
use crate::output::{OutputFile, note, print};
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
    /// Makes sure that what `args` asks for can be written.
    pub fn prepare(args: &Args) -> Result<Self> {
        let path: PathBuf = match (&args.output, args.source.site()?) {
            (Some(path), _) if !is_folder(path) && args.inject => bail!(
                "--inject: {} is no folder that pages could load the search from: leave --output away, or name a folder within \
                 --site, with a slash at the end",
                path.display()
            ),
            (Some(path), _) if !is_folder(path) => return Ok(Self::File(args.form.output(path)?)),
            // Without the slash, which a file could not have.
            (Some(path), _) => path.components().collect(),
            (None, Some(site)) => site.join(FOLDER),
            (None, None) => {
                return Err(anyhow!(
                    "--output names the bundle to write, or a folder ending in /, where there is no --site"
                ));
            }
        };
        if let Some(site) = args.source.site()?.filter(|_| args.inject)
            && !absolute(&path)?.starts_with(absolute(site)?)
        {
            bail!("--inject: pages reach no folder but one within --site, which {} is not", path.display());
        }
        let files = web_files::all()?;
        Ok(Self::Folder(OutputFolder::prepare(&path)?, files))
    }

    /// Puts a large bundle into shards in a folder, unless a layout was asked for. A file that has a name of its own stays one
    /// file.
    pub fn choose_layout(&self, bundle: &mut Bundle, args: &Args) -> Result<()> {
        if args.form.prefers_shards(bundle)? {
            match self {
                Self::Folder(..) => bundle.layout = Layout::Shards,
                Self::File(_) => note(
                    "this bundle is large: with --layout shards, or in a folder (-o NAME/), readers load only what a search needs of it",
                ),
            }
        }
        Ok(())
    }

    /// Writes the bundle, and says what `summary` makes of the output's name and the bundle's bytes.
    pub fn write(self, bundle: &Bundle, args: &Args, summary: impl Fn(&str, usize) -> String) -> Result<()> {
        match self {
            Self::File(file) => {
                let bytes = bundle_file::write(bundle, &file)?;
                file.report(&summary(&file.name().display().to_string(), bytes))
            }
            Self::Folder(folder, mut files) => {
                let path = folder.path().to_owned();
                let written = bundle_file::files(bundle)?;
                let bytes = written.iter().map(|(_, contents)| contents.len()).sum();
                files.extend(written.into_iter().map(|(name, contents)| (name, Cow::Owned(contents))));
                folder.write(&files)?;
                print(&summary(&path.display().to_string(), bytes))?;
                print(&lines(bundle, &files).join("\n"))?;
                let places = PageLines::of(&args.source, &path);
                match args.source.site()?.filter(|_| args.inject) {
                    Some(site) => {
                        print(&inject(site, &places, args.source.addresses())?.describe())?;
                        print(&format!("look at it: exemplar serve {}", site.display()))
                    }
                    None => {
                        let [script, element] = places.anywhere();
                        print(&format!(
                            "put these two lines onto your pages, or build with --inject:\n  {script}\n  {element}"
                        ))
                    }
                }
            }
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
