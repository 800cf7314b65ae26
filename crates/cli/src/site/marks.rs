//! Attributes by which a page says what of it is searched, and what else is known of it: `data-exemplar-NAME`, and Pagefind's
//! `data-pagefind-NAME`, which mean the same.

use exemplar_search::bundle::Article;
use exemplar_search::json::Value;
use scraper::{ElementRef, Html, Selector};

use super::{date, weights};
use crate::text::one_line;

/// Takes the text of this element instead of the main content.
pub const BODY: &str = "body";
/// Leaves out an element; on `<html>` or `<body>`, the page. With `all`, also what the element says of the page.
const IGNORE: &str = "ignore";
/// How much an element's text counts. With 0 it is left out; another is that of the page, where the element is around all of its text.
const WEIGHT: &str = "weight";
/// Say something of the page: for the hit, to filter by, to sort by.
const META: &str = "meta";
const FILTER: &str = "filter";
const SORT: &str = "sort";

const PREFIXES: &[&str] = &["data-exemplar-", "data-pagefind-"];

/// What a page says of itself by these attributes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    /// One value a name; the last of several.
    pub single: Vec<(String, String)>,
    /// A filter can have several.
    pub lists: Vec<(String, Vec<String>)>,
    /// What the page counts.
    pub weight: Option<f64>,
}

impl Fields {
    /// Puts them into an article: those that it has a place for, and the others beside them.
    pub fn apply(self, article: &mut Article) {
        if let Some(weight) = self.weight {
            weights::set(article, weight);
        }
        for (name, text) in self.single {
            match name.as_str() {
                "title" => article.title = text,
                "excerpt" | "description" => article.excerpt = Some(text),
                "date" => article.date = date::of_feed(&text).or(article.date.take()),
                "lang" | "language" => article.lang = Some(text),
                "url" => article.url = text,
                "id" => {}
                _ => article.extra.set(&name, Value::String(text)),
            }
        }
        for (name, values) in self.lists {
            match name.as_str() {
                "tag" | "tags" => article.tags.extend(values),
                "title" | "excerpt" | "date" | "lang" | "url" | "id" => {}
                _ => article.extra.set(&name, Value::Array(values.into_iter().map(Value::String).collect())),
            }
        }
    }
}

/// The CSS selector of elements with this attribute.
pub fn selector(name: &str) -> String {
    PREFIXES.iter().map(|prefix| format!("[{prefix}{name}]")).collect::<Vec<_>>().join(", ")
}

pub fn is_ignored(element: ElementRef) -> bool {
    // Most elements have no such attribute, and each is asked.
    let is_marked = element.value().attrs().any(|(name, _)| name.starts_with("data-"));
    is_marked
        && (value(element, IGNORE).is_some()
            || value(element, WEIGHT).is_some_and(|weight| weight.trim().parse() == Ok(0.0)))
}

fn value<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    PREFIXES.iter().find_map(|prefix| element.value().attr(&format!("{prefix}{name}")))
}

/// What an element or one around it says that its text counts.
pub fn weight_of(element: ElementRef) -> Option<f64> {
    let around = element.ancestors().filter_map(ElementRef::wrap);
    let said = [element].into_iter().chain(around).find_map(|element| value(element, WEIGHT))?;
    said.trim().parse().ok().filter(|weight: &f64| weight.is_finite())
}

/// What the elements of a page say of it.
pub fn fields(document: &Html) -> Fields {
    let mut fields = Fields::default();
    let css = [META, FILTER, SORT].map(selector).join(", ");
    let Ok(marked) = Selector::parse(&css) else { return fields };
    for element in document.select(&marked) {
        let is_excluded = |around| value(around, IGNORE).is_some_and(|mark| mark.eq_ignore_ascii_case("all"));
        if element.ancestors().filter_map(ElementRef::wrap).chain([element]).any(is_excluded) {
            continue;
        }
        for name in [META, SORT] {
            for (name, text) in value(element, name).map(|list| pairs(list, element)).unwrap_or_default() {
                fields.single.retain(|(other, _)| *other != name);
                fields.single.push((name, text));
            }
        }
        for (name, text) in value(element, FILTER).map(|list| pairs(list, element)).unwrap_or_default() {
            match fields.lists.iter_mut().find(|(other, _)| *other == name) {
                Some((_, values)) => values.push(text),
                None => fields.lists.push((name, vec![text])),
            }
        }
    }
    fields
}

/// `name`, which is the element's text; `name[attribute]`; and last `name:value`, which may hold commas.
fn pairs(list: &str, element: ElementRef) -> Vec<(String, String)> {
    let (names, literal) = list.split_once(':').map_or((list, None), |(names, value)| (names, Some(value)));
    let names: Vec<_> = names.split(',').map(str::trim).collect();
    let value = |place: usize, name: &str| match name.strip_suffix(']').and_then(|name| name.split_once('['))
    {
        _ if place + 1 == names.len() && literal.is_some() => Some((name.to_owned(), one_line(literal?)?)),
        Some((name, attribute)) => Some((name.trim().to_owned(), one_line(element.attr(attribute.trim())?)?)),
        None => Some((name.to_owned(), one_line(&element.text().collect::<String>())?)),
    };
    let named = |(place, name): (usize, &&str)| value(place, name).filter(|(name, _)| !name.is_empty());
    names.iter().enumerate().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::{Fields, fields};

    #[test]
    fn a_page_says_more_of_itself_as_pagefind_reads_it() {
        let page = Html::parse_document(
            "<h1 data-pagefind-meta=title>The  ebb</h1><img src=a.png alt=A data-pagefind-meta='image[src], image_alt[alt]'>\
             <p data-exemplar-filter='kind:essay, long'>x<p data-pagefind-filter='tag[data-tag], author' data-tag=sea>Ana</p>\
             <time data-pagefind-sort='date[datetime]' datetime=2024-05-01></time><b data-exemplar-filter=tag>tide</b>\
             <i data-pagefind-ignore=all><b data-pagefind-filter=tag>no</b></i><i data-pagefind-ignore><b data-pagefind-filter=tag>yes</b></i>\
             <p data-pagefind-meta='empty, none[none]'>",
        );
        let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let single = [("title", "The ebb"), ("image", "a.png"), ("image_alt", "A"), ("date", "2024-05-01")];
        let lists = [
            ("kind", own(&["essay, long"])),
            ("tag", own(&["sea", "tide", "yes"])),
            ("author", own(&["Ana"])),
        ];
        assert_eq!(
            fields(&page),
            Fields {
                single: single.map(|(name, value)| (name.into(), value.into())).to_vec(),
                lists: lists.map(|(name, values)| (name.into(), values)).to_vec(),
                weight: None,
            }
        );
    }
}
