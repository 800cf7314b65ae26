use super::starts::Start;
use super::{Piece, split};
use crate::site::Block;

fn block(text: &str) -> Block {
    Block { text: text.into(), ..Block::default() }
}

fn heading(level: u8, text: &str) -> Block {
    Block { heading: Some(level), anchor: Some(format!("to-{}", text.to_lowercase())), ..block(text) }
}

/// `count` sentences of 20 characters, each told apart by its number.
fn sentences(count: usize) -> String {
    (100..100 + count).map(|i| format!("The tide no. is {i}.")).collect::<Vec<_>>().join(" ")
}

fn start(line: usize, heading: &[&str], anchor: Option<&str>) -> Start {
    Start {
        line,
        heading: heading.iter().map(|&text| text.into()).collect(),
        anchor: anchor.map(str::to_owned),
    }
}

fn headings(piece: &Piece) -> Vec<&str> {
    piece.heading.iter().map(String::as_str).collect()
}

#[test]
fn an_article_that_fits_is_one_passage() {
    let blocks = [block("Sea."), heading(2, "Ebb"), block("Low.")];
    let pieces = split("Tides", &blocks, 100);
    let sections = vec![start(1, &["Ebb"], Some("to-ebb"))];
    assert_eq!(pieces, [Piece { text: "Sea.\nEbb\nLow.".into(), sections, ..Piece::default() }]);
    assert_eq!(split("Tides", &[], 100).len(), 1);
}

#[test]
fn sections_keep_their_headings_and_anchors() {
    let long = sentences(4);
    let blocks = [
        block(&long),
        heading(2, "Ebb"),
        heading(3, "Low"),
        block(&long),
        heading(3, "Lower"),
        block(&long),
        heading(2, "Flood"),
        block(&long),
    ];
    let pieces = split("Tides", &blocks, 100);
    let found: Vec<_> = pieces.iter().map(|piece| (headings(piece), piece.anchor.as_deref())).collect();
    assert_eq!(
        found,
        [
            (vec![], None),
            (vec!["Ebb", "Low"], Some("to-low")),
            (vec!["Ebb", "Lower"], Some("to-lower")),
            (vec!["Flood"], Some("to-flood")),
        ]
    );
    assert!(pieces.iter().all(|piece| piece.text == long));
}

#[test]
fn the_articles_title_is_no_heading_of_its_passages() {
    let blocks =
        [block("Home"), heading(1, "Tides"), block(&sentences(9)), heading(2, "Ebb"), block(&sentences(9))];
    let pieces = split("Tides", &blocks, 200);
    assert_eq!(pieces.iter().map(headings).collect::<Vec<_>>(), [vec![], vec!["Ebb"]]);
    assert!(pieces[0].text.starts_with("Home\nTides\nThe tide"), "{pieces:?}");
}

#[test]
fn a_long_section_is_split_at_paragraphs_and_repeats_whole_sentences() {
    let mut blocks =
        vec![heading(2, "Ebb"), block(&sentences(8)), block(&sentences(8)), block(&sentences(8))];
    blocks[3].anchor = Some("third".into());
    let pieces = split("Tides", &blocks, 200);
    let last = "The tide no. is 107.";
    assert_eq!(pieces.len(), 3);
    assert_eq!(pieces[0].text, sentences(8));
    // An eighth of 200 is room for one sentence.
    assert_eq!(pieces[1].text, format!("{last}\n{}", sentences(8)));
    let anchors: Vec<_> = pieces.iter().map(|piece| piece.anchor.as_deref()).collect();
    assert_eq!(anchors, [None, Some("to-ebb"), Some("third")]);
    assert!(pieces.iter().all(|piece| headings(piece) == ["Ebb"]));
}

#[test]
fn no_sentence_is_cut_in_any_language() {
    let japanese =
        "潮は一日に二度満ちる。月が水を引くからだ！本当だろうか？「はい。」と彼は言った。".repeat(12);
    let chinese = "潮水每天涨落两次。月亮吸引海水！真的吗？是的。".repeat(24);
    for text in [sentences(60), japanese, chinese] {
        let pieces = split("T", &[block(&text)], 150);
        assert!(pieces.len() > 2, "{pieces:?}");
        for piece in &pieces {
            assert!(piece.text.ends_with(['.', '。', '！', '？']), "{piece:?}");
            assert!(!piece.text.starts_with('と'), "{piece:?}");
            assert!(piece.text.chars().count() <= 190, "{piece:?}");
            assert!(text.contains(&piece.text), "{piece:?}");
        }
        assert!(text.starts_with(&pieces[0].text) && text.ends_with(&pieces[pieces.len() - 1].text));
    }
}

