//! Passes over JSON without keeping what is in it, several times as fast as [`read`](crate::read). What it takes, `read` takes too; of
//! what it does not take it says nothing: then `read` says what is wrong, or that it is no more than unusual.

use std::ops::Range;

use crate::read::value;

/// How deep arrays and objects may lie in each other: less than [`read`](crate::read) allows.
const DEPTH: usize = 64;

/// A field of an object: its name, what it has to be, and where among the places found its own is noted.
pub struct Field {
    /// As it is in the JSON.
    pub name: &'static str,
    /// What it has to be.
    pub kind: Kind,
    /// Fields with the same number must not both be there.
    pub number: usize,
}

/// What a value has to be.
pub enum Kind {
    /// A string.
    Text,
    /// A string or null.
    TextOrNull,
    /// An array of strings.
    Texts,
    /// An object, with these fields if it has any of their names.
    Object(&'static [Field]),
    /// As the object that it is in, whose fields its own count as.
    Within,
    /// Anything.
    Any,
}

/// A place in JSON. Its methods pass over one value and return where it is, or none if there is another, or none that is right.
pub struct Scanner<'a> {
    json: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    /// Before the first character.
    pub fn new(json: &'a [u8]) -> Self {
        Self { json, at: 0, depth: DEPTH }
    }

    /// Whether nothing is left.
    pub fn is_done(mut self) -> bool {
        self.next().is_none()
    }

    /// What is at such a place.
    pub fn get(&self, place: &Range<usize>) -> &'a [u8] {
        self.json.get(place.clone()).unwrap_or_default()
    }

    /// An object, each value of which `field` passes over, by its name. A name with escapes is not taken: it could be any.
    pub fn object(
        &mut self,
        field: &mut dyn FnMut(&mut Self, &'a [u8]) -> Option<()>,
    ) -> Option<Range<usize>> {
        self.sequence(b'{', b'}', &mut |scanner| {
            let name = scanner.text()?;
            let name = scanner.get(&(name.start + 1..name.end - 1));
            scanner.take(b':')?;
            if name.contains(&b'\\') { None } else { field(scanner, name) }
        })
    }

    /// An array, each value of which `item` passes over.
    pub fn array(&mut self, item: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<Range<usize>> {
        self.sequence(b'[', b']', item)
    }

    /// A value of such a kind. Notes where the fields of objects are; one that is there twice is not taken.
    pub fn value(&mut self, kind: &Kind, found: &mut [Option<Range<usize>>]) -> Option<Range<usize>> {
        match (kind, self.next()?) {
            (Kind::Text | Kind::TextOrNull | Kind::Any, b'"') => self.text(),
            (Kind::Texts | Kind::Any, b'[') => {
                let item = if matches!(kind, Kind::Texts) { &Kind::Text } else { &Kind::Any };
                self.array(&mut |scanner| scanner.value(item, &mut []).map(drop))
            }
            (Kind::Object(_) | Kind::Any, b'{') => {
                let fields = if let Kind::Object(fields) = kind { fields } else { &[][..] };
                self.object(&mut |scanner, name| {
                    let Some(field) = fields.iter().find(|field| field.name.as_bytes() == name) else {
                        return scanner.value(&Kind::Any, &mut []).map(drop);
                    };
                    let own = if matches!(field.kind, Kind::Within) { kind } else { &field.kind };
                    let place = scanner.value(own, found)?;
                    found.get_mut(field.number)?.replace(place).is_none().then_some(())
                })
            }
            (Kind::Any, _) | (Kind::TextOrNull, b'n') => self.word(),
            _ => None,
        }
    }

    /// A number, or a word such as null: up to what may follow it.
    fn word(&mut self) -> Option<Range<usize>> {
        let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'-' | b'+' | b'.' | b'E');
        let start = self.at;
        self.at += self.json.get(start..)?.iter().take_while(is_part).count();
        let place = start..self.at;
        value(self.get(&place)).ok().map(|_| place)
    }

    /// A string, with its quotation marks.
    pub fn text(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let start = self.at - 1;
        let mut ascii = true;
        loop {
            self.at += run(self.json.get(self.at..)?, &mut ascii) + 1;
            match self.json.get(self.at - 1)? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
        let place = start..self.at;
        (ascii || str::from_utf8(self.get(&place)).is_ok()).then_some(place)
    }

    /// Values between two characters.
    fn sequence(
        &mut self,
        start: u8,
        end: u8,
        item: &mut dyn FnMut(&mut Self) -> Option<()>,
    ) -> Option<Range<usize>> {
        self.take(start)?;
        let start = self.at - 1;
        self.depth = self.depth.checked_sub(1)?;
        if self.next()? != end {
            item(self)?;
            while self.next()? == b',' {
                self.at += 1;
                item(self)?;
            }
        }
        self.depth += 1;
        self.take(end)?;
        Some(start..self.at)
    }

    /// The next character that is no space, which stays.
    fn next(&mut self) -> Option<u8> {
        loop {
            match *self.json.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                next => return Some(next),
            }
        }
    }

    /// Takes the next character that is no space, which must be this one.
    fn take(&mut self, expected: u8) -> Option<()> {
        let next = self.next()?;
        self.at += 1;
        (next == expected).then_some(())
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Option<()> {
        let kind = *self.json.get(self.at)?;
        self.at += 1;
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let is_low = |code: u32| (0xdc00..0xe000).contains(&code);
                let code = self.code()?;
                match code {
                    // The first half of a character needs the other one.
                    0xd800..0xdc00 => {
                        let half = self.json.get(self.at..self.at + 2)?;
                        self.at += 2;
                        (half == b"\\u" && is_low(self.code()?)).then_some(())
                    }
                    _ => (!is_low(code)).then_some(()),
                }
            }
            _ => None,
        }
    }

    /// Four hexadecimal digits.
    fn code(&mut self) -> Option<u32> {
        let digits = self.json.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |code, &digit| Some(16 * code + char::from(digit).to_digit(16)?))
    }
}

