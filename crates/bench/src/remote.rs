//! What a remote bundle's rankings have in common with those of all rows, and what they cost beside the engine.
//!
//! `bench remote QUERIES FOLDER...` joins test collections, each a folder with corpus.jsonl, queries.jsonl, emb_corpus.npy and
//! emb_queries.npy, and asks so many queries of each. It plays the engine exactly: inner products of all rows, and the keywords of a
//! bundle. Queries are aligned by the mean of all queries.

use std::error::Error;
use std::fs;
use std::path::Path;

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Files, Part, Passage, Statistics};
use exemplar_search::lexical::{Bm25, Keywords};
use exemplar_search::remote::{Candidates, Remote, Request, Response, Row, Sample, write};
use exemplar_search::{Matrix, Query, SearchIndex, SearchOptions, Vectors};

/// A method, and whether the text is asked for beside the vector.
const ASKED: [(&str, bool); 6] =
    [("knn", false), ("svm", false), ("whitened", false), ("hybrid", false), ("auto", false), ("auto", true)];
/// Hits for which 1,000 candidates are asked for.
const MANY: usize = 100;

type Failed = Box<dyn Error>;

struct Collection {
    bundle: Bundle,
    keywords: Keywords,
    queries: Vec<(String, Vec<f32>)>,
}

pub fn run(each: usize, folders: &[&str]) -> Result<(), Failed> {
    let collection = Collection::read(each, folders)?;
    let index = SearchIndex::new(collection.bundle.clone())?;
    println!("{} rows, {} queries", collection.bundle.passages.len(), collection.queries.len());
    for clusters in [64, 128, 256, 512] {
        let sample = Sample { clusters, ..Sample::default() };
        let (remote, bytes) = remote_of(&collection.bundle, &sample)?;
        println!("{clusters} clusters, {:.0} kB", bytes as f64 / 1e3);
        for (method, with_text) in ASKED {
            // With the default clusters, all; the others differ in the SVM alone.
            if clusters == Sample::default().clusters || ["svm", "hybrid"].contains(&method) {
                collection.measure(&remote, &index, method, with_text, 10)?;
            }
        }
    }
    let remote = remote_of(&collection.bundle, &Sample::default())?.0;
    for (method, with_text) in [("svm", false), ("hybrid", false), ("auto", false)] {
        collection.measure(&remote, &index, method, with_text, MANY)?;
    }
    Ok(())
}

/// The remote bundle, and its bytes.
fn remote_of(bundle: &Bundle, sample: &Sample) -> Result<(Remote, usize), Failed> {
    let written = write(bundle, true, sample)?;
    let files: Files = written.sidecar.into_iter().collect();
    let bytes = files.values().map(Vec::len).sum();
    Ok((Remote::read(written.json.as_bytes(), &files)?, bytes))
}

impl Collection {
    fn measure(
        &self,
        remote: &Remote,
        index: &SearchIndex,
        method: &str,
        with_text: bool,
        k: usize,
    ) -> Result<(), Failed> {
        let options = SearchOptions::default().method(method.parse()?).k(k);
        let (mut same, mut hits, mut requests, mut looked_at, mut steps) = (0, 0, 0, 0, 0);
        let mut seconds = Vec::new();
        for (text, embedding) in &self.queries {
            let text = with_text.then_some(text.as_str());
            let query = Query { text, embedding: Some(embedding), unfinished: false };
            let exact = index.search(query, &options)?;
            let mut candidates = Candidates::default();
            let mut own = 0.0;
            let found = loop {
                let started = processor_seconds();
                let answer = remote.search(query, &options, &candidates)?;
                own += processor_seconds() - started;
                let Some(request) = answer.wanted.clone() else { break answer };
                requests += 1;
                let response = self.respond(&request);
                let started = processor_seconds();
                candidates.add(remote, &request, response)?;
                own += processor_seconds() - started;
            };
            seconds.push(own);
            looked_at += found.looked_at;
            steps += found.result.svm.as_ref().map_or(0, |svm| svm.newton_steps);
            hits += exact.hits.len();
            let has = |id: &str| found.result.hits.iter().any(|hit| hit.article.id == id);
            same += exact.hits.iter().filter(|hit| has(&hit.article.id)).count();
        }
        seconds.sort_by(f64::total_cmp);
        let count = self.queries.len() as f64;
        println!(
            "  {method:<9} {:<10} {:.4} of {k} in common, {:.1} requests, {:.0} rows looked at, {:.1} steps, {:.2} ms (fastest {:.2}, p90 {:.2})",
            if with_text { "and words" } else { "" },
            same as f64 / hits as f64,
            f64::from(requests) / count,
            looked_at as f64 / count,
            steps as f64 / count,
            seconds[seconds.len() / 2] * 1e3,
            seconds[0] * 1e3,
            seconds[seconds.len() * 9 / 10] * 1e3,
        );
        Ok(())
    }

