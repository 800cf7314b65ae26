//! Vectors from earlier builds, so that a text is embedded, and paid for, once.
//!
//! A file a vector, named by the SHA-256 of all that the vector depends on: model, recipe and text, but not the API's
//! address. A file appears whole or not at all and is never changed, so builds may end at any moment or run at once.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use exemplar_search::bundle::Recipe;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

/// Part of every key; another layout of the files gets another.
const LAYOUT: &str = "exemplar vector 1";

/// Where the program keeps its vectors within the user's cache folder.
const FOLDER: &str = "exemplar-search/vectors";

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
pub struct Cache(Option<PathBuf>);

impl Cache {
    /// The cache that `--cache` names, else the user's; without one if the user has no cache folder.
    pub fn new(place: Option<&Place>) -> Self {
        Self(match place {
            Some(Place::Folder(folder)) => Some(folder.clone()),
            Some(Place::Off) => None,
            None => dirs::cache_dir().map(|folder| folder.join(FOLDER)),
        })
    }

    /// The vectors of what `recipe` makes of texts for `model`.
    pub fn of<'a>(&'a self, model: &'a str, recipe: &'a Recipe) -> Space<'a> {
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

/// The vectors of one model and recipe.
pub struct Space<'a> {
    folder: Option<&'a Path>,
    /// Of model and recipe.
    digest: Sha256,
}

impl Space<'_> {
    /// The vector of `text`, if it is there and undamaged.
    pub fn get(&self, text: &str) -> Option<Vec<f32>> {
        let bytes = fs::read(self.path(text)?).ok()?;
        let (hash, values) = bytes.split_at_checked(Sha256::output_size())?;
        let (values, rest) = values.as_chunks();
        let undamaged = hash == hash_of(values.as_flattened()) && rest.is_empty() && !values.is_empty();
        undamaged.then(|| values.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }

    /// Keeps the vector of `text`.
    pub fn put(&self, text: &str, vector: &[f32]) -> Result<()> {
        let Some(path) = self.path(text) else { return Ok(()) };
        let values: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
        write(&path, &[&hash_of(&values), &values]).with_context(|| {
            format!(
                "cannot keep a vector in {}: name another folder with --cache DIR, or --cache off",
                path.display()
            )
        })
    }

    /// The first two digits are a folder, as no folder should have too many files.
    fn path(&self, text: &str) -> Option<PathBuf> {
        let mut digest = self.digest.clone();
        update(&mut digest, text);
        let key: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let (first, rest) = key.split_at(2);
        Some(self.folder?.join(first).join(rest))
    }
}

/// Adds a field, with its length before it, so that no two lists of fields are the same bytes.
fn update(digest: &mut Sha256, field: &str) {
    digest.update((field.len() as u64).to_le_bytes());
    digest.update(field);
}

fn hash_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Not forced onto the disk: what a power failure damages does not fit its hash, and is embedded again.
fn write(path: &Path, parts: &[&[u8]]) -> Result<()> {
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
        let get = |model, recipe: &Recipe, text| cache.of(model, recipe).get(text);
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
        assert_eq!(off.of("m", &plain).get("text"), None);
    }

    #[test]
    fn a_damaged_vector_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, plain) = (Cache::new(Some(&Place::Folder(folder.path().into()))), recipe("", None, None));
        let space = cache.of("m", &plain);
        space.put("text", &[1.0, 2.0]).unwrap();
        let path = space.path("text").unwrap();
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(space.get("text"), None, "{length} bytes");
        }
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 4;
            fs::write(&path, damaged).unwrap();
            assert_eq!(space.get("text"), None, "byte {place}");
        }
        space.put("text", &[3.0]).unwrap();
        assert_eq!(space.get("text").unwrap(), [3.0]);
    }
}