/// A 1 in each of eight bytes, and the highest bit of each.
const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;

/// How many bytes of a string come before its first escape, its end, or a character that must be escaped. Says if any of them is not
/// ASCII.
fn run(bytes: &[u8], ascii: &mut bool) -> usize {
    // All of a chunk at once, without a branch for each byte: that becomes SIMD.
    let (chunks, _) = bytes.as_chunks::<32>();
    let mut at = 0;
    for chunk in chunks {
        if has(chunk, |byte| is_special(byte) | !byte.is_ascii()) {
            if has(chunk, is_special) {
                break;
            }
            *ascii = false;
        }
        at += chunk.len();
    }
    let (words, rest) = bytes[at..].as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Of the bytes that are found the first is one; those after it may not be.
        match (special(word).trailing_zeros() / 8) as usize {
            8 => *ascii &= word & HIGHS == 0,
            found => {
                *ascii &= word & HIGHS & !(u64::MAX << (8 * found)) == 0;
                return at + found;
            }
        }
        at += 8;
    }
    let left = rest.iter().take_while(|byte| !is_special(**byte));
    at + left.inspect(|byte| *ascii &= byte.is_ascii()).count()
}

/// Whether a byte ends a run.
#[inline]
fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < b' ')
}

/// Whether any byte of a chunk is so.
#[inline]
fn has(chunk: &[u8; 32], is: impl Fn(u8) -> bool) -> bool {
    chunk.iter().fold(0, |any, &byte| any | u8::from(is(byte))) != 0
}

