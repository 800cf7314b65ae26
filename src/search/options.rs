//! What to rank by, and how much to return.

use std::fmt;
use std::str::FromStr;

use crate::bundle::Article;
use crate::closeness::Strictness;
use crate::decimal::Decimal;
use crate::facets::{self, Filter};
use crate::rank::fusion::Fusion;
use crate::rank::svm;
use crate::{Error, Method, Query, Result};

/// How the SVM is solved. Both solvers reach the same optimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Solver {
    /// Newton's method: fast and deterministic.
    #[default]
    Newton,
    /// The reference, liblinear's coordinate descent.
    CoordinateDescent {
        /// Determines the order in which the solver visits the passages.
        seed: u64,
    },
}

/// `newton` or `coordinate-descent`; the seed is left out.
impl fmt::Display for Solver {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Newton => "newton",
            Self::CoordinateDescent { .. } => "coordinate-descent",
        })
    }
}

/// By its name; the seed is 0.
impl FromStr for Solver {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "newton" => Ok(Self::Newton),
            "coordinate-descent" => Ok(Self::CoordinateDescent { seed: 0 }),
            _ => Err(Error::option("solver", format!("\"{name}\""), "expected newton or coordinate-descent")),
        }
    }
}

/// When Newton's method stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopAt {
    /// At the tolerance.
    #[default]
    Converged,
    /// As soon as the order of the first `k` hits can no longer change. The method must be the SVM alone, because others need all of
    /// its scores.
    TopK,
}

/// `converged` or `topk`.
impl fmt::Display for StopAt {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Converged => "converged",
            Self::TopK => "topk",
        })
    }
}

/// By its name.
impl FromStr for StopAt {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "converged" => Ok(Self::Converged),
            "topk" => Ok(Self::TopK),
            _ => Err(Error::option("stop", format!("\"{name}\""), "expected converged or topk")),
        }
    }
}

/// What to rank by and how much to return. Start from the defaults and use the setters:
///
/// ```
/// # use exemplar_search::{Method, SearchOptions};
/// let options = SearchOptions::default().method(Method::Svm).k(5);
/// assert_eq!(options.k, 5);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SearchOptions {
    /// How to rank. Default [`Method::Auto`].
    pub method: Method,
    /// How the scores of several components are combined. Default [`Fusion::ZScore`].
    pub fusion: Fusion,
    /// Hits to return, at least 1; a `k` above the number of articles returns them all. Default 10.
    pub k: usize,
    /// How many passages a hit may name, at least 1: the article's best, and [`Hit::others`]. Default 1.
    pub passages: usize,
    /// From 0 to 1: leaves out hits whose score, scaled to 0..1 between the lowest and the highest of all passages, is below it (as
    /// LangChain's SVMRetriever does). Default none.
    pub relevance_threshold: Option<f32>,
    /// How easily hits are called close: see [`SearchResult::closeness`](crate::SearchResult::closeness). Default [`Strictness::Mild`].
    pub strictness: Strictness,
    /// Which articles may be hits. It changes no score. Default all.
    pub filter: Filter,
    /// Fields whose values are counted: see [`SearchResult::facets`]. Default none.
    pub facets: Vec<String>,
    /// How the SVM is set up.
    pub svm: svm::Options,
    /// How the SVM is solved. Default [`Solver::Newton`].
    pub solver: Solver,
    /// When the SVM's solver stops. Default [`StopAt::Converged`].
    pub stop: StopAt,
    /// Whether a query is aligned for the SVM and the whitened cosine, if the bundle has its mean query. Default true.
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
            strictness: Strictness::default(),
            filter: Filter::default(),
            facets: Vec::new(),
            svm: svm::Options::default(),
            solver: Solver::default(),
            stop: StopAt::default(),
            align: true,
        }
    }
}

/// Each sets the option of its name.
impl SearchOptions {
    /// Sets [`SearchOptions::method`].
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sets [`SearchOptions::fusion`].
    #[must_use]
    pub fn fusion(mut self, fusion: Fusion) -> Self {
        self.fusion = fusion;
        self
    }

    /// Sets [`SearchOptions::k`].
    #[must_use]
    pub fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }

    /// Sets [`SearchOptions::passages`].
    #[must_use]
    pub fn passages(mut self, passages: usize) -> Self {
        self.passages = passages;
        self
    }

    /// Sets [`SearchOptions::relevance_threshold`].
    #[must_use]
    pub fn relevance_threshold(mut self, relevance_threshold: impl Into<Option<f32>>) -> Self {
        self.relevance_threshold = relevance_threshold.into();
        self
    }

    /// Sets [`SearchOptions::strictness`].
    #[must_use]
    pub fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Sets [`SearchOptions::filter`].
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Sets [`SearchOptions::facets`].
    #[must_use]
    pub fn facets(mut self, facets: Vec<String>) -> Self {
        self.facets = facets;
        self
    }

    /// Sets [`SearchOptions::svm`].
    #[must_use]
    pub fn svm(mut self, svm: svm::Options) -> Self {
        self.svm = svm;
        self
    }

    /// Sets [`SearchOptions::solver`].
    #[must_use]
    pub fn solver(mut self, solver: Solver) -> Self {
        self.solver = solver;
        self
    }

    /// Sets [`SearchOptions::stop`].
    #[must_use]
    pub fn stop(mut self, stop: StopAt) -> Self {
        self.stop = stop;
        self
    }

    /// Sets [`SearchOptions::align`].
    #[must_use]
    pub fn align(mut self, align: bool) -> Self {
        self.align = align;
        self
    }
}

/// What to search for by example.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Refine<'a> {
    /// The query beside the examples; [`Query::default`] for none.
    pub query: Query<'a>,
    /// Ids of articles that the reader likes.
    pub more: &'a [&'a str],
    /// Ids of articles that the reader does not want.
    pub less: &'a [&'a str],
}

impl<'a> From<Query<'a>> for Refine<'a> {
    fn from(query: Query<'a>) -> Self {
        Self { query, ..Self::default() }
    }
}

impl Refine<'_> {
    /// Checks that there is something to go by, and that each article is wanted or not.
    pub(crate) fn check(&self) -> Result<()> {
        let Self { query, more, less } = self;
        if more.is_empty() && *query == Query::default() {
            return Err(Error::option("more", "empty", "give ids of articles that are liked, or a query"));
        }
        match less.iter().find(|id| more.contains(id)) {
            None => Ok(()),
            Some(id) => {
                let expected = "it is in more too; an article is wanted or not";
                Err(Error::option("less", format!("\"{id}\""), expected))
            }
        }
    }
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
            return Err(Error::option("relevance_threshold", value, expected));
        }
        self.filter.check(articles)?;
        self.facets.iter().try_for_each(|field| facets::check("facets", field, articles))
    }
}

#[cfg(test)]
mod tests {
    use super::{Solver, StopAt};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_come_back_and_others_are_refused() {
        for name in ["newton", "coordinate-descent"] {
            assert_eq!(name.parse::<Solver>().unwrap().to_string(), name);
        }
        for name in ["converged", "topk"] {
            assert_eq!(name.parse::<StopAt>().unwrap().to_string(), name);
        }
        let refused = [
            "newtons".parse::<Solver>().unwrap_err().to_string(),
            "top-k".parse::<StopAt>().unwrap_err().to_string(),
        ];
        assert_eq!(refused[0], "option solver is \"newtons\": expected newton or coordinate-descent");
        assert_eq!(refused[1], "option stop is \"top-k\": expected converged or topk");
    }
}
