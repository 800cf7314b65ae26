//! The words of a site's passages.

use std::borrow::Cow;

use exemplar_search::bundle::Passage;
use exemplar_search::lexical::Keywords;

use super::synonyms::{Synonym, with_synonyms};
use crate::site::{Document, join, pins};

/// So many times the words of a pinned query are in its page, which ranks by words near the best then.
const PINNED: usize = 3;

/// Indexes each passage: the title of its article and its headings, and its text, with synonyms. A passage without a text of its own
/// is the whole article. The first passage of an article also has the queries for which the article comes first.
pub fn of(documents: &[Document], passages: &[Passage], synonyms: &[Synonym]) -> Keywords {
    let mut before = None;
    let titles: Vec<Cow<str>> = passages
        .iter()
        .map(|passage| {
            let article = &documents[passage.article].article;
            let headings = passage.heading.iter().map(String::as_str);
            let is_first = before.replace(passage.article) != Some(passage.article);
            let pinned = pins::of(article).flat_map(|query| [query; PINNED]).filter(|_| is_first);
            let parts = std::iter::once(article.title.as_str()).chain(headings).chain(pinned);
            with_synonyms(parts.collect::<Vec<_>>().join("\n").into(), synonyms)
        })
        .collect();
    let texts: Vec<Cow<str>> = passages
        .iter()
        .map(|passage| {
            let text = match passage.text.as_str() {
                "" => join(&documents[passage.article].blocks).into(),
                text => text.into(),
            };
            with_synonyms(text, synonyms)
        })
        .collect();
    Keywords::build(titles.iter().map(Cow::as_ref).zip(texts.iter().map(Cow::as_ref)))
}
