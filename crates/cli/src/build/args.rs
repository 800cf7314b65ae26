//! The command line of `exemplar build`.

use std::path::PathBuf;

use exemplar_search::bundle::Passage;

use super::queries::Queries;
use super::request::RequestArgs;
use super::synonyms::Synonym;
use super::texts::Texts;
use crate::api::{ApiArgs, Limits};
use crate::bundle_file::FormArgs;
use crate::site::{Document, SourceArgs};

/// Characters of a passage, and of an article that is embedded as one.
pub const PASSAGE_CHARS: usize = 1000;
const ARTICLE_CHARS: usize = 1500;

/// Build a bundle from a site, with a sentence model on this machine or an embedding API
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub api: ApiArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// Vectors that you already have: a .npy file of float32 or float64, one row for each article
    #[arg(long, value_name = "FILE", requires = "model", conflicts_with_all = ["endpoint", "model_dir"])]
    pub embeddings: Option<PathBuf>,

    /// Whether each passage of an article gets a vector, or each article one, as with --embeddings
    #[arg(long, value_enum, default_value_t, conflicts_with = "embeddings")]
    passages: Switch,
    /// Characters of a passage, about [default: 1000]; with --passages off, how many of an article are embedded [default:
    /// 1500]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_chars: Option<u32>,
    /// Keep the first N values of each vector, scaled to unit length: for models trained for it (Matryoshka)
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
    /// The API's price of a million tokens, for the estimate and the summary
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price_per_million: Option<f64>,

    /// Embed nothing: readers search by keywords alone, which needs neither a model nor an API
    #[arg(long, conflicts_with_all = ["endpoint", "model_dir", "model", "embeddings", "dry_run"])]
    pub no_vectors: bool,

    /// Whether the bundle gets keywords, which lexical ranks by
    #[arg(long, value_enum, default_value_t)]
    pub keywords: Switch,
    /// Words that mean the same, such as k8s=kubernetes: pages with either are found by both; may be given again
    #[arg(long, value_name = "WORDS=WORDS")]
    pub synonym: Vec<Synonym>,

    /// Whether the bundle gets a query encoder, which searches without an API; none with --embeddings
    #[arg(long, value_enum, default_value_t)]
    query_encoder: Switch,
    /// The most titles, headings and sentences of the site to embed as queries, and the most words, for the query encoder; 0 leaves out the
    /// encoder and query alignment [default: as many texts as there are passages, 2000 to 4000, and 5000 words]
    #[arg(long, value_name = "N")]
    query_texts: Option<u32>,

    #[command(flatten)]
    pub form: FormArgs,
    /// The bundle to write, - for standard output; or with a slash at the end, a folder for it and all that pages need to search
    /// [default: exemplar/ within --site]
    #[arg(short, long, value_name = "FILE|DIR/", required_unless_present_any = ["dry_run", "site"])]
    pub output: Option<PathBuf>,
    /// Put the search box into every page below --site; another build replaces what this one put there
    #[arg(long, requires = "site")]
    pub inject: bool,
    /// Build again whenever the site changes, until Ctrl-C
    #[arg(long, requires = "site", conflicts_with = "dry_run")]
    pub watch: bool,
    /// Show the site on this machine and build again whenever it changes; its pages then load themselves anew
    #[arg(long, requires = "site", conflicts_with = "dry_run")]
    pub serve: bool,
    /// Port of --serve; 0 takes any that is free
    #[arg(long, requires = "serve", default_value_t = 8080)]
    pub port: u16,
}

/// Whether a bundle gets something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
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
    /// What to embed, and the passages it belongs to.
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
        Queries::of(documents, passages, self.query_texts, self.query_encoder.is_on())
    }

    pub fn dimensions(&self) -> Option<usize> {
        self.dimensions.map(usize::from)
    }

    /// The same, as the request's field for some APIs.
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
