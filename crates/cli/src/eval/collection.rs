//! A test collection in BEIR's form: `corpus.jsonl`, `queries.jsonl`, and `qrels.tsv` or `qrels/test.tsv`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use exemplar_search::bundle::Article;
use serde::Deserialize;

use crate::site::{Block, Document};

pub struct Collection {
    pub documents: Vec<Document>,
    /// All of `queries.jsonl`, in its order: a row each of `--query-embeddings`.
    pub queries: Vec<JudgedQuery>,
}

pub struct JudgedQuery {
    pub id: String,
    pub text: String,
    /// The grades above 0 that people gave documents, by the documents' ids. Empty for a query that nobody judged.
    pub grades: HashMap<String, u32>,
}

/// A line of `corpus.jsonl` or `queries.jsonl`.
#[derive(Deserialize)]
struct Line {
    #[serde(alias = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
    #[serde(default)]
    url: String,
}

impl Collection {
    pub fn read(folder: &Path) -> Result<Self> {
        let corpus = folder.join("corpus.jsonl");
        let mut documents = Vec::new();
        let mut ids = HashMap::new();
        for Line { id, title, text, url } in lines(&corpus)? {
            if let Some(first) = ids.insert(id.clone(), documents.len() + 1) {
                bail!("{}: \"{id}\" is the id of document {first} and of another", corpus.display());
            }
            let blocks = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let blocks = blocks.map(|line| Block { text: line.to_owned(), ..Block::default() }).collect();
            documents.push(Document { article: Article { id, title, url, ..Article::default() }, blocks });
        }
        let qrels = ["qrels.tsv", "qrels/test.tsv"].map(|name| folder.join(name));
        let qrels = qrels.iter().find(|path| path.exists()).unwrap_or(&qrels[0]);
        let mut grades = read_grades(qrels)?;
        let unknown = grades.values().flat_map(HashMap::keys).find(|id| !ids.contains_key(*id));
        if let Some(id) = unknown {
            bail!("{}: \"{id}\" is not a document of {}", qrels.display(), corpus.display());
        }
        let path = folder.join("queries.jsonl");
        let queries: Vec<JudgedQuery> = lines(&path)?
            .into_iter()
            .map(|Line { id, text, .. }| JudgedQuery {
                grades: grades.remove(&id).unwrap_or_default(),
                id,
                text,
            })
            .collect();
        if queries.iter().all(|query| query.grades.is_empty()) {
            bail!("{}: no query of {} has a document graded above 0", qrels.display(), path.display());
        }
        Ok(Self { documents, queries })
    }
}

fn lines(path: &Path) -> Result<Vec<Line>> {
    let text = read(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let lines = lines.map(|(number, line)| {
        serde_json::from_str(line).with_context(|| {
            format!(
                "{} line {number}: expected {{\"id\", \"text\"}}, and \"title\" of a document",
                path.display()
            )
        })
    });
    let lines: Vec<Line> = lines.collect::<Result<_>>()?;
    if lines.is_empty() {
        bail!("{} has no lines", path.display());
    }
    Ok(lines)
}

/// Query, document and grade, separated by tabs; a first line that names the columns is passed over. Grades of 0 and below say
/// that a document is not relevant, and are left out.
fn read_grades(path: &Path) -> Result<BTreeMap<String, HashMap<String, u32>>> {
    let mut grades: BTreeMap<String, HashMap<String, u32>> = BTreeMap::new();
    for (number, line) in (1..).zip(read(path)?.lines()) {
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        match (fields.as_slice(), number) {
            ([""], _) | ([_, _, "score"], 1) => {}
            ([query, document, grade], _) => {
                let grade: i64 = grade.parse().with_context(|| {
                    format!("{} line {number}: grade is \"{grade}\", expected a whole number", path.display())
                })?;
                if let Some(grade) = u32::try_from(grade).ok().filter(|&grade| grade > 0) {
                    grades.entry((*query).into()).or_default().insert((*document).into(), grade);
                }
            }
            _ => {
                bail!(
                    "{} line {number}: expected query, document and grade, separated by tabs",
                    path.display()
                )
            }
        }
    }
    Ok(grades)
}

fn read(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path);
    text.with_context(|| {
        format!("cannot read {}: a collection has corpus.jsonl, queries.jsonl, qrels.tsv", path.display())
    })
}
