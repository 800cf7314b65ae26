//! What pages count in the ranking: what each says of itself, times what `--weight` says of its path and `--half-life` of its age.

use std::str::FromStr;

use anyhow::{Result, bail};
use chrono::NaiveDate;
use exemplar_search::bundle::Article;
use exemplar_search::json::{Number, Value};
use exemplar_search::{WEIGHT_FIELD, WEIGHT_RANGE};
use globset::{Glob, GlobMatcher};

use super::Reading;

/// What pages count whose paths match.
#[derive(Clone, Debug)]
pub struct Weight {
    paths: GlobMatcher,
    weight: f64,
}

impl FromStr for Weight {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let (glob, weight) = given.rsplit_once('=').ok_or("expected GLOB=NUMBER, such as 'blog/**=0.5'")?;
        let paths = Glob::new(glob).map_err(|error| error.to_string())?.compile_matcher();
        let weight = weight.trim().parse().ok().filter(|weight| WEIGHT_RANGE.contains(weight));
        Ok(Self { paths, weight: weight.ok_or_else(|| format!("expected {} after the =", range()))? })
    }
}

fn range() -> String {
    format!("a number from {} to {}", WEIGHT_RANGE.start(), WEIGHT_RANGE.end())
}

/// The day of an article's date, if it has one.
fn day(article: &Article) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(article.date.as_deref()?.get(..10)?, "%Y-%m-%d").ok()
}

/// 1 for the newest articles and those without a date, half for each half-life that another is older.
fn freshness(article: &Article, newest: Option<NaiveDate>, half_life: Option<u32>) -> f64 {
    match (day(article), newest, half_life) {
        (Some(day), Some(newest), Some(days)) => {
            0.5f64.powf((newest - day).num_days() as f64 / f64::from(days))
        }
        _ => 1.0,
    }
}

/// A number, also one that front matter or CSV has as a text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Puts a weight into an article, as far as it may go.
pub fn set(article: &mut Article, weight: f64) {
    let weight = weight.clamp(*WEIGHT_RANGE.start(), *WEIGHT_RANGE.end());
    article.extra.0.retain(|(name, _)| name != WEIGHT_FIELD);
    if let Some(number) = Number::of(weight).filter(|_| weight != 1.0) {
        article.extra.push(WEIGHT_FIELD, Value::Number(number));
    }
}

/// Checks what articles say of themselves, and has it count together with what is said of their paths. A path that no article has is an
/// error: it may be misspelt.
pub fn apply(reading: &mut Reading, weights: &[Weight], half_life: Option<u32>) -> Result<()> {
    let newest = reading.documents.iter().filter_map(|document| day(&document.article)).max();
    let mut unused: Vec<&Weight> = weights.iter().collect();
    for document in &mut reading.documents {
        let article = &mut document.article;
        let own = match article.extra.get(WEIGHT_FIELD) {
            None => 1.0,
            Some(value) => match number(value).filter(|weight| WEIGHT_RANGE.contains(weight)) {
                Some(weight) => weight,
                None => {
                    let value = serde_json::to_string(value)?;
                    bail!("{}: {WEIGHT_FIELD} is {value}, expected {}", article.id, range())
                }
            },
        };
        unused.retain(|weight| !weight.paths.is_match(&article.id));
        let of_path = weights.iter().filter(|weight| weight.paths.is_match(&article.id));
        let all: f64 = of_path.map(|weight| weight.weight).product::<f64>() * own;
        let fresh = freshness(article, newest, half_life);
        set(article, all * fresh);
    }
    match unused.first() {
        Some(weight) => bail!("--weight {}: no article has such a path", weight.paths.glob()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Document;

    fn reading(articles: &[(&str, Option<Value>)]) -> Reading {
        let document = |(id, weight): &(&str, Option<Value>)| {
            let mut article = Article { id: (*id).into(), ..Article::default() };
            article.extra.0.extend(weight.clone().map(|weight| (WEIGHT_FIELD.into(), weight)));
            Document { article, blocks: Vec::new() }
        };
        Reading { documents: articles.iter().map(document).collect(), ..Reading::default() }
    }

    fn weights(given: &[&str]) -> Vec<Weight> {
        given.iter().map(|given| given.parse().unwrap()).collect()
    }

    fn said(number: f64) -> Value {
        Value::Number(Number::of(number).unwrap())
    }

    #[test]
    fn what_pages_say_and_what_is_said_of_their_paths_are_multiplied() {
        let mut reading = reading(&[
            ("blog/a.html", Some(Value::String(" 3".into()))),
            ("b.html", None),
            ("blog/c.html", Some(said(2.0))),
        ]);
        apply(&mut reading, &weights(&["blog/**=0.5", "{b,blog/a}.html=4"]), None).unwrap();
        let found: Vec<_> = reading
            .documents
            .iter()
            .map(|document| document.article.extra.get(WEIGHT_FIELD).and_then(Value::as_f64))
            .collect();
        assert_eq!(found, [Some(6.0), Some(4.0), None], "1 needs no word");
    }

    #[test]
    fn older_pages_count_less() {
        let mut reading = reading(&[("a", None), ("b", None), ("c", None), ("d", Some(said(4.0)))]);
        let dates = [Some("2024-05-31T08:00:00+09:00"), Some("2024-05-01"), None, Some("2014-05-31")];
        for (document, date) in reading.documents.iter_mut().zip(dates) {
            document.article.date = date.map(str::to_owned);
        }
        apply(&mut reading, &[], Some(30)).unwrap();
        let found: Vec<_> = reading
            .documents
            .iter()
            .map(|document| document.article.extra.get(WEIGHT_FIELD).and_then(Value::as_f64))
            .collect();
        assert_eq!(found, [None, Some(0.5), None, Some(0.01)]);
    }

    #[test]
    fn what_is_no_weight_or_fits_no_page_is_named() {
        let error = |reading: &mut Reading, given: &[&str]| {
            apply(reading, &weights(given), None).unwrap_err().to_string()
        };
        let text = Value::String("heavy".into());
        assert_eq!(
            error(&mut reading(&[("a.html", Some(text))]), &[]),
            "a.html: search_weight is \"heavy\", expected a number from 0.01 to 100"
        );
        assert_eq!(
            error(&mut reading(&[("a.html", None)]), &["a.html=2", "blgo/**=2"]),
            "--weight blgo/**: no article has such a path"
        );
        for given in ["blog", "blog=", "blog=0", "blog=101", "blog=NaN", "{=1"] {
            assert!(given.parse::<Weight>().is_err(), "{given}");
        }
    }
}
