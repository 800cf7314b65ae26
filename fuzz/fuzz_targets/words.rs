//! Texts of a site and queries, as keyword search reads them: the first line is the query, each other line a passage.
#![no_main]

use exemplar_search::Keywords;
use exemplar_search::lexical::{QueryTerms, utf16_ranges};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let Some((query, rest)) = text.split_once('\n') else { return };
    let passages: Vec<&str> = rest.lines().collect();
    let keywords = Keywords::build(passages.iter().map(|passage| ("", *passage)));
    assert_eq!(Keywords::from_bytes(&keywords.to_bytes(), passages.len()).as_ref(), Ok(&keywords));
    let _ = Keywords::from_bytes(input, passages.len());
    for unfinished in [false, true] {
        let terms = keywords.query(query, unfinished);
        assert_eq!(keywords.scores(&terms, Default::default()).len(), passages.len());
        marks(&terms, rest);
        marks(&QueryTerms::parse(query, unfinished), rest);
    }
});

/// Marks ascend, do not touch, and stand between characters.
fn marks(terms: &QueryTerms, text: &str) {
    let marks = terms.marks(text);
    assert!(marks.is_sorted_by(|a, b| a.end < b.start));
    assert!(marks.iter().all(|mark| text.get(mark.clone()).is_some_and(|marked| !marked.is_empty())));
    assert_eq!(utf16_ranges(text, &marks).len(), marks.len());
    let _ = terms.excerpt(text, 20);
}
