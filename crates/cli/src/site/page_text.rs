//! The visible text of a part of a page.

use scraper::ElementRef;
use scraper::node::{Element, Node};

use super::Block;
use super::content::Selectors;

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

/// The text of `root`, without what is no part of the article.
pub fn blocks(root: ElementRef, selectors: &Selectors) -> Vec<Block> {
    let mut lines = Lines::default();
    let mut skipping = None;
    for edge in root.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                _ if skipping.is_some() => {}
                Node::Text(text) => lines.push(text),
                Node::Element(_) if node.id() == root.id() => {}
                Node::Element(element) => {
                    let is_left_out = |element| selectors.leaves_out(element) || is_permalink(element);
                    if is_skipped(element) || ElementRef::wrap(node).is_some_and(is_left_out) {
                        skipping = Some(node.id());
                        continue;
                    }
                    if !is_inline(element) {
                        lines.end_line();
                    }
                    if let Some(level) = heading_level(element) {
                        lines.heading = Some((level, element.id().is_some()));
                    }
                    lines.anchor(element, heading_level(element).is_some());
                }
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => {
                if skipping == Some(node.id()) {
                    skipping = None;
                } else if skipping.is_none()
                    && let Some(element) = node.value().as_element()
                {
                    if heading_level(element).is_some() {
                        lines.heading = None;
                    }
                    if !is_inline(element) {
                        lines.end_line();
                    }
                }
            }
        }
    }
    lines.blocks
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

fn heading_level(element: &Element) -> Option<u8> {
    match element.name().as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Blocks with their white space as a browser shows it.
#[derive(Default)]
struct Lines {
    blocks: Vec<Block>,
    /// White space that shows only if more text follows.
    pending: Option<char>,
    /// The level of the heading that is open, and whether it has an anchor of its own.
    heading: Option<(u8, bool)>,
    /// That of the innermost element that has opened since the last text.
    anchor: Option<String>,
}

impl Lines {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                c if c.is_whitespace() => self.pending = self.pending.or(Some(' ')),
                // Soft hyphens and zero-width spaces, which split words for the eye alone.
                '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                c => self.push_visible(c),
            }
        }
    }

    fn push_visible(&mut self, c: char) {
        match (self.blocks.last_mut(), self.pending.take()) {
            (Some(block), None) => block.text.push(c),
            (Some(block), Some(space)) if space != '\n' => block.text.extend([space, c]),
            _ => self.blocks.push(Block {
                text: c.into(),
                heading: self.heading.map(|(level, _)| level),
                anchor: self.anchor.take(),
            }),
        }
    }

    /// A line break within a heading leaves it one block.
    fn end_line(&mut self) {
        self.pending = match self.heading {
            Some(_) if self.pending.is_none() => Some(' '),
            Some(_) => self.pending,
            None => Some('\n'),
        };
    }

    /// Notes where a link can lead. What is inside a heading counts only where the heading itself has none.
    fn anchor(&mut self, element: &Element, is_heading: bool) {
        let has_own = !is_heading && self.heading.is_some_and(|(_, own)| own);
        let name = || element.attr("name").filter(|_| element.name() == "a");
        if let Some(id) = element.id().or_else(name).filter(|id| !id.is_empty() && !has_own) {
            self.anchor = Some(id.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::{Block, Selectors, blocks};

    #[test]
    fn blocks_know_their_headings_and_where_a_link_leads() {
        let html = Html::parse_fragment(
            "<section id=ebb><h2>Ebb <a class=headerlink href=#ebb>¶</a></h2><p>Low.<p id=p2>Lower.</section>\
             <h2 id=flood><a id=inner name=x></a>Flood<br>tide</h2>High.<h3><a name=old></a>Old</h3>",
        );
        let block = |text: &str, heading, anchor: Option<&str>| Block {
            text: text.into(),
            heading,
            anchor: anchor.map(String::from),
        };
        assert_eq!(
            blocks(html.root_element(), &Selectors::new(&[], &[]).unwrap()),
            [
                block("Ebb", Some(2), Some("ebb")),
                block("Low.", None, None),
                block("Lower.", None, Some("p2")),
                block("Flood tide", Some(2), Some("flood")),
                block("High.", None, None),
                block("Old", Some(3), Some("old")),
            ]
        );
    }
}
