//! Vectors from earlier builds, so that a text is embedded, and paid for, once.
//!
//! Each vector has a file, named by the SHA-256 of everything that the vector depends on: model, recipe and text, but not the API's
//! address. The file begins with the SHA-256 of that name and the values together, which shows a file that is damaged or in
//! another's place. A file appears whole or not at all and is never changed, so builds may end at any moment or run at once.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use exemplar_search::bundle::Recipe;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::digest::hex;
use crate::input;

/// Part of every key; another layout of the files gets another.
const LAYOUT: &str = "exemplar vector 2";

/// Where the program keeps its vectors within the user's cache folder.
const FOLDER: &str = "exemplar-search/vectors";

/// Of one file: far more than a vector may have.
const MAX_BYTES: u64 = 1 << 20;

/// `--cache`.
#[derive(Clone, Debug)]
pub enum Place {
    Folder(PathBuf),
    Off,
}

impl From<&str> for Place {
    fn from(value: &str) -> Self {
        match value {
            "off" => Self::Off,
            folder => Self::Folder(folder.into()),
        }
    }
}

/// A folder of vectors; without one, nothing is kept.
#[derive(Clone)]
pub struct Cache(Option<Arc<Folder>>);

struct Folder {
    path: PathBuf,
    /// Whether a file could not be written. No other is tried then.
    full: AtomicBool,
}

impl Cache {
    /// The cache that `--cache` names, else the user's; without one if the user has no cache folder.
    pub fn new(place: Option<&Place>) -> Self {
        let path = match place {
            Some(Place::Folder(folder)) => Some(folder.clone()),
            Some(Place::Off) => None,
            None => dirs::cache_dir().map(|folder| folder.join(FOLDER)),
        };
        Self(path.map(|path| Arc::new(Folder { path, full: AtomicBool::new(false) })))
    }

    /// Whether it keeps anything.
    pub fn keeps(&self) -> bool {
        self.0.is_some()
    }

    /// The folder of this name within the cache, if there is a cache.
    pub fn folder(&self, name: &str) -> Option<PathBuf> {
        self.0.as_ref().map(|folder| folder.path.join(name))
    }

    /// Makes sure that vectors can be kept, before any is paid for.
    ///
    /// # Errors
    ///
    /// They cannot: from now on, none is.
    pub fn probe(&self) -> Result<()> {
        let Some(folder) = &self.0 else { return Ok(()) };
        let try_to_write = || {
            fs::create_dir_all(&folder.path)?;
            NamedTempFile::new_in(&folder.path)
        };
        folder.outcome(try_to_write().map(drop).map_err(anyhow::Error::new), &folder.path)
    }

    /// The vectors of what `recipe` makes of texts for `model`.
    pub fn of(&self, model: &str, recipe: &Recipe) -> Space<'_> {
        let Recipe { prefix, input_type, model: own_model, fields, .. } = recipe;
        let input_type = input_type.as_deref().map_or(String::new(), |input_type| format!("={input_type}"));
        let mut digest = Sha256::new();
        for field in [LAYOUT, own_model.as_deref().unwrap_or(model), prefix, &input_type] {
            update(&mut digest, field);
        }
        if !fields.is_empty() {
            update(&mut digest, &json!(fields).to_string());
        }
        Space { folder: self.0.as_deref(), digest }
    }
}

impl Folder {
    /// Gives up writing where it failed; says so once.
    fn outcome(&self, outcome: Result<()>, file: &Path) -> Result<()> {
        match outcome {
            Err(problem) if !self.full.swap(true, Ordering::Relaxed) => Err(problem).with_context(|| {
                format!(
                    "cannot keep vectors in {}, so a later build will pay for them again: name another folder with \
                     --cache DIR, or --cache off",
                    file.display()
                )
            }),
            _ => Ok(()),
        }
    }
}

/// The vectors of one model and recipe.
pub struct Space<'a> {
    folder: Option<&'a Folder>,
    /// Of model and recipe.
    digest: Sha256,
}

impl Space<'_> {
    /// The vector of `text`, if it is there.
    ///
    /// # Errors
    ///
    /// It is damaged, or cannot be read; names the file.
    pub fn get(&self, text: &str) -> Result<Option<Vec<f32>>, String> {
        let key = self.key(text);
        let Some(path) = self.path(&key) else { return Ok(None) };
        let wrong = |problem: &str| format!("the cached vector {} {problem}", path.display());
        let bytes = match File::open(&path) {
            Ok(file) => input::read(file, MAX_BYTES)
                .map_err(|problem| wrong(&format!("cannot be read: {problem}")))?,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(problem) => return Err(wrong(&format!("cannot be read: {problem}"))),
        };
        let values = bytes.as_deref().and_then(|bytes| {
            let (floats, rest) = checked(&key, bytes)?.as_chunks();
            let is_whole = rest.is_empty() && !floats.is_empty();
            is_whole.then(|| floats.iter().map(|value| f32::from_le_bytes(*value)).collect())
        });
        values.map(Some).ok_or_else(|| wrong("is damaged, or of another text"))
    }

    /// Keeps the vector of `text`.
    ///
    /// # Errors
    ///
    /// It cannot be written; after that, nothing is, and no error comes.
    pub fn put(&self, text: &str, vector: &[f32]) -> Result<()> {
        let key = self.key(text);
        let (Some(folder), Some(path)) = (self.folder, self.path(&key)) else { return Ok(()) };
        if folder.full.load(Ordering::Relaxed) {
            return Ok(());
        }
        let values: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
        folder.outcome(write(&path, &[&hash_of(&key, &values), &values]), &path)
    }

    /// The file that the vector of `text` is in, if any is kept.
    pub fn file(&self, text: &str) -> Option<PathBuf> {
        self.path(&self.key(text))
    }

    fn key(&self, text: &str) -> [u8; 32] {
        let mut digest = self.digest.clone();
        update(&mut digest, text);
        digest.finalize().into()
    }

    /// The first two digits are a folder, as no folder should have too many files.
    fn path(&self, key: &[u8; 32]) -> Option<PathBuf> {
        let key = hex(key);
        let (first, rest) = key.split_at(2);
        Some(self.folder?.path.join(first).join(rest))
    }
}

