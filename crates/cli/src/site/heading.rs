//! Which elements are headings.

use scraper::node::Element;

/// 1 for the highest: of `<h1>` to `<h6>`, and of `role=heading`, which is 2 if it does not say.
pub fn level(element: &Element) -> Option<u8> {
    match element.name().as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ if element.attr("role") == Some("heading") => {
            let level = element.attr("aria-level").and_then(|level| level.trim().parse().ok());
            Some(level.unwrap_or(2).clamp(1, 6))
        }
        _ => None,
    }
}
