//! What generators put into Markdown that is not Markdown: imports and component tags (MDX), shortcodes and template tags (Hugo,
//! Zola, Jekyll), and the marks of callouts and tabs. None of it is text, but for titles. Listings stay as they are.

use std::borrow::Cow;

/// Tags that generators replace: where they begin and end. The longer of two that begin alike comes first.
const TAGS: &[(&str, &str)] = &[("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}"), ("{/*", "*/}")];

/// Attributes of a component that readers see as its title.
const TITLES: &[&str] = &["title", "label"];

/// Bytes of a tag; what is longer is text.
const MAX_TAG: usize = 1_000;

/// `markdown` without all that. It has as many lines.
pub fn removed(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let (mut listing, mut in_module, mut rest) = (None, false, markdown);
    while !rest.is_empty() {
        let line = &rest[..rest.find('\n').map_or(rest.len(), |end| end + 1)];
        let mark = fence_of(line);
        in_module = listing.is_none()
            && mark.is_none()
            && ((in_module && !line.trim().is_empty()) || begins_module(line));
        let mut used = line.len();
        if let Some(open) = listing {
            text.push_str(line);
            listing = (!mark.is_some_and(|mark| closes(mark, line, open))).then_some(open);
        } else if mark.is_some() {
            text.push_str(line);
            listing = mark;
        } else if in_module {
            text.push('\n');
        } else if let Some(title) = container_title(line) {
            text.push_str(title);
            text.push('\n');
        } else {
            used = push_line(rest, line.len(), &mut text);
        }
        rest = &rest[used..];
    }
    text
}

/// The mark that begins or ends a listing: three or more of a kind.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3).then(|| &line[..length])
}

fn closes(mark: &str, line: &str, open: &str) -> bool {
    mark.starts_with(open) && line.trim().len() == mark.len()
}

/// Whether JavaScript begins that goes on to the next empty line.
fn begins_module(line: &str) -> bool {
    let line = line.trim_end();
    let quotes = |text: &str| text.starts_with(['"', '\'']);
    let import = line.strip_prefix("import ").is_some_and(|what| {
        quotes(what) || what.starts_with('{') || what.contains(" from '") || what.contains(" from \"")
    });
    let exported = ["const ", "let ", "var ", "function ", "async ", "default ", "class ", "{", "*"];
    import
        || line.strip_prefix("export ").is_some_and(|what| exported.iter().any(|word| what.starts_with(word)))
}

/// What is left of a line that begins or ends a callout or a tab: its title. `:::note[Title]`, `::: tip Title`,
/// `!!! note "Title"`, `=== "Title"`, and kramdown's `{: .class }`, which has none.
fn container_title(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix(":::") {
        let rest = rest.trim_start_matches(':').trim_start();
        let name = rest.find(|c: char| !(c.is_alphanumeric() || c == '-')).map_or(rest, |end| &rest[..end]);
        let title = rest[name.len()..].trim();
        let title = title.split('{').next().unwrap_or_default().trim();
        return Some(title.strip_prefix('[').and_then(|title| title.strip_suffix(']')).unwrap_or(title));
    }
    if ["!!! ", "??? ", "???+ ", "=== ", "===! "].iter().any(|mark| line.starts_with(mark)) {
        let quoted = line.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
        return Some(quoted.map_or("", |(title, _)| title));
    }
    (line.starts_with("{:") && line.ends_with('}')).then_some("")
}

/// Copies a line that is `length` long, without its tags, and returns what it used of `rest`: more than the line, where a tag ends
/// on a later one.
fn push_line(rest: &str, length: usize, text: &mut String) -> usize {
    let mut at = 0;
    while at < length {
        let here = &rest[at..];
        let Some(c) = here.chars().next() else { break };
        let tag = match c {
            '`' => {
                let used = code_span(&rest[at..length]);
                text.push_str(&here[..used]);
                at += used;
                continue;
            }
            '\\' => None,
            '{' => template_tag(here).map(|used| (used, Cow::Borrowed(""))),
            '<' => component_tag(here),
            _ => None,
        };
        match tag {
            Some((used, shown)) => {
                text.push_str(&shown);
                text.extend(here[..used].chars().filter(|c| *c == '\n'));
                at += used;
            }
            None => {
                let used =
                    if c == '\\' { here.chars().take(2).map(char::len_utf8).sum() } else { c.len_utf8() };
                text.push_str(&here[..used]);
                at += used;
            }
        }
    }
    at
}

