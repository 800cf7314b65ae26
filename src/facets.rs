//! Filtering and counting hits by fields of articles: `lang`, `tags`, and any other field that holds a text or a list of texts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bundle::Article;
use crate::json::Value;
use crate::rank::top_k;
use crate::{Error, Result};

/// Which articles may be hits: those that have, in every field named here, one of the values given for it. Values must match exactly.
/// A field without values excludes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(pub Vec<(String, Vec<String>)>);

/// How many articles were found that have each value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet<'a> {
    /// The field's name.
    pub field: String,
    /// The commonest value first. Values with equal counts keep the order in which they occur among the articles.
    pub counts: Vec<Count<'a>>,
}

/// How many articles have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count<'a> {
    /// The value.
    pub value: &'a str,
    /// How many articles have it.
    pub count: usize,
}

impl Filter {
    /// Whether it excludes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.asked().next().is_none()
    }

    /// The fields of which a value is asked, with these values.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (&str, &[String])> {
        let asked = self.0.iter().filter(|(_, values)| !values.is_empty());
        asked.map(|(field, values)| (field.as_str(), values.as_slice()))
    }

    /// Whether an article may be a hit.
    pub fn allows(&self, article: &Article) -> bool {
        self.allows_but_for(None, article)
    }

    /// [`Filter::allows`], ignoring this field.
    fn allows_but_for(&self, field: Option<&str>, article: &Article) -> bool {
        self.0.iter().all(|(asked, wanted)| {
            Some(asked.as_str()) == field
                || wanted.is_empty()
                || values(article, asked).any(|value| wanted.iter().any(|wanted| wanted == value))
        })
    }

    /// [`ErrorKind::Option`](crate::ErrorKind::Option) if no article has a field that is named.
    pub(crate) fn check(&self, articles: &[Article]) -> Result<()> {
        self.0.iter().try_for_each(|(field, _)| check("filter", field, articles))
    }

    /// How many of the articles have each value of a field. The filter's values for the field itself do not count, because the reader
    /// chooses among all of them.
    pub(crate) fn count<'a>(
        &self,
        articles: impl Iterator<Item = &'a Article>,
        field: &str,
    ) -> Vec<Count<'a>> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut counts: Vec<Count> = Vec::new();
        // By place: the article that was counted last. One that has a value twice has it once.
        let mut last: Vec<usize> = Vec::new();
        for (number, article) in
            articles.filter(|article| self.allows_but_for(Some(field), article)).enumerate()
        {
            for value in values(article, field) {
                let place = *places.entry(value).or_insert(counts.len());
                if place == counts.len() {
                    counts.push(Count { value, count: 1 });
                    last.push(number);
                } else if last[place] != number {
                    counts[place].count += 1;
                    last[place] = number;
                }
            }
        }
        let sizes: Vec<f32> = counts.iter().map(|count| count.count as f32).collect();
        top_k(&sizes, sizes.len()).into_iter().map(|place| counts[place]).collect()
    }
}

/// [`ErrorKind::Option`](crate::ErrorKind::Option) if no article has the field: a misspelled name would find nothing, and nobody would know why.
pub(crate) fn check(option: &str, field: &str, articles: &[Article]) -> Result<()> {
    let known = ["lang", "tags"].contains(&field)
        || articles.iter().any(|article| values(article, field).next().is_some());
    match known {
        true => Ok(()),
        false => {
            let expected =
                "expected lang, tags, or another field in which articles of this bundle have texts";
            Err(Error::option(option, format!("\"{field}\""), expected))
        }
    }
}

/// The values of an article in a field.
pub(crate) fn values<'a>(article: &'a Article, field: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let (own, extra): (&[String], Option<&Value>) = match field {
        "lang" => (article.lang.as_slice(), None),
        "tags" => (&article.tags, None),
        other => (&[], article.extra.get(other)),
    };
    let listed = extra.and_then(Value::as_array).unwrap_or_default();
    let own = own.iter().map(String::as_str);
    own.chain(extra.and_then(Value::as_str)).chain(listed.iter().filter_map(Value::as_str))
}
