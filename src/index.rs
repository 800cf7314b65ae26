//! The searchable index: what a bundle becomes in memory.

use std::collections::HashMap;

use serde::Serialize;

use crate::bundle::{Article, Bundle, EmbeddingSpace, Passage};
use crate::encoder::{self, Encoded, QueryEncoder};
use crate::lexical::{self, Bm25, Keywords};
use crate::rank::fusion::Fusion;
use crate::rank::{knn, svm, top_k};
use crate::vector::{Element, Matrix, Vectors};
use crate::{Error, Highlights, Method, Query, Result, Weights, with_rows};

/// A bundle's articles and the vectors of their passages at unit length, ready to rank.
#[derive(Clone, Debug)]
pub struct SearchIndex {
    space: EmbeddingSpace,
    articles: Vec<Article>,
    passages: Vec<Passage>,
    /// One row a passage, of unit length by its scale.
    rows: Vectors,
    by_id: HashMap<String, usize>,
    keywords: Option<Keywords>,
    encoder: Option<QueryEncoder>,
}

/// How the SVM is solved; both ways have the same optimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Solver {
    /// Newton's method: fast and deterministic.
    #[default]
    Newton,
    /// The reference, liblinear's coordinate descent, which visits the passages in an order that the seed decides.
    CoordinateDescent { seed: u64 },
}

/// What to rank by and how much to return.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchOptions {
    pub method: Method,
    /// How the scores of a method of several are put together.
    pub fusion: Fusion,
    /// Hits to return, at least 1; a `k` above the number of articles returns them all. Default 10.
    pub k: usize,
    pub svm: svm::Options,
    pub solver: Solver,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            method: Method::default(),
            fusion: Fusion::default(),
            k: 10,
            svm: svm::Options::default(),
            solver: Solver::default(),
        }
    }
}

/// The hits of one search, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SearchResult<'a> {
    pub method: Method,
    pub hits: Vec<Hit<'a>>,
    /// How the SVM was solved, where the method needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svm: Option<svm::Report>,
    /// Where the bundle's query encoder placed the query: how much of it the encoder knows, 0 to 1. At 0 nothing was
    /// placed, and vectors had no part in the ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<f32>,
}

/// One result: an article, by its best passage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit<'a> {
    /// 1 for the best.
    pub rank: usize,
    /// The method's score; higher is better.
    pub score: f32,
    /// The component scores behind it.
    pub scores: Scores,
    pub article: &'a Article,
    /// The article's best passage, whose scores these are.
    pub passage: &'a Passage,
    /// The passage's text; empty where the bundle has none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub text: &'a str,
    /// Where the words of the query stand, if it has a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlights: Option<Highlights>,
}

/// The component scores of a hit; those that its method did not compute are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
    /// Cosine similarity, -1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knn: Option<f32>,
    /// The SVM's w·x, without the intercept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svm: Option<f32>,
    /// BM25, 0 or above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexical: Option<f32>,
}

impl SearchIndex {
    /// Brings the bundle's vectors to unit length, looks up its ids and reads its keywords and its query
    /// encoder. The bundle has been checked when it was read; one put together by hand is checked here for the same.
    pub fn new(bundle: Bundle) -> Result<Self> {
        bundle.check()?;
        let Bundle { space, articles, passages, vectors: mut rows, parts, .. } = bundle;
        let keywords =
            parts.get(lexical::PART).map(|part| Keywords::from_part(part, passages.len())).transpose()?;
        let encoder =
            parts.get(encoder::PART).map(|part| QueryEncoder::from_part(part, &space)).transpose()?;
        with_rows!(&mut rows, rows => bring_to_unit_length(rows));
        let by_id = articles.iter().enumerate().map(|(i, a)| (a.id.clone(), i)).collect();
        Ok(Self { space, articles, passages, rows, by_id, keywords, encoder })
    }

    pub fn space(&self) -> &EmbeddingSpace {
        &self.space
    }

    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The article with this id.
    pub fn article(&self, id: &str) -> Result<&Article> {
        Ok(&self.articles[self.position(id)?])
    }