/// Adds a field, with its length before it, so that no two lists of fields are the same bytes.
fn update(digest: &mut Sha256, field: &str) {
    digest.update((field.len() as u64).to_le_bytes());
    digest.update(field);
}

/// What a file of the cache holds, if it is whole and belongs to `key`.
pub fn checked<'a>(key: &[u8; 32], file: &'a [u8]) -> Option<&'a [u8]> {
    let (hash, contents) = file.split_at_checked(Sha256::output_size())?;
    (hash == hash_of(key, contents)).then_some(contents)
}

pub fn hash_of(key: &[u8; 32], values: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(key).chain_update(values).finalize().into()
}

/// Not forced onto the disk: what a power failure damages does not fit its hash, and is embedded again.
pub fn write(path: &Path, parts: &[&[u8]]) -> Result<()> {
    let folder = path.parent().context("it has no folder")?;
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&parts.concat())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use exemplar_search::bundle::Recipe;

    use super::{Cache, Place};

    fn recipe(prefix: &str, input_type: Option<&str>, model: Option<&str>) -> Recipe {
        let owned = |text: Option<&str>| text.map(String::from);
        Recipe {
            prefix: prefix.into(),
            input_type: owned(input_type),
            model: owned(model),
            ..Recipe::default()
        }
    }

    #[test]
    fn a_vector_is_found_by_model_recipe_and_text_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(Some(&Place::Folder(folder.path().join("new/folder"))));
        let plain = recipe("", None, None);
        cache.of("m", &plain).put("text", &[1.5, -0.0]).unwrap();
        let get = |model, recipe: &Recipe, text| cache.of(model, recipe).get(text).unwrap();
        assert_eq!(get("m", &plain, "text").unwrap(), [1.5, -0.0]);
        assert_eq!(get("other", &recipe("", None, Some("m")), "text").unwrap(), [1.5, -0.0]);
        for (model, recipe, text) in [
            ("m", recipe("", None, None), "text "),
            ("M", recipe("", None, None), "text"),
            ("m", recipe("te", None, None), "xt"),
            ("m", recipe("", Some(""), None), "text"),
            ("m", recipe("", Some("passage"), None), "text"),
            ("m", recipe("", None, Some("n")), "text"),
        ] {
            assert_eq!(get(model, &recipe, text), None, "{model} {recipe:?} {text}");
        }
        let off = Cache::new(Some(&Place::from("off")));
        off.of("m", &plain).put("text", &[1.0]).unwrap();
        off.probe().unwrap();
        assert_eq!(off.of("m", &plain).get("text"), Ok(None));
    }

    #[test]
    fn a_damaged_or_swapped_vector_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, plain) = (Cache::new(Some(&Place::Folder(folder.path().into()))), recipe("", None, None));
        let space = cache.of("m", &plain);
        space.put("text", &[1.0, 2.0]).unwrap();
        let path = space.file("text").unwrap();
        let whole = fs::read(&path).unwrap();
        let is_named = |problem: Result<_, String>| problem.unwrap_err().contains(path.to_str().unwrap());
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(is_named(space.get("text")), "{length} bytes");
        }
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 4;
            fs::write(&path, damaged).unwrap();
            assert!(is_named(space.get("text")), "byte {place}");
        }
        // Whole, but of another text, or of another model.
        space.put("other", &[5.0, 6.0]).unwrap();
        let foreign = cache.of("n", &plain);
        foreign.put("text", &[7.0, 8.0]).unwrap();
        for file in [space.file("other"), foreign.file("text")] {
            fs::copy(file.unwrap(), &path).unwrap();
            assert!(is_named(space.get("text")));
        }
        space.put("text", &[3.0]).unwrap();
        assert_eq!(space.get("text").unwrap().unwrap(), [3.0]);
    }

    #[test]
    fn what_cannot_be_written_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let (cache, plain) = (Cache::new(Some(&Place::Folder(file))), recipe("", None, None));
        assert_eq!(cache.of("m", &plain).get("text"), Ok(None));
        let problem = cache.probe().unwrap_err().to_string();
        assert!(problem.contains("cannot keep vectors in") && problem.contains("--cache off"), "{problem}");
        cache.of("m", &plain).put("text", &[1.0]).unwrap();
    }
}
