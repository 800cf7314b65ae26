//! The command line of `exemplar eval`.

use std::path::PathBuf;

use anyhow::Result;
use clap::ArgGroup;
use exemplar_search::{Fusion, Method};

use super::rankings;
use super::setting::Setting;
use super::task::Task;
use crate::api::{ApiArgs, Client, Limits};
use crate::build::RequestArgs;
use crate::engine::Engine;

/// Measure what each way of ranking is worth on a test collection, or where the pages of your own queries stand
#[derive(clap::Args)]
#[command(group(ArgGroup::new("measured").required(true).args(["collection", "queries"])))]
pub struct Args {
    /// Folder with corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv, as BEIR has them
    #[arg(long, value_name = "DIR")]
    pub collection: Option<PathBuf>,
    /// Queries of your own, to ask of BUNDLE: on each line a query, a tab, and the address of the page that should come first
    #[arg(long, value_name = "FILE", requires = "bundle")]
    pub queries: Option<PathBuf>,
    /// The bundle to ask the --queries of
    #[arg(value_name = "BUNDLE", requires = "queries")]
    pub bundle: Option<PathBuf>,
    /// The --queries fail if a page is not among so many first hits
    #[arg(long, value_name = "N", default_value_t = 1, requires = "queries")]
    pub within: usize,
    /// What is measured
    #[arg(long, value_enum, default_value_t)]
    pub task: Task,
    /// Leave the document whose id is the query's out of the ranking
    #[arg(long)]
    pub leave_out_own: bool,

    #[command(flatten)]
    pub api: ApiArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// Vectors of the documents instead of the API's: a .npy file with a row for each line of corpus.jsonl
    #[arg(long, value_name = "FILE")]
    pub embeddings: Option<PathBuf>,
    /// Vectors of the queries instead of the API's: a .npy file with a row for each line of queries.jsonl
    #[arg(long, value_name = "FILE")]
    pub query_embeddings: Option<PathBuf>,
    /// The most titles and sentences to embed as queries, and the most words, for the query encoder; where files hold all vectors,
    /// only an API or a --model-dir that is named embeds them, and without either there is none [default: as many texts as there are
    /// documents, 2000 to 4000, and 5000 words]
    #[arg(long, value_name = "N")]
    pub query_texts: Option<u32>,

    /// A method, such as knn+lexical; may be given again [default: each method, and sums of them]
    #[arg(long, value_name = "METHOD")]
    method: Vec<Method>,
    /// Also measure the SVM over a range of C and without query alignment, and fusion by reciprocal ranks
    #[arg(long, conflicts_with = "method")]
    all: bool,
    /// Also rank by the bundle in shards, each query by what it loads on its own, and say how much that is
    #[arg(long)]
    pub shards: bool,
    /// Also measure what another engine found: a file as trec_eval reads it; may be given again
    #[arg(long, value_name = "NAME=FILE", requires = "collection", value_parser = rankings::name_and_file)]
    pub rankings: Vec<(String, PathBuf)>,
    /// Also say what the hits of queries are called, good, nearest or nothing: of the collection's own, and of those in a file that its
    /// documents do not answer, one a line; may be given again
    #[arg(long, value_name = "FILE", requires = "collection")]
    pub foreign: Vec<PathBuf>,
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
    /// What embeds; nothing where files hold all vectors and no model is named.
    pub fn engine(&self) -> Result<Option<Engine>> {
        let client = Client::new(&self.api, Limits::default())?;
        let named = client.is_some() || self.request.local.model_dir.is_some();
        if !named && self.embeddings.is_some() && self.query_embeddings.is_some() {
            return Ok(None);
        }
        self.request.engine(client).map(Some)
    }

    /// What the files' vectors are called.
    pub fn model(&self) -> &str {
        self.request.model.as_deref().unwrap_or_default()
    }

    /// What `--method` names first.
    pub fn first_method(&self) -> Option<Method> {
        self.method.first().copied()
    }

    /// The ways of ranking, kNN first.
    pub fn settings(&self) -> exemplar_search::Result<Vec<Setting>> {
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
        Ok(settings)
    }
}
