//! Hides API keys. Everything that the program prints goes through [`hidden`] first, because an API may echo a key: whole or in
//! parts, escaped, encoded, split or reversed.
//!
//! A text is decoded in every way that is known here, and each result is searched for pieces of the keys. The characters that a
//! piece came from are replaced.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

/// Characters of a key in a row that nobody gets to read.
const PIECE: usize = 4;

/// Shorter keys, such as `ollama`, are words that local APIs take for a key: they are hidden as a whole alone.
const SHORTEST_IN_PIECES: usize = 8;

/// Characters that may stand between two of a key's letters or digits: the quotes, commas, line breaks and spaces
/// of a list.
const LARGEST_GAP: usize = 16;

/// What stands in the place of a key.
const HIDDEN: &str = "[key]";

/// Of the whole process, as its standard error is.
static KEPT: RwLock<Vec<Secret>> = RwLock::new(Vec::new());

/// Hides `key` in all that [`hidden`] gives from now on.
pub fn keep(key: &str) {
    if key.len() >= PIECE {
        KEPT.write().unwrap_or_else(PoisonError::into_inner).push(Secret::new(key));
    }
}

/// `text` without any kept key, or a piece of one.
pub fn hidden(text: &str) -> Cow<'_, str> {
    let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
    kept.iter().fold(Cow::Borrowed(text), |text, secret| match secret.places(&text) {
        places if places.is_empty() => text,
        places => replaced(&text, &places).into(),
    })
}

/// A key, cut into the pieces that are looked for.
struct Secret {
    /// Pieces of the key in lower case, forwards and backwards.
    whole: HashSet<Vec<u8>>,
    /// The same of its letters and digits alone.
    plain: HashSet<Vec<u8>>,
}

impl Secret {
    fn new(key: &str) -> Self {
        let forwards = key.to_ascii_lowercase().into_bytes();
        let length = if forwards.len() < SHORTEST_IN_PIECES { forwards.len() } else { PIECE };
        let pieces = |key: Vec<u8>| {
            let length = length.min(key.len()).max(PIECE);
            let backwards: Vec<u8> = key.iter().rev().copied().collect();
            [key, backwards].iter().flat_map(|key| key.windows(length)).map(<[u8]>::to_vec).collect()
        };
        let plain = forwards.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        Self { plain: pieces(plain), whole: pieces(forwards) }
    }

    /// Where pieces of the key stand in `text`, in order.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for reading in readings(text) {
            find(&self.whole, &reading, &mut places);
            let plain: Vec<_> =
                reading.into_iter().filter(|read| read.byte.is_ascii_alphanumeric()).collect();
            find(&self.plain, &plain, &mut places);
        }
        places.sort_unstable_by_key(|place| place.start);
        places
    }
}

/// A character that a text may stand for; what is not ASCII is 0, as no key holds it.
#[derive(Clone, Debug)]
struct Read {
    byte: u8,
    /// Where in the text it was read, in bytes.
    place: Range<usize>,
    /// Its place in the reading before white space and punctuation were dropped.
    number: usize,
}

type Reading = Vec<Read>;

fn find(pieces: &HashSet<Vec<u8>>, reading: &[Read], places: &mut Vec<Range<usize>>) {
    let lengths: BTreeSet<usize> = pieces.iter().map(Vec::len).collect();
    let lower: Vec<u8> = reading.iter().map(|read| read.byte.to_ascii_lowercase()).collect();
    for length in lengths {
        for (read, bytes) in reading.windows(length).zip(lower.windows(length)) {
            let is_near = |pair: &[Read]| pair[1].number - pair[0].number <= LARGEST_GAP;
            if pieces.contains(bytes) && read.windows(2).all(is_near) {
                places.push(read[0].place.start..read[length - 1].place.end);
            }
        }
    }
}

fn replaced(text: &str, places: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for place in places {
        // Pieces that touch are one.
        if place.start > end || out.is_empty() {
            out.push_str(&text[end..place.start]);
            out.push_str(HIDDEN);
        }
        end = end.max(place.end);
    }
    out.push_str(&text[end..]);
    out
}

