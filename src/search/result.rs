//! What a search finds.

use serde::Serialize;

use crate::bundle::{Article, Passage};
use crate::facets::Facet;
use crate::rank::svm;
use crate::{Highlights, Method};

/// The hits of one search, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult<'a> {
    /// What was ranked by: what [`Method::Auto`] stood for, not `Auto` itself.
    pub method: Method,
    /// Best first.
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
    /// Of a bundle in shards, the share of the hits that are expected to be those of the whole bundle, 0 to 1: what is not
    /// there yet may be better. Absent where all of the bundle was ranked.
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
    /// The method's score; higher is better.
    pub score: f32,
    /// The component scores behind it.
    pub scores: Scores,
    /// The page that was found.
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
