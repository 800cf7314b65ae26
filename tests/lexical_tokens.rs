//! The tokenizer: what readers of docs type, in the scripts of the world, and any string at all.

use crate::support::cases;
use crate::support::texts::any_text;
use exemplar_search::lexical::{TokenKind, spaced, tokenize};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn tokens(text: &str) -> Vec<String> {
    tokenize(text).into_iter().map(|token| token.text).collect()
}

fn without_parts(text: &str) -> Vec<String> {
    let whole = tokenize(text).into_iter().filter(|token| token.kind != TokenKind::Part);
    whole.map(|token| token.text).collect()
}

/// Each row: a text, its tokens, and why.
fn assert_tokens(cases: &[(&str, &[&str], &str)]) {
    for (text, expected, why) in cases {
        assert_eq!(tokens(text), *expected, "{text}: {why}");
    }
}

#[test]
fn words_and_identifiers() {
    assert_tokens(&[
        (
            "Rust and Borrow-Checking",
            &["rust", "and", "borrowchecking", "borrow", "checking"],
            "case; a compound joined and apart",
        ),
        ("Rc<T>", &["rc", "t"], "a type and its parameter"),
        ("std::sync::Mutex", &["std", "sync", "mutex"], "who types mutex finds it"),
        ("async/await", &["async", "await"], "either finds it"),
        ("x86_64", &["x86_64", "x8664", "x86", "64"], "whole, or by its parts"),
        ("call block_on(f)", &["call", "block_on", "blockon", "block", "on", "f"], "whole before its parts"),
        ("2026-11-29", &["2026", "11", "29"], "numbers are not put together"),
        ("v4.1.2", &["v4.1.2", "4.1.2", "v4", "1", "2"], "a version is one without its v"),
        ("v8 views.py", &["v8", "views.py", "views", "py"], "nothing else is"),
        ("__init__", &["init"], "underscores join only what they stand between"),
        ("Rust 1.94.1.", &["rust", "1.94.1", "1", "94", "1"], "a version, the end of a sentence"),
        ("Cargo.toml", &["cargo.toml", "cargo", "toml"], "file names"),
        (
            "Rust's don’t O'Reilly l'eau",
            &["rust", "don", "o", "reilly", "l", "eau"],
            "tails of one letter go",
        ),
        ("&'a str", &["a", "str"], "a lifetime is no tail"),
        ("HashMap", &["hashmap", "hash", "map"], "parts of camel case"),
        ("getElementById", &["getelementbyid", "get", "element", "by", "id"], ""),
        ("XMLHttpRequest", &["xmlhttprequest", "xml", "http", "request"], "the last of several capitals"),
        ("APIs of iPhone, IPv4, OAuth", &["apis", "of", "iphone", "ipv4", "oauth"], "no part of one letter"),
        ("Utf8Error", &["utf8error", "utf8", "error"], ""),
        (
            "AÞß ÞÓR aaÞing",
            &["athss", "thor", "aathing", "aa", "thing"],
            "a letter that is folded into two is one",
        ),
        ("  \t\n.,;:!?()[]{}  ", &[], "nothing to find"),
        ("", &[], ""),
    ]);
}

#[test]
fn names_with_signs_and_operators() {
    assert_tokens(&[
        (
            "use --dry-run.",
            &["use", "--dry-run", "dryrun", "dry", "run"],
            "an option with its hyphens, put together, apart",
        ),
        (
            ".NET, @media, $HOME (#include) .eslintrc.js",
            &[
                ".net",
                "net",
                "@media",
                "media",
                "$home",
                "home",
                "#include",
                "include",
                ".eslintrc.js",
                "eslintrc.js",
                "eslintrc",
                "js",
            ],
            "names with their sign",
        ),
        ("wait ...then x.y().then", &["wait", "then", "x.y", "x", "y", "then"], "signs of no name"),
        ("a && b || !c => d", &["a", "&&", "b", "||", "c", "=>", "d"], "operators on their own"),
        ("a -- b --- c ==== d ; e&&f", &["a", "b", "c", "d", "e", "f"], "dashes and lines are none"),
        ("C++, C# and F#.", &["c++", "c", "c#", "c", "and", "f#", "f"], "names of languages"),
        ("C++17 i++", &["c++", "c", "17", "i++", "i"], ""),
        ("page#anchor #5 a+b", &["page", "anchor", "#5", "5", "a", "b"], "# and + within words separate"),
    ]);
}

#[test]
fn one_spelling_for_what_looks_the_same() {
    let same: &[&[&str]] = &[
        &["café", "cafe\u{301}", "CAFÉ", "cafe"],
        &["Straße", "STRASSE", "strasse"],
        &["ΟΔΟΣ", "οδος", "οδός"],
        &["Ёлка", "елка"],
        &["İstanbul", "istanbul", "ISTANBUL"],
        &["ｆｕｌｌ－ｗｉｄｔｈ　１２", "full-width 12"],
        &["ﬁle", "file"],
        &["パーサー", "ﾊﾟｰｻｰ", "ハ\u{309a}ーサー"],
        &["㌔", "キロ"],
        &["한국어", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}"],
        &["שָׁלוֹם", "שלום"],
        &["مُحَمَّد", "محمد"],
        &["می\u{200c}خواهم", "میخواهم"],
        &["co\u{ad}op", "coop"],
        &["Rust™", "rust"],
        &["葛\u{e0100}", "葛"],
        &["Łódź", "lodz"],
        &["Smørrebrød", "SMØRREBRØD", "smorrebrod"],
        &["Đà Nẵng", "da nang"],
        &["Ærø Œuvre", "aero oeuvre"],
        &["Þór, Guðrún", "thor, gudrun"],
        &["Ħal Qormi", "hal qormi"],
        &["مكتبـــة", "مكتبة"],
        &["ज़्यादा", "ज्यादा", "ज\u{93c}्यादा"],
        &["❤\u{fe0f}", "❤"],
        &["น้ำ", "น\u{e49}\u{e4d}\u{e32}"],
    ];
    for group in same {
        for text in *group {
            assert_eq!(tokens(text), tokens(group[0]), "{text} and {}", group[0]);
        }
    }
}

