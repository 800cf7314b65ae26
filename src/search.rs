//! Searching: options in, hits out.

use serde::Serialize;

use crate::bundle::{Article, Passage};
use crate::decimal::Decimal;
use crate::lexical::{self, Bm25};
use crate::rank::fusion::Fusion;
use crate::rank::{knn, svm, top_k};
use crate::vector::{Matrix, Vectors};
use crate::wanted::Wanted;
use crate::{Error, Highlights, Method, Query, Result, SearchIndex, Weights, with_rows};

/// How the SVM is solved; both ways have the same optimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Solver {
    /// Newton's method: fast and deterministic.
    #[default]
    Newton,
    /// The reference, liblinear's coordinate descent, which visits the passages in an order that the seed decides.
    CoordinateDescent { seed: u64 },
}

/// How far Newton's method goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopAt {
    /// To the tolerance.
    #[default]
    Converged,
    /// Until the order of the first `k` hits can no longer change; the method must be the SVM alone, as others need
    /// all of its scores.
    TopK,
}

/// What to rank by and how much to return.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchOptions {
    pub method: Method,
    /// How the scores of a method of several are put together.
    pub fusion: Fusion,
    /// Hits to return, at least 1; a `k` above the number of articles returns them all. Default 10.
    pub k: usize,
    /// Leaves out hits whose score, brought to 0..1 between the lowest and the highest of all passages, is below this,
    /// 0 to 1 (as LangChain's SVMRetriever does). Default none.
    pub relevance_threshold: Option<f32>,
    pub svm: svm::Options,
    pub solver: Solver,
    pub stop: StopAt,
    /// Whether a query is aligned for the SVM and the whitened cosine, where the bundle has its mean query. Default true.
    pub align: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            method: Method::default(),
            fusion: Fusion::default(),
            k: 10,
            relevance_threshold: None,
            svm: svm::Options::default(),
            solver: Solver::default(),
            stop: StopAt::default(),
            align: true,
        }
    }
}

/// What to look for by example.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Refine<'a> {
    pub query: Query<'a>,
    /// Ids of articles that the reader likes.
    pub more: &'a [&'a str],
    /// Ids of articles that the reader does not want.
    pub less: &'a [&'a str],
}

/// The hits of one search, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult<'a> {
    pub method: Method,
    pub hits: Vec<Hit<'a>>,
    /// How the SVM was solved, where the method needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svm: Option<svm::Report>,
    /// Where the bundle's query encoder placed the query: how much of it the encoder knows, 0 to 1. At 0 the query was
    /// not placed, and had no part in the ranking but for its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<f32>,
    /// Whether the order of the hits is proven, where the method is the SVM alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k_final: Option<bool>,
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
    /// The whitened cosine, -1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whitened: Option<f32>,
    /// BM25, 0 or above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexical: Option<f32>,
}

