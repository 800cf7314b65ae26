//! What to rank by, and how much to return.

use crate::bundle::Article;
use crate::decimal::Decimal;
use crate::facets::{self, Filter};
use crate::rank::fusion::Fusion;
use crate::rank::svm;
use crate::{Error, Method, Query, Result};

/// How the SVM is solved; both ways have the same optimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Solver {
    /// Newton's method: fast and deterministic.
    #[default]
    Newton,
    /// The reference, liblinear's coordinate descent.
    CoordinateDescent {
        /// Decides the order in which the passages are visited.
        seed: u64,
    },
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
    /// What is ranked by. Default [`Method::Auto`].
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
    /// The SVM's own options.
    pub svm: svm::Options,
    /// How the SVM is solved. Default [`Solver::Newton`].
    pub solver: Solver,
    /// How far Newton's method goes. Default [`StopAt::Converged`].
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
    /// What was typed, or its embedding; may be empty.
    pub query: Query<'a>,
    /// Ids of articles that the reader likes.
    pub more: &'a [&'a str],
    /// Ids of articles that the reader does not want.
    pub less: &'a [&'a str],
}

impl SearchOptions {
    /// Checks the ranges, and that articles have the fields that are named; the SVM's own options are checked where it
    /// is set up.
    pub(super) fn check(&self, articles: &[Article]) -> Result<()> {
        for (name, count) in [("k", self.k), ("passages", self.passages)] {
            if count == 0 {
                return Err(Error::option(name, "0", "expected a whole number from 1"));
            }
        }
        if let Some(threshold) = self.relevance_threshold.filter(|it| !(0.0..=1.0).contains(it)) {
            let (value, expected) = (Decimal::from(threshold), "expected a number from 0 to 1");
            return Err(Error::option("relevanceThreshold", value, expected));
        }
        self.filter.check(articles)?;
        self.facets.iter().try_for_each(|field| facets::check("facets", field, articles))
    }
}
