//! What a search prints for people.

use exemplar_search::bundle::Article;
use exemplar_search::{Closeness, Hit, SearchResult};

use crate::passages::starts;

/// The hits of a bundle of so many articles, with what their scores are made of.
pub fn listing(result: &SearchResult, articles: usize) -> String {
    let placed = match result.known {
        None => String::new(),
        Some(0.0) => "; the bundle's query encoder knows nothing of the query".into(),
        Some(known) => format!(
            "; the query is placed by the bundle's query encoder, which knows {:.0}% of it",
            known * 100.0
        ),
    };
    let mut lines = vec![format!("{} of {articles} articles{placed}", result.hits.len())];
    match result.closeness {
        Some(Closeness::Nearest) => lines.push("nothing close; nearest are:".into()),
        Some(Closeness::Nothing) => lines.push("nothing: the site has no answer".into()),
        Some(Closeness::Good) | None => {}
    }
    for hit in &result.hits {
        let parts = [
            ("knn", hit.scores.knn),
            ("svm", hit.scores.svm),
            ("whitened", hit.scores.whitened),
            ("lexical", hit.scores.lexical),
        ];
        let parts: Vec<_> =
            parts.iter().filter_map(|(name, score)| Some(format!("{name} {:.3}", (*score)?))).collect();
        lines.push(format!("{:>3}  {:>7.3}  {}", hit.rank, hit.score, hit.article.title));
        lines.push(format!("              {}  ({})", address(hit.article, place_of(hit)), parts.join(", ")));
        for other in &hit.others {
            let heading = other.passage.heading.join(" › ");
            lines.push(format!(
                "     {:>7.3}  {}  {heading}",
                other.score,
                address(hit.article, other.passage.anchor.clone())
            ));
        }
    }
    lines.join("\n")
}

/// The anchor of the section that has the first word found, else the passage's.
fn place_of(hit: &Hit) -> Option<String> {
    let first = hit.highlights.as_ref().and_then(|highlights| highlights.text.first());
    first.map_or_else(|| hit.passage.anchor.clone(), |&(start, _)| starts::anchor_at(hit.passage, start))
}

/// Where a hit leads.
pub fn address(article: &Article, anchor: Option<String>) -> String {
    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    format!("{}{anchor}", article.url)
}
