//! How a character takes part in words.

/// How a script separates its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// With spaces: Latin, Cyrillic, Arabic, Devanagari...
    Spaced,
    /// Not at all (Han, kana, Thai, Lao, Khmer, Myanmar), or in units larger than words: Hangul, whose particles are
    /// written together with their noun. Emoji too: 🦀 next to 🔥 is two things.
    Unspaced,
    /// None: the signs that operators are made of, such as `&&`.
    Signs,
}

/// The script of a folded character; none for spaces, other punctuation, controls and most symbols.
pub(super) fn script(char: char) -> Option<Script> {
    let unspaced = !char.is_ascii() && UNSPACED.iter().any(|range| range.contains(&u32::from(char)));
    match char {
        _ if unspaced => Some(Script::Unspaced),
        _ if char.is_alphanumeric() => Some(Script::Spaced),
        '!' | '#' | '$' | '%' | '&' | '*' | '+' | '-' | '/' | ':' | '<' | '=' | '>' | '@' | '^' | '|'
        | '~' => Some(Script::Signs),
        _ => None,
    }
}

/// Whether a folded character is a part of words.
pub(super) fn in_words(char: char) -> bool {
    script(char).is_some_and(|script| script != Script::Signs)
}

/// After folding: half-width and compatibility forms do not come here.
const UNSPACED: [std::ops::Range<u32>; 25] = [
    0x0e01..0x0e5a,   // Thai
    0x0e81..0x0ee0,   // Lao
    0x1000..0x10a0,   // Myanmar
    0x1100..0x1200,   // Hangul jamo
    0x1780..0x17ea,   // Khmer
    0x1950..0x19e0,   // Tai Le, New Tai Lue
    0x1a20..0x1ab0,   // Tai Tham
    0x2300..0x2400,   // keys, clocks: ⌘ ⏰
    0x2600..0x27c0,   // symbols, dingbats: ♥ ✓
    0x3005..0x3008,   // 々 〆 〇
    0x3031..0x3036,   // vertical kana repeat marks
    0x303b..0x303d,   // vertical ideographic iteration mark, masu mark
    0x3041..0x30a0,   // hiragana
    0x30a1..0x30fb,   // katakana, up to the middle dot
    0x30fc..0x3130,   // ー, iteration marks, Bopomofo
    0x31a0..0x31c0,   // Bopomofo
    0x31f0..0x3200,   // katakana for Ainu
    0x3400..0x4dc0,   // Han, extension A
    0x4e00..0xa000,   // Han
    0xa9e0..0xaa00,   // Myanmar
    0xaa60..0xaae0,   // Myanmar, Tai Viet
    0xac00..0xd7fc,   // Hangul syllables, jamo
    0x1aff0..0x1b170, // kana supplements
    0x1f000..0x1fb00, // emoji
    0x20000..0x40000, // Han, extensions B on
];
