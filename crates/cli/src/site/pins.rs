//! Pages that come first for a query, because the owner says so.

use std::str::FromStr;

use anyhow::{Result, bail};
use exemplar_search::PINS_FIELD;
use exemplar_search::bundle::Article;
use exemplar_search::json::Value;
use exemplar_search::lexical::QueryTerms;

use super::Reading;

/// A query, and the page that comes first for it.
#[derive(Clone, Debug)]
pub struct Pin {
    query: String,
    page: String,
}

impl FromStr for Pin {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let (query, page) =
            given.split_once('=').ok_or("expected QUERY=PAGE, such as 'pricing=plans.html'")?;
        let [query, page] = [query, page].map(|side| side.trim().to_owned());
        match QueryTerms::parse(&query, false).is_empty() {
            true => Err(format!("\"{query}\" has no word to search for")),
            false => Ok(Self { query, page }),
        }
    }
}

/// The queries for which an article comes first.
pub fn of(article: &Article) -> impl Iterator<Item = &str> {
    article
        .extra
        .get(PINS_FIELD)
        .and_then(Value::as_array)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
}

/// Has each page know its queries. A page that there is not is an error.
pub fn apply(reading: &mut Reading, pins: &[Pin]) -> Result<()> {
    for Pin { query, page } in pins {
        let is_page = |article: &Article| article.id == *page || article.url == *page;
        let article = reading
            .documents
            .iter_mut()
            .map(|document| &mut document.article)
            .find(|article| is_page(article));
        let Some(article) = article else {
            bail!("--pin {query}={page}: there is no such page; name it by its path or its address");
        };
        let mut queries: Vec<Value> = of(article).map(|query| Value::String(query.to_owned())).collect();
        queries.push(Value::String(query.clone()));
        article.extra.set(PINS_FIELD, Value::Array(queries));
    }
    Ok(())
}