/// All that `text` may stand for.
fn readings(text: &str) -> Vec<Reading> {
    let as_it_is: Reading = text
        .char_indices()
        .map(|(start, c)| {
            (u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(0), start..start + c.len_utf8())
        })
        .enumerate()
        .map(|(number, (byte, place))| Read { byte, place, number })
        .collect();
    // JSON within JSON is escaped twice.
    let once = unescaped(&as_it_is);
    let twice = unescaped(&once);
    let mut readings = Vec::new();
    for reading in [&as_it_is, &twice] {
        let plain: Reading =
            reading.iter().filter(|read| read.byte.is_ascii_alphanumeric()).cloned().collect();
        readings.extend(decoded(reading, 6, base64_digit));
        readings.extend(decoded(reading, 5, base32_digit));
        readings.extend(decoded(&plain, 4, hex_digit));
        readings.push(decimal(reading));
    }
    readings.extend([as_it_is, once, twice]);
    readings
}

/// With each escape as what it stands for.
fn unescaped(reading: &[Read]) -> Reading {
    let bytes: Vec<u8> = reading.iter().map(|read| read.byte).collect();
    let mut out = Vec::with_capacity(reading.len());
    let mut at = 0;
    while let Some(first) = reading.get(at) {
        let (byte, length) = escape(&bytes[at..]).unwrap_or((first.byte, 1));
        let place = first.place.start..reading[at + length - 1].place.end;
        out.push(Read { byte, place, number: out.len() });
        at += length;
    }
    out
}

/// The character that an escape at the start of `bytes` stands for, and the escape's length: that of JSON, JavaScript, C,
/// URLs, HTML, quoted-printable and Unicode's own notation.
fn escape(bytes: &[u8]) -> Option<(u8, usize)> {
    const HEX: &[(&[u8], usize)] =
        &[(b"\\u", 4), (b"\\U", 8), (b"\\x", 2), (b"%u", 4), (b"%", 2), (b"=", 2), (b"U+", 4), (b"0x", 2)];
    const FRAMED: &[(&[u8], u8, u32)] = &[
        (b"\\u{", b'}', 16),
        (b"\\x{", b'}', 16),
        (b"&#x", b';', 16),
        (b"&#X", b';', 16),
        (b"&#", b';', 10),
    ];
    let number = |digits: &[u8], radix| {
        let digits = str::from_utf8(digits).ok()?;
        u32::from_str_radix(digits, radix).ok().map(|n| u8::try_from(n).unwrap_or(0))
    };
    for &(start, end, radix) in FRAMED {
        if let Some(rest) = bytes.strip_prefix(start)
            && let Some(digits) = rest.iter().take(8).position(|&byte| byte == end)
            && let Some(byte) = number(&rest[..digits], radix)
        {
            return Some((byte, start.len() + digits + 1));
        }
    }
    for &(start, digits) in HEX {
        if let Some(rest) = bytes.strip_prefix(start)
            && let Some(byte) = rest.get(..digits).and_then(|digits| number(digits, 16))
        {
            return Some((byte, start.len() + digits));
        }
    }
    let rest = bytes.strip_prefix(b"\\")?;
    if let Some(byte) = rest.get(..3).and_then(|digits| number(digits, 8)) {
        return Some((byte, 4));
    }
    rest.first().map(|&byte| (if byte.is_ascii_alphanumeric() { b' ' } else { byte }, 2))
}

