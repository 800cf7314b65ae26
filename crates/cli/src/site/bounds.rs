//! Bounds for what an article says about itself. A page can say anything, and each reader's browser shows it.

use std::collections::HashSet;

use exemplar_search::bundle::Article;
use exemplar_search::json::{Object, Value};
use url::Url;

use super::{Document, LeftOut, Reading, image};
use crate::text::excerpt;

/// Characters of a title, or of a heading.
const TITLE_CHARS: usize = 300;
/// Tags of an article.
const TAGS: usize = 50;
/// Characters of a tag, a language, a date or an anchor.
const NAME_CHARS: usize = 200;
/// Characters of an address, above which servers and browsers differ.
const URL_CHARS: usize = 2_000;
/// Bytes of all further fields of an article, as JSON.
const EXTRA_BYTES: usize = 16 * 1024;

/// Brings every article within bounds, and notes which were beyond.
pub fn apply(reading: &mut Reading) {
    let Reading { documents, bounded, left_out, unreadable, .. } = reading;
    let mut ids = HashSet::new();
    documents.retain_mut(|document| {
        let mut beyond = article(&mut document.article);
        if headings(document) {
            beyond.push("headings");
        }
        bounded.extend(beyond.into_iter().map(|what| (document.article.id.clone(), what)));
        let length = document.article.url.chars().count().max(document.article.id.chars().count());
        if length > URL_CHARS {
            let name = excerpt(&document.article.title, NAME_CHARS);
            unreadable.push((name, format!("its address has {length} characters, more than {URL_CHARS}")));
            return false;
        }
        // Two may differ in nothing but a password.
        let is_new = ids.insert(document.article.id.clone());
        if !is_new {
            left_out.push((document.article.id.clone(), LeftOut::SameAddress));
        }
        is_new
    });
}

/// The names of what was beyond.
fn article(article: &mut Article) -> Vec<&'static str> {
    let mut beyond = Vec::new();
    let mut cut = |text: &mut String, chars: usize, what: &'static str| {
        if text.chars().nth(chars).is_some() {
            *text = excerpt(text, chars);
            beyond.push(what);
        }
    };
    cut(&mut article.title, TITLE_CHARS, "title");
    for tag in &mut article.tags {
        cut(tag, NAME_CHARS, "tags");
    }
    for (field, what) in [(&mut article.lang, "lang"), (&mut article.date, "date")] {
        if let Some(text) = field {
            cut(text, NAME_CHARS, what);
        }
    }
    if article.tags.len() > TAGS {
        article.tags.truncate(TAGS);
        beyond.push("tags");
    }
    if serde_json::json!(article.extra).to_string().len() > EXTRA_BYTES {
        article.extra = <_>::default();
        beyond.push("further fields");
    }
    // Where a feed's entry has no title, its address stands for it.
    let addresses = [&mut article.url, &mut article.id, &mut article.title].into_iter().map(clean);
    if addresses.fold(false, |any, cleaned| any | cleaned) {
        beyond.push("user name or password in the address");
    }
    if clean_fields(&mut article.extra) {
        beyond.push("user name or password in a further field");
    }
    if image::remove_unusable(article, URL_CHARS) {
        beyond.push("image");
    }
    beyond.dedup();
    beyond
}

/// Whether a heading was beyond: it is text then, as no heading is that long.
fn headings(document: &mut Document) -> bool {
    let is_long = |text: &str, chars: usize| text.chars().nth(chars).is_some();
    let mut any = false;
    for block in &mut document.blocks {
        if block.heading.is_some() && is_long(&block.text, TITLE_CHARS) {
            block.heading = None;
            any = true;
        }
        block.anchor.take_if(|anchor| is_long(anchor, NAME_CHARS));
    }
    any
}

/// Takes user name and password out of a text that is an address; says whether there were any.
fn clean(text: &mut String) -> bool {
    let without = without_credentials(text);
    without.map(|without| *text = without).is_some()
}

/// The same of every text in these fields.
fn clean_fields(fields: &mut Object) -> bool {
    fields.0.iter_mut().fold(false, |any, (_, value)| any | clean_value(value))
}

