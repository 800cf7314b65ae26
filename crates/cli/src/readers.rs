//! What reads files and answers, for the fuzz targets of the repository. No API: see the crate.

use std::ffi::OsString;

use anyhow::Result;
use clap::{Args, Command, CommandFactory, FromArgMatches, Parser};
use exemplar_search::bundle::Article;

use crate::api::Input;
use crate::api::answer::{self, Unusable};
use crate::site::{Pages, SourceArgs};
use crate::{Cli, config, npy, passages};

/// Characters of a passage that [`Source::read`] asks for.
pub const PASSAGE_CHARS: usize = 500;

/// A site as `exemplar build` reads it.
pub struct Source(SourceArgs);

/// An article of a site.
pub struct Found {
    /// What a bundle says of it.
    pub article: Article,
    /// The paragraphs and headings of its text, in order.
    pub blocks: Vec<String>,
    /// The texts that are embedded for it, each of about [`PASSAGE_CHARS`] characters.
    pub passages: Vec<String>,
}

impl Source {
    /// The source that these options of `exemplar build` name, such as `--feed FILE`.
    ///
    /// # Errors
    ///
    /// Options that the command refuses.
    pub fn new(options: &[&str]) -> Result<Self> {
        let command = SourceArgs::augment_args(Command::new("build").no_binary_name(true));
        Ok(Self(SourceArgs::from_arg_matches(&command.try_get_matches_from(options)?)?))
    }

    /// The articles that the source holds now.
    ///
    /// # Errors
    ///
    /// What the command would say of it.
    pub fn read(&self) -> Result<Vec<Found>> {
        let reading = self.0.read(true, &mut Pages::default())?;
        let found = reading.documents.into_iter().map(|document| {
            let passages = passages::split(&document.article.title, &document.blocks, PASSAGE_CHARS);
            Found {
                passages: passages.into_iter().map(|piece| piece.text).collect(),
                blocks: document.blocks.into_iter().map(|block| block.text).collect(),
                article: document.article,
            }
        });
        Ok(found.collect())
    }
}

/// The vectors in the answer of an embedding API to a request of so many texts, one for each.
///
/// # Errors
///
/// What the command would say of the answer.
pub fn answer(body: &[u8], texts: usize) -> Result<Vec<Vec<f32>>, String> {
    let inputs = vec![Input { name: "a", text: "text" }; texts];
    match answer::read(body, &inputs) {
        Ok(answer) => Ok(answer.vectors),
        Err(Unusable::Error { message, .. } | Unusable::Wrong(message)) => Err(message),
    }
}

/// The options of `exemplar build` that an `exemplar.toml` stands for, whether or not the command takes their values.
///
/// # Errors
///
/// What the command would say of the file.
pub fn options(file: &str) -> Result<Vec<OsString>> {
    let given: Vec<OsString> = ["exemplar", "build"].map(OsString::from).into();
    let options = config::options(Cli::command(), "build", &given, file)?;
    // It says yes or no, of any of them.
    let _ = Cli::try_parse_from([given, options.clone()].concat());
    Ok(options)
}

/// The rows, the columns and the values of an `.npy` file.
///
/// # Errors
///
/// What the command would say of the file.
pub fn npy(bytes: &[u8]) -> Result<(usize, usize, Vec<f32>)> {
    let array = npy::read(bytes, bytes.len() as u64)?;
    let (rows, columns) = array.dim();
    Ok((rows, columns, array.iter().copied().collect()))
}