/// The highest bit of bytes that end a run, from the first of these on.
fn special(word: u64) -> u64 {
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(word, b' ')) & HIGHS
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, Field, Kind, Scanner, run};
    use crate::read::value;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Whether the scanner takes all of this.
    fn takes(json: &[u8]) -> bool {
        let mut scanner = Scanner::new(json);
        scanner.value(&Kind::Any, &mut []).is_some() && scanner.is_done()
    }

    #[test]
    fn it_takes_what_is_right_and_not_too_deep_and_has_no_names_with_escapes() {
        for json in [
            r#" { "a" : [ 1 , -2.5e3, true,null , {} , [ ] ] , "b\tc":"\ud83d\ude00" } "#
                .replace("b\\tc", "日"),
            "[".repeat(DEPTH) + &"]".repeat(DEPTH),
            "\"é\\n\\u00e9\"".into(),
        ] {
            assert!(takes(json.as_bytes()), "{json}");
        }
        for json in ["[".repeat(DEPTH + 1) + &"]".repeat(DEPTH + 1), r#"{"\u0061":1}"#.into()] {
            assert!(!takes(json.as_bytes()), "{json}");
        }
    }

    #[test]
    fn places_of_values_are_told() {
        let json = br#"{"a": [1, "b"], "c": -7 }"#;
        let mut found = Vec::new();
        let mut field = |scanner: &mut Scanner, name: &[u8]| {
            let place = scanner.value(&Kind::Any, &mut [])?;
            found.push((name.to_vec(), json[place].to_vec()));
            Some(())
        };
        Scanner::new(json).object(&mut field).unwrap();
        assert_eq!(found, [(b"a".to_vec(), br#"[1, "b"]"#.to_vec()), (b"c".to_vec(), b"-7".to_vec())]);
    }

    #[test]
    fn kinds_are_what_they_say() {
        const INNER: &[Field] = &[Field { name: "a", kind: Kind::Text, number: 0 }];
        const KIND: Kind = Kind::Object(&[
            Field { name: "a", kind: Kind::Text, number: 0 },
            Field { name: "b", kind: Kind::TextOrNull, number: 1 },
            Field { name: "c", kind: Kind::Texts, number: 2 },
            Field { name: "d", kind: Kind::Object(INNER), number: 3 },
            Field { name: "e", kind: Kind::Any, number: 4 },
            Field { name: "f", kind: Kind::Within, number: 5 },
        ]);
        let found = |json: &str| {
            let mut found = vec![None; 6];
            let place = Scanner::new(json.as_bytes()).value(&KIND, &mut found)?;
            assert_eq!(place, 0..json.len());
            let found = found.into_iter().map(|place| place.map_or("", |place| &json[place]));
            Some(found.map(str::to_owned).collect::<Vec<String>>())
        };
        let all = found(r#"{"b":null,"d":{"a":"x","b":7},"e":[7],"f":{"c":["y"],"g":1}}"#).unwrap();
        assert_eq!(all, [r#""x""#, "null", r#"["y"]"#, r#"{"a":"x","b":7}"#, "[7]", r#"{"c":["y"],"g":1}"#]);
        assert_eq!(found(r#"{"b":"z"}"#).unwrap()[1], r#""z""#);
        for json in [
            "[]",
            r#"{"a":null}"#,
            r#"{"b":[]}"#,
            r#"{"b":1}"#,
            r#"{"b":true}"#,
            r#"{"c":"y"}"#,
            r#"{"c":[1]}"#,
            r#"{"d":"x"}"#,
            r#"{"a":"x","a":"x"}"#,
            r#"{"a":"x","d":{"a":"x"}}"#,
            r#"{"d":{"a":1}}"#,
            r#"{"c":[],"f":{"c":[]}}"#,
            r#"{"f":[]}"#,
            r#"{"f":{"f":{}}}"#,
        ] {
            assert_eq!(found(json), None, "{json}");
        }
    }

    /// Pieces of which JSON is made, right and wrong ones.
    fn json() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            8 => prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\"a\":", "\"\",", "1,", "[]", "{}"])
                .prop_map(|piece| piece.as_bytes().to_vec()),
            3 => prop::sample::select(vec!["null", "true", "fals", "-0", "01", "1e5", "1e999", "2.", "-", "nulls", "\\u00e9", "\\ud83d\\ude00",
                "\\ud83d", "\\udc00", "\\x", "\n", "\u{1}", "\u{feff}", "é", "日本"]).prop_map(|piece| piece.as_bytes().to_vec()),
            2 => "\"[a-z\\\\ é]{0,40}\"".prop_map(String::into_bytes),
            1 => any::<u8>().prop_map(|byte| vec![byte]),
        ];
        prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    /// What is right, as serde_json writes it.
    fn right() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        let value = leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map("[a-z日 ]*", inner, 0..5)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        });
        (value, any::<bool>())
            .prop_map(|(value, pretty)| if pretty { format!("{value:#}") } else { value.to_string() })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_it_takes_is_read(json in json()) {
            let read = value(&json);
            prop_assert!(!takes(&json) || read.is_ok(), "{:?} of {:?}", read, String::from_utf8_lossy(&json));
        }

        #[test]
        fn a_changed_byte_is_noticed_as_by_reading(json in right(), place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
            prop_assert!(takes(json.as_bytes()), "{}", json);
            let mut json = json.into_bytes();
            let place = place.index(json.len());
            if cut { json.truncate(place) } else { json[place] = byte }
            let read = value(&json);
            prop_assert!(!takes(&json) || read.is_ok(), "{:?} of {:?}", read, String::from_utf8_lossy(&json));
        }

        #[test]
        fn runs_end_where_each_byte_says(bytes in prop::collection::vec(prop_oneof![20 => 32u8..127, 1 => any::<u8>()], 0..120)) {
            let is_plain = |byte: &&u8| **byte != b'"' && **byte != b'\\' && **byte >= b' ';
            let expected: Vec<u8> = bytes.iter().take_while(is_plain).copied().collect();
            let mut ascii = true;
            prop_assert_eq!(run(&bytes, &mut ascii), expected.len());
            prop_assert_eq!(ascii, expected.is_ascii());
        }
    }
}