/// Runs of digits of so many bits each as the bytes that they stand for, from wherever in a run the first byte begins.
fn decoded(reading: &[Read], bits: u32, digit: fn(u8) -> Option<u8>) -> Vec<Reading> {
    let digits: Vec<_> = reading.iter().map(|read| (digit(read.byte), read)).collect();
    let mut readings = Vec::new();
    for run in digits.chunk_by(|a, b| a.0.is_some() == b.0.is_some()).filter(|run| run[0].0.is_some()) {
        // By then all offsets of a bit have been seen.
        for skipped in 0..8.min(run.len()) {
            let mut out = Reading::new();
            let (mut held, mut width, mut start) = (0u32, 0, 0);
            for (digit, read) in &run[skipped..] {
                if width < bits {
                    start = read.place.start;
                }
                held = (held << bits) | u32::from(digit.unwrap_or_default());
                width += bits;
                if width >= 8 {
                    width -= 8;
                    let byte = ((held >> width) & 0xff) as u8;
                    out.push(Read { byte, place: start..read.place.end, number: out.len() });
                    start = read.place.start;
                }
            }
            readings.push(out);
        }
    }
    readings
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn base32_digit(byte: u8) -> Option<u8> {
    match byte.to_ascii_uppercase() {
        letter @ b'A'..=b'Z' => Some(letter - b'A'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    }
}

/// Of either alphabet.
fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Numbers as the characters of their codes, as a list of bytes is written; what is none is dropped.
fn decimal(reading: &[Read]) -> Reading {
    let runs = reading.chunk_by(|a, b| a.byte.is_ascii_digit() == b.byte.is_ascii_digit());
    let codes = runs.filter(|run| run[0].byte.is_ascii_digit() && run.len() <= 3).filter_map(|run| {
        let code = run.iter().fold(0u32, |code, read| code * 10 + u32::from(read.byte - b'0'));
        let byte = u8::try_from(code).ok().filter(u8::is_ascii_graphic)?;
        Some((byte, run[0].place.start..run[run.len() - 1].place.end))
    });
    codes.enumerate().map(|(number, (byte, place))| Read { byte, place, number }).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::Secret;

    const KEY: &str = "sk-proj-9fQzT2mWxY7_b4LdKcVr";

    fn hidden(text: &str) -> String {
        super::replaced(text, &Secret::new(KEY).places(text))
    }

    fn each(form: impl Fn(u8) -> String) -> String {
        KEY.bytes().map(form).collect()
    }

    fn between(separator: &str) -> String {
        KEY.split("").filter(|part| !part.is_empty()).collect::<Vec<_>>().join(separator)
    }

    /// Every form in which a key has come back or might, each as a whole.
    fn forms() -> Vec<String> {
        let swapped = |byte: u8| match byte {
            b'a'..=b'z' => byte.to_ascii_uppercase(),
            _ => byte.to_ascii_lowercase(),
        };
        vec![
            KEY.to_owned(),
            KEY.to_uppercase(),
            each(|byte| char::from(swapped(byte)).into()),
            KEY.chars().rev().collect(),
            each(|byte| format!("\\u{byte:04x}")),
            each(|byte| format!("\\\\u{byte:04X}")),
            each(|byte| format!("\\x{byte:02x}")),
            each(|byte| format!("\\{byte:03o}")),
            each(|byte| format!("%{byte:02x}")),
            each(|byte| format!("%25{byte:02X}")),
            each(|byte| format!("&#{byte};")),
            each(|byte| format!("&#x{byte:x};")),
            each(|byte| format!("={byte:02X}")),
            each(|byte| format!("U+{byte:04X} ")),
            each(|byte| format!("0x{byte:02x}, ")),
            each(|byte| format!("{byte:02x}")),
            each(|byte| format!("{byte:02X}:")),
            each(|byte| format!("{byte}, ")),
            each(|byte| format!("\"{}\",\n    ", char::from(byte))),
            between(" "),
            between("\u{200b}"),
            between("****"),
            between("\\n"),
            BASE64_STANDARD.encode(KEY),
            BASE64_STANDARD.encode(format!("Bearer {KEY}")),
            BASE64_URL_SAFE_NO_PAD.encode(format!(" {KEY}")),
            KEY.replace('-', "\\-").replace('_', "\\_"),
        ]
    }

    #[test]
    fn no_form_of_a_key_stays() {
        for form in forms() {
            for around in
                [("", ""), ("Incorrect API key provided: ", ". See the docs."), ("{\"key\":\"", "\"}")]
            {
                let shown = hidden(&format!("{}{form}{}", around.0, around.1));
                let rest = shown.strip_prefix(around.0).and_then(|shown| shown.strip_suffix(around.1));
                let rest = rest.unwrap_or_else(|| panic!("{form}: {shown}"));
                assert!(rest.contains("[key]"), "{form}: {shown}");
                assert!(Secret::new(KEY).places(&shown).is_empty(), "{form}: {shown}");
            }
        }
    }

    #[test]
    fn parts_of_a_key_are_hidden_too() {
        for (start, end) in [(0, 4), (0, 8), (3, 7), (8, 13), (KEY.len() - 4, KEY.len())] {
            let shown = hidden(&format!("it is {}****.", &KEY[start..end]));
            assert_eq!(shown, "it is [key]****.");
        }
        assert_eq!(hidden("sk-...Vr"), "sk-...Vr");
        assert_eq!(hidden(&format!("{KEY}{KEY} {KEY}")), "[key] [key]");
    }

    #[test]
    fn what_holds_no_key_stays_as_it_is() {
        for text in
            ["", "the embedding API answered 401: no such model 日本語 100% \\ &", "0.1234, -0.5e-3, [1, 2]"]
        {
            assert_eq!(hidden(text), text);
        }
        // A word that stands for a key is no secret but as a whole.
        let word = Secret::new("ollama");
        assert!(word.places("a llama").is_empty());
        assert_eq!(super::replaced("an ollama!", &word.places("an ollama!")), "an [key]!");
    }
}