#[test]
fn a_sentence_longer_than_a_passage_is_cut_between_words() {
    let text = "wave ".repeat(100);
    let pieces = split("T", &[block(text.trim())], 50);
    assert!(pieces.len() > 5);
    assert!(pieces.iter().all(|piece| piece.text.split(' ').all(|word| word == "wave")), "{pieces:?}");
    assert!(!split("T", &[block(&"浪".repeat(500))], 1).is_empty());
}

#[test]
fn small_sections_join_their_neighbours() {
    let blocks = [
        block("Intro."),
        heading(2, "Ebb"),
        block(&sentences(8)),
        heading(2, "Note"),
        block("Short."),
        heading(2, "Flood"),
        block(&sentences(9)),
    ];
    let pieces = split("Tides", &blocks, 200);
    assert_eq!(pieces.iter().map(headings).collect::<Vec<_>>(), [vec!["Ebb"], vec!["Flood"]]);
    assert_eq!(pieces[0].text, format!("Intro.\nEbb\n{}\nNote\nShort.", sentences(8)));
    assert_eq!(pieces[1].text, sentences(9));
}

proptest::proptest! {
    #[test]
    fn every_word_is_in_some_passage(
        blocks in proptest::collection::vec(("([a-z]{1,8}[.]? ){0,12}", proptest::option::of(1u8..7)), 0..20),
        max_chars in 10usize..200,
    ) {
        let blocks: Vec<_> =
            blocks.iter().map(|(text, heading)| Block { heading: *heading, ..block(text.trim()) }).collect();
        let pieces = split("Title", &blocks, max_chars);
        let found: Vec<_> = pieces
            .iter()
            .flat_map(|piece| piece.text.split_whitespace().chain(piece.heading.iter().map(String::as_str)))
            .collect();
        for Block { text, heading, .. } in &blocks {
            let is_found = |word: &str| found.contains(&word);
            proptest::prop_assert!(text.split_whitespace().all(is_found) || heading.is_some(), "{text:?}");
        }
    }

    #[test]
    fn no_text_is_too_odd(texts in proptest::collection::vec("\\PC{0,80}|[。！？「」と. ]{0,80}", 0..8), max_chars in 1usize..60) {
        let blocks: Vec<_> = texts.iter().map(|text| block(text)).collect();
        proptest::prop_assert!(!split("Title", &blocks, max_chars).is_empty());
    }
}

#[test]
fn a_short_page_tells_where_each_of_its_sections_begins() {
    let without_anchor = Block { anchor: None, ..heading(2, "Slack") };
    let blocks = [
        heading(1, "Tides"),
        block("Sea."),
        heading(2, "Ebb"),
        heading(3, "Low"),
        block("Down."),
        without_anchor,
        block("Still."),
        heading(2, "Flood"),
        block("Up."),
    ];
    let [piece] = &split("Tides", &blocks, 1000)[..] else { panic!("one passage") };
    // A heading above another one is its section's; what has no place of its own belongs to the section before.
    assert_eq!(
        piece.sections,
        [start(2, &["Ebb", "Low"], Some("to-low")), start(7, &["Flood"], Some("to-flood"))]
    );
    assert_eq!(piece.text.lines().nth(7), Some("Flood"));
}

#[test]
fn joined_sections_keep_their_places() {
    let long = sentences(8);
    let blocks = [
        block(&long),
        heading(2, "Ebb"),
        block("Low."),
        heading(2, "Flood"),
        block(&long),
        heading(2, "Slack"),
        block("Still."),
    ];
    let pieces = split("Tides", &blocks, 160);
    let texts: Vec<Vec<&str>> = pieces.iter().map(|piece| piece.text.lines().collect()).collect();
    for (piece, lines) in pieces.iter().zip(&texts) {
        for start in &piece.sections {
            // Its first line is its heading, but where the passage begins with it.
            let own = start.heading.last().map(String::as_str).unwrap_or_default();
            assert!(start.line == 0 || lines[start.line] == own, "{start:?} in {lines:?}");
        }
    }
    let anchors: Vec<Vec<Option<&str>>> = pieces
        .iter()
        .map(|piece| {
            let starts = piece.sections.iter().map(|start| start.anchor.as_deref());
            [piece.anchor.as_deref()].into_iter().chain(starts).collect()
        })
        .collect();
    let all: Vec<_> = anchors.concat().into_iter().flatten().collect();
    ["to-ebb", "to-flood", "to-slack"].iter().for_each(|anchor| assert!(all.contains(anchor), "{anchors:?}"));
}
