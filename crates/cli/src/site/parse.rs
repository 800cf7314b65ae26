//! HTML as browsers parse it, within bounds. The parser's time grows with the square of the nesting, and its nodes with
//! the square of formatting elements that are never closed; browsers stop both, html5ever does not.

use html5ever::driver::{self, Parser};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{QualName, local_name, ns};
use scraper::{Html, HtmlTreeSink};

/// Elements within elements. Browsers give up nesting after 512.
const MAX_DEPTH: usize = 5_000;

/// Nodes in the tree beyond one for each byte.
const SPARE_NODES: usize = 10_000;

/// Attributes of one tag. The parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 10_000;

/// Bytes between two looks at the tree.
const PIECE: usize = 8 * 1024;

pub fn document(html: &str) -> Result<Html, String> {
    parse(driver::parse_document(HtmlTreeSink::new(Html::new_document()), driver::ParseOpts::default()), html)
}

/// What may stand in a `<body>`.
pub fn fragment(html: &str) -> Result<Html, String> {
    let body = QualName::new(None, ns!(html), local_name!("body"));
    let sink = HtmlTreeSink::new(Html::new_fragment());
    parse(driver::parse_fragment(sink, driver::ParseOpts::default(), body, Vec::new(), false), html)
}

fn parse(mut parser: Parser<HtmlTreeSink>, html: &str) -> Result<Html, String> {
    if let Some(at) = crowded_tag(html) {
        let line = 1 + html[..at].matches('\n').count();
        return Err(format!("a tag has more than {MAX_ATTRIBUTES} attributes (line {line})"));
    }
    let mut rest = html;
    while !rest.is_empty() {
        let end = (PIECE..rest.len()).find(|&end| rest.is_char_boundary(end)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        parser.process(StrTendril::from_slice(piece));
        rest = after;
        let read = html.len() - rest.len();
        check(&parser.tokenizer.sink.sink.0.borrow(), read).map_err(|problem| {
            let line = 1 + html[..read].matches('\n').count();
            format!("{problem} (before line {line})")
        })?;
    }
    Ok(parser.finish())
}

/// Where a tag stands that has too many attributes.
fn crowded_tag(html: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    let (mut tag, mut words, mut quote, mut last) = (None, 0, None, b' ');
    for (at, &byte) in bytes.iter().enumerate() {
        let Some(start) = tag else {
            if byte == b'<' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
                (tag, words, last) = (Some(at), 0, b'<');
            }
            continue;
        };
        match (byte, quote) {
            (_, Some(open)) if byte == open => (quote, last) = (None, b' '),
            (_, Some(_)) => {}
            (b'"' | b'\'', None) if last == b'=' => quote = Some(byte),
            (b'>', None) => tag = None,
            // The sign that a value follows may have spaces around it.
            (byte, None) if byte.is_ascii_whitespace() && last == b'=' => {}
            (byte, None) if byte.is_ascii_whitespace() || byte == b'/' => last = b' ',
            (byte, None) => {
                words += usize::from(last == b' ' && byte != b'=');
                last = byte;
            }
        }
        if words > MAX_ATTRIBUTES {
            return Some(start);
        }
    }
    None
}

/// Whether the tree of the first `read` bytes is within bounds.
fn check(html: &Html, read: usize) -> Result<(), String> {
    let mut nodes = html.tree.nodes();
    let (count, last) = (nodes.len(), nodes.next_back());
    if count > read + SPARE_NODES {
        return Err(format!("its formatting elements are never closed: there are {count} by now"));
    }
    match last.map_or(0, |node| node.ancestors().count()) {
        depth if depth > MAX_DEPTH => Err(format!("its elements are nested more than {MAX_DEPTH} deep")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{document, fragment};

    #[test]
    fn what_is_usual_is_parsed_as_a_whole() {
        let text = "あ<p>text <b>bold</b>\n".repeat(3_000);
        for html in [document(&text), fragment(&text)] {
            let root = html.unwrap();
            assert_eq!(root.root_element().text().filter(|text| *text == "bold").count(), 3_000);
        }
        assert!(document("").is_ok() && fragment("").is_ok());
    }

    #[test]
    fn nesting_and_multiplying_have_an_end() {
        let error = document(&"<div>\n".repeat(200_000)).unwrap_err();
        assert!(error.contains("nested more than 5000 deep (before line "), "{error}");
        let many: String = (0..100_000).map(|i| format!("<p><font color={i}>")).collect();
        let error = fragment(&many).unwrap_err();
        assert!(error.contains("never closed"), "{error}");
    }

    #[test]
    fn a_tag_has_only_so_many_attributes() {
        let attributes =
            |count: usize, form: &dyn Fn(usize) -> String| (0..count).map(form).collect::<String>();
        let forms: [&dyn Fn(usize) -> String; 5] = [
            &|i| format!(" a{i}"),
            &|i| format!("\na{i}=1"),
            &|i| format!("/a{i}"),
            &|i| format!(" a{i}='>'"),
            &|i| format!("a{i}=\"b\""),
        ];
        for form in forms {
            let html = |count| format!("<p>\n<p {}>text", attributes(count, form));
            let error = document(&html(100_000)).unwrap_err();
            assert!(error.contains("more than 10000 attributes (line 2)"), "{error}");
            assert!(document(&html(1_000)).is_ok());
        }
        // Values may have any number of words.
        assert!(document(&format!("<img alt='{}'>", "word ".repeat(50_000))).is_ok());
    }
}
