//! Whether an element's text is on the page for a reader to see, be it after a click.

use scraper::ElementRef;

/// Elements that are not shown, or whose text is no part of an article: code that runs, controls, pictures.
const NO_TEXT: &[&str] = &[
    "audio", "canvas", "datalist", "dialog", "head", "iframe", "label", "noembed", "noframes", "noscript",
    "object", "script", "select", "style", "svg", "textarea", "video",
];

/// What stands above or beside the characters of a Japanese text, and would part its words.
const RUBY_ANNOTATION: &[&str] = &["rt", "rp", "rtc"];

/// The source of a formula, beside the formula.
const MATHML_ANNOTATION: &[&str] = &["annotation", "annotation-xml"];

/// Elements in which a button is the text, if there is no other: a heading or a term that opens what it names.
const NAMES_SECTION: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"];

pub fn is_shown(element: ElementRef) -> bool {
    let name = element.value().name();
    match name {
        _ if [NO_TEXT, RUBY_ANNOTATION, MATHML_ANNOTATION].iter().any(|names| names.contains(&name)) => false,
        // Browsers show a declarative shadow tree in place of its template.
        "template" => element.attr("shadowrootmode").is_some(),
        "button" => is_text(element),
        _ => !is_hidden(element),
    }
}

/// Whether neither the element nor what it stands in is hidden.
pub fn is_shown_with_all_around(element: ElementRef) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).chain([element]).all(is_shown)
}

/// `hidden` and `aria-hidden`. The panels of tabs are hidden one after another, and `until-found` is there to be found.
fn is_hidden(element: ElementRef) -> bool {
    let is =
        |attribute, value: &str| element.attr(attribute).is_some_and(|own| own.eq_ignore_ascii_case(value));
    if is("role", "tabpanel") {
        return false;
    }
    let hidden = element.attr("hidden").is_some() && !is("hidden", "until-found");
    hidden || (is("aria-hidden", "true") && !is_only_formula(element))
}

/// The form of a KaTeX formula for the eye, where there is no MathML before it.
fn is_only_formula(element: ElementRef) -> bool {
    element.value().classes().any(|class| class == "katex-html") && element.prev_sibling().is_none()
}

/// Whether a button names a section.
fn is_text(button: ElementRef) -> bool {
    let names = |element: &ElementRef| NAMES_SECTION.contains(&element.value().name());
    let within = button.ancestors().take(4).filter_map(ElementRef::wrap).find(names);
    within.is_some_and(|name| !has_text_beside_buttons(name))
        || button.descendent_elements().take(4).any(|it| names(&it))
}

/// Whether an element has text that is in no button.
fn has_text_beside_buttons(element: ElementRef) -> bool {
    element.children().any(|child| match ElementRef::wrap(child) {
        Some(child) => child.value().name() != "button" && has_text_beside_buttons(child),
        None => child.value().as_text().is_some_and(|text| !text.trim().is_empty()),
    })
}
