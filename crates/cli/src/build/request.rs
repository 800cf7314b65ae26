//! What a model is asked, as the command line tells it.

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use exemplar_search::bundle::Recipe;
use exemplar_search::json::{Number, Value};

use super::cache::Place;
use crate::api::Preset;

/// The model, how texts are given to it, and where its answers are kept.
#[derive(clap::Args)]
pub struct RequestArgs {
    /// The embedding model's name, as the API knows it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub model: String,
    /// Texts in one request [default: what the preset knows, else 16]
    #[arg(long, value_name = "N", requires = "endpoint", value_parser = clap::value_parser!(u16).range(1..))]
    pub batch_size: Option<u16>,
    /// Folder that keeps vectors for later, or off; in the user's cache folder if not given
    #[arg(long, value_name = "DIR", env = "EXEMPLAR_CACHE", value_parser = NonEmptyStringValueParser::new().map(|value| Place::from(value.as_str())))]
    pub cache: Option<Place>,

    /// Put before each query, such as 'query: '
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    query_prefix: Option<String>,
    /// Put before each article's text, such as 'passage: '
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    passage_prefix: Option<String>,
    /// The request's input_type for queries
    #[arg(long, value_name = "TYPE")]
    query_input_type: Option<String>,
    /// The request's input_type for articles
    #[arg(long, value_name = "TYPE")]
    passage_input_type: Option<String>,
    /// The request's model for queries, where it is not --model
    #[arg(long, value_name = "NAME")]
    query_model: Option<String>,
    /// The request's model for articles, where it is not --model
    #[arg(long, value_name = "NAME")]
    passage_model: Option<String>,
}

/// How a text is given to the model.
pub struct Recipes {
    pub query: Recipe,
    pub passage: Recipe,
}

impl RequestArgs {
    /// What the options say, or the preset where they say nothing.
    pub fn recipes(&self, preset: Option<Preset>, dimensions: Option<u16>) -> Recipes {
        let own = |prefix: &Option<String>, input_type: &Option<String>, model: &Option<String>| Recipe {
            prefix: prefix.clone().unwrap_or_default(),
            input_type: input_type.clone(),
            model: model.clone().filter(|model| *model != self.model),
            ..Recipe::default()
        };
        let mut recipes = Recipes {
            query: own(&self.query_prefix, &self.query_input_type, &self.query_model),
            passage: own(&self.passage_prefix, &self.passage_input_type, &self.passage_model),
        };
        let told = [
            &self.query_prefix,
            &self.query_input_type,
            &self.query_model,
            &self.passage_prefix,
            &self.passage_input_type,
            &self.passage_model,
        ];
        let Some(preset) = preset else { return recipes };
        if told.into_iter().all(Option::is_none) {
            (recipes.query, recipes.passage) = preset.recipes(&self.model);
        }
        if let Some((field, dimensions)) = preset.facts().dimensions.zip(dimensions) {
            for recipe in [&mut recipes.query, &mut recipes.passage] {
                recipe.fields.push(field, Value::Number(Number::Natural(dimensions.into())));
            }
        }
        recipes
    }
}