impl SearchIndex {
    /// Ranks the articles for a query: its embedding, its text, or a [`Query`] of both. Where the method needs an
    /// embedding and there is a text alone, the bundle's query encoder gives it. If that knows nothing of the text, the
    /// method's keywords alone rank it, and a method without them finds nothing.
    pub fn search<'q>(
        &self,
        query: impl Into<Query<'q>>,
        options: &SearchOptions,
    ) -> Result<SearchResult<'_>> {
        self.rank(query.into(), &[], &[], options)
    }

    /// Ranks the other articles by how alike they are to the article `id`, which is itself left out:
    /// [`SearchIndex::refine`] with one example.
    pub fn similar(&self, id: &str, options: &SearchOptions) -> Result<SearchResult<'_>> {
        self.refine(&Refine { more: &[id], ..Refine::default() }, options)
    }

    /// Ranks the articles that are no examples by a query and by articles that the reader likes and dislikes; with
    /// articles alone, nothing needs an embedding API. kNN and the whitened cosine compare with the mean of
    /// query and liked articles, less a share of the disliked; the SVM learns from each.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownArticle`]; [`Error::Option`] where an article is in both lists, or nothing says what is
    /// wanted; and the errors of [`SearchIndex::search`].
    pub fn refine(&self, refine: &Refine, options: &SearchOptions) -> Result<SearchResult<'_>> {
        let &Refine { query, more, less } = refine;
        if more.is_empty() && query == Query::default() {
            return Err(Error::option("more", "empty", "give ids of articles that are liked, or a query"));
        }
        self.rank(query, more, less, options)
    }

    fn rank(
        &self,
        query: Query,
        more: &[&str],
        less: &[&str],
        options: &SearchOptions,
    ) -> Result<SearchResult<'_>> {
        if options.k == 0 {
            return Err(Error::option("k", "0", "expected a whole number from 1"));
        }
        if let Some(threshold) = options.relevance_threshold.filter(|it| !(0.0..=1.0).contains(it)) {
            return Err(Error::option(
                "relevanceThreshold",
                Decimal::from(threshold),
                "expected a number from 0 to 1",
            ));
        }
        let method = options.method.resolved(
            query.embedding.is_some()
                || !more.is_empty()
                || (query.text.is_some() && self.encoder().is_some()),
            !more.is_empty() || !less.is_empty(),
            query.text.is_some() && self.keywords().is_some(),
            query != Query::default(),
        );
        let mut weights = method.weights()?;
        if options.stop == StopAt::TopK && method != Method::Svm {
            return Err(Error::option("stop", "topk", format!("{method} needs all scores: leave it out")));
        }
        let missing = |needs| Error::MethodNeeds { method: method.to_string(), needs };
        let encoded = match (query.embedding, query.text, self.encoder()) {
            (None, Some(text), Some(encoder)) if method.needs_embedding() => Some(encoder.encode(text)),
            _ => None,
        };
        let known = encoded.as_ref().map(|encoded| encoded.as_ref().map_or(0.0, |encoded| encoded.known));
        let encoded = encoded.flatten();
        let embedding = query.embedding.or(encoded.as_ref().map(|encoded| encoded.vector.as_slice()));
        let wanted = Wanted::new(self, embedding, more, less)?;
        if method.needs_embedding() && !wanted.has_vector() {
            if known.is_none() {
                return Err(missing(match query.text {
                    Some(_) => "the query's embedding, as this bundle has no query encoder to make it",
                    None => "the query's embedding",
                }));
            }
            // The encoder knows nothing of the text: what is left are its words.
            weights = Weights { lexical: weights.lexical, ..Weights::default() };
            if weights == Weights::default() {
                return Ok(SearchResult { method, hits: Vec::new(), svm: None, known, top_k_final: None });
            }
        }
        let by_vectors = weights != Weights { lexical: weights.lexical, ..Weights::default() };
        let words = query.text.map(|text| match &self.keywords() {
            Some(keywords) => keywords.query(text, query.unfinished),
            None => lexical::Query::parse(text, query.unfinished),
        });

        let mut parts = Parts::default();
        if weights.knn > 0.0 {
            let target = wanted.nearest_to()?;
            parts.knn = Some(match self.rows() {
                // Only the scores of the hits are asked for; what is fused, or kept by a threshold, needs them all.
                Vectors::Int8(rows)
                    if method == Method::Knn
                        && options.relevance_threshold.is_none()
                        && self.has_unit_rows() =>
                {
                    self.nearest(rows, &target, options.k, &wanted)
                }
                rows => with_rows!(rows, rows => knn::scores(rows, &target)),
            });
        }
        if weights.whitened > 0.0 {
            let target = wanted.whitened_target(options.align)?;
            let whitening = self.whitening(wanted.shrinkage());
            parts.whitened = Some(with_rows!(self.rows(), rows => whitening.scores(rows, &target)));
        }
        let mut svm = None;
        if weights.svm > 0.0 {
            let fit = self.fit(&wanted, options)?;
            svm = Some(fit.report);
            parts.svm = Some(fit.scores);
        }
        if weights.lexical > 0.0 {
            let keywords = self
                .keywords()
                .ok_or_else(|| missing("keywords, which this bundle has none of: build it with them"))?;
            let words = words.as_ref().ok_or_else(|| missing("the query's text"))?;
            parts.lexical = Some(keywords.scores(words, Bm25::default()));
        }

        let lists: Vec<(f32, &[f32])> = [
            (weights.knn, &parts.knn),
            (weights.svm, &parts.svm),
            (weights.whitened, &parts.whitened),
            (weights.lexical, &parts.lexical),
        ]
        .into_iter()
        .filter_map(|(weight, scores)| Some((weight, scores.as_deref()?)))
        .collect();
        let fused;
        let scores = match lists.as_slice() {
            [(_, only)] => only,
            several => {
                fused = options.fusion.fuse(several);
                fused.as_slice()
            }
        };

        let best = self.best_passages(scores, &wanted);
        let order = order(scores, &best, options.k + 1);
        let top_k_final = svm
            .as_ref()
            .filter(|_| method == Method::Svm)
            .map(|report| is_settled(scores, &order, options.k, report.error()));
        let relevant = relevant(scores, options.relevance_threshold);
        // By words alone, what has none of them was not found.
        let found = |&passage: &usize| (by_vectors || scores[passage] > 0.0) && relevant(scores[passage]);
        let hits = order
            .into_iter()
            .take(options.k)
            .take_while(found)
            .enumerate()
            .map(|(place, passage)| {
                let article = &self.articles()[self.passages()[passage].article];
                let text = self.passages()[passage].text.as_str();
                Hit {
                    rank: place + 1,
                    score: scores[passage],
                    scores: parts.of(passage),
                    article,
                    passage: &self.passages()[passage],
                    text,
                    highlights: words.as_ref().map(|words| Highlights::of(words, article, text)),
                }
            })
            .collect();
        Ok(SearchResult { method, hits, svm, known, top_k_final })
    }

    /// kNN scores, exact for the passages of the `k` best articles and lower for all others.
    fn nearest(&self, rows: &Matrix<i8>, query: &[f32], k: usize, wanted: &Wanted) -> Vec<f32> {
        let estimates = knn::estimates(rows, query);
        let best = self.best_passages(&estimates.scores, wanted);
        match order(&estimates.scores, &best, k).last() {
            Some(&kth) => {
                let kth = estimates.scores[kth];
                estimates.settle(rows, query, kth)
            }
            None => estimates.scores,
        }
    }

    fn fit(&self, wanted: &Wanted, options: &SearchOptions) -> Result<svm::Fit> {
        let c = options.svm.check()?.c();
        let examples = wanted.examples(options.align)?;
        let enough = |scores: &[f32], error: f64| {
            options.stop == StopAt::TopK && {
                let best = self.best_passages(scores, wanted);
                is_settled(scores, &order(scores, &best, options.k + 1), options.k, error)
            }
        };
        with_rows!(self.rows(), rows => match options.solver {
            Solver::Newton => svm::fit_until(rows, &self.background(c), &examples, &options.svm, enough),
            Solver::CoordinateDescent { seed } => svm::dual::fit(rows, &examples, &options.svm, seed),
        })
    }

    /// The index of each article's best passage, the first of equals, but for the examples.
    fn best_passages(&self, scores: &[f32], wanted: &Wanted) -> Vec<usize> {
        let mut best: Vec<usize> = Vec::with_capacity(self.articles().len());
        let mut last = None;
        for (index, passage) in self.passages().iter().enumerate() {
            match best.last_mut() {
                Some(best) if last == Some(passage.article) => {
                    if scores[index] > scores[*best] {
                        *best = index;
                    }
                }
                _ if wanted.is_example(passage.article) => continue,
                _ => best.push(index),
            }
            last = Some(passage.article);
        }
        best
    }
}

