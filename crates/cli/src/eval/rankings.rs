//! What another search engine found for a collection's queries, as trec_eval reads it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::metrics::Metrics;
use super::task::Case;
use crate::input;

/// Of a file with rankings.
const MAX_BYTES: u64 = 256 << 20;

/// The hits of each query that has any, by the query's id.
pub struct Rankings(HashMap<String, Vec<String>>);

impl Rankings {
    /// Lines of a query's id, `Q0`, a document's id, a rank, a score and the engine's name, with white space between them. As in
    /// trec_eval, the score decides the order, not the rank; of equal scores the first line is first.
    pub fn read(path: &Path) -> Result<Self> {
        let text = input::bytes(path, MAX_BYTES)
            .map_err(|problem| anyhow!("cannot read {}: {problem}", path.display()))?;
        let text = String::from_utf8(text).with_context(|| format!("{} is not UTF-8", path.display()))?;
        let mut scored: HashMap<String, Vec<(f64, String)>> = HashMap::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let score =
                fields.get(4).and_then(|score| score.parse::<f64>().ok()).filter(|score| score.is_finite());
            let (Some(score), 6, [query, _, document, ..]) = (score, fields.len(), fields.as_slice()) else {
                bail!(
                    "{}, line {}: \"{line}\" is not a query, Q0, a document, a rank, a score and a name",
                    path.display(),
                    number + 1
                );
            };
            scored.entry((*query).to_owned()).or_default().push((score, (*document).to_owned()));
        }
        let ranked = |mut hits: Vec<(f64, String)>| {
            hits.sort_by(|a, b| b.0.total_cmp(&a.0));
            hits.into_iter().map(|(_, document)| document).collect()
        };
        Ok(Self(scored.into_iter().map(|(query, hits)| (query, ranked(hits))).collect()))
    }

    pub fn measure(&self, case: &Case) -> Metrics {
        let hits = self.0.get(&case.query.id);
        case.metrics(hits.into_iter().flatten().map(String::as_str))
    }
}

/// `NAME=FILE`
pub fn name_and_file(given: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = given.split_once('=').ok_or("expected NAME=FILE, such as pagefind=pagefind.run")?;
    Ok((name.into(), file.into()))
}
