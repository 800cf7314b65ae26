//! Ranking by keywords: real-like titles with the reason for each order, and any input against a naive oracle.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::cases;
use exemplar_search::lexical::{Bm25, Keywords};
use exemplar_search::rank::top_k;
use proptest::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Title and text of the passages of a small docs site.
const PASSAGES: &[(&str, &str)] = &[
    (
        "Installation",
        "Install the compiler and the package manager with one command. Updates come every six weeks.",
    ),
    ("Hello, World!", "Write and run a first program. The compiler makes an executable from main.rs."),
    ("Ownership", "Each value has one owner. When the owner goes out of scope, the value is dropped."),
    (
        "References and Borrowing",
        "A reference borrows a value without taking ownership. The borrow checker compares scopes.",
    ),
    ("The Slice Type", "A slice refers to a stretch of a collection. String literals are slices."),
    ("Validating References with Lifetimes", "A lifetime says how long a reference is valid: &'a str."),
    ("Storing Keys with Values in Hash Maps", "HashMap<K, V> stores values by key. Hashing takes time."),
    ("Smart Pointers: Rc<T>", "Rc<T> counts references, so that several owners can share a value."),
    (
        "Shared-State Concurrency",
        "std::sync::Mutex lets one thread at a time have the value. Arc<Mutex<T>> is common.",
    ),
    (
        "Async and await",
        "A future does nothing until it is polled. block_on runs one to its end; .await waits.",
    ),
    ("Calling C and C++", "extern blocks declare functions of other languages, such as C++ libraries."),
    ("Release notes 1.94.1", "Rust 1.94.1 fixes a regression of 1.94.0 on x86_64."),
    ("Cargo.toml", "The manifest lists the dependencies of the package."),
    ("Le café", "Résumé: naïve façade, l'eau. A page in French, by mistake."),
    ("所有権とは何か", "値には所有者がひとりいる。所有者がスコープを抜けると、値は捨てられる。"),
    ("参照と借用", "参照は値を借りるだけで、所有権を取らない。"),
    ("梅雨", "六月は雨が多い。"),
    ("소유권", "값에는 소유자가 하나 있다."),
    ("Page scripts", "Call getUserName, then send an XMLHttpRequest. JavaScript is not Java."),
    ("Network", "Turn on wi-fi; the front-runner has --dry-run. Nothing runs dry."),
    ("Release notes v4.1.2", "What is new in this one."),
    ("Release notes v4.2.1", "What is new in this one."),
    ("Operators", "Both hold: a && b. Here .NET has the same."),
    ("Łódź, Smørrebrød", "Tram lines of Łódź. From Ærø."),
    ("صفحة", "مكتبـــة المدرسة مفتوحة"),
    ("ความเป็นเจ้าของ", "ค่าทุกค่ามีเจ้าของหนึ่งคน"),
];

fn keywords() -> Keywords {
    Keywords::build(PASSAGES.iter().copied())
}

/// The titles of the passages that a query finds, best first.
fn found(query: &str, unfinished: bool) -> Vec<&'static str> {
    let keywords = keywords();
    let scores = keywords.scores(&keywords.query(query, unfinished), Bm25::default());
    let found = scores.iter().filter(|&&score| score > 0.0).count();
    top_k(&scores, found).into_iter().map(|passage| PASSAGES[passage].0).collect()
}