    /// As `POST /v1/candidates` would.
    fn respond(&self, request: &Request) -> Response {
        let rows = self.bundle.vectors.as_rows();
        let mut taken = Vec::new();
        let mut best = |scores: &[f32], least: f32| {
            let mut order: Vec<usize> = (0..scores.len()).filter(|&row| scores[row] > least).collect();
            order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            taken.extend(order.into_iter().take(request.k));
        };
        if !request.vector.is_empty() {
            let mut scores = vec![0.0; rows.rows()];
            rows.scan(&rows.pad(&request.vector), &mut scores);
            best(&scores, f32::NEG_INFINITY);
        }
        let mut words = Vec::new();
        if let Some(text) = &request.text {
            words = self.keywords.scores(&self.keywords.query(text, false), Bm25::default());
            best(&words, 0.0);
        }
        taken.sort_unstable();
        taken.dedup();
        let row = |&row: &usize| {
            let article = self.bundle.articles[row].clone();
            let words = words.get(row).copied().filter(|&words| words > 0.0);
            Row { id: format!("{}#0", article.id), article, passage: Passage::default(), index: 0, words }
        };
        Response {
            rows: taken.iter().map(row).collect(),
            vectors: taken.iter().flat_map(|&row| self.bundle.vectors.values(row)).collect(),
            partial: None,
        }
    }

    fn read(each: usize, folders: &[&str]) -> Result<Self, Failed> {
        let (mut articles, mut titles, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut values, mut queries, mut all_queries) = (Vec::new(), Vec::new(), Vec::new());
        let mut dims = 0;
        for folder in folders.iter().map(Path::new) {
            for (id, title, text) in lines(&folder.join("corpus.jsonl"))? {
                let id = format!("{}/{id}", folder.display());
                articles.push(Article { id, title: title.clone(), ..Article::default() });
                titles.push(title);
                texts.push(text);
            }
            let rows;
            (rows, dims) = npy(&folder.join("emb_corpus.npy"))?;
            values.extend(rows);
            let (vectors, _) = npy(&folder.join("emb_queries.npy"))?;
            let own = lines(&folder.join("queries.jsonl"))?;
            let every = own.len().div_ceil(each.max(1)).max(1);
            let vectors: Vec<Vec<f32>> = vectors.chunks_exact(dims).map(<[f32]>::to_vec).collect();
            let taken = own.into_iter().zip(&vectors).step_by(every);
            queries.extend(taken.map(|((_, _, text), vector)| (text, vector.clone())));
            all_queries.extend(vectors);
        }
        let keywords =
            Keywords::build(titles.iter().map(String::as_str).zip(texts.iter().map(String::as_str)));
        let space = EmbeddingSpace { dimensions: dims, ..EmbeddingSpace::default() };
        let mut bundle = Bundle::new(space, articles, Vectors::Float32(Matrix::from_values(&values, dims)));
        let share = 1.0 / all_queries.len() as f32;
        let mut mean = vec![0.0; dims];
        all_queries
            .iter()
            .for_each(|query| mean.iter_mut().zip(query).for_each(|(mean, x)| *mean += share * x));
        bundle.statistics = Statistics { mean_query: Some(mean), ..Statistics::default() };
        bundle.parts.push(("keywords".into(), Part::of_keywords(&keywords)));
        Ok(Self { bundle, keywords, queries })
    }
}

/// What this thread has taken of a processor, as Linux tells it: other programs may run beside.
fn processor_seconds() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).map_or(f64::NAN, |x: f64| x / 1e9)
}

/// Id, title and text of each line.
fn lines(path: &Path) -> Result<Vec<(String, String, String)>, Failed> {
    let line = |line: &str| -> Result<_, Failed> {
        let object: serde_json::Value = serde_json::from_str(line)?;
        let field = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        Ok((field("id"), field("title"), field("text")))
    };
    fs::read_to_string(path)?.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

/// The values of a matrix of float32 as numpy saves it, and its columns.
fn npy(path: &Path) -> Result<(Vec<f32>, usize), Failed> {
    let bytes = fs::read(path)?;
    let wrong = || format!("{}: expected rows of float32 as numpy saves them", path.display());
    let (head, _) = bytes.split_at_checked(10).ok_or_else(wrong)?;
    let end = 10 + usize::from(u16::from_le_bytes([head[8], head[9]]));
    let header = String::from_utf8_lossy(bytes.get(10..end).ok_or_else(wrong)?).into_owned();
    let shape = header.split(['(', ')']).nth(1).ok_or_else(wrong)?;
    let columns =
        shape.split(',').nth(1).and_then(|columns| columns.trim().parse().ok()).ok_or_else(wrong)?;
    if !header.contains("'<f4'") || header.contains("True") {
        return Err(wrong().into());
    }
    let values = bytes[end..].as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
    Ok((values, columns))
}
