//! Writes the table behind `src/fold.rs`: what each character becomes before texts are compared. The data are
//! Unicode's, as the libraries have them; their own tables would double the size of the WebAssembly file.

use std::path::Path;
use std::{env, fs, io};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose, is_combining_mark};

#[path = "src/varint.rs"]
#[allow(dead_code)] // only writing is needed here
mod varint;

/// Marks of these canonical combining classes are letters to their script: nukta, kana voicing, virama, the vowels
/// and tones of Telugu, Thai, Lao and Tibetan. All others are accents and points, which readers leave out.
const LETTER_CLASSES: [u8; 14] = [0, 6, 7, 8, 9, 84, 91, 103, 107, 118, 122, 129, 130, 132];

/// Characters that do not show (Default_Ignorable_Code_Point), enclosing marks as in keycaps, and the trademark
/// signs, which compatibility decomposition would glue to their word as letters. The tatweel, which only stretches an
/// Arabic word, and the nukta of Devanagari, which most writers of Hindi leave out.
const IGNORED: [(u32, u32); 24] = [
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x61c, 0x61c),
    (0x640, 0x640),
    (0x93c, 0x93c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x202a, 0x202e),
    (0x2060, 0x206f),
    (0x20dd, 0x20e4),
    (0x2120, 0x2120),
    (0x2122, 0x2122),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0x1f16a, 0x1f16c),
    (0xe0000, 0xe007f),
    (0xe0100, 0xe01ef),
];

/// Small letters with strokes, and ligatures that Unicode has as letters: they do not decompose, but are typed so where a
/// keyboard lacks them.
const PLAIN: [(char, &str); 9] = [
    ('æ', "ae"),
    ('ð', "d"),
    ('ø', "o"),
    ('þ', "th"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ł', "l"),
    ('œ', "oe"),
    ('ŧ', "t"),
];

/// Hangul syllables and jamo are composed by arithmetic.
const HANGUL: [(u32, u32); 2] = [(0x1100, 0x11ff), (0xac00, 0xd7a3)];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/varint.rs");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("fold.bin"), table())
}

/// Three sections, each a count and what it counts: the characters that change, how many each becomes, the first of these
/// and then all others; the marks that stay; the pairs of characters that compose, ascending. Each number is near to the one
/// before it of its kind, or to the first of its entry, and the difference is written: equal ones pack well.
fn table() -> Vec<u8> {
    let mut out = Vec::new();
    write_folded(&mut out);
    write_marks(&mut out);
    write_pairs(&mut out);
    out
}

/// Compatibility ideographs that only texts converted from an old standard of Taiwan (CNS 11643) have, and none that was ever normalised.
/// They would be an eighth of the table.
const LEFT_AS_THEY_ARE: [(u32, u32); 1] = [(0x2f800, 0x2fa1f)];

/// The characters that the table is about.
fn chars() -> impl Iterator<Item = char> {
    let left = |c| within(&HANGUL, c) && !within(&IGNORED, c) || within(&LEFT_AS_THEY_ARE, c);
    ('\u{80}'..=char::MAX).filter(move |&c| !left(c))
}

fn stays(c: char) -> bool {
    fold(c).chars().eq([c])
}

fn write_folded(out: &mut Vec<u8>) {
    let folded: Vec<(char, String)> = chars().filter(|&c| !stays(c)).map(|c| (c, fold(c))).collect();
    varint::write(out, folded.len() as u32);
    let mut previous = 0;
    for &(c, _) in &folded {
        varint::write(out, c as u32 - previous);
        previous = c as u32;
    }
    for (_, to) in &folded {
        varint::write(out, to.chars().count() as u32);
    }
    let mut previous = 0;
    for first in folded.iter().filter_map(|(_, to)| to.chars().next()) {
        varint::write_signed(out, first as i32 - previous);
        previous = first as i32;
    }
    for (_, to) in &folded {
        let mut others = to.chars();
        let Some(first) = others.next() else { continue };
        others.for_each(|other| varint::write_signed(out, other as i32 - first as i32));
    }
}

fn write_marks(out: &mut Vec<u8>) {
    // Neighbours of one class are one range.
    let mut marks: Vec<(u32, u32, u8)> = Vec::new();
    for c in chars().filter(|&c| is_combining_mark(c) && stays(c)) {
        let class = canonical_combining_class(c);
        match marks.last_mut() {
            Some((_, end, same)) if *end == c as u32 && *same == class => *end += 1,
            _ => marks.push((c as u32, c as u32 + 1, class)),
        }
    }
    varint::write(out, marks.len() as u32);
    let mut previous = 0;
    for (start, end, class) in marks {
        varint::write(out, start - previous);
        varint::write(out, end - start);
        varint::write(out, class.into());
        previous = end;
    }
}

fn write_pairs(out: &mut Vec<u8>) {
    let mut pairs: Vec<[char; 3]> = chars()
        .filter_map(|whole| {
            let parts: Vec<char> = whole.nfd().collect();
            // Of three parts, the first two compose to one.
            let (&second, rest) = parts.split_last()?;
            let rest: Vec<char> = rest.iter().copied().nfc().collect();
            let [first] = rest[..] else { return None };
            (stays(first) && stays(second) && compose(first, second) == Some(whole))
                .then_some([first, second, whole])
        })
        .collect();
    pairs.sort_unstable();
    varint::write(out, pairs.len() as u32);
    let mut previous = [0, 0];
    for [first, second, whole] in pairs.into_iter().map(|chars| chars.map(|c| c as i32)) {
        varint::write_signed(out, first - previous[0]);
        varint::write_signed(out, second - previous[1]);
        varint::write_signed(out, whole - first);
        previous = [first, second];
    }
}

/// NFKC with case folded, and without accents, strokes and characters that do not show. A capital may decompose only once
/// it is small, so it is done until nothing changes.
fn fold(c: char) -> String {
    if within(&IGNORED, c) {
        return String::new();
    }
    let mut text = String::from(c);
    loop {
        let folded: String = text
            .nfkd()
            .filter(|&c| LETTER_CLASSES.contains(&canonical_combining_class(c)) && !within(&IGNORED, c))
            // Up and down again: ß becomes ss, and the two small sigmas one.
            .flat_map(char::to_lowercase)
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .flat_map(plain)
            .nfkc()
            .collect();
        if folded == text {
            return text;
        }
        text = folded;
    }
}

/// What [`PLAIN`] has for a letter, or the letter itself.
fn plain(c: char) -> impl Iterator<Item = char> {
    let found = PLAIN.iter().find(|(letter, _)| *letter == c);
    found.map_or("", |(_, plain)| plain).chars().chain(found.is_none().then_some(c))
}

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&(c as u32)))
}
