//! Folds texts before they are compared: to NFKC, without differences of case, accents, strokes and invisible characters. `build.rs` makes the
//! table and says which characters those are.

use std::ops::Range;
use std::sync::LazyLock;

use super::varint::{self, signed};

/// A folded character and the bytes of the text that it stands for, whole characters with the marks on them.
/// Several may stand for one character of the text (㌔ is キロ) and one for several (ﾊﾟ is パ).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Folded {
    pub char: char,
    pub source: Range<usize>,
    /// Whether it belongs to the character before it: a vowel sign, a virama, a tone.
    pub mark: bool,
    /// Whether it was written as a capital.
    pub capital: bool,
}

/// Folds `text`. Texts that differ under NFKC only in case, accents and invisible characters become equal.
pub(super) fn fold(text: &str) -> Vec<Folded> {
    let mut folded: Vec<Folded> = Vec::with_capacity(text.len());
    for (start, char) in text.char_indices() {
        let source = start..start + char.len_utf8();
        if char.is_ascii() {
            let capital = char.is_ascii_uppercase();
            folded.push(Folded { char: char.to_ascii_lowercase(), source, mark: false, capital });
            continue;
        }
        let capital = char.is_uppercase();
        match TABLE.change(char) {
            None => push(&mut folded, char, source, capital),
            Some([]) => {
                if let Some(last) = folded.last_mut() {
                    last.source.end = source.end;
                }
            }
            Some(changed) => {
                changed.iter().for_each(|&char| push(&mut folded, char, source.clone(), capital));
            }
        }
    }
    folded
}

/// Appends `char` in canonical order, or composes it with its starter.
fn push(folded: &mut Vec<Folded>, char: char, source: Range<usize>, capital: bool) {
    let class = TABLE.mark(char);
    let order = class.unwrap_or(0);
    let order_of = |f: &Folded| if f.mark { TABLE.mark(f.char).unwrap_or(0) } else { 0 };
    // A mark goes before marks of higher classes, and composes past marks of lower ones. No script puts more than a
    // few on a letter; Unicode's stream-safe format allows 30.
    let recent = folded.len().saturating_sub(32);
    let place = match order {
        0 => folded.len(),
        _ => {
            let before = folded[recent..].iter().rposition(|f| order_of(f) <= order);
            before.map_or(recent, |before| recent + before + 1)
        }
    };
    let starter = match order {
        0 => place.checked_sub(1),
        _ => folded[recent..place]
            .iter()
            .rposition(|f| matches!(order_of(f), other if other == 0 || other == order))
            .map(|starter| recent + starter),
    };
    if let Some(starter) = starter.and_then(|i| folded.get_mut(i))
        && let Some(whole) = compose(starter.char, char)
    {
        starter.char = whole;
        starter.source.end = starter.source.end.max(source.end);
    } else {
        folded.insert(place, Folded { char, source, mark: class.is_some(), capital });
    }
}

/// Hangul by arithmetic (Unicode, section 3.12), all else by table.
fn compose(first: char, second: char) -> Option<char> {
    const SYLLABLES: u32 = 0xac00;
    const TRAILING: u32 = 28;
    let (first, second) = (u32::from(first), u32::from(second));
    match (first, second) {
        (0x1100..0x1113, 0x1161..0x1176) => {
            char::from_u32(SYLLABLES + ((first - 0x1100) * 21 + second - 0x1161) * TRAILING)
        }
        (SYLLABLES..0xd7a4, 0x11a8..0x11c3) if (first - SYLLABLES).is_multiple_of(TRAILING) => {
            char::from_u32(first + second - 0x11a7)
        }
        _ => TABLE.composed(first, second),
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::decode(include_bytes!(concat!(env!("OUT_DIR"), "/fold.bin"))).unwrap_or_default()
});

/// The table as `build.rs` has written it, for binary search.
#[derive(Default)]
struct Table {
    /// Characters that change, ascending, and where in `changed` what they become ends.
    chars: Vec<(u32, u32)>,
    changed: Vec<char>,
    /// Start, end and canonical combining class of the marks that stay.
    marks: Vec<(u32, u32, u8)>,
    /// Two characters and the one that they compose to, ascending.
    pairs: Vec<((u32, u32), char)>,
}

impl Table {
    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut next = || varint::read(&mut bytes);
        let mut table = Self::default();
        let count = next()?;
        let mut char = 0;
        for _ in 0..count {
            char += next()?;
            table.chars.push((char, 0));
        }
        let mut end = 0;
        for (_, place) in &mut table.chars {
            end += next()?;
            *place = end;
        }
        table.changed = vec!['\0'; end as usize];
        let mut start = 0;
        let ranges =
            table.chars.iter().map(|&(_, end)| std::mem::replace(&mut start, end) as usize..end as usize);
        let ranges: Vec<_> = ranges.filter(|range| !range.is_empty()).collect();
        let mut char = 0;
        for range in &ranges {
            char += signed(next()?);
            table.changed[range.start] = char::from_u32(char as u32)?;
        }
        for range in ranges {
            let first = table.changed[range.start] as i32;
            for place in range.start + 1..range.end {
                table.changed[place] = char::from_u32((first + signed(next()?)) as u32)?;
            }
        }
        let mut start = 0;
        for _ in 0..next()? {
            start += next()?;
            let end = start + next()?;
            table.marks.push((start, end, next()? as u8));
            start = end;
        }
        let (mut first, mut second) = (0, 0);
        for _ in 0..next()? {
            first += signed(next()?);
            second += signed(next()?);
            let whole = first + signed(next()?);
            table.pairs.push(((first as u32, second as u32), char::from_u32(whole as u32)?));
        }
        Some(table)
    }

    /// What `char` becomes; none where it stays.
    fn change(&self, char: char) -> Option<&[char]> {
        let place = self.chars.binary_search_by_key(&u32::from(char), |&(char, _)| char).ok()?;
        let start = place.checked_sub(1).map_or(0, |before| self.chars[before].1);
        self.changed.get(start as usize..self.chars[place].1 as usize)
    }

    /// The canonical combining class of a mark.
    fn mark(&self, char: char) -> Option<u8> {
        let char = u32::from(char);
        let &(_, end, class) = self.marks.get(self.marks.partition_point(|m| m.0 <= char).checked_sub(1)?)?;
        (char < end).then_some(class)
    }

    fn composed(&self, first: u32, second: u32) -> Option<char> {
        let place = self.pairs.binary_search_by_key(&(first, second), |&(pair, _)| pair).ok()?;
        Some(self.pairs[place].1)
    }
}