/// Each row: a query, the titles that come first, and why.
#[test]
fn titles_in_the_order_that_readers_expect() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("ownership", &["Ownership", "References and Borrowing"], "a title counts more than a text"),
        ("OWNERSHIP", &["Ownership"], "case"),
        ("borrow checker", &["References and Borrowing"], "both words"),
        ("borrows", &["References and Borrowing"], "another ending"),
        ("lifetime", &["Validating References with Lifetimes"], "the title has the plural"),
        ("hash map", &["Storing Keys with Values in Hash Maps"], "HashMap, and the words apart"),
        ("hashmap", &["Storing Keys with Values in Hash Maps"], "an identifier in any case"),
        ("Rc<T>", &["Smart Pointers: Rc<T>", "Shared-State Concurrency"], "the type before another of a T"),
        ("std::sync::Mutex", &["Shared-State Concurrency"], "a path"),
        ("mutex", &["Shared-State Concurrency"], "the end of a path"),
        ("async/await", &["Async and await"], "both sides of a slash"),
        ("block_on", &["Async and await"], "the identifier before pages with block and on"),
        ("C++", &["Calling C and C++"], "signs that belong to a name"),
        ("1.94.1", &["Release notes 1.94.1"], "a version"),
        ("x86_64", &["Release notes 1.94.1"], "an identifier with digits"),
        ("cargo.toml", &["Cargo.toml"], "a file name"),
        ("toml", &["Cargo.toml"], "a part of one"),
        ("cafe resume", &["Le café"], "accents left out"),
        ("lodz", &["Łódź, Smørrebrød"], "strokes left out"),
        ("aero", &["Łódź, Smørrebrød"], "ligatures apart"),
        ("مكتبة", &["صفحة"], "a word that was stretched"),
        ("user name", &["Page scripts"], "parts of camel case"),
        ("get_user_name", &["Page scripts"], "another case"),
        ("getusername", &["Page scripts"], "no case"),
        ("get-user-name", &["Page scripts"], "hyphens"),
        ("request", &["Page scripts"], "the last part"),
        ("wifi", &["Network"], "a compound joined"),
        ("wi fi", &["Network"], "apart"),
        ("frontrunner", &["Network"], ""),
        ("dryrun", &["Network"], ""),
        ("--dry-run", &["Network"], "an option"),
        (
            "hash-map",
            &["Storing Keys with Values in Hash Maps"],
            "a compound of what is one word in the text",
        ),
        ("4.1.2", &["Release notes v4.1.2", "Release notes v4.2.1"], "a version without its v"),
        ("v4.1.2", &["Release notes v4.1.2", "Release notes v4.2.1"], "and with it"),
        ("&&", &["Operators"], "an operator"),
        (".NET", &["Operators"], "a name with its sign"),
        ("ownershp", &["Ownership", "References and Borrowing"], "a letter missing"),
        ("onwership", &["Ownership", "References and Borrowing"], "letters swapped"),
        ("ownarship", &["Ownership", "References and Borrowing"], "another letter"),
        ("concurrencyy", &["Shared-State Concurrency"], "a letter too many"),
        ("所有権", &["所有権とは何か", "参照と借用"], "Japanese: the title first"),
        ("借用", &["参照と借用"], "two characters"),
        ("雨", &["梅雨"], "one character, at the end of a word too"),
        ("소유권", &["소유권"], "Korean"),
        ("소유자", &["소유권"], "a noun before its particle"),
        ("เจ้าของ", &["ความเป็นเจ้าของ"], "Thai, within a word of the title"),
    ];
    for (query, first, why) in cases {
        let found = found(query, false);
        assert_eq!(found.get(..first.len()), Some(*first), "{query}: {why}; found {found:?}");
    }
}

#[test]
fn the_last_word_may_be_unfinished() {
    assert_eq!(found("concu", true), ["Shared-State Concurrency"]);
    assert_eq!(found("borrow che", true)[0], "References and Borrowing");
    assert_eq!(found("block_o", true)[0], "Async and await");
    assert_eq!(found("hash ma", true)[0], "Storing Keys with Values in Hash Maps");
    assert_eq!(found("concu", false), [""; 0], "unless it is said to be whole");
    assert_eq!(found("concu ", true), [""; 0], "or a space follows");
    assert_eq!(found("z", true), [""; 0]);
}

