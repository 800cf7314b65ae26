//! Reads JSON into values, and long lists item by item.

use std::fmt;
use std::str::FromStr;

use hifijson::escape::Lex as _;
use hifijson::str::LexAlloc;
use hifijson::token::Lex;
use hifijson::{Expect, Read as _, SliceLexer};

use crate::decimal::Written;
use crate::fields::{Mismatch, Place};
use crate::value::{Number, Object, Value};

/// How deep arrays and objects may lie in each other: the stack has an end.
const DEPTH: usize = 128;

/// A list in an object: its name, and the function that takes its items one by one, so that the whole list is never in memory as
/// JSON.
pub type List<'a> = (&'a str, &'a mut dyn FnMut(Value, &Place) -> Result<(), Box<Mismatch>>);

/// Reads any JSON. An error says what is wrong, and where.
pub fn value(json: &[u8]) -> Result<Value, String> {
    read(json, &mut |next, lexer| any(next, lexer, DEPTH))
}

/// Reads the fields of these names from an object, and stops once it has all of them. Other fields are not kept.
pub fn head(json: &[u8], names: &[&str]) -> Result<Object, String> {
    let mut found = Object::default();
    let all = read(json, &mut |next, lexer| {
        if next != b'{' {
            return skip(next, lexer, DEPTH).map(|()| Value::Null);
        }
        each_field(lexer, DEPTH, &mut |name, next, lexer, depth| {
            if !names.contains(&name) {
                return skip(next, lexer, depth);
            }
            found.set(name, any(next, lexer, depth)?);
            // An error is what ends it early.
            if found.0.len() == names.len() { Err(ReadError::TooDeep) } else { Ok(()) }
        })?;
        Ok(Value::Null)
    });
    if found.0.len() == names.len() { Ok(found) } else { all.map(|_| found) }
}

/// Reads JSON, and if it is an object, hands the items of its `lists` on one by one. Also returns whether all items fitted. The value
/// has empty arrays for the lists; a list that is not an array stays as it is.
pub fn with_lists(json: &[u8], lists: &mut [List]) -> Result<(Value, Result<(), Box<Mismatch>>), String> {
    let mut fitted = Ok(());
    let value = read(json, &mut |next, lexer| {
        if next != b'{' {
            return any(next, lexer, DEPTH);
        }
        let mut object = Object::default();
        each_field(lexer, DEPTH, &mut |name, next, lexer, depth| {
            let value = match lists.iter_mut().find(|list| list.0 == name) {
                Some((_, take)) if next == b'[' => {
                    let place = Place::Field(&Place::Top, name);
                    if object.get(name).is_some() {
                        fitted = Err(Mismatch::of(&place, "there twice".into(), "one list"));
                    }
                    let mut index = 0;
                    each_item(lexer, depth, &mut |next, lexer, depth| {
                        let item = any(next, lexer, depth)?;
                        if fitted.is_ok() {
                            fitted = take(item, &Place::Item(&place, index));
                        }
                        index += 1;
                        Ok(())
                    })?;
                    Value::Array(Vec::new())
                }
                _ => any(next, lexer, depth)?,
            };
            object.push(name, value);
            Ok(())
        })?;
        Ok(Value::Object(object))
    })?;
    Ok((value, fitted))
}

impl FromStr for Value {
    type Err = String;

    fn from_str(json: &str) -> Result<Self, String> {
        value(json.as_bytes())
    }
}

/// What is wrong with JSON.
enum ReadError {
    Json(hifijson::Error),
    NoNumber,
    TooDeep,
    TooLarge,
}

impl<E: Into<hifijson::Error>> From<E> for ReadError {
    fn from(error: E) -> Self {
        Self::Json(error.into())
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::NoNumber => f.write_str("a number without a digit, or with a 0 before it,"),
            Self::TooDeep => write!(f, "more than {DEPTH} arrays and objects in each other"),
            Self::TooLarge => f.write_str("a number too large for a float64"),
        }
    }
}

/// Whether something was read.
type Read = Result<(), ReadError>;

/// Reads the one value that `json` is with `read`, which gets the first of its characters.
fn read(
    json: &[u8],
    read: &mut dyn FnMut(u8, &mut SliceLexer) -> Result<Value, ReadError>,
) -> Result<Value, String> {
    let mut lexer = SliceLexer::new(json);
    lexer.exactly_one(SliceLexer::ws_peek, read).map_err(|problem| {
        let before = &json[..json.len() - lexer.as_slice().len()];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
        format!("{problem} at line {line} column {column}")
    })
}

