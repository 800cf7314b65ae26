//! The words of a site's passages.

use std::borrow::Cow;

use exemplar_search::bundle::Passage;
use exemplar_search::lexical::Keywords;

use crate::site::{Document, join};

/// Indexes each passage: the title of its article and its headings, and its text. A passage without a text of its own
/// is the whole article.
pub fn of(documents: &[Document], passages: &[Passage]) -> Keywords {
    let titles: Vec<String> = passages
        .iter()
        .map(|passage| {
            let headings = passage.heading.iter().map(String::as_str);
            let title = documents[passage.article].article.title.as_str();
            std::iter::once(title).chain(headings).collect::<Vec<_>>().join("\n")
        })
        .collect();
    let texts: Vec<Cow<str>> = passages
        .iter()
        .map(|passage| match passage.text.as_str() {
            "" => join(&documents[passage.article].blocks).into(),
            text => text.into(),
        })
        .collect();
    Keywords::build(titles.iter().map(String::as_str).zip(texts.iter().map(Cow::as_ref)))
}
