//! What `exemplar eval` is told on the command line.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use exemplar_search::bundle::Recipe;
use exemplar_search::{Fusion, Method};

use super::setting::Setting;
use super::task::Task;
use crate::api::ApiArgs;
use crate::build::{DEFAULT_QUERY_TEXTS, Place};

/// Measure what each way of ranking is worth on a test collection
#[derive(clap::Args)]
pub struct Args {
    /// Folder with corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv, as BEIR has them
    #[arg(long, value_name = "DIR")]
    pub collection: PathBuf,
    /// What is measured
    #[arg(long, value_enum, default_value_t)]
    pub task: Task,
    /// Leave the document whose id is the query's out of the ranking
    #[arg(long)]
    pub leave_out_own: bool,

    #[command(flatten)]
    pub api: ApiArgs,
    /// The embedding model's name, as the API knows it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub model: String,
    /// Vectors of the documents instead of the API's: a .npy file, a row a line of corpus.jsonl
    #[arg(long, value_name = "FILE")]
    pub embeddings: Option<PathBuf>,
    /// Vectors of the queries instead of the API's: a .npy file, a row a line of queries.jsonl
    #[arg(long, value_name = "FILE")]
    pub query_embeddings: Option<PathBuf>,
    /// Put before each query, such as 'query: '
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    query_prefix: String,
    /// Put before each document's text, such as 'passage: '
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    passage_prefix: String,
    /// The request's input_type for queries
    #[arg(long, value_name = "TYPE")]
    query_input_type: Option<String>,
    /// The request's input_type for documents
    #[arg(long, value_name = "TYPE")]
    passage_input_type: Option<String>,
    /// Titles and sentences to embed as queries at most, from which the query encoder learns; without an API there is none
    #[arg(long, value_name = "N", default_value_t = DEFAULT_QUERY_TEXTS)]
    pub query_texts: u32,
    /// Texts in one request
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub batch_size: Option<u16>,
    /// Folder that keeps vectors, or off; in the user's cache folder if not given
    #[arg(long, value_name = "DIR", env = "EXEMPLAR_CACHE", value_parser = NonEmptyStringValueParser::new().map(|value| Place::from(value.as_str())))]
    pub cache: Option<Place>,

    /// A way of ranking, such as knn+lexical; may be given again [default: each method and its fusions]
    #[arg(long, value_name = "METHOD")]
    method: Vec<Method>,
    /// The SVM over a range of C and without query alignment too, and fusion by reciprocal ranks
    #[arg(long, conflicts_with = "method")]
    all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What is measured unless `--method` says otherwise; the first is what the others are compared with.
const METHODS: [&str; 9] = [
    "knn",
    "svm",
    "whitened",
    "hybrid",
    "lexical",
    "knn+lexical",
    "svm+lexical",
    "whitened+lexical",
    "knn+whitened+lexical",
];
/// The values of C that `--all` adds to the default one.
const CS: [f64; 4] = [0.001, 0.01, 1.0, 10.0];

impl Args {
    pub fn query(&self) -> Recipe {
        recipe(&self.query_prefix, &self.query_input_type)
    }

    pub fn passage(&self) -> Recipe {
        recipe(&self.passage_prefix, &self.passage_input_type)
    }

    /// The ways of ranking, kNN first.
    pub fn settings(&self) -> Result<Vec<Setting>, exemplar_search::Error> {
        let mut settings = vec![Setting::of(Method::Knn)];
        if !self.method.is_empty() {
            settings
                .extend(self.method.iter().filter(|&&one| one != Method::Knn).map(|&one| Setting::of(one)));
        } else {
            for method in &METHODS[1..] {
                settings.push(Setting::of(method.parse()?));
            }
        }
        if self.all {
            let svm = Setting::of(Method::Svm);
            settings.extend(CS.map(|c| Setting { c: Some(c), ..svm }));
            settings.extend(
                [Method::Svm, Method::Whitened, Method::Hybrid]
                    .map(|method| Setting { align: false, ..Setting::of(method) }),
            );
            for method in ["knn+lexical", "whitened+lexical"] {
                settings.push(Setting { fusion: Fusion::ReciprocalRank, ..Setting::of(method.parse()?) });
            }
        }
        settings.retain(|setting| {
            self.task.has_text() || setting.method.weights().is_ok_and(|w| w.lexical == 0.0)
        });
        Ok(settings)
    }
}

fn recipe(prefix: &str, input_type: &Option<String>) -> Recipe {
    Recipe { prefix: prefix.to_owned(), input_type: input_type.clone(), ..Recipe::default() }
}