#[test]
fn unspaced_scripts_give_pairs_and_the_last_character() {
    use TokenKind::*;
    let kinds = |text| tokenize(text).into_iter().map(|t| (t.text, t.kind)).collect::<Vec<_>>();
    let expected = [("rust", Word), ("の所", Pair), ("所有", Pair), ("有権", Pair), ("権", Last)];
    assert_eq!(kinds("Rustの所有権"), expected.map(|(text, kind)| (text.to_string(), kind)));
    assert_eq!(kinds("雨"), [("雨".to_string(), Single)]);
    assert_eq!(tokens("梅雨。雨季"), ["梅雨", "雨", "雨季", "季"], "no pair across a full stop");
    assert_eq!(tokens("第3章"), ["第", "3", "章"]);
    assert_eq!(tokens("コード・ブロック"), ["コー", "ード", "ド", "ブロ", "ロッ", "ック", "ク"]);
    assert_eq!(tokens("한국어는 좋다"), ["한국", "국어", "어는", "는", "좋다", "다"]);
    assert_eq!(tokens("ที่นี่"), ["ที่นี่", "นี่"], "vowels and tones belong to their consonant");
    assert_eq!(tokens("🦀🔥 👩\u{200d}💻"), ["🦀🔥", "🔥", "👩💻", "💻"]);
    assert_eq!(tokens("हिन्दी में"), ["हिन्दी", "में"], "Devanagari has spaces");
}

#[test]
fn offsets_name_the_text_as_it_was_written() {
    let text = "Ｃａｆé\u{301}の㌔ x86_64";
    let slices: Vec<&str> = tokenize(text).into_iter().map(|t| &text[t.range]).collect();
    assert_eq!(slices, ["Ｃａｆé\u{301}", "の㌔", "㌔", "㌔", "x86_64", "x86_64", "x86", "64"]);
}

#[test]
fn texts_are_spaced_as_they_were_typed() {
    assert_eq!(spaced("Rustの所有権, dry-run: x86_64 && y"), " rust の所有権 dry run x86 64 && y ");
    assert_eq!(spaced("?!"), " ");
}

/// Ideographs that no text has after normalisation; they are left as they are.
const OF_NO_TEXT: std::ops::Range<char> = '\u{2f800}'..'\u{2fa20}';

/// Every character of the planes in use, alone: equal in every normal form, and folding is done in one go.
#[test]
fn every_character_in_every_normal_form() {
    for char in
        ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{e0fff}').filter(|char| !OF_NO_TEXT.contains(char))
    {
        let text = format!("x {char}");
        let expected = tokens(&text);
        // The trademark signs would become letters of the word before.
        if !matches!(char, '℠' | '™' | '🅪' | '🅫' | '🅬') {
            assert_eq!(tokens(&text.nfkc().collect::<String>()), expected, "{char:?} under NFKC");
            assert_eq!(tokens(&text.nfkd().collect::<String>()), expected, "{char:?} under NFKD");
        }
        for token in &expected {
            assert!(tokens(token).contains(token), "{char:?}: {token} folds further");
        }
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn any_text_has_tokens_with_offsets_that_slice_back(text in any_text()) {
        let mut start = 0;
        for token in tokenize(&text) {
            prop_assert!(start <= token.range.start, "tokens ascend");
            start = token.range.start;
            let slice = text.get(token.range.clone());
            prop_assert!(slice.is_some(), "{:?} is not on character boundaries", token.range);
            let again = tokens(slice.unwrap());
            prop_assert!(again.contains(&token.text), "{slice:?} gives {again:?}, not {:?}", token.text);
        }
    }

    #[test]
    fn normal_forms_make_no_difference(text in any_text()) {
        // Trademark signs are left out, and their normal forms are letters.
        let text = text.replace(['™', '℠', '🅪', '🅫', '🅬'], "").replace(|char| OF_NO_TEXT.contains(&char), "");
        let expected = tokens(&text);
        prop_assert_eq!(tokens(&text.nfc().collect::<String>()), expected.clone());
        prop_assert_eq!(tokens(&text.nfd().collect::<String>()), expected.clone());
        // A part of camel case starts with a capital as it is written. The normal form of ㎑ has one that is not, as has that of Ǆ.
        let capitals = |char: char| char.nfkc().filter(|char| char.is_uppercase()).count();
        let hidden = |char: char| capitals(char) > usize::from(char.is_uppercase());
        let compared: fn(&str) -> Vec<String> = if text.contains(hidden) { without_parts } else { tokens };
        prop_assert_eq!(compared(&text.nfkd().collect::<String>()), compared(&text));
        prop_assert_eq!(compared(&text.nfkc().collect::<String>()), compared(&text));
    }

    #[test]
    fn spaced_texts_hold_the_characters_of_the_tokens(text in any_text()) {
        let firsts = |text: &str| text.split(' ').filter_map(|word| word.chars().next()).collect::<Vec<_>>();
        let from_tokens = firsts(&tokens(&text).join(" "));
        prop_assert!(firsts(&spaced(&text)).iter().all(|first| from_tokens.contains(first)));
    }
}
