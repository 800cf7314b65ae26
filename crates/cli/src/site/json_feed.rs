//! Entries of a JSON Feed that a parser would refuse the feed for.

use std::borrow::Cow;

use feed_rs::parser::Builder;
use serde_json::{Value, json};

/// The feed with its entries' ids as texts, as the specification has readers take them, and without those entries that cannot be
/// read, which go to `unreadable`. What is no JSON Feed stays as it is.
pub fn mended<'a>(feed: &'a [u8], unreadable: &mut Vec<(String, String)>) -> Cow<'a, [u8]> {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(feed) else { return feed.into() };
    let Some(Value::Array(items)) = fields.get_mut("items") else { return feed.into() };
    let mut number = 0;
    items.retain_mut(|item| {
        number += 1;
        if let Some(id) = item.get_mut("id").filter(|id| id.is_number()) {
            *id = id.to_string().into();
        }
        let problem = problem(item);
        unreadable.extend(problem.clone().map(|problem| (format!("entry {number}"), problem)));
        problem.is_none()
    });
    Value::Object(fields).to_string().into_bytes().into()
}

/// Why this entry cannot be read.
fn problem(item: &Value) -> Option<String> {
    let alone = json!({ "version": "https://jsonfeed.org/version/1.1", "title": "", "items": [item] });
    let error = Builder::new().build().parse(alone.to_string().as_bytes()).err()?;
    // Without the place, which is one in the feed of this entry alone.
    Some(error.to_string().split(" at line ").next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::mended;

    #[test]
    fn an_entry_that_cannot_be_read_is_named_and_the_others_stay() {
        let item = |id: Value| json!({ "id": id, "url": "https://e.org/a" });
        let feed = json!({ "version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [item(json!("a")), item(json!(2)), item(json!([])), 3] });
        let mut unreadable = Vec::new();
        let mended: Value =
            serde_json::from_slice(&mended(feed.to_string().as_bytes(), &mut unreadable)).unwrap();
        assert_eq!(mended["items"], json!([item(json!("a")), item(json!("2"))]));
        let [(third, problem), (fourth, _)] = unreadable.as_slice() else { panic!("{unreadable:?}") };
        assert!(
            third == "entry 3" && fourth == "entry 4" && problem.contains("invalid type"),
            "{unreadable:?}"
        );
        for other in ["{", "<rss/>", "[]", "{\"items\": 1}"] {
            assert_eq!(&*super::mended(other.as_bytes(), &mut unreadable), other.as_bytes());
        }
    }
}
