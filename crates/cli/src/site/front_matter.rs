//! What stands before the text of a Markdown file, between lines of `---` (YAML) or `+++` (TOML).

use serde_json::{Map, Value};

use super::date;
use super::html::one_line;

/// What it says of the page; by the names that Hugo, Jekyll, Zola, Astro and others use.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    pub description: Option<String>,
    pub date: Option<String>,
    pub lang: Option<String>,
    pub tags: Vec<String>,
    /// Where the page is, whatever its file's name.
    pub url: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    pub is_draft: bool,
    /// `robots: noindex`
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
        Source::Yaml(text) => serde_saphyr::from_str(text).map_err(|error| {
            let line = error.location().map_or(1, |place| place.line() as usize);
            at(line, first_line(&error.to_string()))
        })?,
        Source::Toml(text) => {
            let table: toml::Table = toml::from_str(text).map_err(|error| {
                let start = error.span().map_or(0, |span| span.start);
                at(1 + text[..start.min(text.len())].matches('\n').count(), first_line(error.message()))
            })?;
            table.into_iter().map(|(name, value)| (name, json(value))).collect()
        }
    };
    Ok(read(&fields))
}

fn first_line(message: &str) -> String {
    message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        toml::Value::String(text) => Value::from(text),
        toml::Value::Boolean(value) => Value::from(value),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(name, value)| (name, json(value))).collect())
        }
    }
}

fn read(fields: &Map<String, Value>) -> FrontMatter {
    let text = |names: &[&str]| names.iter().find_map(|name| one_line(&scalar(fields.get(*name)?)?));
    let is = |name: &str, value: bool| fields.get(name).and_then(Value::as_bool) == Some(value);
    // Zola keeps tags among its taxonomies, and other generators' own fields are in `extra`.
    let taxonomies = fields.get("taxonomies").and_then(Value::as_object);
    let tags = fields.get("tags").or_else(|| taxonomies?.get("tags"));
    FrontMatter {
        title: text(&["title"]),
        description: text(&["description", "summary", "excerpt"]),
        date: text(&["date", "pubDate", "published_at"]).and_then(|date| date::iso(&date)),
        lang: text(&["lang", "language", "locale"]),
        tags: tags.map(list).unwrap_or_default(),
        // A pattern such as `/:year/:title/` is the generator's to fill in.
        url: text(&["url", "permalink"]).filter(|url| !url.contains([':', '{']) || url.contains("://")),
        slug: text(&["slug"]).filter(|slug| !slug.contains('/')),
        is_draft: is("draft", true) || is("published", false),
        is_hidden: text(&["robots"]).is_some_and(|robots| robots.contains("noindex")) || is("noindex", true),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A list, or one text with commas or, as Jekyll has it, with spaces.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(|item| one_line(&scalar(item)?)).collect(),
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
        assert!(of("robots: noindex, follow").is_hidden);
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