#[test]
fn a_whole_word_is_worth_no_less_when_it_may_be_unfinished() {
    let keywords =
        Keywords::build([("Go", "go"), ("Good", "good"), ("Goods", "goods"), ("Gopher", "gopher")]);
    let score = |unfinished| keywords.scores(&keywords.query("go", unfinished), Bm25::default());
    assert!(score(true)[0] >= score(false)[0]);
    assert_eq!(top_k(&score(true), 1), [0]);
}

#[test]
fn whose_name_was_typed_comes_before_those_of_its_parts() {
    // The first has the name in small letters, as the index of an earlier version has it.
    let passages = [("", "javascript"), ("", "java java java script"), ("", "script"), ("", "c"), ("", "d")];
    let keywords = Keywords::build(passages);
    let scores = keywords.scores(&keywords.query("JavaScript", false), Bm25::default());
    assert!(scores[0] > scores[1] && scores[1] > scores[2] && scores[2] > 0.0, "{scores:?}");
}

#[test]
fn a_word_comes_before_its_relatives_however_often_these_stand() {
    let passages = [
        ("Address books", "Bring in your contacts with the import command, one file at a time."),
        ("House rules", "It is important to knock. More important, be kind. An important guest sits first."),
        ("Kitchen notes", "Salt is important, water is important, heat is important, time is important."),
        ("Terminal tips", "Pipe long output into a pager, then press q."),
        ("Book binding", "Fold each page, sew the pages, trim every page, and number the pages by page."),
        ("Sleep", "Take a rest in the afternoon."),
        ("Backup", "To get rest, restore often: restore files, restore folders, restored restores."),
    ];
    let keywords = Keywords::build(passages);
    let first = |query: &str| {
        let scores = keywords.scores(&keywords.query(query, true), Bm25::default());
        passages[top_k(&scores, 1)[0] as usize].0
    };
    assert_eq!(["import", "pager", "rest"].map(first), ["Address books", "Terminal tips", "Sleep"]);
}

#[test]
fn hiragana_counts_less_than_what_it_joins() {
    // Of the query, the first has the noun, the second its grammar.
    let passages = [("", "予算を決める"), ("", "これについては別に"), ("", "猫"), ("", "犬"), ("", "鳥")];
    let keywords = Keywords::build(passages);
    let scores = keywords.scores(&keywords.query("予算については", false), Bm25::default());
    assert!(scores[0] > scores[1] && scores[1] > 0.0, "{scores:?}");
}

#[test]
fn frequent_words_are_not_taken_for_slips() {
    let texts: Vec<(&str, &str)> = [("", "the form"), ("", "from the")].repeat(20);
    let keywords = Keywords::build(texts);
    let scores = keywords.scores(&keywords.query("forms", false), Bm25::default());
    assert!(scores.iter().enumerate().all(|(i, &score)| (score > 0.0) == (i % 2 == 0)));
}

#[test]
fn queries_that_find_nothing_say_so() {
    let keywords = keywords();
    for query in ["", "   ", "?!", "\0\u{1}", "\u{fffd}", "\u{202e}", "\u{301}"] {
        let query = keywords.query(query, true);
        assert!(query.is_empty() && query.finds_nothing());
        assert_eq!(keywords.scores(&query, Bm25::default()), vec![0.0; PASSAGES.len()]);
    }
    let unknown = keywords.query("zygote", true);
    assert!(!unknown.is_empty() && unknown.finds_nothing());
    assert!(!keywords.query("zygote ownership", true).finds_nothing());
    // Long ones are only long.
    let long = "所有権 ownership lifetime ".repeat(500);
    assert!(!keywords.query(&long, true).finds_nothing());
}

#[test]
fn an_index_may_be_empty() {
    for passages in [vec![], vec![("", "")]] {
        let keywords = Keywords::build(passages.iter().copied());
        assert_eq!((keywords.passages(), keywords.words()), (passages.len(), 0));
        let query = keywords.query("rust x", true);
        assert_eq!(keywords.scores(&query, Bm25::default()), vec![0.0; passages.len()]);
        assert_eq!(Keywords::from_bytes(&keywords.to_bytes(), passages.len()).unwrap(), keywords);
    }
}

