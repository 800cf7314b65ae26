//! Rows of a response that are read when they are first looked at: few of them become hits. What is not as documented, or unusual, is not
//! found here; then [`Response::read`](super::Response::read) reads all of it, and says what is wrong.

use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use exemplar_search_json::scan::{Field, Kind, Scanner};

use super::{Partial, Row};
use crate::WEIGHT_FIELD;
use crate::fields::{FromJson, Place};
use crate::json::Value;
use crate::search::weight::log_of;
use crate::vector::float16;

/// A row, read or not.
#[derive(Clone, Debug)]
pub(super) struct LazyRow {
    row: OnceLock<Box<Row>>,
    unread: Option<Unread>,
}

/// A row's JSON, which was found to be right, and what all rows are looked at for.
#[derive(Clone, Debug)]
struct Unread {
    response: Arc<Vec<u8>>,
    place: Range<usize>,
    id: String,
    article_id: String,
    index: usize,
    words: Option<f32>,
    /// Whether its article says what it counts.
    weighed: bool,
    /// The number of its article.
    article: usize,
}

impl From<Row> for LazyRow {
    fn from(row: Row) -> Self {
        Self { row: Box::new(row).into(), unread: None }
    }
}

impl Deref for LazyRow {
    type Target = Row;

    fn deref(&self) -> &Row {
        let read = |Unread { response, place, article, .. }: &Unread| {
            let mut row = Row::from_json(value_at(response, place)?, &Place::Top).ok()?;
            row.passage.article = *article;
            Some(row.into())
        };
        // What was found to be right can be read.
        self.row.get_or_init(|| self.unread.as_ref().and_then(read).unwrap_or_default())
    }
}

impl PartialEq for LazyRow {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl LazyRow {
    pub fn id(&self) -> &str {
        self.unread.as_ref().map_or_else(|| &self.id, |unread| &unread.id)
    }

    pub fn article_id(&self) -> &str {
        self.unread.as_ref().map_or_else(|| &self.article.id, |unread| &unread.article_id)
    }

    pub fn index(&self) -> usize {
        self.unread.as_ref().map_or_else(|| self.index, |unread| unread.index)
    }

    pub fn words(&self) -> Option<f32> {
        self.unread.as_ref().map_or_else(|| self.words, |unread| unread.words)
    }

    /// The natural logarithm of what its article counts.
    pub fn log(&self) -> f32 {
        match &self.unread {
            Some(unread) if !unread.weighed => 0.0,
            _ => log_of(&self.article),
        }
    }