fn any(next: u8, lexer: &mut SliceLexer, depth: usize) -> Result<Value, ReadError> {
    match next {
        b'a'..=b'z' => match lexer.null_or_bool() {
            Some(value) => Ok(value.map_or(Value::Null, Value::Bool)),
            None => Err(Expect::Value)?,
        },
        b'0'..=b'9' | b'-' => number(lexer).map(Value::Number),
        b'"' => text(lexer.discarded()).map(Value::String),
        b'[' => {
            let mut items = Vec::new();
            each_item(lexer, depth, &mut |next, lexer, depth| {
                items.push(any(next, lexer, depth)?);
                Ok(())
            })?;
            Ok(Value::Array(items))
        }
        b'{' => {
            let mut object = Object::default();
            each_field(lexer, depth, &mut |name, next, lexer, depth| {
                object.push(name, any(next, lexer, depth)?);
                Ok(())
            })?;
            Ok(Value::Object(object))
        }
        _ => Err(Expect::Value)?,
    }
}

/// Leaves a value out, without keeping what is in it. The lexer's own way has no depth at which it ends.
fn skip(next: u8, lexer: &mut SliceLexer, depth: usize) -> Read {
    match next {
        b'[' => each_item(lexer, depth, &mut skip),
        b'{' => each_field(lexer, depth, &mut |_, next, lexer, depth| skip(next, lexer, depth)),
        _ => any(next, lexer, depth).map(drop),
    }
}

/// What is left of a string. The lexer looks at one byte after the other; texts are long, and vectors longer. What is wrong with a string
/// the lexer says.
fn text(lexer: &mut SliceLexer) -> Result<String, ReadError> {
    let string = lexer.as_slice();
    if let Some(text) = in_runs(lexer) {
        return Ok(text);
    }
    *lexer = SliceLexer::new(string);
    Ok(lexer.str_string()?.into_owned())
}

/// The text, read in runs between escapes; none if anything is wrong with it.
fn in_runs(lexer: &mut SliceLexer) -> Option<String> {
    let mut text = String::new();
    loop {
        let left = lexer.as_slice();
        let (run, left) = left.split_at_checked(plain(left))?;
        text.push_str(str::from_utf8(run).ok()?);
        *lexer = SliceLexer::new(left);
        match lexer.take_next()? {
            b'"' => return Some(text),
            b'\\' => {
                let kind = lexer.take_next()?;
                text.push(lexer.escape(kind).ok()?);
            }
            _ => return None,
        }
    }
}

/// How many bytes of a string come before its first escape, its end, or a character that must be escaped.
fn plain(bytes: &[u8]) -> usize {
    let is_special = |byte: u8| (byte == b'"') | (byte == b'\\') | (byte < b' ');
    // All of a chunk at once, without a branch for each byte: that becomes SIMD.
    let (chunks, _) = bytes.as_chunks::<32>();
    let is_plain =
        |chunk: &&[u8; 32]| chunk.iter().fold(0, |any, &byte| any | u8::from(is_special(byte))) == 0;
    let whole = chunks.iter().take_while(is_plain).count() * 32;
    whole + bytes[whole..].iter().take_while(|&&byte| !is_special(byte)).count()
}

/// Has each item of an array read with `item`, from its first character on and to the depth that is left.
fn each_item(
    lexer: &mut SliceLexer,
    depth: usize,
    item: &mut dyn FnMut(u8, &mut SliceLexer, usize) -> Read,
) -> Read {
    let depth = depth.checked_sub(1).ok_or(ReadError::TooDeep)?;
    lexer.discarded().seq(b']', SliceLexer::ws_peek, |next, lexer| item(next, lexer, depth))
}

/// Has each value of an object read with `field`, as items are, by its name.
fn each_field(
    lexer: &mut SliceLexer,
    depth: usize,
    field: &mut dyn FnMut(&str, u8, &mut SliceLexer, usize) -> Read,
) -> Read {
    let depth = depth.checked_sub(1).ok_or(ReadError::TooDeep)?;
    lexer.discarded().seq(b'}', SliceLexer::ws_peek, |next, lexer| {
        lexer.expect(|_| Some(next), b'"').ok_or(Expect::String)?;
        let name = lexer.str_string()?;
        lexer.expect(SliceLexer::ws_peek, b':').ok_or(Expect::Colon)?;
        let next = lexer.ws_peek().ok_or(Expect::Value)?;
        field(&name, next, lexer, depth)
    })
}

