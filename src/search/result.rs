//! The result of a search.

use serde::Serialize;

use crate::bundle::{Article, Passage};
use crate::closeness::Closeness;
use crate::facets::Facet;
use crate::rank::svm;
use crate::{Highlights, Method};

/// The hits of one search, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult<'a> {
    /// The method that ranked: what [`Method::Auto`] stood for, never `Auto` itself.
    pub method: Method,
    /// Best first.
    pub hits: Vec<Hit<'a>>,
    /// For each field in [`SearchOptions::facets`](crate::SearchOptions::facets), how many articles with each of its values would be
    /// hits if `k` had no limit and the filter did not mention this field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet<'a>>,
    /// How the SVM was solved, if the method needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svm: Option<svm::SolverReport>,
    /// If the bundle's query encoder encoded the query: how much of the query it knows, 0 to 1. At 0 there is no embedding, and only
    /// the query's words ranked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<f32>,
    /// How close the hits come to the query, if the bundle holds bounds for queries of its kind ([`Calibration`](crate::Calibration)),
    /// the method uses vectors, the query has a text, and there are no examples. Where it is [`Closeness::Nothing`], there are no hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closeness: Option<Closeness>,
    /// Whether the order of the hits is proven, if the method is the SVM alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k_final: Option<bool>,
    /// For a bundle in shards: the share of the whole bundle's hits that these are expected to contain, 0 to 1. Passages that are not
    /// loaded yet may score higher. None if the whole bundle was ranked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<f32>,
}

impl SearchResult<'_> {
    /// Nothing known yet of a bundle in shards.
    pub(crate) fn nothing_yet(method: Method) -> Self {
        Self { complete: Some(0.0), ..Self::empty(method) }
    }

    /// Nothing found.
    pub(crate) fn empty(method: Method) -> Self {
        Self {
            method,
            hits: Vec::new(),
            facets: Vec::new(),
            svm: None,
            known: None,
            closeness: None,
            top_k_final: None,
            complete: None,
        }
    }
}

/// One result: an article, by its best passage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit<'a> {
    /// 1 for the best.
    pub rank: usize,
    /// The method's score; higher is better. What was typed as it stands in a title or a heading is lifted above all else, where the
    /// method counts words.
    pub score: f32,
    /// The component scores behind it.
    pub scores: Scores,
    /// The article.
    pub article: &'a Article,
    /// The article's best passage, whose scores these are.
    pub passage: &'a Passage,
    /// Which of the index's passages it is, from 0.
    #[serde(rename = "passageIndex")]
    pub passage_index: usize,
    /// The passage's text; empty if the bundle has none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub text: &'a str,
    /// Where the words of the query occur, if it has a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlights: Option<Highlights>,
    /// Further passages of the article, best first, each under a heading of its own: those that score no lower than the last hit, and
    /// so would be hits if passages were listed one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherPassage<'a>>,
}

/// A passage beside the best of its article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherPassage<'a> {
    /// The method's score; higher is better.
    pub score: f32,
    /// Where it stands in its article.
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
