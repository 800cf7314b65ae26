//! `exemplar doctor`: what of a site readers cannot find, or hardly, and why.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::output::print;
use crate::site::{Document, Pages, Reading, SourceArgs, grouped};

/// Say what of a site cannot be found, or hardly, and why; it builds nothing
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    source: SourceArgs,
}

/// Characters of a page from which on a reader wants to be led to a section of it.
const LONG: usize = 3000;
/// Characters below which there is little to find a page by.
const SHORT: usize = 80;

pub fn run(args: &Args) -> Result<()> {
    print(&report(&args.source.read(true, &mut Pages::default())?))
}

fn report(reading: &Reading) -> String {
    let mut weak: Vec<(&str, &str)> = Vec::new();
    let titles = by_title(&reading.documents);
    for document in &reading.documents {
        let name = document.article.url.as_str();
        weak.extend(weaknesses(document, &titles).into_iter().map(|weakness| (weakness, name)));
    }
    let found = reading.documents.len();
    let lost = reading.left_out.len() + reading.unreadable.len();
    let hardly = grouped("harder", weak);
    let advice = match (lost, hardly.is_empty()) {
        (0, true) => "\nnothing is in the way of a search",
        _ => "",
    };
    format!("{found} pages can be found, {lost} cannot{}{hardly}{advice}", reading.summary())
}

/// How many pages have each title.
fn by_title(documents: &[Document]) -> BTreeMap<&str, usize> {
    let mut titles = BTreeMap::new();
    for document in documents {
        *titles.entry(document.article.title.as_str()).or_insert(0) += 1;
    }
    titles
}

/// What makes a page hard to find, or to tell from others among the hits.
fn weaknesses(document: &Document, titles: &BTreeMap<&str, usize>) -> Vec<&'static str> {
    let Document { article, blocks } = document;
    let chars: usize = blocks.iter().map(|block| block.text.chars().count()).sum();
    let has_sections = blocks.iter().any(|block| block.heading.is_some());
    let led_to = blocks.iter().filter(|block| block.heading.is_some()).all(|block| block.anchor.is_some());
    let same_title = titles.get(article.title.as_str()).is_some_and(|&pages| pages > 1);
    [
        (chars < SHORT, "hardly any text"),
        (same_title, "other pages have the same title: readers cannot tell the hits apart"),
        (article.lang.is_none(), "no language: <html lang> says it, or --lang"),
        (chars > LONG && !has_sections, "long and without headings: hits lead to the top of the page"),
        (has_sections && !led_to, "headings without an id: hits lead to the section before"),
    ]
    .into_iter()
    .filter_map(|(holds, weakness)| holds.then_some(weakness))
    .collect()
}

#[cfg(test)]
mod tests {
    use exemplar_search::bundle::Article;

    use super::*;
    use crate::site::{Block, LeftOut};

    fn page(title: &str, lang: Option<&str>, blocks: Vec<Block>) -> Document {
        let article = Article {
            title: title.into(),
            url: format!("{}.html", title.to_lowercase()),
            lang: lang.map(Into::into),
            ..Article::default()
        };
        Document { article, blocks }
    }

    fn text(chars: usize) -> Block {
        Block { text: "a".repeat(chars), ..Block::default() }
    }

    #[test]
    fn a_sound_site_has_nothing_in_the_way() {
        let heading = Block { text: "B".into(), heading: Some(2), anchor: Some("b".into()) };
        let documents = vec![page("A", Some("en"), vec![text(4000), heading])];
        let said = report(&Reading { documents, ..Reading::default() });
        assert_eq!(said, "1 pages can be found, 0 cannot\nnothing is in the way of a search");
    }

    #[test]
    fn each_weakness_is_named_with_its_pages() {
        let heading = Block { text: "B".into(), heading: Some(2), anchor: None };
        let documents = vec![
            page("Short", Some("en"), vec![text(10)]),
            page("Long", None, vec![text(4000)]),
            page("Twice", Some("en"), vec![text(100), heading]),
            page("Twice", Some("en"), vec![text(100)]),
        ];
        let left_out = vec![("old.html".to_owned(), LeftOut::Redirect)];
        let said = report(&Reading { documents, left_out, ..Reading::default() });
        for line in [
            "4 pages can be found, 1 cannot",
            "left out    1: redirect to another page (old.html)",
            "harder    1: hardly any text (short.html)",
            "harder    1: long and without headings: hits lead to the top of the page (long.html)",
            "harder    1: no language: <html lang> says it, or --lang (long.html)",
            "harder    2: other pages have the same title: readers cannot tell the hits apart (twice.html, twice.html)",
            "harder    1: headings without an id: hits lead to the section before (twice.html)",
        ] {
            assert!(said.contains(line), "{line}\nis not in\n{said}");
        }
    }
}
