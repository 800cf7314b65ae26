//! The options for embedding: the model, its recipes, the cache.

use anyhow::{Result, bail};
use clap::ArgGroup;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use exemplar_search::bundle::Recipe;
use exemplar_search::json::{Number, Value};

use super::cache::Place;
use crate::api::{Client, Preset};
use crate::engine::Engine;
use crate::model::ModelArgs;

/// The model, how texts are given to it, and where its answers are kept.
#[derive(clap::Args, Debug)]
#[command(group(ArgGroup::new("named_api").multiple(true).args(["api", "preset"]).requires("model")))]
pub struct RequestArgs {
    /// The embedding model's name: as the API knows it, or for a model on this machine multilingual-e5-small (the default) or
    /// all-MiniLM-L6-v2 (smaller, for English)
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub model: Option<String>,
    #[command(flatten)]
    pub local: ModelArgs,
    /// Texts in one request [default: what the preset knows, else 16]
    #[arg(long, value_name = "N", requires = "endpoint", value_parser = clap::value_parser!(u16).range(1..))]
    pub batch_size: Option<u16>,
    /// Folder that keeps vectors for later, or off; in the user's cache folder if not given
    #[arg(long, value_name = "DIR", env = "EXEMPLAR_CACHE", value_parser = NonEmptyStringValueParser::new().map(|value| Place::from(value.as_str())))]
    pub cache: Option<Place>,

    /// Text to put before each query, such as 'query: '
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    query_prefix: Option<String>,
    /// Text to put before each passage, such as 'passage: '
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    passage_prefix: Option<String>,
    /// The request's input_type for queries
    #[arg(long, value_name = "TYPE")]
    query_input_type: Option<String>,
    /// The request's input_type for passages
    #[arg(long, value_name = "TYPE")]
    passage_input_type: Option<String>,
    /// The request's model for queries, if it is not --model
    #[arg(long, value_name = "NAME")]
    query_model: Option<String>,
    /// The request's model for passages, if it is not --model
    #[arg(long, value_name = "NAME")]
    passage_model: Option<String>,
}

/// How a text is given to the model.
#[derive(Default)]
pub struct Recipes {
    pub query: Recipe,
    pub passage: Recipe,
}

impl RequestArgs {
    /// What embeds: the API where there is one, else a model on this machine.
    pub fn engine(&self, client: Option<Client>) -> Result<Engine> {
        match client {
            Some(client) => Ok(Engine::Api(Box::new(client))),
            None => self.open_model(),
        }
    }

    /// The model on this machine that embeds.
    pub fn open_model(&self) -> Result<Engine> {
        Ok(Engine::Model(Box::new(self.local.open(self.model.as_deref())?)))
    }

    /// The name of the model that `engine` asks.
    pub fn model_of<'a>(&'a self, engine: &'a Engine) -> &'a str {
        match engine {
            Engine::Api(_) => self.model.as_deref().unwrap_or_default(),
            Engine::Model(local) => &local.name,
        }
    }

    /// What the options say, or the preset or the model itself where they say nothing.
    pub fn recipes(
        &self,
        engine: &Engine,
        preset: Option<Preset>,
        dimensions: Option<u16>,
    ) -> Result<Recipes> {
        let mut recipes = self.own_recipes();
        let usual = match engine {
            Engine::Api(_) => preset.map(|preset| preset.recipes(self.model_of(engine))),
            Engine::Model(local) => {
                self.check_for_this_machine()?;
                Some(local.recipes())
            }
        };
        if let Some((query, passage)) = usual.filter(|_| !self.says_recipes()) {
            recipes = Recipes { query, passage };
        }
        if let Some((field, dimensions)) = preset.and_then(|preset| preset.facts().dimensions).zip(dimensions)
        {
            for recipe in [&mut recipes.query, &mut recipes.passage] {
                recipe.fields.push(field, Value::Number(Number::Natural(dimensions.into())));
            }
        }
        Ok(recipes)
    }

    /// What the options say.
    pub fn own_recipes(&self) -> Recipes {
        let own = |prefix: &Option<String>, input_type: &Option<String>, model: &Option<String>| Recipe {
            prefix: prefix.clone().unwrap_or_default(),
            input_type: input_type.clone(),
            model: model.clone().filter(|_| *model != self.model),
            ..Recipe::default()
        };
        Recipes {
            query: own(&self.query_prefix, &self.query_input_type, &self.query_model),
            passage: own(&self.passage_prefix, &self.passage_input_type, &self.passage_model),
        }
    }

    fn says_recipes(&self) -> bool {
        self.query_prefix.is_some()
            || self.passage_prefix.is_some()
            || self.for_apis().any(|(_, is_said)| is_said)
    }

    /// The options that only a request to an API has a field for.
    fn for_apis(&self) -> impl Iterator<Item = (&'static str, bool)> {
        [
            ("--query-input-type", self.query_input_type.is_some()),
            ("--passage-input-type", self.passage_input_type.is_some()),
            ("--query-model", self.query_model.is_some()),
            ("--passage-model", self.passage_model.is_some()),
        ]
        .into_iter()
    }

    fn check_for_this_machine(&self) -> Result<()> {
        match self.for_apis().find(|(_, is_said)| *is_said) {
            Some((option, _)) => bail!(
                "{option} is for an API (--api); a model on this machine goes by --query-prefix and --passage-prefix alone"
            ),
            None => Ok(()),
        }
    }
}