/// The length of the code that begins here, or of the marks alone if it does not end on the line.
fn code_span(line: &str) -> usize {
    let marks = line.len() - line.trim_start_matches('`').len();
    let (open, after) = line.split_at(marks);
    after.find(open).map_or(marks, |end| marks + end + marks)
}

fn template_tag(text: &str) -> Option<usize> {
    let (open, close) = TAGS.iter().find(|(open, _)| text.starts_with(open))?;
    let text = &text[..text.floor_char_boundary(MAX_TAG)];
    Some(open.len() + text[open.len()..].find(close)? + close.len())
}

/// The length of a component's tag, and its title. A component's name has a capital and a small letter, or a dot; those of
/// HTML have not.
fn component_tag(text: &str) -> Option<(usize, Cow<'_, str>)> {
    let name = text[1..].trim_start_matches('/');
    let name = &name[..name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'))?];
    let is_fragment = text.starts_with("<>") || text.starts_with("</>");
    let is_component = name.starts_with(|c: char| c.is_ascii_uppercase())
        && (name.contains('.') || name.contains(|c: char| c.is_ascii_lowercase()));
    if !(is_component || is_fragment) {
        return None;
    }
    let (mut braces, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices().take(MAX_TAG) {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'' | '`', None) => quote = Some(c),
            ('{', None) => braces += 1,
            ('}', None) => braces = braces.saturating_sub(1),
            ('<', None) if braces == 0 && at > 0 => return None,
            ('>', None) if braces == 0 => return Some((at + 1, title(&text[..at]))),
            _ => {}
        }
    }
    None
}

fn title(tag: &str) -> Cow<'_, str> {
    let value = TITLES.iter().find_map(|name| {
        let (_, after) = tag.split_once(&format!(" {name}="))?;
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        after[1..].split(quote).next()
    });
    value.map_or(Cow::Borrowed(""), |title| Cow::Owned(format!("{title}\n\n")))
}

#[cfg(test)]
mod tests {
    use super::removed;

    #[test]
    fn what_is_no_markdown_is_removed() {
        for (text, expected) in [
            ("import Tabs from '@theme/Tabs';\nimport {\n  A,\n} from 'a'\n\nText", "\n\n\n\n\nText"),
            ("export const a = 1\n\nimport duties are due", "\n\nimport duties are due"),
            (
                "<Tabs>\n<TabItem value=\"a\" label=\"Apple\">\n\nRed\n\n</TabItem>\n</Tabs>",
                "\nApple\n\n\n\nRed\n\n\n",
            ),
            ("<Foo.Bar on={() => { a > b }} /> x <></>", " x "),
            ("<Card\n  title='Two'\n/> y", "Two\n\n\n\n y"),
            ("<TABLE><br> a < b, `<Tabs>` \\<Tabs>", "<TABLE><br> a < b, `<Tabs>` \\<Tabs>"),
            (
                "```jsx\n<Tabs>{{< x >}}\nimport a from 'a'\n```\n<Tabs>",
                "```jsx\n<Tabs>{{< x >}}\nimport a from 'a'\n```\n",
            ),
            ("~~~~\n~~~\n{% a %}\n~~~~\n{% a %}b", "~~~~\n~~~\n{% a %}\n~~~~\nb"),
            ("{{< figure src=\"a\" >}}A{{% note %}}B{{% /note %}}{{ page.title }}C{/* no */}", "ABC"),
            ("open {{ never", "open {{ never"),
            (
                ":::note[Mind the tide]\nText\n:::\n::: tip\n:::danger STOP {#x}",
                "Mind the tide\nText\n\n\nSTOP\n",
            ),
            ("!!! note \"Mind\"\n=== \"npm\"\n{: .no_toc }\n", "Mind\nnpm\n\n"),
        ] {
            assert_eq!(removed(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "([`~:{}<>%/A-Ca-c=\"' \n\\\\\u{e9}]|import |\\{\\{|```|:::){0,60}") {
            let _ = removed(&text);
        }

        #[test]
        fn plain_text_stays(text in "[a-z0-9 .,*_#\u{3042}-\u{3050}]{0,80}") {
            proptest::prop_assert_eq!(removed(&text), text);
        }
    }
}