fn number(lexer: &mut SliceLexer) -> Result<Number, ReadError> {
    #[cfg(not(target_arch = "wasm32"))]
    let all = lexer.as_slice();
    let mut left = lexer.as_slice();
    let starts_with_0 = left.starts_with(b"0") || left.starts_with(b"-0");
    let written = Written::read(&mut left);
    *lexer = SliceLexer::new(left);
    let Written { negative, before, after, exponent, .. } = written;
    if before == 0 || (starts_with_0 && before > 1) || after == Some(0) || exponent == Some(0) {
        return Err(ReadError::NoNumber);
    }
    match written.whole() {
        Some(natural) if !negative => return Ok(Number::Natural(natural)),
        // But not -0, which only a float can be.
        Some(size) if size > 0 => {
            if let Some(number) = 0i64.checked_sub_unsigned(size) {
                return Ok(Number::Negative(number));
            }
        }
        _ => {}
    }
    let real = written.value();
    if !real.is_finite() {
        return Err(ReadError::TooLarge);
    }
    #[cfg(not(target_arch = "wasm32"))]
    if !written.is_exact() {
        let digits = &all[..all.len() - left.len()];
        return Ok(Number::Written(String::from_utf8_lossy(digits).into()));
    }
    Ok(Number::Real(real))
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, head, value, with_lists};
    use crate::fields::Place;
    use crate::value::{Object, Value};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (json, problem) in [
            ("", "value expected at line 1 column 1"),
            ("{\n  \"a\": 1,\n}", "string expected at line 3 column 1"),
            ("[1 2]", "comma or end of sequence expected at line 1 column 4"),
            ("[1", "comma or end of sequence expected at line 1 column 3"),
            ("{\"a\" 1}", "colon expected at line 1 column 6"),
            ("nul", "value expected at line 1 column 2"),
            ("1.", "a number without a digit, or with a 0 before it, at line 1 column 3"),
            ("[-]", "without a digit, or with a 0 before it, at line 1 column 3"),
            ("1e+", "without a digit"),
            ("-01", "a 0 before it, at line 1 column 4"),
            ("[1.2.3]", "comma or end of sequence expected at line 1 column 5"),
            ("[1e999]", "a number too large for a float64 at line 1 column 7"),
            ("\"\\ud800\"", "line 1 column"),
            ("\"a\nb\"", "invalid string control character at line"),
            ("\"a", "unterminated string at line 1 column 3"),
            ("{} x", "end of file expected at line 1 column 4"),
            ("\u{feff}{}", "value expected at line 1 column 1"),
        ] {
            let error = value(json.as_bytes()).unwrap_err();
            assert!(error.contains(problem), "{json}: {error}");
        }
        assert!(value(b"\"\xff\"").unwrap_err().contains("utf-8"));
    }

    proptest! {
        /// Pieces of which strings are made, right and wrong ones, against serde_json.
        #[test]
        fn strings_are_read_as_serde_json_does(pieces in prop::collection::vec(prop_oneof![
            6 => "[a-zé日\u{1f600} ]{0,40}",
            3 => r#"\\(["\\/bfnrt]|u00[0-7][0-9a-f]|ud83d\\ude0[0-9A-F]|uff41)"#,
            1 => prop::sample::select(vec!["\"", "\\", "\\x", "\\u12", "\\ud83d", "\\udc00", "\n", "\u{1}", "\u{7f}"]).prop_map(str::to_owned),
        ], 0..8), end in prop::sample::select(vec!["\"", "\"", "\"", "", "\\"])) {
            let json = format!("\"{}{end}", pieces.concat());
            let read = value(json.as_bytes());
            match serde_json::from_str::<String>(&json) {
                Ok(text) => prop_assert_eq!(read.unwrap(), Value::String(text)),
                Err(_) => prop_assert!(read.is_err(), "{}", json),
            }
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(nested(DEPTH).as_bytes()).is_ok());
        assert!(value(nested(DEPTH + 1).as_bytes()).unwrap_err().contains("in each other"));
        assert!(value("{\"a\":".repeat(100_000).as_bytes()).unwrap_err().contains("in each other"));
    }

    #[test]
    fn a_head_is_read_without_what_follows_it() {
        let names = ["a", "b"];
        assert_eq!(head(br#"{"x": [1], "b": 2, "a": 3, broken"#, &names).unwrap().0.len(), 2);
        assert_eq!(head(br#"{"b": 2, "x": {}}"#, &names).unwrap().0.len(), 1);
        assert!(head(br#"{"b": 2, broken"#, &names).is_err());
        assert!(head(b"[]", &names).unwrap().is_empty());
        assert_eq!(
            head(br#"{"b": 2, "b": 3}"#, &names).unwrap(),
            Object(vec![("b".into(), value(b"3").unwrap())])
        );
        assert!(head("{\"x\":".repeat(100_000).as_bytes(), &names).unwrap_err().contains("in each other"));
    }

    #[test]
    fn a_list_is_there_once() {
        let mut items = 0;
        let mut count = |_, _: &Place| {
            items += 1;
            Ok(())
        };
        let json = br#"{"a": [1, 2], "b": 3, "a": [4]}"#;
        let (value, fitted) = with_lists(json, &mut [("a", &mut count)]).unwrap();
        assert_eq!((value.as_object().map(|object| object.0.len()), items), (Some(3), 2));
        assert!(fitted.is_err_and(|mismatch| mismatch.place == "a" && mismatch.found == "there twice"));
    }
}
