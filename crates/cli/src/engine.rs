//! The embedder of a build or a search: an API, or a model on this machine.

use std::num::NonZero;
use std::thread::available_parallelism;

use anyhow::Result;
use exemplar_search::bundle::Recipe;

use crate::api::{Client, Input};
use crate::model::LocalModel;

pub enum Engine {
    Api(Box<Client>),
    Model(Box<LocalModel>),
}

impl Engine {
    /// The vectors of `inputs` as `recipe` says, in their order: finite, not all zero. `model` is the one to ask an API for
    /// where the recipe names none. `retrying` hears of each pause.
    pub fn embed(
        &self,
        inputs: &[Input],
        recipe: &Recipe,
        model: &str,
        retrying: impl Fn(&str),
    ) -> Result<Vec<Vec<f32>>> {
        match self {
            Self::Api(client) => client.embed(inputs, recipe, model, retrying),
            Self::Model(local) => local.embed(inputs, &recipe.prefix),
        }
    }

    /// What vectors of `model` are cached by.
    pub fn cache_key(&self, model: &str) -> String {
        match self {
            Self::Api(_) => model.into(),
            Self::Model(local) => local.cache_key(),
        }
    }

    /// How many batches are under way at once where nobody says: requests one after the other, a text on each core.
    pub fn concurrency(&self) -> usize {
        match self {
            Self::Api(_) => 1,
            Self::Model(_) => available_parallelism().map_or(1, NonZero::get),
        }
    }

    pub fn client(&self) -> Option<&Client> {
        match self {
            Self::Api(client) => Some(client),
            Self::Model(_) => None,
        }
    }
}
