//! The two lines within one page: every other byte of it stays as it is.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use lol_html::{AsciiCompatibleEncoding, EndTagHandler, HtmlRewriter, Settings, doc_comments, element};
use scraper::{Html, Selector};

use super::policy;
use crate::site::{charset, parse};

/// Comments around each line, so that another run finds it.
const BEGIN: &str = "exemplar-search";
const END: &str = "/exemplar-search";

/// Elements before which a browser opens no body.
const OF_HEAD: &[&str] =
    &["html", "head", "base", "link", "meta", "noscript", "script", "style", "template", "title"];

/// Places in a page, in bytes.
#[derive(Default)]
struct Places {
    /// Of comments that are marks of ours, and whether they begin a line.
    marks: Vec<(Range<usize>, bool)>,
    /// Where `</head>` begins.
    head_end: Option<usize>,
    /// Behind `<body>`.
    body: Option<usize>,
    /// Before the first element that stands in a body.
    content: Option<usize>,
}

/// Whether a page says what relative addresses in it are relative to.
pub type HasBase = bool;

/// The page with the lines, which may differ where there is a `<base>`: the script at the end of its head, the search box at the start of its body. `host` is that of the
/// site, if it is known.
///
/// # Errors
///
/// Why the page is better left as it is.
pub fn with_lines(
    page: &[u8],
    lines: impl Fn(HasBase) -> Result<[String; 2], String>,
    host: Option<&str>,
) -> Result<Vec<u8>, String> {
    if page.starts_with(b"\xff\xfe") || page.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16: save it as UTF-8".into());
    }
    let page = without_lines(page)?;
    let [script, element] = lines(check(&parse::document(&charset::decode(&page))?, host)?)?;
    let Places { head_end, body, content, .. } = places(&page)?;
    let box_at = body.or(content).unwrap_or(page.len());
    let script_at = head_end.filter(|at| *at <= box_at).unwrap_or(box_at);
    let mut with = page[..script_at].to_vec();
    with.extend(marked(&script).bytes());
    with.extend(&page[script_at..box_at]);
    with.extend(marked(&element).bytes());
    with.extend(&page[box_at..]);
    // What stands before may swallow the lines, or their marks.
    let comes_off = without_lines(&with).is_ok_and(|without| without == page);
    match comes_off && is_whole(&parse::document(&charset::decode(&with))?) {
        true => Ok(with),
        false => Err("its HTML ends where no element can be, such as in a comment".into()),
    }
}

fn marked(line: &str) -> String {
    format!("<!--{BEGIN}-->{line}<!--{END}-->")
}

/// The page as it was before [`with_lines`].
fn without_lines(page: &[u8]) -> Result<Vec<u8>, String> {
    let marks = places(page)?.marks;
    let mut without = Vec::new();
    let mut rest = 0;
    for pair in marks.chunks(2) {
        let [(begin, true), (end, false)] = pair else {
            return Err(
                "one of the comments around the lines of an earlier build is missing: remove the others"
                    .into(),
            );
        };
        without.extend(&page[rest..begin.start]);
        rest = end.end;
    }
    without.extend(&page[rest..]);
    Ok(without)
}

fn places(page: &[u8]) -> Result<Places, String> {
    let places = Rc::new(RefCell::new(Places::default()));
    let on_element = element!("*", |element| {
        let place = element.source_location().bytes();
        let mut found = places.borrow_mut();
        match element.tag_name().as_str() {
            "head" if found.body.is_none() && found.content.is_none() => {
                let places = places.clone();
                let ends: EndTagHandler = Box::new(move |tag| {
                    // The end of another element may end the head too.
                    if tag.name() == "head" {
                        places.borrow_mut().head_end.get_or_insert(tag.source_location().bytes().start);
                    }
                    Ok(())
                });
                if let Some(handlers) = element.end_tag_handlers() {
                    handlers.push(ends);
                }
            }
            "body" => drop(found.body.get_or_insert(place.end)),
            name if !OF_HEAD.contains(&name) => drop(found.content.get_or_insert(place.start)),
            _ => {}
        }
        Ok(())
    });
    let on_comment = doc_comments!(|comment| {
        let text = comment.text();
        if text == BEGIN || text == END {
            places.borrow_mut().marks.push((comment.source_location().bytes(), text == BEGIN));
        }
        Ok(())
    });
    let settings = Settings::new()
        .append_element_content_handler(on_element)
        .append_document_content_handler(on_comment)
        .with_encoding(AsciiCompatibleEncoding::utf_8())
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let outcome = rewriter.write(page).and_then(|()| rewriter.end());
    outcome.map_err(|problem| format!("its HTML cannot be read: {problem}"))?;
    Ok(places.take())
}

/// Whether the box may stand and would work in this page, which has none of ours.
fn check(page: &Html, host: Option<&str>) -> Result<HasBase, String> {
    let any = |selector: &str| Selector::parse(selector).is_ok_and(|s| page.select(&s).next().is_some());
    if any("exemplar-search") {
        return Err("it has a search box of its own".into());
    }
    if any("frameset") {
        return Err("it holds frames, and no content".into());
    }
    let metas = Selector::parse("meta[http-equiv][content]");
    for meta in metas.iter().flat_map(|metas| page.select(metas)) {
        let (name, content) =
            (meta.attr("http-equiv").unwrap_or_default(), meta.attr("content").unwrap_or_default());
        if name.eq_ignore_ascii_case("refresh") && content.to_ascii_lowercase().contains("url") {
            return Err("it leads to another page".into());
        }
        if name.eq_ignore_ascii_case("content-security-policy")
            && let Some(obstacle) = policy::obstacle(content, host)
        {
            return Err(obstacle.into());
        }
    }
    Ok(any("base[href]"))
}

/// Whether a browser finds both lines.
fn is_whole(page: &Html) -> bool {
    let found = |selector| Selector::parse(selector).map_or(0, |selector| page.select(&selector).count());
    found("script[type=module][src$='component/exemplar-search.js']") == 1
        && found("body exemplar-search[bundle]") == 1
}
