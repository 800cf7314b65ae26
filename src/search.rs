//! Searching: options in, hits out.

use serde::Serialize;

use crate::bundle::{Article, Passage};
use crate::decimal::Decimal;
use crate::facets::{self, Facet, Filter};
use crate::lexical::{self, Bm25};
use crate::query_target::QueryTarget;
use crate::rank::fusion::Fusion;
use crate::rank::{knn, svm};
use crate::vector::top_k::top_k_of;
use crate::vector::{Matrix, Vectors};
use crate::{Error, Highlights, Method, Query, Result, SearchIndex, Weights};

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
    /// Passages that a hit tells of at most, at least 1: the article's best, and [`Hit::others`]. Default 1.
    pub passages: usize,
    /// Leaves out hits whose score, brought to 0..1 between the lowest and the highest of all passages, is below this,
    /// 0 to 1 (as LangChain's SVMRetriever does). Default none.
    pub relevance_threshold: Option<f32>,
    /// Which articles may be hits; their scores are those that they have without it. Default all.
    pub filter: Filter,
    /// Fields whose values are counted: see [`SearchResult::facets`]. Default none.
    pub facets: Vec<String>,
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
            passages: 1,
            relevance_threshold: None,
            filter: Filter::default(),
            facets: Vec::new(),
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
    /// For each field that was asked for, how many articles were found that have each of its values: what would be hits if
    /// `k` had no end and the filter asked nothing of this field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet<'a>>,
    /// How the SVM was solved, where the method needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svm: Option<svm::SolverReport>,
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
    /// Which of the index's passages it is, from 0.
    #[serde(rename = "passageIndex")]
    pub passage_index: usize,
    /// The passage's text; empty where the bundle has none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub text: &'a str,
    /// Where the words of the query stand, if it has a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlights: Option<Highlights>,
    /// Further passages of the article, best first, of other headings than those before them: those that score no lower
    /// than the last hit, and so would be listed too if each passage stood for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherPassage<'a>>,
}