#[test]
fn matched_words_are_those_of_the_passage() {
    let keywords = keywords();
    let query = keywords.query("borrow ownershp 所有権", false);
    assert_eq!(keywords.matched(&query, 3), ["borrow", "borrowing", "borrows", "ownership"]);
    assert_eq!(keywords.matched(&query, 14), ["所有", "有権"]);
    assert_eq!(keywords.matched(&query, 16), [""; 0]);
}

/// The words of a query, and each with the one before it: the word, whether it is whole, whether it comes last unfinished.
fn oracle_terms(query: &str, unfinished: bool) -> Vec<(String, bool, bool)> {
    let typed: Vec<&str> = query.split_whitespace().collect();
    let mut terms = Vec::new();
    for (i, word) in typed.iter().enumerate() {
        let last = unfinished && i + 1 == typed.len();
        if i > 0 {
            terms.push((format!("{}{word}", typed[i - 1]), false, last));
        }
        terms.push((word.to_string(), true, last));
    }
    terms
}

/// How often each word counts, three times in a title.
fn counts_of((title, text): &(String, String)) -> BTreeMap<&str, f64> {
    let mut counts = BTreeMap::new();
    title.split_whitespace().for_each(|word| *counts.entry(word).or_insert(0.0) += 3.0);
    text.split_whitespace().for_each(|word| *counts.entry(word).or_insert(0.0) += 1.0);
    counts
}

/// The documented score, word for word, in float64.
fn oracle(passages: &[(String, String)], query: &str, unfinished: bool, bm25: Bm25) -> Vec<f64> {
    let (k1, b) = (f64::from(bm25.k1), f64::from(bm25.b));
    let counts: Vec<_> = passages.iter().map(counts_of).collect();
    let n = passages.len() as f64;
    let length = |counts: &BTreeMap<&str, f64>| counts.values().sum::<f64>();
    let mean = (counts.iter().map(length).sum::<f64>() / n).max(1.0);
    let vocabulary: BTreeSet<&str> = counts.iter().flat_map(|counts| counts.keys().copied()).collect();
    let frequency = |word: &str| counts.iter().filter(|counts| counts.contains_key(word)).count();
    let terms = oracle_terms(query, unfinished);
    // A word that comes last anywhere is unfinished everywhere: it is one term.
    let unfinished = |(word, whole, _): &(String, bool, bool)| {
        terms.iter().any(|(other, kind, last)| other == word && kind == whole && *last)
    };

    let mut scores = vec![0.0; passages.len()];
    for term in &terms {
        let (word, whole, _) = term;
        let extends = |other: &str| unfinished(term) && word.len() >= 2 && other.starts_with(word.as_str());
        let mut certain: Vec<(&str, f64)> = Vec::new();
        let mut guessed: Vec<(&str, f64)> = Vec::new();
        for &other in &vocabulary {
            let shared = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
            let rest = word.len() + other.len() - 2 * shared;
            let size = other.len() as f64;
            if other == word {
                certain.push((other, 1.0));
            } else if *whole && shared >= 4 && rest < shared && rest <= 4 {
                certain.push((other, 0.5));
            } else if extends(other) {
                guessed.push((other, 0.375 * size / (size + 0.3 * (size - word.len() as f64))));
            }
        }
        let known: usize = certain.iter().chain(&guessed).map(|(word, _)| frequency(word)).sum();
        if known <= 2 && *whole && word.len() >= 5 {
            for &other in &vocabulary {
                let answered = certain.iter().chain(&guessed).any(|(word, _)| *word == other);
                if !answered && frequency(other) >= 10 * known && distance(word, other) == 1 {
                    guessed.push((other, 0.45 * other.len() as f64 / (other.len() as f64 + 1.0)));
                }
            }
        }
        let score = |words: &[(&str, f64)]| -> Vec<f64> {
            let tf: Vec<f64> = counts
                .iter()
                .map(|counts| {
                    words.iter().fold(0.0, |tf: f64, (word, w)| {
                        let more = tf + w * counts.get(word).copied().unwrap_or(0.0);
                        // All that others count for a query of one word.
                        if terms.len() == 1 && *w < 1.0 { more.min(0.5).max(tf) } else { more }
                    })
                })
                .collect();
            let found = tf.iter().filter(|&&tf| tf > 0.0).count() as f64;
            let idf = (1.0 + (n - found + 0.5) / (found + 0.5)).ln();
            let norm = |i: usize| k1 * (1.0 - b + b * length(&counts[i]) / mean);
            tf.iter().enumerate().map(|(i, tf)| idf * (k1 + 1.0) * tf / (tf + norm(i))).collect()
        };
        let all: Vec<(&str, f64)> = certain.iter().chain(&guessed).copied().collect();
        let (certain, all) = (score(&certain), score(&all));
        for i in 0..scores.len() {
            scores[i] += certain[i].max(all[i]);
        }
    }
    scores
}

