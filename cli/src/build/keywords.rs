//! The words of a site's passages.

use exemplar_search::bundle::Passage;
use exemplar_search::lexical::Keywords;

use crate::site::Document;

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
    let texts = passages.iter().map(|passage| match passage.text.as_str() {
        "" => documents[passage.article].text.as_str(),
        text => text,
    });
    Keywords::build(titles.iter().map(String::as_str).zip(texts))
}
