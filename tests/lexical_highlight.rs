//! What is marked in titles and texts, and which stretch of a text is shown.

use crate::support::cases;
use crate::support::texts::any_text;
use exemplar_search::lexical::{Keywords, QueryTerms, utf16_ranges};
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The text with its marks in square brackets.
fn marked(query: &QueryTerms, text: &str) -> String {
    let mut shown = String::new();
    let mut end = 0;
    for mark in query.marks(text) {
        shown += &format!("{}[{}]", &text[end..mark.start], &text[mark.clone()]);
        end = mark.end;
    }
    shown + &text[end..]
}

/// Each row: a query, a text with what should be marked in square brackets, and why.
#[test]
fn marks_without_an_index() {
    let cases: &[(&str, &str, &str)] = &[
        ("ownership", "[Ownership] and [OWNERSHIP]", "case"),
        ("cafe", "Le [Café], le [cafe\u{301}]", "accents, with the mark inside"),
        ("borrow", "[Borrowing], [borrowed], [borrows], burrow", "other endings"),
        ("life", "[Lifetimes] and [life]", "the last word is unfinished"),
        ("life x", "Lifetimes and [life]", "others are not"),
        ("block_on", "[block_on](f), [block] and [on]", "identifiers whole, and their parts"),
        ("C++", "[C++] or [C]", "signs that belong to a name"),
        ("map", "a Hash[Map]", "a part of camel case"),
        ("wifi", "[wi-fi] and [Wifi]", "a compound joined"),
        ("--dry-run", "[--dry-run] is a [dry] [run]", "an option, and its words"),
        ("&&", "a [&&] b", "an operator"),
        ("lodz", "[Łódź]", "strokes"),
        ("hash map", "a [HashMap], a [hash] and a [map]", "words written as one"),
        ("Rc<T>", "an [Rc]<[T]>", "signs between words are not marked"),
        ("std::sync", "[std]::[sync]::Mutex", "nor are those of paths"),
        ("所有権", "値の[所有権]を移す", "pairs that touch are one mark"),
        ("所有権とは", "[所有権]が何かとは別の話", "a pair with hiragana may be there by chance"),
        ("とは", "それ[とは]別", "unless it is all that was typed"),
        ("借りること", "値を[借りること]と[借りる]", "or longer than a pair"),
        ("ロック", "[ロック]ファイル、バックアップ", "no half of a word in katakana"),
        ("ファイルのロック", "[ファイルロック]、プロファイラ", "nor three quarters"),
        ("メモのロック", "[メモ]、[ロック]", "each as it was typed"),
        ("雨", "梅[雨]の[雨]水", "one character"),
        ("キロ", "5[㌔]", "one character that stands for two"),
        ("소유", "[소유]자", "Korean"),
        ("🦀", "[🦀]🔥", "emoji"),
        ("שלום", "[שָׁלוֹם]", "points"),
        ("", "nothing", "no query"),
        ("?!", "nothing?!", "no words"),
    ];
    for (query, expected, why) in cases {
        let text = expected.replace(['[', ']'], "");
        assert_eq!(marked(&QueryTerms::parse(query, true), &text), *expected, "{query}: {why}");
    }
}

#[test]
fn an_index_knows_slips_and_words_that_say_nothing() {
    let mut texts = vec![("The chapter", "the value"); 30];
    texts.push(("Ownership", "the owner"));
    let keywords = Keywords::build(texts);
    let query = keywords.query("the onwership", false);
    assert_eq!(marked(&query, "the Ownership of the value"), "the [Ownership] of the value");
    let query = keywords.query("the", false);
    assert_eq!(marked(&query, "the value"), "[the] value", "where there is nothing else");
}

const TEXT: &str = "Rust has several ways to manage memory. Some languages collect garbage. In others one frees memory by \
    hand, e.g. in C. Rust takes a third way: ownership, with rules that the compiler checks. None of them slows a \
    program down while it runs. Because ownership is new to many programmers, it takes time to get used to it.";

fn shown<'a>(query: &str, text: &'a str, length: usize) -> &'a str {
    &text[QueryTerms::parse(query, false).excerpt(text, length).range]
}

#[test]
fn excerpts_say_most_and_start_with_a_sentence() {
    let third = "Rust takes a third way: ownership, with rules that the compiler checks.";
    assert_eq!(shown("ownership compiler", TEXT, 75), third);
    assert_eq!(
        shown("memory by hand", TEXT, 60),
        "In others one frees memory by hand, e.g. in C. Rust takes a"
    );
    assert_eq!(
        shown("zygote", TEXT, 39),
        "Rust has several ways to manage memory.",
        "the start, for nothing"
    );
    assert_eq!(shown("ownership", TEXT, 10_000), TEXT, "all of it where it fits");
    assert_eq!(shown("", "", 100), "");
    assert_eq!(shown("x", "x", 0), "");
}

#[test]
fn excerpts_start_late_in_a_long_sentence() {
    let text = format!("{} needle {}", "hay ".repeat(100).trim(), "straw ".repeat(100).trim());
    let excerpt = QueryTerms::parse("needle", false).excerpt(&text, 40);
    let shown = &text[excerpt.range];
    assert_eq!(shown, "hay hay needle straw straw straw straw");
    assert_eq!(&shown[excerpt.marks[0].clone()], "needle");
}

#[test]
fn excerpts_of_japanese() {
    let text =
        "値には所有者がいる。「所有者はひとりだ。」スコープを抜けると値は捨てられる。借用は参照を作る。";
    assert_eq!(shown("借用", text, 12), "借用は参照を作る。");
    assert_eq!(shown("スコープ 捨て", text, 20), "スコープを抜けると値は捨てられる。借用は");
    let long = format!("{}借用{}", "値の".repeat(50), "参照".repeat(50));
    assert_eq!(shown("借用", &long, 12), "の値の借用参照参照参照参");
}

#[test]
fn javascript_counts_in_utf16() {
    let text = "🦀 Café 所有権 rust";
    let marks = QueryTerms::parse("cafe 所有権 rust", false).marks(text);
    assert_eq!(utf16_ranges(text, &marks), [3..7, 8..11, 12..16]);
    let units: Vec<u16> = text.encode_utf16().collect();
    assert_eq!(String::from_utf16_lossy(&units[8..11]), "所有権");
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn marks_and_excerpts_of_any_text_are_whole_characters(
        query in any_text(),
        text in any_text(),
        length in 0usize..40,
        unfinished in any::<bool>(),
    ) {
        for query in [&query, &text] {
            let query = QueryTerms::parse(query, unfinished);
            let marks = query.marks(&text);
            prop_assert!(marks.iter().all(|mark| !mark.is_empty() && text.get(mark.clone()).is_some()));
            prop_assert!(marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            let units: Vec<u16> = text.encode_utf16().collect();
            for (bytes, utf16) in marks.iter().zip(utf16_ranges(&text, &marks)) {
                prop_assert_eq!(&text[bytes.clone()], String::from_utf16(&units[utf16]).unwrap());
            }
            let excerpt = query.excerpt(&text, length);
            let shown = text.get(excerpt.range);
            prop_assert!(shown.is_some_and(|shown| shown.chars().count() <= length));
            for mark in excerpt.marks {
                let mark = shown.and_then(|shown| shown.get(mark));
                prop_assert!(mark.is_some_and(|mark| !mark.is_empty()));
            }
        }
    }

    #[test]
    fn a_text_is_marked_where_it_is_the_query(text in any_text()) {
        let query = QueryTerms::parse(&text, false);
        prop_assert_eq!(query.is_empty(), query.marks(&text).is_empty());
    }
}
