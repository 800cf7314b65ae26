//! Plain text: white space, length, and characters that must not reach a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// No word of a language that writes spaces between words is longer than this many characters, or hardly one.
const LONGEST_WORD: usize = 30;

/// `text` on one line, if there is any.
pub fn one_line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// At most `max` characters from the start of `text`, without the word that the limit would cut in two. Where no
/// space is near, as in Japanese, the limit itself is the end.
pub fn cut(text: &str, max: usize) -> &str {
    let Some((end, next)) = text.char_indices().nth(max) else { return text };
    let head = &text[..end];
    if next.is_whitespace() {
        return head.trim_end();
    }
    match head.rfind(char::is_whitespace) {
        Some(space) if head[space..].chars().count() <= LONGEST_WORD => head[..space].trim_end(),
        _ => head,
    }
}

/// [`cut`], on one line, with an ellipsis where something is missing.
pub fn excerpt(text: &str, max: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match cut(&line, max) {
        whole if whole.len() == line.len() => line,
        part => format!("{part}…"),
    }
}

/// `text` with the characters that would steer a terminal or turn the text around as `\u001b`, as in JSON: control
/// characters but line breaks and tabs, and those that order directions.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| match c {
        '\n' | '\t' => false,
        '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => true,
        c => c.is_control(),
    };
    if !text.contains(steers) {
        return text.into();
    }
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            match steers(c) {
                true => drop(write!(out, "\\u{:04x}", u32::from(c))),
                false => out.push(c),
            }
            out
        })
        .into()
}

/// [`printable`] on one line, for names of files and the like.
pub fn printable_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::{cut, excerpt, printable, printable_line};

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(printable("a\tb\n日本語 👩‍🚀"), "a\tb\n日本語 👩‍🚀");
        assert_eq!(
            printable("\x1b[2J\r\x07\u{9b}\u{7f}\u{202e}x\0"),
            r"\u001b[2J\u000d\u0007\u009b\u007f\u202ex\u0000"
        );
        assert_eq!(printable_line("a\n::error::b"), r"a\n::error::b");
    }

    #[test]
    fn a_text_is_cut_between_words() {
        assert_eq!(cut("share data between threads", 100), "share data between threads");
        assert_eq!(cut("share data between threads", 26), "share data between threads");
        assert_eq!(cut("share data between threads", 25), "share data between");
        assert_eq!(cut("share data between threads", 18), "share data between");
        assert_eq!(cut("share", 2), "sh");
        assert_eq!(cut("share", 0), "");
        assert_eq!(cut("", 5), "");
    }

    #[test]
    fn a_text_without_spaces_is_cut_at_the_limit() {
        let text = "スレッド間でデータを共有するにはどうすればよいか".repeat(4);
        assert_eq!(cut(&text, 50).chars().count(), 50);
        let spaced = format!("はじめに {text}");
        assert_eq!(cut(&spaced, 50).chars().count(), 50);
    }

    #[test]
    fn an_excerpt_is_one_line_and_says_that_more_follows() {
        assert_eq!(excerpt("one\ntwo  three", 20), "one two three");
        assert_eq!(excerpt("one\ntwo  three", 9), "one two…");
    }
}