    /// In the order of their articles.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// What the bundle knows of the words of its passages, if it was built with keywords.
    pub fn keywords(&self) -> Option<&Keywords> {
        self.keywords.as_ref()
    }

    /// What places queries without an API, if the bundle was built with it.
    pub fn encoder(&self) -> Option<&QueryEncoder> {
        self.encoder.as_ref()
    }

    /// Places a text in the bundle's embedding space without an API; none where nothing of it is known.
    pub fn encode(&self, text: &str) -> Result<Option<Encoded>> {
        let encoder = self.encoder.as_ref().ok_or(Error::NoEncoder)?;
        Ok(encoder.encode(text))
    }

    /// Ranks the articles for a query: its embedding, its text, or a [`Query`] of both. Where the method needs an
    /// embedding and there is a text alone, the bundle's query encoder gives it. If that knows nothing of the text, the
    /// method's keywords alone rank it, and a method without them finds nothing.
    pub fn search<'q>(
        &self,
        query: impl Into<Query<'q>>,
        options: &SearchOptions,
    ) -> Result<SearchResult<'_>> {
        self.rank(query.into(), options, None)
    }

    /// Ranks the other articles by how alike they are to the article `id`, which is itself left out. The query is the
    /// mean of its passages.
    pub fn similar(&self, id: &str, options: &SearchOptions) -> Result<SearchResult<'_>> {
        let article = self.position(id)?;
        let mut mean = vec![0.0; self.space.dimensions];
        for (row, _) in self.passages.iter().enumerate().filter(|(_, passage)| passage.article == article) {
            mean.iter_mut().zip(self.rows.values(row)).for_each(|(mean, x)| *mean += x);
        }
        self.rank(Query::from(&mean), options, Some(article))
    }

    /// The SVM trains on every passage, the excluded ones too: leaving them out would change the problem.
    fn rank(
        &self,
        query: Query,
        options: &SearchOptions,
        excluded: Option<usize>,
    ) -> Result<SearchResult<'_>> {
        if options.k == 0 {
            return Err(Error::option("k", "0", "expected a whole number from 1"));
        }
        let method = options.method;
        let mut weights = method.weights()?;
        let missing = |needs| Error::MethodNeeds { method: method.to_string(), needs };
        let mut known = None;
        let embedding = match (query.embedding, query.text, &self.encoder) {
            (Some(embedding), ..) => self.unit_query(embedding)?,
            _ if !method.needs_embedding() => Vec::new(),
            (None, Some(text), Some(encoder)) => match encoder.encode(text) {
                Some(encoded) => {
                    known = Some(encoded.known);
                    self.unit_query(&encoded.vector)?
                }
                None => {
                    known = Some(0.0);
                    weights = Weights { lexical: weights.lexical, ..Weights::default() };
                    Vec::new()
                }
            },
            (None, Some(_), None) => {
                return Err(missing("the query's embedding: this bundle has no query encoder to make it"));
            }
            (None, None, _) => return Err(missing("the query's embedding")),
        };
        if weights == Weights::default() {
            return Ok(SearchResult { method, hits: Vec::new(), svm: None, known });
        }
        let words = query.text.map(|text| match &self.keywords {
            Some(keywords) => keywords.query(text, query.unfinished),
            None => lexical::Query::parse(text, query.unfinished),
        });
        let knn = (weights.knn > 0.0).then(|| with_rows!(&self.rows, rows => knn::scores(rows, &embedding)));
        let fit = (weights.svm > 0.0)
            .then(|| {
                with_rows!(&self.rows, rows => match options.solver {
                    Solver::Newton => svm::fit(rows, &embedding, &options.svm),
                    Solver::CoordinateDescent { seed } => svm::dual::fit(rows, &embedding, &options.svm, seed),
                })
            })
            .transpose()?;
        let lexical = match (&self.keywords, &words) {
            _ if weights.lexical == 0.0 => None,
            (Some(keywords), Some(words)) => Some(keywords.scores(words, Bm25::default())),
            (None, _) => return Err(missing("keywords, which this bundle has none of: build it with them")),
            (_, None) => return Err(missing("the query's text")),
        };
        let svm = fit.as_ref().map(|fit| &fit.scores);
        let parts: Vec<(f32, &[f32])> =
            [(weights.knn, knn.as_ref()), (weights.svm, svm), (weights.lexical, lexical.as_ref())]
                .into_iter()
                .filter_map(|(weight, scores)| Some((weight, scores?.as_slice())))
                .collect();
        let fused;
        let scores = match parts.as_slice() {
            [(_, only)] => only,
            several => {
                fused = options.fusion.fuse(several);
                fused.as_slice()
            }
        };
        // By words alone, what has none of them was not found.
        let by_words_alone = knn.is_none() && svm.is_none();
        let found = |passage: &usize| !by_words_alone || scores[*passage] > 0.0;
        let best = self.best_passages(scores, excluded);
        let article_scores: Vec<f32> = best.iter().map(|&passage| scores[passage]).collect();
        let hits = top_k(&article_scores, options.k)
            .into_iter()
            .map(|place| best[place])
            .take_while(found)
            .enumerate()
            .map(|(place, passage)| {
                let article = &self.articles[self.passages[passage].article];
                let text = self.passages[passage].text.as_str();
                Hit {
                    rank: place + 1,
                    score: scores[passage],
                    scores: Scores {
                        knn: knn.as_ref().map(|scores| scores[passage]),
                        svm: svm.map(|scores| scores[passage]),
                        lexical: lexical.as_ref().map(|scores| scores[passage]),
                    },
                    article,
                    passage: &self.passages[passage],
                    text,
                    highlights: words.as_ref().map(|words| Highlights::of(words, article, text)),
                }
            })
            .collect();
        Ok(SearchResult { method, hits, svm: fit.map(|fit| fit.report), known })
    }

    fn position(&self, id: &str) -> Result<usize> {
        self.by_id.get(id).copied().ok_or_else(|| Error::UnknownArticle { id: id.into() })
    }

    /// The index of each article's best passage, the first of equals, but for the excluded article.
    fn best_passages(&self, scores: &[f32], excluded: Option<usize>) -> Vec<usize> {
        let mut best: Vec<usize> = Vec::with_capacity(self.articles.len());
        let mut last = None;
        for (index, passage) in self.passages.iter().enumerate() {
            if Some(passage.article) == excluded {
                continue;
            }
            match best.last_mut() {
                Some(best) if last == Some(passage.article) => {
                    if scores[index] > scores[*best] {
                        *best = index;
                    }
                }
                _ => best.push(index),
            }
            last = Some(passage.article);
        }
        best
    }

    /// Checks a query and brings it to unit length and to the padding of a row.
    fn unit_query(&self, query: &[f32]) -> Result<Vec<f32>> {
        let expected = self.space.dimensions;
        if query.len() != expected {
            let model = self.space.model.clone();
            return Err(Error::QueryDimensions { found: query.len(), expected, model });
        }
        if let Some((i, &value)) = query.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { place: format!("query[{i}]"), value });
        }
        if query.iter().all(|&value| value == 0.0) {
            return Err(Error::ZeroVector { place: "the query".into() });
        }
        let scale = 1.0 / length(query);
        let mut query = with_rows!(&self.rows, rows => rows.pad(query));
        query.iter_mut().for_each(|x| *x = (f64::from(*x) * scale) as f32);
        Ok(query)
    }
}

/// Makes each row mean a vector of unit length, by its scale alone, whose sign it keeps.
fn bring_to_unit_length<E: Element>(rows: &mut Matrix<E>) {
    for row in 0..rows.rows() {
        let length = length(rows.values(row));
        let scale = &mut rows.scales_mut()[row];
        *scale = (f64::from(scale.signum()) / length) as f32;
    }
}

/// The length of a vector. In float64, where the squares of no finite float32 overflow or vanish.
fn length<E: Element>(vector: &[E]) -> f64 {
    vector.iter().map(|&x| x.into().powi(2)).sum::<f64>().sqrt()
}