    /// Says the number of its article.
    pub fn set_article(&mut self, article: usize) {
        if let Some(row) = self.row.get_mut() {
            row.passage.article = article;
        }
        if let Some(unread) = &mut self.unread {
            unread.article = article;
        }
    }
}

/// What a response says.
pub(super) struct Found {
    pub rows: Vec<LazyRow>,
    /// Nothing if they were not asked for.
    pub vectors: Vec<f32>,
    pub partial: Option<Partial>,
}

const fn field(name: &'static str, kind: Kind, number: usize) -> Field {
    Field { name, kind, number }
}

// The fields of a row that are read at once.
const ID: usize = 0;
const WORDS: usize = 1;
const ARTICLE: usize = 2;
const ARTICLE_ID: usize = 3;
const TITLE: usize = 4;
const URL: usize = 5;
const PASSAGE: usize = 6;
const INDEX: usize = 7;
const WEIGHT: usize = 8;
/// With those that only have to be right.
const FIELDS: usize = 17;

const ROW: Kind = Kind::Object(&[
    field("id", Kind::Text, ID),
    field("article", OF_ARTICLE, ARTICLE),
    field("passage", OF_PASSAGE, PASSAGE),
    field("words", Kind::Any, WORDS),
]);
const OF_ARTICLE: Kind = Kind::Object(&[
    field("id", Kind::Text, ARTICLE_ID),
    field("title", Kind::Text, TITLE),
    field("url", Kind::Text, URL),
    field(WEIGHT_FIELD, Kind::Any, WEIGHT),
    field("fields", Kind::Within, 9),
    field("excerpt", Kind::TextOrNull, 10),
    field("lang", Kind::TextOrNull, 11),
    field("date", Kind::TextOrNull, 12),
    field("tags", Kind::Texts, 13),
]);
const OF_PASSAGE: Kind = Kind::Object(&[
    field("index", Kind::Any, INDEX),
    field("anchor", Kind::TextOrNull, 14),
    field("heading", Kind::Texts, 15),
    field("text", Kind::Text, 16),
]);

/// What the response says, with its vectors or without. None if it is not as documented, or has a field twice.
pub(super) fn find(response: &Arc<Vec<u8>>, with_vectors: bool) -> Option<Found> {
    let mut scanner = Scanner::new(response);
    let mut rows = None;
    let (mut vectors, mut partial) = (None, None);
    scanner.object(&mut |scanner, name| {
        let twice = match name {
            b"rows" => {
                let mut all = Vec::new();
                scanner.array(&mut |scanner| {
                    all.push(row(scanner, response)?);
                    Some(())
                })?;
                rows.replace(all).is_some()
            }
            b"vectors" => vectors.replace(scanner.value(&Kind::TextOrNull, &mut [])?).is_some(),
            b"partial" => partial.replace(scanner.value(&Kind::Any, &mut [])?).is_some(),
            _ => scanner.value(&Kind::Any, &mut []).is_none(),
        };
        (!twice).then_some(())
    })?;
    let rows: Vec<LazyRow> = rows.filter(|_| scanner.is_done())?;
    let vectors = vectors.map(|place| &response[place]).filter(|vectors| *vectors != b"null");
    let vectors = match vectors {
        Some(vectors) if with_vectors => decoded(vectors)?,
        None if with_vectors && !rows.is_empty() => return None,
        _ => Vec::new(),
    };
    let partial: Option<Partial> = match partial.map(|place| value_at(response, &place)) {
        None | Some(Some(Value::Null)) => None,
        Some(value) => Some(Partial::from_json(value?, &Place::Top).ok()?),
    };
    let is_possible = partial.is_none_or(|partial| partial.missing <= partial.of);
    is_possible.then_some(Found { rows, vectors, partial })
}

fn row(scanner: &mut Scanner, response: &Arc<Vec<u8>>) -> Option<LazyRow> {
    let mut found = [const { None }; FIELDS];
    let place = scanner.value(&ROW, &mut found)?;
    if [ARTICLE, TITLE, URL, PASSAGE].into_iter().any(|field| found[field].is_none()) {
        return None;
    }
    let words = match &found[WORDS] {
        Some(place) => value_at(response, place)?,
        None => Value::Null,
    };
    let unread = Unread {
        response: response.clone(),
        place,
        id: text_at(response, found[ID].as_ref()?)?,
        article_id: text_at(response, found[ARTICLE_ID].as_ref()?)?,
        index: usize::from_json(value_at(response, found[INDEX].as_ref()?)?, &Place::Top).ok()?,
        words: if matches!(words, Value::Null) { None } else { Some(words.as_f64()? as f32) },
        weighed: found[WEIGHT].is_some(),
        article: 0,
    };
    Some(LazyRow { row: OnceLock::new(), unread: Some(unread) })
}

fn value_at(json: &[u8], place: &Range<usize>) -> Option<Value> {
    exemplar_search_json::read::value(json.get(place.clone())?).ok()
}

/// A text, which most often has no escapes.
fn text_at(json: &[u8], place: &Range<usize>) -> Option<String> {
    let text = json.get(place.start + 1..place.end - 1)?;
    if text.contains(&b'\\') {
        return value_at(json, place)?.as_str().map(str::to_owned);
    }
    str::from_utf8(text).ok().map(str::to_owned)
}

/// The numbers in base64 between quotation marks.
fn decoded(json: &[u8]) -> Option<Vec<f32>> {
    let (mut values, end) = float16::of_base64(json.get(1..json.len() - 1)?)?;
    // It may be padded.
    let end = STANDARD.decode(end).ok().filter(|end| end.len().is_multiple_of(2))?;
    values.extend(float16::values(&end));
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Response;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// What is found here is what reading all of it gives, rows looked at or not; what is wrong is not found.
    fn agrees(json: &[u8], with_vectors: bool) -> std::result::Result<(), TestCaseError> {
        let given = if with_vectors { None } else { Some(Vec::new()) };
        let Some(found) = find(&Arc::new(json.to_vec()), with_vectors) else { return Ok(()) };
        let shown = String::from_utf8_lossy(json);
        let expected =
            Response::read(json, given).map_err(|e| TestCaseError::fail(format!("{e} of {shown}")))?;
        let bits = |vectors: &[f32]| vectors.iter().map(|x| x.to_bits()).collect::<Vec<u32>>();
        prop_assert_eq!(bits(&found.vectors), bits(&expected.vectors), "{}", shown);
        prop_assert_eq!(found.partial, expected.partial, "{}", shown);
        prop_assert_eq!(found.rows.len(), expected.rows.len(), "{}", shown);
        for (mut found, mut expected) in found.rows.into_iter().zip(expected.rows) {
            let told = (found.id(), found.article_id(), found.index(), found.words());
            prop_assert_eq!(found.log(), log_of(&expected.article), "{}", shown);
            let read = (expected.id.as_str(), expected.article.id.as_str(), expected.index, expected.words);
            prop_assert_eq!(told, read, "{}", shown);
            found.set_article(7);
            expected.passage.article = 7;
            prop_assert_eq!(&*found, &expected, "{}", shown);
        }
        Ok(())
    }

    /// A field, most often right, and now and then of another kind.
    fn field(name: &'static str, right: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
        let wrong = prop::sample::select(vec![
            "null",
            "7",
            "-1",
            "0.5",
            "\"\"",
            "[]",
            "[7]",
            "{}",
            "true",
            "\"\\u00e9\\n\"",
        ]);
        let value = prop_oneof![40 => right.boxed(), 1 => wrong.prop_map(str::to_owned)];
        (value, prop::sample::select(vec!["", "", "", " "]))
            .prop_map(move |(value, space)| format!("\"{name}\"{space}:{space}{value}"))
            .boxed()
    }

    /// Some of these fields, a few twice, in any order, and others.
    fn object(fields: Vec<BoxedStrategy<String>>) -> impl Strategy<Value = String> {
        let other =
            field("other", prop::sample::select(vec!["{\"a\":[1,{}]}", "1e3"]).prop_map(str::to_owned));
        let twice = prop::sample::select(fields.clone()).prop_flat_map(|field| field);
        let more = prop::collection::vec(prop_oneof![3 => other, 1 => twice], 0..2);
        let kept = prop::collection::vec(prop::bool::weighted(0.98), fields.len());
        (fields, kept, more)
            .prop_flat_map(|(fields, kept, more)| {
                let kept = fields.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(field, _)| field);
                Just(kept.chain(more).collect::<Vec<String>>()).prop_shuffle()
            })
            .prop_map(|fields| format!("{{{}}}", fields.join(",")))
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z ]{0,40}", "[a-zé日\"\\\\\n]{0,9}"]
            .prop_map(|text| serde_json::to_string(&text).unwrap())
    }

    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(text(), 0..3).prop_map(|texts| format!("[{}]", texts.join(", ")))
    }

    fn row() -> impl Strategy<Value = String> {
        let fields = object(vec![
            field("excerpt", text()),
            field("lang", text()),
            field("tags", texts()),
            field("search_weight", Just("2".to_owned())),
        ]);
        let article = object(vec![
            field("id", text()),
            field("title", text()),
            field("url", text()),
            field("fields", fields),
        ]);
        let passage = object(vec![
            field("index", (0..9usize).prop_map(|index| index.to_string())),
            field("heading", texts()),
            field("anchor", text()),
            field("text", text()),
        ]);
        object(vec![
            field("id", text()),
            field("article", article),
            field("passage", passage),
            field("words", (0..90u8).prop_map(|words| format!("{}.5", words))),
        ])
    }

    fn response() -> impl Strategy<Value = String> {
        let rows = prop::collection::vec(row(), 0..3).prop_map(|rows| format!("[{}]", rows.join(",")));
        let vectors =
            (prop::collection::vec(any::<u8>(), 0..90), any::<bool>()).prop_map(|(bytes, escaped)| {
                let text = STANDARD.encode(&bytes[..bytes.len() / 2 * 2]);
                format!("\"{}\"", if escaped { text.replace('/', "\\/") } else { text })
            });
        let partial =
            (0..3u8, 0..3u8).prop_map(|(missing, of)| format!("{{\"missing\":{missing},\"of\":{of}}}"));
        object(vec![field("rows", rows), field("vectors", vectors), field("partial", partial)])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn what_is_found_is_what_reading_all_of_it_gives(json in response(), with_vectors: bool) {
            agrees(json.as_bytes(), with_vectors)?;
        }

        #[test]
        fn what_was_damaged_is_found_only_if_it_can_be_read(
            json in response(), place in any::<prop::sample::Index>(), byte in any::<u8>(), how in 0..3u8,
        ) {
            let mut json = json.into_bytes();
            let place = place.index(json.len());
            match how {
                0 => json.truncate(place),
                1 => json[place] = byte,
                _ => drop(json.remove(place)),
            }
            agrees(&json, true)?;
        }
    }

    const ROW: &str = r#"{"id":"a#0","article":{"id":"a\u0062","title":"A","url":"a.html","fields":{"lang":"en","tags":["x"],"y":{}}},
        "passage":{"index":2,"heading":["H"],"text":"T\n"},"score":0.5,"words":1.5}"#;

    #[test]
    fn what_is_as_documented_is_found() {
        for (json, with_vectors) in [
            (format!(r#" {{"rows":[{ROW}], "vectors":"ADwAuA==","partial":null,"took":3}} "#), true),
            (
                format!(
                    r#"{{"rows":[{ROW},{ROW}],"vectors":"{}","partial":{{"missing":1,"of":2}}}}"#,
                    "ADwAuA".repeat(20)
                ),
                true,
            ),
            (format!(r#"{{"vectors":null,"rows":[{ROW}]}}"#), false),
            (r#"{"rows":[]}"#.to_owned(), true),
        ] {
            assert!(find(&Arc::new(json.clone().into_bytes()), with_vectors).is_some(), "{json}");
            agrees(json.as_bytes(), with_vectors).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_or_unusual_is_not_found() {
        let right = format!(r#"{{"rows":[{ROW}],"vectors":"ADwAuA==","partial":{{"missing":1,"of":2}}}}"#);
        for (from, to) in [
            ("a#0\"", "a#0\",\"id\":\"b\""),
            ("\"a.html\"", "null"),
            ("\"en\"", "7"),
            ("\"x\"", "7"),
            ("\"index\":2,", ""),
            ("\"index\":2", "\"index\":2.5"),
            ("1.5", "\"1\""),
            ("\"title\":\"A\",", ""),
            ("==", ""),
            ("AD", "A-"),
            ("\"missing\":1", "\"missing\":3"),
            ("\"vectors\"", "\"vector\""),
            ("\"rows\"", "\"row\""),
            ("\"lang\":", "\"title\":"),
        ] {
            let json = right.replacen(from, to, 1);
            assert_ne!(json, right);
            assert!(find(&Arc::new(json.clone().into_bytes()), true).is_none(), "{json}");
        }
    }
}