/// A passage beside the best of its article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherPassage<'a> {
    /// The method's score; higher is better.
    pub score: f32,
    pub passage: &'a Passage,
    /// The passage's text; empty where the bundle has none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub text: &'a str,
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
        if options.passages == 0 {
            return Err(Error::option("passages", "0", "expected a whole number from 1"));
        }
        if let Some(threshold) = options.relevance_threshold.filter(|it| !(0.0..=1.0).contains(it)) {
            return Err(Error::option(
                "relevanceThreshold",
                Decimal::from(threshold),
                "expected a number from 0 to 1",
            ));
        }
        options.filter.check(self.articles())?;
        options.facets.iter().try_for_each(|field| facets::check("facets", field, self.articles()))?;
        let placed = query.embedding.is_some() || (query.text.is_some() && self.has_encoder());
        let method = options.method.resolved(
            placed || !more.is_empty(),
            placed && (!more.is_empty() || !less.is_empty()),
            query.text.is_some() && self.keywords().is_some(),
        );
        let mut weights = method.weights()?;
        if options.stop == StopAt::TopK && method != Method::Svm {
            return Err(Error::option("stop", "topk", format!("{method} needs all scores: leave it out")));
        }
        let missing = |needs| Box::new(Error::MethodNeeds { method: method.to_string(), needs });
        let encoded = match (query.embedding, query.text) {
            (None, Some(text)) if method.needs_embedding() && self.has_encoder() => Some(self.encode(text)?),
            _ => None,
        };
        let known = encoded.as_ref().map(|encoded| encoded.as_ref().map_or(0.0, |encoded| encoded.known));
        let encoded = encoded.flatten();
        let embedding = query.embedding.or(encoded.as_ref().map(|encoded| encoded.vector.as_slice()));
        let target = QueryTarget::new(self, embedding, more, less)?;
        if method.needs_embedding() && !target.has_vector() {
            if known.is_none() {
                return Err(missing(match query.text {
                    Some(_) => "the query's embedding, as this bundle has no query encoder to make it",
                    None => "the query's embedding",
                }));
            }
            // The encoder knows nothing of the text: what is left are its words.
            weights = Weights { lexical: weights.lexical, ..Weights::default() };
            if weights == Weights::default() {
                return Ok(SearchResult {
                    method,
                    hits: Vec::new(),
                    facets: self.facets(&[], options),
                    svm: None,
                    known,
                    top_k_final: None,
                });
            }
        }
        let by_vectors = weights != Weights { lexical: weights.lexical, ..Weights::default() };
        let words = query.text.map(|text| match &self.keywords() {
            Some(keywords) => keywords.query(text, query.unfinished),
            None => lexical::QueryTerms::parse(text, query.unfinished),
        });

        let candidates = self.candidates(&target, &options.filter);
        let mut parts = Parts::default();
        let mut svm = None;
        if weights.svm > 0.0 {
            let knn_vector = if weights.knn > 0.0 { Some(target.knn_vector()?) } else { None };
            let fit = self.fit(&target, &candidates, options, knn_vector.as_deref())?;
            svm = Some(fit.report);
            parts.svm = Some(fit.scores);
            parts.knn = knn_vector.map(|_| fit.extra);
        } else if weights.knn > 0.0 {
            let knn_vector = target.knn_vector()?;
            parts.knn = Some(match self.rows() {
                // Only the scores of the hits are asked for; what is fused, or kept by a threshold, needs them all.
                Vectors::Int8(rows)
                    if method == Method::Knn
                        && options.relevance_threshold.is_none()
                        && self.has_unit_rows() =>
                {
                    self.nearest(rows, &knn_vector, options.k, &candidates)
                }
                rows => knn::scores(rows.as_rows(), &knn_vector),
            });
        }
        if weights.whitened > 0.0 {
            let vector = target.whitened_vector(options.align)?;
            let whitening = self.whitening(target.shrinkage());
            parts.whitened = Some(whitening.scores(self.rows().as_rows(), &vector));
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

        let best = self.best_passages(scores, &candidates);
        let order = top_k_of(scores, &best, options.k.saturating_add(1));
        let top_k_final = svm
            .as_ref()
            .filter(|_| method == Method::Svm)
            .map(|report| is_settled(scores, &order, options.k, report.error()));
        let relevant = relevant(scores, options.relevance_threshold);
        // By words alone, what has none of them was not found.
        let found = |&passage: &usize| (by_vectors || scores[passage] > 0.0) && relevant(scores[passage]);
        let mut facets = Vec::new();
        if !options.facets.is_empty() {
            let mut all = self.best_passages(scores, &self.candidates(&target, &Filter::default()));
            all.retain(|&passage| found(&(passage as usize)));
            facets = self.facets(&all, options);
        }
        let order: Vec<usize> = order.into_iter().take(options.k).take_while(found).collect();
        let floor = order.last().map_or(0.0, |&last| scores[last]);
        let hits = order
            .into_iter()
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
                    passage_index: passage,
                    text,
                    highlights: words.as_ref().map(|words| Highlights::of(words, article, text)),
                    others: self.others(scores, passage, options.passages - 1, |other| {
                        scores[*other] >= floor && found(other)
                    }),
                }
            })
            .collect();
        Ok(SearchResult { method, hits, facets, svm, known, top_k_final })
    }

    /// The `most` best passages of the article of `best` that are listed, each of another heading than those before it.
    fn others(
        &self,
        scores: &[f32],
        best: usize,
        most: usize,
        listed: impl Fn(&usize) -> bool,
    ) -> Vec<OtherPassage<'_>> {
        let rest: Vec<u32> = self
            .passages_of(self.passages()[best].article)
            .filter(|other| *other != best && listed(other))
            .map(|other| other as u32)
            .collect();
        let mut taken = vec![best];
        for other in top_k_of(scores, &rest, rest.len()) {
            let heading = &self.passages()[other].heading;
            if taken.len() <= most && taken.iter().all(|&it| self.passages()[it].heading != *heading) {
                taken.push(other);
            }
        }
        let other = |&passage: &usize| OtherPassage {
            score: scores[passage],
            passage: &self.passages()[passage],
            text: &self.passages()[passage].text,
        };
        taken[1..].iter().map(other).collect()
    }

    /// kNN scores, exact for all passages that score no lower than the best of the k-th best article, and lower for all others.
    fn nearest(&self, rows: &Matrix<i8>, query: &[f32], k: usize, candidates: &[bool]) -> Vec<f32> {
        let estimates = knn::estimates(rows, query);
        let best = self.best_passages(&estimates.scores, candidates);
        match top_k_of(&estimates.scores, &best, k).last() {
            Some(&kth) => {
                let kth = estimates.scores[kth];
                estimates.settle(rows, query, kth)
            }
            None => estimates.scores,
        }
    }

    /// The SVM, and what kNN gives for `extra`, if there is one.
    pub(crate) fn fit(
        &self,
        target: &QueryTarget,
        candidates: &[bool],
        options: &SearchOptions,
        extra: Option<&[f32]>,
    ) -> Result<svm::Fit> {
        let c = options.svm.check()?.c();
        let training = target.training_set(options.align)?;
        let enough = |scores: &[f32], error: f64| {
            options.stop == StopAt::TopK && {
                let best = self.best_passages(scores, candidates);
                is_settled(scores, &top_k_of(scores, &best, options.k.saturating_add(1)), options.k, error)
            }
        };
        let rows = self.rows().as_rows();
        match options.solver {
            Solver::Newton => {
                let background = self.background(c, training.positives.len());
                svm::fit_until(rows, &background, &training, &options.svm, extra, &enough)
            }
            Solver::CoordinateDescent { seed } => {
                let extra = extra.map_or_else(Vec::new, |vector| knn::scores(rows, vector));
                Ok(svm::Fit { extra, ..svm::dual::fit(rows, &training, &options.svm, seed)? })
            }
        }
    }

    /// Whether each article may be a hit: it is no example, and the filter allows it.
    pub(crate) fn candidates(&self, target: &QueryTarget, filter: &Filter) -> Vec<bool> {
        let mut candidates: Vec<bool> =
            self.articles().iter().map(|article| filter.allows(article)).collect();
        target.example_articles().for_each(|article| candidates[article] = false);
        candidates
    }

    /// What the articles of these passages, which were found, have in the fields that are asked for.
    fn facets(&self, found: &[u32], options: &SearchOptions) -> Vec<Facet<'_>> {
        let articles =
            found.iter().map(|&passage| &self.articles()[self.passages()[passage as usize].article]);
        let facet = |field: &String| {
            let counts = options.filter.count(articles.clone(), field);
            Facet { field: field.clone(), counts }
        };
        options.facets.iter().map(facet).collect()
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

/// Whether the first `k` of `order` keep their places if each score is off by `error`; `order` goes one further.
fn is_settled(scores: &[f32], order: &[usize], k: usize, error: f64) -> bool {
    let pairs = order.windows(2).take(k);
    pairs.map(|pair| f64::from(scores[pair[0]]) - f64::from(scores[pair[1]])).all(|lead| lead > 2.0 * error)
}

/// Whether a score is at least this share of the way from the lowest to the highest.
fn relevant(scores: &[f32], threshold: Option<f32>) -> impl Fn(f32) -> bool {
    let range = threshold.map(|threshold| {
        let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
        let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        (low, threshold * (high - low))
    });
    move |score| range.is_none_or(|(low, above)| score - low >= above)
}
