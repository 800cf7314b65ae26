//! Which elements stand on lines of their own: the "Rendering" section of the HTML Standard, which browsers follow.

use scraper::node::Element;

/// `display: block`, `list-item`, or part of a table. Every other element, known or not, runs on within its line.
const BLOCK: &[&str] = &[
    // 15.3.2 The page, 15.3.3 Flow content, 15.3.7 Sections and headings
    "html",
    "body",
    "address",
    "blockquote",
    "center",
    "dialog",
    "div",
    "figure",
    "figcaption",
    "footer",
    "form",
    "header",
    "hr",
    "legend",
    "listing",
    "main",
    "p",
    "plaintext",
    "pre",
    "search",
    "xmp",
    "article",
    "aside",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hgroup",
    "nav",
    "section",
    // 15.3.8 Lists, 15.3.9 Tables, 15.3.13 The fieldset and legend elements, 15.5.4 The details and summary elements
    "dir",
    "dd",
    "dl",
    "dt",
    "menu",
    "ol",
    "ul",
    "li",
    "table",
    "caption",
    "colgroup",
    "col",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "fieldset",
    "details",
    "summary",
    "optgroup",
    "option",
    // Ends a line within its block.
    "br",
];

/// `white-space: pre`
const PREFORMATTED: &[&str] = &["pre", "listing", "xmp", "plaintext"];

pub fn is_block(element: &Element) -> bool {
    BLOCK.contains(&element.name())
}

/// Whether a line break in the source is one on the page.
pub fn keeps_lines(element: &Element) -> bool {
    PREFORMATTED.contains(&element.name())
}