/// The scores of each way of ranking, one a passage.
#[derive(Default)]
struct Parts {
    knn: Option<Vec<f32>>,
    svm: Option<Vec<f32>>,
    whitened: Option<Vec<f32>>,
    lexical: Option<Vec<f32>>,
}

impl Parts {
    fn of(&self, passage: usize) -> Scores {
        let at = |scores: &Option<Vec<f32>>| scores.as_ref().map(|scores| scores[passage]);
        Scores {
            knn: at(&self.knn),
            svm: at(&self.svm),
            whitened: at(&self.whitened),
            lexical: at(&self.lexical),
        }
    }
}

/// The first `k` of `passages`, best first.
fn order(scores: &[f32], passages: &[usize], k: usize) -> Vec<usize> {
    let picked: Vec<f32> = passages.iter().map(|&passage| scores[passage]).collect();
    top_k(&picked, k).into_iter().map(|place| passages[place]).collect()
}

/// Whether the first `k` of `order` keep their places if each score is off by `error`; `order` goes one further.
fn is_settled(scores: &[f32], order: &[usize], k: usize, error: f64) -> bool {
    let pairs = order.windows(2).take(k);
    pairs.map(|pair| f64::from(scores[pair[0]]) - f64::from(scores[pair[1]])).all(|lead| lead > 2.0 * error)
}

/// Whether a score is at least this share of the way from the lowest to the highest.
fn relevant(scores: &[f32], threshold: Option<f32>) -> impl Fn(f32) -> bool {
    let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
    let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    move |score| threshold.is_none_or(|threshold| score - low >= threshold * (high - low))
}
