//! What `exemplar build` is told on the command line.

use std::path::PathBuf;

use exemplar_search::bundle::Passage;

use super::queries::{DEFAULT_BUDGET, Queries};
use super::request::RequestArgs;
use super::texts::Texts;
use crate::api::{ApiArgs, Limits};
use crate::bundle_file::FormArgs;
use crate::site::{Document, SourceArgs};

/// Characters of a passage, and of an article that is embedded as one.
pub const PASSAGE_CHARS: usize = 1000;
const ARTICLE_CHARS: usize = 1500;

/// Build a bundle from a site, with a sentence model on this machine or an embedding API
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub api: ApiArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// Vectors from elsewhere: a .npy file, float32 or float64, a row for each article
    #[arg(long, value_name = "FILE", requires = "model", conflicts_with_all = ["endpoint", "model_dir"])]
    pub embeddings: Option<PathBuf>,

    /// Whether an article gets a vector for each of its passages, or one in all, as it does with --embeddings
    #[arg(long, value_enum, default_value_t, conflicts_with = "embeddings")]
    passages: Switch,
    /// Characters of text behind one vector, after title and headings: about as many in a passage (1000 if not given),
    /// the first of an article with --passages off (1500)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_chars: Option<u32>,
    /// Keep the first N values of each vector, at unit length: for models trained for it (Matryoshka)
    #[arg(long, value_name = "N", requires = "endpoint", value_parser = clap::value_parser!(u16).range(1..))]
    dimensions: Option<u16>,

    /// Requests under way at once [default: 1], or texts with a model on this machine [default: one on each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    pub concurrency: Option<u8>,
    #[command(flatten)]
    pub limits: Limits,

    /// Say how much there is to embed, ask for nothing and write nothing
    #[arg(long, requires = "endpoint")]
    pub dry_run: bool,
    /// What the API takes for a million tokens, for the estimate and the summary
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price_per_million: Option<f64>,

    /// Whether the bundle gets keywords, which the methods with lexical need
    #[arg(long, value_enum, default_value_t)]
    pub keywords: Switch,

    /// Whether the bundle gets a query encoder, which searches without an API; none with --embeddings
    #[arg(long, value_enum, default_value_t)]
    query_encoder: Switch,
    /// Titles, headings and sentences of the site to embed as queries at most, from which the encoder learns; with 0 there is
    /// none, and nothing for query alignment either
    #[arg(long, value_name = "N", default_value_t = DEFAULT_BUDGET)]
    query_texts: u32,

    #[command(flatten)]
    pub form: FormArgs,
    /// The bundle to write; - for standard output
    #[arg(short, long, value_name = "FILE", required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
}

/// Whether a bundle gets something.
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    #[default]
    On,
    Off,
}

impl Switch {
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

impl Args {
    /// What to embed, and the passages that it is of.
    pub fn texts(&self, documents: &[Document]) -> (Texts, Vec<Passage>) {
        let max_chars = |default| self.max_chars.map_or(default, |n| n as usize);
        match self.passages {
            Switch::On => Texts::of_passages(documents, max_chars(PASSAGE_CHARS)),
            Switch::Off => (
                Texts::of_articles(documents, max_chars(ARTICLE_CHARS)),
                Passage::whole_articles(documents.len()),
            ),
        }
    }

    /// What to embed as queries.
    pub fn queries(&self, documents: &[Document], passages: &[Passage]) -> Queries {
        Queries::of(documents, passages, self.query_texts as usize, self.query_encoder.is_on())
    }

    pub fn dimensions(&self) -> Option<usize> {
        self.dimensions.map(usize::from)
    }

    /// The same, as some APIs want to be told it.
    pub fn dimensions_field(&self) -> Option<u16> {
        self.dimensions
    }
}

fn price(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(price) if (0.0..=1e6).contains(&price) => Ok(price),
        _ => Err("expected a number from 0, such as 0.02".into()),
    }
}
