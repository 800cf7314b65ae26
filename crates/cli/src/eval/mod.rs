//! `exemplar eval`: measures what each method is worth on a test collection, and where the pages of an owner's queries stand.

mod args;
mod closeness;
mod collection;
mod index;
mod interval;
mod metrics;
mod rankings;
mod report;
mod setting;
mod task;
mod wanted;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use exemplar_search::shards::Written;
use exemplar_search::{Method, SearchIndex};
use indicatif::{ProgressBar, ProgressStyle};

pub use self::args::Args;
use self::collection::Collection;
use self::index::Built;
use self::metrics::Metrics;
use self::rankings::Rankings;
use self::report::{Report, Row, ShardCost};
use self::setting::Setting;
use self::task::{Case, EmbeddingSource, InShards, Task};
use crate::output::print;
use crate::shard_files::ShardFiles;

pub fn run(args: &Args) -> Result<()> {
    match (&args.collection, &args.queries, &args.bundle) {
        (Some(folder), ..) => measure(args, folder),
        (None, Some(queries), Some(bundle)) => wanted::run(args, bundle, queries),
        // The command line has one of them.
        (None, ..) => bail!("name a --collection, or a bundle and --queries"),
    }
}

/// Measures each setting on a test collection.
fn measure(args: &Args, folder: &Path) -> Result<()> {
    let settings = args.settings()?;
    let collection = Collection::read(folder)?;
    let Built { model, index, queries, encoder, foreign, shards } = Built::of(&collection, args)?;
    let cases = args.task.cases(&index, &collection, &queries, args.leave_out_own)?;
    if cases.is_empty() {
        bail!("{} has no query that this task could measure", folder.display());
    }

    let mut sources = vec![EmbeddingSource::Api(&queries)];
    if encoder.is_some() && args.task.has_text() {
        sources.push(EmbeddingSource::Encoder);
    }
    let plan = plan(&sources, &settings);
    let progress = progress(plan.len() * cases.len());
    let mut first: Vec<Metrics> = Vec::new();
    let mut rows = Vec::new();
    for (source, setting) in plan {
        progress.set_message(format!("{} {setting}", source.name()));
        let started = Instant::now();
        let mut metrics = Vec::with_capacity(cases.len());
        for case in &cases {
            metrics.push(args.task.measure(case, &index, source, setting)?);
            progress.inc(1);
        }
        let milliseconds = started.elapsed().as_secs_f64() * 1e3 / cases.len() as f64;
        if first.is_empty() {
            first.clone_from(&metrics);
        }
        rows.push(Row::new(source.name(), setting.to_string(), &metrics, &first, milliseconds));
        let in_part = args.task == Task::Search && setting.is_in_part();
        if let Some(written) = shards.as_ref().filter(|_| in_part) {
            let started = Instant::now();
            let answers = in_shards(written, &cases, &index, source, setting)?;
            let milliseconds = started.elapsed().as_secs_f64() * 1e3 / cases.len() as f64;
            let of_shards: Vec<Metrics> = answers.iter().map(|answer| answer.metrics).collect();
            let row = Row::new("shards", setting.to_string(), &of_shards, &first, milliseconds);
            let by_words = words_found(args.task, &cases, &index)?;
            rows.push(Row { shards: Some(ShardCost::of(&answers, &metrics, &by_words)), ..row });
        }
    }
    progress.finish_and_clear();
    let mut closeness = Vec::new();
    for &source in sources.iter().filter(|_| !foreign.is_empty()) {
        closeness.extend(closeness::shares(&cases, &foreign, source, &index, shards.as_ref())?);
    }
    for (name, file) in &args.rankings {
        let rankings = Rankings::read(file)?;
        let metrics: Vec<Metrics> = cases.iter().map(|case| rankings.measure(case)).collect();
        rows.push(Row::new("", name.clone(), &metrics, &first, 0.0));
    }
    let report = Report {
        collection: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        task: args.task,
        model,
        documents: collection.documents.len(),
        queries: cases.len(),
        encoder,
        rows,
        closeness,
    };
    print(&if args.json { report.to_json()? } else { report.to_table() })
}

/// What the rows are of: each setting with each source of embeddings, then those that need none.
fn plan<'a>(
    sources: &[EmbeddingSource<'a>],
    settings: &'a [Setting],
) -> Vec<(EmbeddingSource<'a>, &'a Setting)> {
    let of = |source: EmbeddingSource<'a>, embeds: bool| {
        let fitting = settings.iter().filter(move |setting| setting.needs_embedding() == embeds);
        fitting.map(move |setting| (source, setting))
    };
    sources.iter().flat_map(|&source| of(source, true)).chain(of(EmbeddingSource::None, false)).collect()
}

/// Each query by what it loads on its own.
fn in_shards(
    written: &Written,
    cases: &[Case],
    index: &SearchIndex,
    source: EmbeddingSource,
    setting: &Setting,
) -> Result<Vec<InShards>> {
    let answer = |case: &Case| {
        let mut files = ShardFiles::in_memory(written)?;
        case.measure_in_shards(&mut files, index, source, setting)
    };
    cases.iter().map(answer).collect()
}

/// Whether each query's words alone find anything relevant.
fn words_found(task: Task, cases: &[Case], index: &SearchIndex) -> Result<Vec<bool>> {
    let words = Setting::of(Method::Lexical);
    let found = |case: &Case| Ok(task.measure(case, index, EmbeddingSource::None, &words)?.ndcg > 0.0);
    cases.iter().map(found).collect()
}

fn progress(queries: usize) -> ProgressBar {
    let bar = ProgressBar::new(queries as u64);
    if let Ok(style) = ProgressStyle::with_template("ranking [{bar:30}] {pos}/{len}  {eta} left  {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
