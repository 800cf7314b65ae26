//! Search operators in a query's text: `"a phrase"`, `-without`, `title:word` and `tag:name`.

use std::borrow::Cow;

use crate::bundle::{Article, Passage};
use crate::lexical::{Phrase, spaced};

/// A text of more words, a phrase in quotes being one, is prose, in which quotes and dashes are no operators.
const MOST_WORDS: usize = 32;

/// The field that `tag:` is about.
pub(crate) const TAGS: &str = "tags";

/// A query's text, and what its operators ask of passages.
#[derive(Debug, Default)]
pub(crate) struct Operators<'q> {
    /// The text to search for. What operators leave out, and names of tags, are no part of it; phrases and words of titles are.
    pub text: Cow<'q, str>,
    /// Every passage that is found meets all of these, but for phrases that no passage has.
    pub asked: Vec<Asked>,
    /// As [`spaced`] has them: the article has all of these tags.
    pub tags: Vec<String>,
}

/// What a passage must have, or must not.
#[derive(Debug)]
pub(crate) struct Asked {
    pub phrase: Phrase,
    /// Whether in the article's title; if not, in any of title, headings and text.
    pub in_title: bool,
    pub without: bool,
}

/// The text of a query without what its search operators are made of: what to embed of it. The same text, where it has none.
pub fn plain_text(text: &str) -> Cow<'_, str> {
    Operators::of(text, false, &|_| false).text
}

/// The options of commands that a text may name: its words with a dash before them, folded, where a dash may also leave a word out.
pub(crate) fn options_in(text: &str) -> Vec<String> {
    parts(text).into_iter().filter_map(|part| part.option(text)).collect()
}

/// A part of a text that an operator may be: places in the text.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: usize,
    end: usize,
    /// What it is about, without quotes.
    about: (usize, usize),
    quoted: bool,
    without: bool,
    field: Field,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Any,
    Title,
    Tag,
}

impl<'q> Operators<'q> {
    /// A text of operators that leave nothing to search for has none, and so has a long one. A dash leaves nothing out where the
    /// site `has` it with the word, as an option of a command: one of [`options_in`] the text.
    pub fn of(text: &'q str, unfinished: bool, has: &dyn Fn(&str) -> bool) -> Self {
        let none = Self { text: Cow::Borrowed(text), ..Self::default() };
        let mut operators = Self::default();
        let (mut plain, mut end) = (String::new(), 0);
        for part in parts(text) {
            plain.push_str(slice(text, end, part.start));
            end = part.end;
            let is_last = unfinished && end == text.len() && !part.quoted;
            if part.option(text).is_some_and(|option| has(&option)) || !operators.take(text, part, is_last) {
                plain.push_str(slice(text, part.start, end));
            } else if !part.without && part.field != Field::Tag {
                plain.push_str(slice(text, part.about.0, part.about.1));
            }
        }
        if operators.asked.is_empty() && operators.tags.is_empty() {
            return none;
        }
        plain.push_str(slice(text, end, text.len()));
        if spaced(&plain).len() == 1 {
            return none;
        }
        Self { text: Cow::Owned(plain), ..operators }
    }

    /// Whether it asks anything of passages.
    pub fn restrict(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// Whether an article has all of the tags.
    pub fn allow(&self, article: &Article) -> bool {
        let has = |tag: &String| article.tags.iter().any(|other| spaced(other) == *tag);
        self.tags.iter().all(has)
    }

    /// Takes a part that is an operator.
    fn take(&mut self, text: &str, part: Part, unfinished: bool) -> bool {
        let Part { field, without, .. } = part;
        let about = slice(text, part.about.0, part.about.1);
        if field == Field::Any && !without && !part.quoted || field == Field::Tag && without {
            return false;
        }
        let Some(phrase) = Phrase::of(about, unfinished && !without) else { return false };
        match field {
            Field::Tag => self.tags.push(spaced(about)),
            _ => self.asked.push(Asked { phrase, in_title: field == Field::Title, without }),
        }
        true
    }
}

impl Asked {
    /// Whether these texts of a passage have the phrase where it is asked for.
    pub fn is_in(&self, article: &Article, passage: &Passage) -> bool {
        let rest = || passage.heading.iter().chain([&passage.text]).any(|text| self.phrase.is_in(text));
        self.phrase.is_in(&article.title) || !self.in_title && rest()
    }

    /// Whether it is a phrase that passages must have: where none has it, it is no more than words.
    pub fn is_phrase(&self) -> bool {
        !self.without && !self.in_title
    }
}

impl Part {
    /// As an option of a command, if it may be one.
    fn option(self, text: &str) -> Option<String> {
        let words = spaced(slice(text, self.about.0, self.about.1));
        // Without the spaces around.
        let option = ["-", words.get(1..words.len() - 1)?].concat();
        (self.without && !self.quoted && self.field == Field::Any).then_some(option)
    }
}

/// What stands between spaces, and what stands in quotes, which may have spaces. None of prose.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut end = 0;
    while end < text.len() && parts.len() <= MOST_WORDS {
        let start = until(text, end, &|char| !char.is_whitespace());
        if start == text.len() {
            return parts;
        }
        let part = part(text, start);
        end = part.end;
        parts.push(part);
    }
    if parts.len() > MOST_WORDS {
        parts.clear();
    }
    parts
}

