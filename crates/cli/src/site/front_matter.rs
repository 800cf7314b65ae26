//! What stands before the text of a Markdown file, between lines of `---` (YAML) or `+++` (TOML).

use exemplar_search::WEIGHT_FIELD;
use serde_json::{Map, Value};
use toml::de::DeValue;

use super::{date, yaml};
use crate::text::one_line;

/// What it says of the page; by the names that Hugo, Jekyll, Zola, Astro and others use.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    pub description: Option<String>,
    pub date: Option<String>,
    pub lang: Option<String>,
    pub tags: Vec<String>,
    /// What it counts in searches, as it was written.
    pub weight: Option<String>,
    /// Where the page is, whatever its file's name.
    pub url: Option<String>,
    /// The last part of its address; with a slash, its path from the root.
    pub slug: Option<String>,
    pub is_draft: bool,
    /// `robots: noindex`, `unlisted: true` and the like.
    pub is_hidden: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source<'a> {
    Yaml(&'a str),
    Toml(&'a str),
}

/// Front matter, if there is any, and the text after it.
pub fn split(text: &str) -> Result<(Option<Source<'_>>, &str), String> {
    let Some((first, after)) = text.split_once('\n') else { return Ok((None, text)) };
    let fence @ ("---" | "+++") = first.trim_end() else { return Ok((None, text)) };
    let mut end = 0;
    for line in after.split_inclusive('\n') {
        if line.trim_end() == fence {
            let source = &after[..end];
            let source = if fence == "---" { Source::Yaml(source) } else { Source::Toml(source) };
            return Ok((Some(source), &after[end + line.len()..]));
        }
        end += line.len();
    }
    match fence {
        // A thematic break may begin a text.
        "---" => Ok((None, text)),
        _ => Err("line 1: the front matter that begins with +++ has no end".into()),
    }
}

pub fn parse(source: Source) -> Result<FrontMatter, String> {
    // The fence is line 1.
    let at = |line: usize, problem: String| format!("line {}: front matter: {problem}", line + 1);
    let fields = match source {
        Source::Yaml(text) if text.trim().is_empty() => Map::new(),
        Source::Yaml(text) => yaml::parse(text).map_err(|error| {
            let line = error.location().map_or(1, |place| place.line() as usize);
            at(line, first_line(&error.to_string()))
        })?,
        Source::Toml(text) => {
            let table = toml::de::DeTable::parse(text).map_err(|error| {
                let start = error.span().map_or(0, |span| span.start);
                at(1 + text[..start.min(text.len())].matches('\n').count(), first_line(error.message()))
            })?;
            let fields = table.into_inner().into_iter();
            fields.map(|(name, value)| (name.into_inner().into_owned(), json(value.into_inner()))).collect()
        }
    };
    Ok(read(&fields))
}

fn first_line(message: &str) -> String {
    message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// With a text for each scalar, as it was written.
fn json(value: DeValue) -> Value {
    match value {
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::String(text) => Value::from(text.into_owned()),
        DeValue::Boolean(value) => Value::from(value.to_string()),
        DeValue::Integer(number) => Value::from(number.to_string()),
        DeValue::Float(number) => Value::from(number.to_string()),
        DeValue::Array(items) => items.into_iter().map(|item| json(item.into_inner())).collect(),
        DeValue::Table(table) => {
            let fields = table.into_iter();
            Value::Object(
                fields
                    .map(|(name, value)| (name.into_inner().into_owned(), json(value.into_inner())))
                    .collect(),
            )
        }
    }
}

fn read(fields: &Map<String, Value>) -> FrontMatter {
    let text = |names: &[&str]| names.iter().find_map(|name| one_line(fields.get(*name)?.as_str()?));
    let is = |name: &str, value: bool| fields.get(name).and_then(truth) == Some(value);
    // Zola keeps tags among its taxonomies, and other generators' own fields are in `extra`.
    let taxonomies = fields.get("taxonomies").and_then(Value::as_object);
    let tags = fields.get("tags").or_else(|| taxonomies?.get("tags"));
    let excludes = |search: &Value| search.get("exclude").and_then(truth) == Some(true);
    FrontMatter {
        title: text(&["title"]),
        description: text(&["description", "summary", "excerpt"]),
        date: text(&["date", "pubDate", "published_at"]).and_then(|date| date::iso(&date)),
        lang: text(&["lang", "language", "locale"]),
        tags: tags.map(list).unwrap_or_default(),
        // As Material for MkDocs has it.
        weight: text(&[WEIGHT_FIELD]).or_else(|| one_line(fields.get("search")?.get("boost")?.as_str()?)),
        // A pattern such as `/:year/:title/` is the generator's to fill in.
        url: text(&["url", "permalink"]).filter(|url| !url.contains([':', '{']) || url.contains("://")),
        slug: text(&["slug"]),
        is_draft: is("draft", true) || is("published", false),
        // Docusaurus, Material for MkDocs, Just the Docs, Starlight.
        is_hidden: text(&["robots"]).is_some_and(|robots| robots.contains("noindex"))
            || ["noindex", "unlisted", "search_exclude"].iter().any(|name| is(name, true))
            || ["search", "pagefind"].iter().any(|name| is(name, false))
            || fields.get("search").is_some_and(excludes),
    }
}

/// Of `true`, `"Yes"`, `on`, `1` and their opposites, as generators take them.
fn truth(value: &Value) -> Option<bool> {
    match value.as_str()?.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A list, or one text with commas or, as Jekyll has it, with spaces.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(|item| one_line(item.as_str()?)).collect(),
        Value::String(text) if text.contains(',') => text.split(',').filter_map(one_line).collect(),
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{FrontMatter, Source, parse, split};

    #[test]
    fn yaml_and_toml_say_the_same() {
        let yaml = "---\ntitle: \"Tides: ebb\"\ndate: 2024-05-01\ntags: [sea, 2024]\ndescription: >\n  Up and\n  down.\nlang: en\nslug: t\n---\nText\n---\n";
        let toml = "+++\r\ntitle = 'Tides: ebb'\r\ndate = 2024-05-01\r\ndescription = 'Up and down.'\r\nlang = 'en'\r\nslug = 't'\r\n[taxonomies]\r\ntags = ['sea', '2024']\r\n+++\r\nText\n---\n";
        for text in [yaml, toml] {
            let (source, body) = split(text).unwrap();
            assert_eq!(body, "Text\n---\n");
            let expected = FrontMatter {
                title: Some("Tides: ebb".into()),
                description: Some("Up and down.".into()),
                date: Some("2024-05-01".into()),
                lang: Some("en".into()),
                tags: vec!["sea".into(), "2024".into()],
                slug: Some("t".into()),
                ..FrontMatter::default()
            };
            assert_eq!(parse(source.unwrap()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn drafts_patterns_and_thematic_breaks() {
        let of = |yaml: &str| parse(Source::Yaml(yaml)).unwrap();
        assert!(of("draft: true").is_draft && of("published: false").is_draft && !of("draft: no").is_draft);
        for draft in [
            "draft: \"true\"",
            "draft: 'yes'",
            "draft: On",
            "draft: 1",
            "published: 'no'",
            "published: False",
        ] {
            assert!(of(draft).is_draft, "{draft}");
        }
        for hidden in [
            "robots: noindex, follow",
            "unlisted: 'true'",
            "noindex: yes",
            "search: false",
            "pagefind: false",
            "search: {exclude: true}",
            "search_exclude: true",
        ] {
            assert!(of(hidden).is_hidden, "{hidden}");
        }
        assert!(!of("search: true\nunlisted: false").is_hidden);
        for title in ["1.10", "007", "No", "true", "1e3"] {
            assert_eq!(of(&format!("title: {title}")).title.as_deref(), Some(title));
        }
        let toml = parse(Source::Toml("title = 1.10\ntags = [1.10, true]\ndraft = 'yes'")).unwrap();
        assert_eq!((toml.title.as_deref(), toml.is_draft), (Some("1.10"), true));
        assert_eq!(toml.tags, ["1.10", "true"]);
        assert_eq!(of("permalink: /:year/:title/").url, None);
        assert_eq!(of("permalink: /tides/").url.as_deref(), Some("/tides/"));
        assert_eq!(of("tags: sea wind").tags, ["sea", "wind"]);
        assert_eq!(of("").title, None);
        assert_eq!(split("---\nno end").unwrap(), (None, "---\nno end"));
        assert!(split("+++\nno end").unwrap_err().contains("line 1"));
        assert_eq!(split("text").unwrap(), (None, "text"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let yaml = parse(Source::Yaml("title: a\ntags: [b\nx: ]]")).unwrap_err();
        assert!(yaml.starts_with("line "), "{yaml}");
        let toml = parse(Source::Toml("title = 'a'\ntags = oops\n")).unwrap_err();
        assert!(toml.starts_with("line 3: front matter: "), "{toml}");
        let list = parse(Source::Yaml("- a\n- b")).unwrap_err();
        assert!(list.contains("front matter"), "{list}");
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..10 {
            let last = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{last}]\n"));
        }
        assert!(parse(Source::Yaml(&bomb)).is_err());
    }
}
