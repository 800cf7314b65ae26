//! Filtering and counting hits by fields of articles: `lang`, `tags`, `date`, and any other field that holds a text, a number, or a list
//! of them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::bundle::Article;
use crate::decimal::{self, Decimal};
use crate::json::Value;
use crate::rank::top_k;
use crate::{Error, Result};

/// Which articles may be hits: those that have, in every field named here, a value that is wanted of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(pub Vec<(String, Wanted)>);

/// What an article must have in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One of these values, exactly. Without any, the field excludes nothing.
    Values(Vec<String>),
    /// A value within these bounds.
    Range(Range),
}

/// Bounds of a value, which belong to the range; by default there are none.
///
/// A bound that is a number is compared with values that are numbers, and with the years of dates. Any other is compared letter by
/// letter, as dates can be: ISO 8601. What begins with a bound is equal to it, so a range to `2024-05` has all of May.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The lower bound.
    pub from: Option<String>,
    /// The upper bound.
    pub to: Option<String>,
}

/// How many articles were found that have each value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet<'a> {
    /// The field's name.
    pub field: String,
    /// The commonest value first. Values with equal counts keep the order in which they occur among the articles.
    pub counts: Vec<Count<'a>>,
}

/// How many articles have a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count<'a> {
    /// The value, a number as JavaScript writes it.
    pub value: Cow<'a, str>,
    /// How many articles have it.
    pub count: usize,
}

impl Wanted {
    /// Whether it lets everything be.
    fn is_empty(&self) -> bool {
        match self {
            Self::Values(values) => values.is_empty(),
            Self::Range(Range { from, to }) => from.is_none() && to.is_none(),
        }
    }

    /// Whether this value is wanted.
    pub(crate) fn has(&self, value: &str) -> bool {
        match self {
            Self::Values(values) => values.iter().any(|wanted| wanted == value),
            Self::Range(Range { from, to }) => {
                let is = |bound: &Option<String>, outside: Ordering| {
                    bound
                        .as_ref()
                        .is_none_or(|bound| compare(value, bound).is_some_and(|order| order != outside))
                };
                is(from, Ordering::Less) && is(to, Ordering::Greater)
            }
        }
    }
}

/// The digits of a year in a date.
const YEAR: usize = 4;

/// A value next to a bound; none if the bound is a number and the value is not.
fn compare(value: &str, bound: &str) -> Option<Ordering> {
    match decimal::parse(bound) {
        Some(bound) => {
            let number = decimal::parse(value).or_else(|| decimal::parse(value.get(..YEAR)?))?;
            number.partial_cmp(&bound)
        }
        None if value.starts_with(bound) => Some(Ordering::Equal),
        None => Some(value.cmp(bound)),
    }
}

impl Filter {
    /// Whether it excludes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.asked().next().is_none()
    }

    /// The fields of which something is wanted.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (&str, &Wanted)> {
        let asked = self.0.iter().filter(|(_, wanted)| !wanted.is_empty());
        asked.map(|(field, wanted)| (field.as_str(), wanted))
    }

    /// Of the fields of which one of some values is wanted, those.
    pub fn values(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.asked().filter_map(|(field, wanted)| match wanted {
            Wanted::Values(values) => Some((field, values.as_slice())),
            Wanted::Range(_) => None,
        })
    }

    /// Whether an article may be a hit.
    pub fn allows(&self, article: &Article) -> bool {
        self.allows_but_for(None, article)
    }

    /// [`Filter::allows`], ignoring this field.
    fn allows_but_for(&self, field: Option<&str>, article: &Article) -> bool {
        self.asked().all(|(asked, wanted)| {
            Some(asked) == field || article.values(asked).iter().any(|value| wanted.has(value))
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
        let articles = articles.filter(|article| self.allows_but_for(Some(field), article));
        let mut found: Vec<(usize, Cow<str>)> = Vec::new();
        for (number, article) in articles.enumerate() {
            article.values(field).into_iter().for_each(|value| found.push((number, value)));
        }
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut counts: Vec<Count> = Vec::new();
        // By place: the article that was counted last. One that has a value twice has it once.
        let mut last: Vec<usize> = Vec::new();
        for (number, value) in &found {
            let place = *places.entry(value).or_insert(counts.len());
            if place == counts.len() {
                counts.push(Count { value: value.clone(), count: 1 });
                last.push(*number);
            } else if last[place] != *number {
                counts[place].count += 1;
                last[place] = *number;
            }
        }
        let sizes: Vec<f32> = counts.iter().map(|count| count.count as f32).collect();
        top_k(&sizes, sizes.len()).into_iter().map(|place| counts[place].clone()).collect()
    }
}

/// The fields that every bundle has, though their articles have none of their values.
const FIELDS: [&str; 3] = ["lang", "tags", "date"];

/// [`ErrorKind::Option`](crate::ErrorKind::Option) if no article has the field: a misspelled name would find nothing, and nobody would know why.
pub(crate) fn check(option: &str, field: &str, articles: &[Article]) -> Result<()> {
    let known = FIELDS.contains(&field) || articles.iter().any(|article| !article.values(field).is_empty());
    match known {
        true => Ok(()),
        false => {
            let expected = "expected lang, tags, date, or another field in which articles of this bundle have texts or numbers";
            Err(Error::option(option, format!("\"{field}\""), expected))
        }
    }
}

impl Article {
    /// The names of fields by which it may be filtered.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        FIELDS.into_iter().chain(self.extra.0.iter().map(|(name, _)| name.as_str()))
    }

    /// Its values in a field: of one by which it is not filtered, none.
    #[inline(never)]
    pub fn values(&self, field: &str) -> Vec<Cow<'_, str>> {
        let own = match field {
            "lang" => self.lang.as_slice(),
            "date" => self.date.as_slice(),
            "tags" => &self.tags,
            other => {
                let Some(value) = self.extra.get(other) else { return Vec::new() };
                let values = value.as_array().unwrap_or(std::slice::from_ref(value));
                return values.iter().filter_map(text_of).collect();
            }
        };
        own.iter().map(Into::into).collect()
    }
}

/// A text or a number, as a value of a field.
pub(crate) fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        other => other.as_f64().map(|number| Decimal::from(number).to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn numbers_dates_and_texts_lie_between_bounds_of_their_kind() {
        let has = |from: &str, to: &str, value: &str| {
            let bound = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Wanted::Range(Range { from: bound(from), to: bound(to) }).has(value)
        };
        for (from, to, inside, outside) in [
            ("9", "10.5", &["9", "10", "10.5"][..], &["8.9", "11", "100", "many", ""][..]),
            ("-2", "", &["-2", "0", "7"], &["-3"]),
            (
                "2024",
                "2025",
                &["2024-01-01", "2025-12-31T23:00:00Z", "2024"],
                &["2023-12-31", "2026-01-01", "May 2024"],
            ),
            ("2024-05", "2024-05", &["2024-05-01", "2024-05-31"], &["2024-04-30", "2024-06-01"]),
            ("2024-05-02", "", &["2024-05-02T10:00:00+09:00", "2025-01-01"], &["2024-05-01T23:59:59"]),
            ("b", "d", &["b", "cat", "dog"], &["ant", "eel"]),
        ] {
            assert!(inside.iter().all(|value| has(from, to, value)), "{from}..{to} has {inside:?}");
            assert!(!outside.iter().any(|value| has(from, to, value)), "{from}..{to} has not {outside:?}");
        }
    }
}
