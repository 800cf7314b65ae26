//! Compares the rankings of two bundles of the same articles: what an encoding costs.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::Bundle;
use exemplar_search::{Method, Query, SearchIndex, SearchOptions, Strictness};

use crate::npy;

/// Hits that are compared.
const K: usize = 10;
/// Queries drawn from the bundle, at most.
const QUERIES: usize = 200;
/// The methods that are compared; those that need words, where both bundles have keywords and the queries a text.
const METHODS: [&str; 4] = ["knn", "svm", "whitened", "hybrid"];
const METHODS_WITH_WORDS: [&str; 3] = ["lexical", "knn+lexical", "whitened+lexical"];

/// A query, and the article it is of, which is left out of its hits.
struct Asked {
    embedding: Vec<f32>,
    text: Option<String>,
    article: Option<String>,
}

/// How alike the lists of one method are, over all queries.
#[derive(Default)]
struct Agreement {
    hits: usize,
    /// Hits that both lists have.
    shared: usize,
    /// Lists whose first hit is the same, and those that are the same from first to last.
    first: usize,
    whole: usize,
    /// Of all shared hits.
    largest_score_change: f32,
}

/// Compares the lists of `bundle` with those of `against`, line by line for people. The queries are the rows of the `.npy`
/// file `queries`, or else passages of `against`, evenly spread.
pub fn compare(bundle: Bundle, against: Bundle, queries: Option<&Path>) -> Result<Vec<String>> {
    let ids =
        |bundle: &Bundle| bundle.articles.iter().map(|article| article.id.clone()).collect::<HashSet<_>>();
    if ids(&bundle) != ids(&against) || bundle.space.dimensions != against.space.dimensions {
        bail!("the bundles differ in articles or dimensions: compare two encodings of one bundle");
    }
    let asked = match queries {
        Some(file) => from_file(file)?,
        None => from_passages(&against),
    };
    let (ours, theirs) = (SearchIndex::new(bundle)?, SearchIndex::new(against)?);
    let words = queries.is_none() && ours.keywords().is_some() && theirs.keywords().is_some();
    let methods = METHODS.iter().chain(METHODS_WITH_WORDS.iter().filter(|_| words));
    let mut lines = vec![
        format!("{} queries, the first {K} hits of each", asked.len()),
        format!(
            "{:<12}{:>12}{:>12}{:>12}{:>20}",
            "", "same hits", "same first", "same order", "score differs by"
        ),
    ];
    for name in methods {
        let agreement = Agreement::of(&ours, &theirs, name.parse()?, &asked)?;
        lines.push(format!("{name:<12}{}", agreement.line(asked.len())));
    }
    Ok(lines)
}

fn from_file(file: &Path) -> Result<Vec<Asked>> {
    let array = npy::read_file(file)?;
    let asked: Vec<Asked> =
        array.outer_iter().map(|row| Asked { embedding: row.to_vec(), text: None, article: None }).collect();
    match asked.is_empty() {
        true => bail!("{} has no rows", file.display()),
        false => Ok(asked),
    }
}

fn from_passages(bundle: &Bundle) -> Vec<Asked> {
    let rows = bundle.passages.len();
    let count = rows.min(QUERIES);
    let asked = (0..count).map(|i| {
        let row = i * rows / count;
        let article = &bundle.articles[bundle.passages[row].article];
        Asked {
            embedding: bundle.vectors.values(row),
            text: Some(article.title.clone()),
            article: Some(article.id.clone()),
        }
    });
    asked.collect()
}

impl Asked {
    /// Id and score of the best hits.
    fn hits(&self, index: &SearchIndex, method: Method) -> Result<Vec<(String, f32)>> {
        let options = SearchOptions::default().method(method).k(K + 1).strictness(Strictness::Off);
        let query = Query { text: self.text.as_deref(), embedding: Some(&self.embedding), unfinished: false };
        let hits = index.search(query, &options).context("a query for the comparison")?.hits.into_iter();
        let others = hits.filter(|hit| self.article.as_deref() != Some(&hit.article.id));
        Ok(others.take(K).map(|hit| (hit.article.id.clone(), hit.score)).collect())
    }
}

impl Agreement {
    fn of(ours: &SearchIndex, theirs: &SearchIndex, method: Method, asked: &[Asked]) -> Result<Self> {
        let mut agreement = Self::default();
        for query in asked {
            let (ours, theirs) = (query.hits(ours, method)?, query.hits(theirs, method)?);
            agreement.hits += theirs.len();
            for (id, score) in &theirs {
                if let Some((_, our_score)) = ours.iter().find(|(our_id, _)| our_id == id) {
                    agreement.shared += 1;
                    let change = (score - our_score).abs();
                    agreement.largest_score_change = agreement.largest_score_change.max(change);
                }
            }
            let same =
                |n: usize| ours.iter().take(n).map(|hit| &hit.0).eq(theirs.iter().take(n).map(|hit| &hit.0));
            agreement.first += usize::from(same(1));
            agreement.whole += usize::from(same(K));
        }
        Ok(agreement)
    }

    fn line(&self, queries: usize) -> String {
        let percent = |part: usize, all: usize| format!("{:.2}%", 100.0 * part as f64 / all.max(1) as f64);
        format!(
            "{:>12}{:>12}{:>12}{:>20.5}",
            percent(self.shared, self.hits),
            percent(self.first, queries),
            percent(self.whole, queries),
            self.largest_score_change
        )
    }
}
