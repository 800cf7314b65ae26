//! Similar words: with another ending, or one typing error away.

/// Whether two words differ in their ending alone, as `borrow`, `borrows` and `borrowing` do: a stand-in for stemming
/// that knows no language and needs no bytes in the bundle. They start alike with at least [`SHARED`] letters, and
/// have fewer letters after that, [`REST`] at most, counted over both. Equal words do not differ.
pub(super) fn other_ending(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let rest = a.chars().count() + b.chars().count() - 2 * shared;
    shared >= SHARED
        && (1..=REST.min(shared - 1)).contains(&rest)
        && a.chars().chain(b.chars()).all(char::is_alphabetic)
}

/// The least letters that words with other endings share.
pub(super) const SHARED: usize = 4;
/// The most letters of both that are not shared.
pub(super) const REST: usize = 4;

/// Whether one edit turns `b` into `a`: a character added, removed or replaced, or two neighbours swapped (Damerau 1964). False for
/// equal words.
pub(super) fn one_edit(a: &str, b: &str) -> bool {
    let same = |(a, b): &(char, char)| a == b;
    let start: usize = a.chars().zip(b.chars()).take_while(same).map(|(a, _)| a.len_utf8()).sum();
    let (a, b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let end: usize = a.chars().rev().zip(b.chars().rev()).take_while(same).map(|(a, _)| a.len_utf8()).sum();
    let [mut a, mut b] = [a, b].map(|text| text.get(..text.len() - end).unwrap_or_default().chars());
    match (a.next(), a.next(), b.next(), b.next()) {
        (Some(_), None, None | Some(_), None) | (None, None, Some(_), None) => true,
        (Some(a1), Some(a2), Some(b1), Some(b2)) => {
            (a1, a2) == (b2, b1) && a.next().is_none() && b.next().is_none()
        }
        _ => false,
    }
}

/// A bit for each letter that the word has, as a letter's code modulo 32. Words one edit apart differ in two bits at
/// most, which dismisses nearly all words of a vocabulary in a nanosecond each.
pub(super) fn signature(word: &str) -> u32 {
    word.chars().fold(0, |bits, char| bits | 1 << (u32::from(char) % 32))
}

/// Whether words of these signatures can be one edit apart.
pub(super) fn may_be_one_edit(a: u32, b: u32) -> bool {
    (a ^ b).count_ones() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn endings() {
        for (a, b) in [
            ("borrow", "borrows"),
            ("test", "testing"),
            ("tests", "tested"),
            ("lifetime", "lifetimes"),
            ("compile", "compiler"),
            ("library", "libraries"),
            ("функция", "функции"),
        ] {
            assert!(other_ending(a, b) && other_ending(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("borrow", "borrow"),
            ("static", "status"),
            ("consider", "constant"),
            ("java", "javascript"),
            ("cat", "cats"),
            ("2015", "2015s"),
            ("module", "model"),
        ] {
            assert!(!other_ending(a, b) && !other_ending(b, a), "{a} {b}");
        }
    }

    /// The recurrence of optimal string alignment.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(table[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn one_edit_is_a_distance_of_one(
            // Three letters, so that words are often near.
            a in prop::collection::vec(prop::sample::select(vec!['a', 'é', '猫']), 0..7),
            b in prop::collection::vec(prop::sample::select(vec!['a', 'é', '猫']), 0..7),
        ) {
            let (text_a, text_b): (String, String) = (a.iter().collect(), b.iter().collect());
            let near = distance(&a, &b) == 1;
            prop_assert_eq!(one_edit(&text_a, &text_b), near);
            prop_assert!(!near || may_be_one_edit(signature(&text_a), signature(&text_b)));
        }
    }
}