/// The Damerau-Levenshtein distance of ASCII words, by trying all edits: 0, 1, or 2 for more.
fn distance(a: &str, b: &str) -> usize {
    if a == b {
        return 0;
    }
    let letters = || 'a'..='z';
    let mut edited: BTreeSet<String> = BTreeSet::new();
    for i in 0..=a.len() {
        let (before, after) = a.split_at(i);
        edited.extend(letters().map(|letter| format!("{before}{letter}{after}")));
        if let Some(rest) = after.get(1..) {
            edited.insert(format!("{before}{rest}"));
            edited.extend(letters().map(|letter| format!("{before}{letter}{rest}")));
        }
        if after.len() > 1 {
            edited.insert(format!("{before}{}{}{}", &after[1..2], &after[..1], &after[2..]));
        }
    }
    if edited.contains(b) { 1 } else { 2 }
}

/// Words that meet in every way: endings, beginnings, slips, and none of them.
const WORDS: &[&str] = &[
    "a",
    "ab",
    "borrow",
    "borrows",
    "borrowing",
    "borow",
    "brorow",
    "borrower",
    "life",
    "lifetime",
    "lifetimes",
    "lifetme",
    "time",
    "rust",
    "rusty",
    "trust",
    "thread",
    "threads",
    "threaded",
    "treads",
    "abborrow",
    "lifetimerust",
];

fn words(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..most).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn scores_are_those_of_the_oracle(
        // Few enough that no count or length is rounded.
        passages in prop::collection::vec((words(2), words(9)), 1..40),
        query in words(6),
        unfinished in any::<bool>(),
        k1 in 0.0f32..3.0,
        b in 0.0f32..=1.0,
    ) {
        let rounded = |(title, text): &(String, String)| {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            title.split_whitespace().for_each(|word| *counts.entry(word).or_default() += 3);
            text.split_whitespace().for_each(|word| *counts.entry(word).or_default() += 1);
            counts.values().any(|count| *count > 4)
        };
        let passages: Vec<_> = passages.into_iter().filter(|passage| !rounded(passage)).collect();
        let bm25 = Bm25 { k1, b };
        let keywords = Keywords::build(passages.iter().map(|(title, text)| (title.as_str(), text.as_str())));
        let asked = keywords.query(&query, unfinished);
        let scores = keywords.scores(&asked, bm25);
        let expected = oracle(&passages, &query, unfinished, bm25);
        prop_assert_eq!(scores.len(), expected.len());
        for (passage, (score, expected)) in scores.iter().zip(&expected).enumerate() {
            let off = (f64::from(*score) - expected).abs();
            prop_assert!(off <= 1e-5 * expected.max(1.0), "passage {passage}: {score}, expected {expected}");
            prop_assert_eq!(keywords.matched(&asked, passage).is_empty(), *score == 0.0);
        }
        prop_assert_eq!(asked.finds_nothing(), scores.iter().all(|&score| score == 0.0));
    }
}
