//! The visible text of a part of a page.

use scraper::ElementRef;
use scraper::node::{Element, Node};

/// Elements that hold no text of the article: navigation, code that runs, controls, pictures.
const SKIPPED: &[&str] = &[
    "nav", "header", "footer", "aside", "script", "style", "noscript", "template", "button", "select",
    "textarea", "svg", "canvas", "audio", "video", "iframe", "object", "dialog",
];
const SKIPPED_ROLES: &[&str] = &["navigation", "banner", "contentinfo", "complementary", "search"];

/// Elements that run on within a line; every other one begins a line of its own.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "math", "mi", "mn", "mo", "mrow", "msub", "msup", "output",
    "q", "rb", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// Readings above the characters of a Japanese text, which would stand between its words.
const RUBY_READING: &[&str] = &["rt", "rp"];

/// Links that generators put beside each heading, to itself.
const PERMALINKS: &[&str] = &["#", "¶", "§", "🔗", "⚓"];

/// The text of `root`, one line a block, without what is no part of the article.
pub fn text(root: ElementRef) -> String {
    let mut lines = Lines::default();
    let mut skipping = None;
    for edge in root.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                _ if skipping.is_some() => {}
                Node::Text(text) => lines.push(text),
                Node::Element(element) => {
                    let skipped = node.id() != root.id()
                        && (is_skipped(element) || ElementRef::wrap(node).is_some_and(is_permalink));
                    if skipped {
                        skipping = Some(node.id());
                    } else if !is_inline(element) {
                        lines.end_line();
                    }
                }
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => {
                if skipping == Some(node.id()) {
                    skipping = None;
                } else if skipping.is_none() && node.value().as_element().is_some_and(|e| !is_inline(e)) {
                    lines.end_line();
                }
            }
        }
    }
    lines.text
}

fn is_inline(element: &Element) -> bool {
    INLINE.contains(&element.name())
}

fn is_skipped(element: &Element) -> bool {
    SKIPPED.contains(&element.name())
        || RUBY_READING.contains(&element.name())
        || element.attr("role").is_some_and(|role| SKIPPED_ROLES.contains(&role))
        || element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
}

fn is_permalink(element: ElementRef) -> bool {
    element.value().name() == "a" && PERMALINKS.contains(&element.text().collect::<String>().trim())
}

/// Text with its white space as a browser shows it.
#[derive(Default)]
struct Lines {
    text: String,
    /// White space that shows only if more text follows.
    pending: Option<char>,
}

impl Lines {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                c if c.is_whitespace() => self.pending = self.pending.or(Some(' ')),
                // Soft hyphens and zero-width spaces, which split words for the eye alone.
                '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                c => {
                    if let Some(space) = self.pending.take().filter(|_| !self.text.is_empty()) {
                        self.text.push(space);
                    }
                    self.text.push(c);
                }
            }
        }
    }

    fn end_line(&mut self) {
        self.pending = Some('\n');
    }
}