/// From one place to another. What the language's own brackets say where these are wrong is several kilobytes of WebAssembly.
fn slice(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// Where the first character stands, from this place on, of which this is true; the end if it is of none.
fn until(text: &str, from: usize, is: &dyn Fn(char) -> bool) -> usize {
    let mut place = from;
    for char in slice(text, from, text.len()).chars() {
        if is(char) {
            break;
        }
        place += char.len_utf8();
    }
    place
}

fn part(text: &str, start: usize) -> Part {
    let rest = &text.as_bytes()[start..];
    let dash = rest[0] == b'-';
    let after = &rest[usize::from(dash)..];
    let begins = |name: &[u8]| after.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let (field, name) = match (begins(b"title:"), begins(b"tag:")) {
        (true, _) => (Field::Title, 6),
        (_, true) => (Field::Tag, 4),
        _ => (Field::Any, 0),
    };
    let from = start + usize::from(dash) + name;
    if let Some((about, end)) = quoted(text, from) {
        return Part { start, end, about, quoted: true, without: dash, field };
    }
    let end = until(text, from, &char::is_whitespace);
    // A single letter after a dash is an option of a command, and so is what follows two.
    let letters = until(text, from, &|char| !char.is_alphabetic());
    let one = slice(text, from, letters).chars().nth(1).is_none();
    let without = dash && (field != Field::Any || !one);
    let from = if dash && !without { start } else { from };
    Part { start, end, about: (from, end), quoted: false, without, field }
}

/// What stands in the quotes that open at this place, and where they end; after them is a space or a sign, or nothing.
fn quoted(text: &str, place: usize) -> Option<((usize, usize), usize)> {
    let is_quote = |char: char| matches!(char, '"' | '“' | '”' | '„');
    let char_at = |place: usize| slice(text, place, text.len()).chars().next();
    let from = place + char_at(place).filter(|char| is_quote(*char))?.len_utf8();
    let to = until(text, from, &is_quote);
    let end = to + char_at(to)?.len_utf8();
    let goes_on = char_at(end).is_some_and(char::is_alphanumeric);
    (!goes_on && to > from).then_some(((from, to), end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The text to search for, and what is asked, in short: `t` for titles, `-` for what is left out.
    fn read(text: &str) -> (String, Vec<String>) {
        let operators = Operators::of(text, false, &|_| false);
        let asked = operators.asked.iter().map(|asked| {
            let (title, without) =
                (if asked.in_title { "t" } else { "" }, if asked.without { "-" } else { "" });
            format!("{without}{title}{}", asked.phrase.words().join(" "))
        });
        let tags = operators.tags.iter().map(|tag| format!("#{}", tag.trim()));
        (operators.text.to_string(), asked.chain(tags).collect())
    }

    #[test]
    fn each_operator_is_taken_from_the_text() {
        let asks = |text, plain: &str, asked: &[&str]| {
            assert_eq!(
                read(text),
                (plain.to_owned(), asked.iter().map(ToString::to_string).collect()),
                "{text}"
            );
        };
        asks("\"borrow checker\" error", "borrow checker error", &["borrow checker"]);
        asks("“borrow checker”, error", "borrow checker, error", &["borrow checker"]);
        asks("rust -game", "rust ", &["-game"]);
        asks("rust -\"first person\" loop", "rust  loop", &["-first person"]);
        asks("title:tide moon", "tide moon", &["ttide"]);
        asks("Title:\"high tide\"", "high tide", &["thigh tide"]);
        asks("moon -title:tide", "moon ", &["-ttide"]);
        asks("moon tag:\"Deep Sea\"", "moon ", &["#deep sea"]);
    }

    #[test]
    fn what_is_no_operator_stays_as_it_is() {
        for text in [
            "tide",
            "--dry-run",
            "cargo -v",
            "a - b",
            "-5 degrees",
            "\"",
            "say \"cheese",
            "\"\"",
            "5\" disk",
            "tag:rust",
            "-moon",
            "title:",
            "moon tag:",
            "moon -tag:sea",
            "std::vec",
            "https://example.org",
            "well-known",
            "-",
            "he said\"so\"",
        ] {
            assert_eq!(read(text).0, text);
        }
    }

    #[test]
    fn a_dash_before_an_option_that_the_site_has_leaves_nothing_out() {
        let text = "tar -xzf -game";
        assert_eq!(options_in(text), ["-xzf", "-game"]);
        let operators = Operators::of(text, false, &|option| option == "-xzf");
        assert_eq!((operators.text.as_ref(), operators.asked.len()), ("tar -xzf ", 1));
    }

    #[test]
    fn prose_has_none() {
        let prose = format!("{}\"word\"", "word ".repeat(MOST_WORDS));
        assert_eq!(read(&prose), (prose.clone(), vec![]));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[-\"“”: a日é.tileag]{0,40}", unfinished in any::<bool>()) {
            let operators = Operators::of(&text, unfinished, &|_| false);
            prop_assert!(operators.restrict() != (operators.asked.is_empty() && operators.tags.is_empty()));
            prop_assert!(!operators.restrict() || spaced(&operators.text) != " ");
            prop_assert!(operators.text.len() <= text.len());
        }
    }
}