fn clean_value(value: &mut Value) -> bool {
    match value {
        Value::String(text) => clean(text),
        Value::Array(values) => values.iter_mut().fold(false, |any, value| any | clean_value(value)),
        Value::Object(fields) => clean_fields(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// `address` without a user name and a password, if it has any.
fn without_credentials(address: &str) -> Option<String> {
    let (scheme, whole) = match address.starts_with("//") {
        true => ("https:", format!("https:{address}")),
        false => ("", address.to_owned()),
    };
    let mut url =
        Url::parse(&whole).ok().filter(|url| !url.username().is_empty() || url.password().is_some())?;
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    Some(url.as_str().strip_prefix(scheme)?.to_owned())
}

#[cfg(test)]
mod tests {
    use exemplar_search::bundle::Article;
    use serde_json::json;

    use super::{TAGS, apply, without_credentials};
    use crate::site::{Block, Document, LeftOut, Reading};

    #[test]
    fn what_is_beyond_bounds_is_cut_and_named() {
        let blocks = vec![
            Block { text: "h".repeat(1_000_000), heading: Some(2), anchor: Some("a".repeat(1_000_000)) },
            Block { text: "Ebb".into(), heading: Some(2), anchor: Some("ebb".into()) },
        ];
        let article = Article {
            id: "a".into(),
            url: "https://user:secret@host/a".into(),
            title: "t ".repeat(500_000),
            tags: (0..120_000).map(|i| format!("tag {i}")).collect(),
            lang: Some("x".repeat(1_000_000)),
            ..Article::default()
        };
        let long =
            Article { id: "b".into(), url: "u".repeat(3_000), title: "B".into(), ..Article::default() };
        let mut reading = Reading::default();
        reading.documents.push(Document { article, blocks });
        reading.documents.push(Document { article: long, blocks: Vec::new() });
        apply(&mut reading);
        let [document] = reading.documents.as_slice() else { panic!("{:?}", reading.documents.len()) };
        assert!(document.article.title.chars().count() <= 301 && document.article.tags.len() == TAGS);
        assert_eq!(document.article.url, "https://host/a");
        assert_eq!(document.article.lang.as_ref().unwrap().chars().count(), 201);
        assert_eq!((document.blocks[0].heading, document.blocks[0].anchor.as_deref()), (None, None));
        assert_eq!(
            (document.blocks[1].heading, document.blocks[1].anchor.as_deref()),
            (Some(2), Some("ebb"))
        );
        assert_eq!(
            reading.unreadable,
            [("B".into(), "its address has 3000 characters, more than 2000".into())]
        );
        let summary = reading.summary();
        assert!(
            summary.contains(
                "cut to bounds: title, lang, tags, user name or password in the address, headings of a"
            ),
            "{summary}"
        );
    }

    #[test]
    fn no_field_keeps_credentials_and_ids_still_differ() {
        let with = |secret: &str| -> Article {
            let address = format!("https://{secret}host/a");
            let fields = json!({
                "id": address, "title": address, "url": "https://host/a",
                "image": format!("https://{secret}host/i"), "of": [{ "a": format!("//{secret}host") }],
            });
            fields.to_string().parse().unwrap()
        };
        let mut reading = Reading::default();
        for secret in ["user:hunter22@", "", "ada:hunter22@"] {
            reading.documents.push(Document { article: with(secret), blocks: Vec::new() });
        }
        apply(&mut reading);
        let [document] = reading.documents.as_slice() else { panic!("{:?}", reading.documents) };
        let json = serde_json::to_string(&document.article).unwrap();
        assert!(!json.contains("hunter22") && json.contains("https://host/i"), "{json}");
        let same = ("https://host/a".to_owned(), LeftOut::SameAddress);
        assert_eq!(reading.left_out, [same.clone(), same]);
        assert!(reading.summary().contains("user name or password in a further field"));
    }

    #[test]
    fn addresses_lose_their_credentials() {
        for (address, without) in [
            ("https://user:secret@host/a?b#c", Some("https://host/a?b#c")),
            ("//user:secret@host/a", Some("//host/a")),
            ("ftp://user@host/", Some("ftp://host/")),
            ("https://host/@user:secret", None),
            ("posts/a@b.html", None),
            ("/a", None),
        ] {
            assert_eq!(without_credentials(address).as_deref(), without, "{address}");
        }
    }
}
