//! What to mark in a hit.

use serde::Serialize;

use crate::bundle::Article;
use crate::lexical::{QueryTerms, utf16_ranges};

/// Where the words of the query occur in a hit's texts, as start and end in UTF-16 code units, as JavaScript counts. The ranges
/// ascend and do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Highlights {
    /// In the article's title.
    pub title: Vec<(usize, usize)>,
    /// In the article's excerpt.
    pub excerpt: Vec<(usize, usize)>,
    /// In the passage's text.
    pub text: Vec<(usize, usize)>,
}

impl Highlights {
    pub(crate) fn of(query: &QueryTerms, article: &Article, text: &str) -> Self {
        let marks = |text: &str| {
            let ranges = utf16_ranges(text, &query.marks(text));
            ranges.into_iter().map(|range| (range.start, range.end)).collect()
        };
        let excerpt = article.excerpt.as_deref().unwrap_or_default();
        Self { title: marks(&article.title), excerpt: marks(excerpt), text: marks(text) }
    }
}
