//! Search operators in a query's text: `"a phrase"`, `-without`, `title:word` and `tag:name`.

use std::borrow::Cow;
use std::ops::Range;

use crate::bundle::{Article, Passage};
use crate::lexical::{Phrase, spaced};

/// A text of more words is prose, in which quotes and dashes are no operators.
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
    parts(text).iter().filter_map(Part::option).collect()
}

/// A part of a text that an operator may be.
#[derive(Debug)]
struct Part<'q> {
    /// All of it.
    range: Range<usize>,
    without: bool,
    /// `title` or `tag`, in small letters, or empty.
    field: String,
    /// What it is about, without quotes.
    about: &'q str,
    quoted: bool,
}

impl<'q> Operators<'q> {
    /// A text of operators that leave nothing to search for has none, and so has a long one. A dash leaves nothing out where the
    /// site `has` it with the word, as an option of a command: one of [`options_in`] the text.
    pub fn of(text: &'q str, unfinished: bool, has: &dyn Fn(&str) -> bool) -> Self {
        let none = || Self { text: Cow::Borrowed(text), ..Self::default() };
        if !text.contains(['"', '“', '”', '„', '-', ':']) {
            return none();
        }
        let parts = parts(text);
        let words: usize = parts.iter().map(|part| part.about.split_whitespace().count()).sum();
        if words > MOST_WORDS {
            return none();
        }
        let mut operators = none();
        let mut plain = String::new();
        let mut end = 0;
        for part in parts {
            plain.push_str(&text[end..part.range.start]);
            end = part.range.end;
            let is_last = unfinished && end == text.len() && !part.quoted;
            if part.option().is_some_and(|option| has(&option)) || !operators.take(&part, is_last) {
                plain.push_str(&text[part.range.clone()]);
            } else if !part.without && part.field != "tag" {
                plain.push_str(part.about);
            }
        }
        plain.push_str(&text[end..]);
        if operators.asked.is_empty() && operators.tags.is_empty() || spaced(&plain) == " " {
            return none();
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
    fn take(&mut self, part: &Part, unfinished: bool) -> bool {
        let Some(phrase) = Phrase::of(part.about, unfinished && !part.without) else { return false };
        match part.field.as_str() {
            "tag" if !part.without => self.tags.push(spaced(part.about)),
            "" | "title" if part.without || part.quoted || part.field == "title" => {
                self.asked.push(Asked { phrase, in_title: part.field == "title", without: part.without });
            }
            _ => return false,
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

impl Part<'_> {
    /// As an option of a command, if it may be one.
    fn option(&self) -> Option<String> {
        let may_be = self.without && !self.quoted && self.field.is_empty();
        may_be.then(|| format!("-{}", spaced(self.about).trim_matches(' ')))
    }
}

/// What stands between spaces, and what stands in quotes, which may have spaces.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut place = 0;
    while let Some(skipped) = text[place..].find(|char: char| !char.is_whitespace()) {
        let start = place + skipped;
        let part = part(text, start);
        place = part.range.end;
        parts.push(part);
    }
    parts
}

fn part(text: &str, start: usize) -> Part<'_> {
    let rest = &text[start..];
    let after = rest.strip_prefix('-').unwrap_or(rest);
    let (field, about) = match after.split_once(':') {
        Some((name, about)) if ["title", "tag"].iter().any(|field| name.eq_ignore_ascii_case(field)) => {
            (name.to_ascii_lowercase(), about)
        }
        _ => (String::new(), after),
    };
    let place = text.len() - about.len();
    // A single letter after a dash is an option of a command, and so is what follows two.
    let word = || about.chars().take(2).filter(|char| char.is_alphabetic()).count() == 2;
    let dash = after.len() < rest.len();
    if let Some((inside, end)) = quoted(text, place) {
        return Part { range: start..end, without: dash, field, about: inside, quoted: true };
    }
    let length = about.find(char::is_whitespace).unwrap_or(about.len());
    let range = start..place + length;
    match dash && field.is_empty() && !word() {
        true => Part { about: &text[range.clone()], range, without: false, field, quoted: false },
        false => Part { range, without: dash, field, about: &about[..length], quoted: false },
    }
}

/// What stands in the quotes that open at this place, and where they end; after them is a space or a sign, or nothing.
fn quoted(text: &str, place: usize) -> Option<(&str, usize)> {
    let quote = |char: &char| matches!(char, '"' | '“' | '”' | '„');
    let open = text[place..].chars().next().filter(quote)?;
    let inside = &text[place + open.len_utf8()..];
    let end = inside.find(|char| quote(&char))?;
    let close = inside[end..].chars().next()?.len_utf8();
    let after = inside[end + close..].chars().next();
    let ends = after.is_none_or(|char| !char.is_alphanumeric());
    (ends && !inside[..end].trim().is_empty())
        .then(|| (&inside[..end], text.len() - inside.len() + end + close))
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
                (plain.to_owned(), asked.iter().map(|asked| asked.to_string()).collect()),
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
