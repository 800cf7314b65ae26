//! Models that embed on this machine: which there are, where they are, and how to use them.

mod fetch;
mod known;
mod places;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::Recipe;
use exemplar_search_embed::SentenceModel;

pub use self::known::DEFAULT;
use self::known::{KNOWN, Known};
use crate::api::{Input, prefixes_by_name};

/// A model on this machine.
pub struct LocalModel {
    pub name: String,
    model: SentenceModel,
}

/// `--model-dir`.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct ModelArgs {
    /// Folder of the sentence model that embeds on this machine if there is no API [default: EXEMPLAR_MODEL_DIR, then
    /// models/NAME beside the program, then the user's cache, into which it is downloaded]
    #[arg(long, value_name = "DIR", conflicts_with = "endpoint")]
    pub model_dir: Option<PathBuf>,
}

/// A model that is on this machine, not loaded yet.
#[derive(Clone, Debug)]
pub struct ModelPlace {
    pub name: String,
    folder: PathBuf,
}

impl ModelArgs {
    /// The model, which is fetched if it is nowhere on this machine. Without a `name` it is called as its folder is.
    pub fn open(&self, name: Option<&str>) -> Result<LocalModel> {
        if let Some(place) = self.place(name) {
            return place.open();
        }
        let name = name.unwrap_or(DEFAULT).to_owned();
        let folder = fetched(&name).with_context(|| missing(&name))?;
        ModelPlace { name, folder }.open()
    }

    /// Where the model is, if it is on this machine.
    pub fn place(&self, name: Option<&str>) -> Option<ModelPlace> {
        if let Some(folder) = places::told(self.model_dir.as_deref(), name) {
            let own_name = || places::folder_name(&folder);
            let name = name.map(String::from).or_else(own_name).unwrap_or_else(|| DEFAULT.into());
            return Some(ModelPlace { name, folder });
        }
        let name = name.unwrap_or(DEFAULT);
        let folder = places::usual(name).into_iter().find(|folder| places::holds_model(folder))?;
        Some(ModelPlace { name: name.into(), folder })
    }
}

impl ModelPlace {
    /// Tells the model, and how texts are put to it, from others. The model is not loaded.
    pub fn identity(&self) -> Result<String> {
        let (digest, prefixes) = SentenceModel::identity(&self.folder)?;
        Ok(format!("{:?} {digest} {prefixes:?}", self.name))
    }

    pub fn open(self) -> Result<LocalModel> {
        Ok(LocalModel { model: SentenceModel::open(&self.folder)?, name: self.name })
    }
}

impl LocalModel {
    /// How queries and passages are put to it: as its files say, or as is known of models of its name.
    pub fn recipes(&self) -> (Recipe, Recipe) {
        let (query, passage) = match self.model.prefixes() {
            Some(prefixes) => (prefixes.query.as_str(), prefixes.passage.as_str()),
            None => prefixes_by_name(&self.name),
        };
        let recipe = |prefix: &str| Recipe { prefix: prefix.into(), ..Recipe::default() };
        (recipe(query), recipe(passage))
    }

    /// What its vectors are cached by: another model of the same name has other vectors.
    pub fn cache_key(&self) -> String {
        format!("sha256:{}", self.model.digest())
    }

    /// The vectors of `inputs`, one after the other, with `prefix` before each.
    pub fn embed(&self, inputs: &[Input], prefix: &str) -> Result<Vec<Vec<f32>>> {
        let one = |input: &Input| {
            let vector = self.model.embed(&format!("{prefix}{}", input.text));
            vector.with_context(|| format!("cannot embed {}", input.name))
        };
        inputs.iter().map(one).collect()
    }

    /// The vector of a text as it is, and how many tokens were read.
    pub fn embed_text(&self, text: &str) -> Result<(Vec<f32>, usize)> {
        Ok((self.model.embed(text)?, self.model.tokens(text)?.len()))
    }
}

fn fetched(name: &str) -> Result<PathBuf> {
    let Some(known) = Known::named(name) else {
        let names = KNOWN.map(|known| known.name).join(" and ");
        bail!("it is not one of the models that can be downloaded, {names}");
    };
    let folder = places::cached(name).context("there is no cache folder to keep it in")?;
    fetch::model(known, &folder)?;
    Ok(folder)
}

/// Where a model was looked for, and what to do without it.
fn missing(name: &str) -> String {
    let looked: Vec<_> = places::usual(name).iter().map(|folder| folder.display().to_string()).collect();
    format!(
        "the model {name} is not on this machine ({VARIABLE} names no folder of that name, and nothing is in {}). \
         Name a model folder with --model-dir, or an embedding API with --api; `exemplar build --no-vectors` needs \
         neither, and makes a bundle that is searched by keywords alone",
        looked.join(" or "),
        VARIABLE = places::VARIABLE,
    )
}
