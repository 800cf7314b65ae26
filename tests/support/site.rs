//! A small site whose passages have words and vectors.

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Encoding, Layout, Part, Passage, Statistics};
use exemplar_search::json::Object;
use exemplar_search::lexical::{self, Keywords};
use exemplar_search::vector::{Matrix, Vectors, quantize};
use proptest::prelude::*;
use serde_json::json;

pub const DIMS: usize = 3;
pub const WORDS: [&str; 4] = ["tide", "moon", "harbour", "sail"];

/// The bundle of a site, and a query's vector.
pub type Site = (Bundle, Vec<f32>);

/// Up to fifteen passages of one or two of [`WORDS`] each, of fewer articles, in float32 or int8. Articles have languages,
/// tags, dates and further fields `kind` and `size`, or not; passages have headings, which some have in common.
pub fn site() -> impl Strategy<Value = Site> {
    let passage = (
        prop::array::uniform3(-1.0f32..1.0),
        prop::sample::subsequence(&WORDS[..], 1..=2),
        any::<bool>(),
        prop::sample::select(vec!["", "Use", "Limits"]),
    );
    let article = (
        prop::option::of(prop::sample::select(vec!["en", "ja"])),
        prop::sample::subsequence(&["sea", "sky", "land"][..], 0..=3),
        prop::sample::select(vec![json!(null), json!("guide"), json!(["guide", "log", 3])]),
        prop::option::of((2024..2027, 1..13, 1..29)),
        prop::option::of((-4i32..40).prop_map(|halves| f64::from(halves) / 2.0)),
    );
    let parts = (
        prop::collection::vec(passage, 1..15),
        prop::collection::vec(article, 15),
        prop::array::uniform3(-1.0f32..1.0),
        any::<bool>(),
    );
    parts.prop_map(|(of_passages, of_articles, query, int8)| {
        let mut passages: Vec<Passage> = Vec::new();
        for (_, words, next, heading) in &of_passages {
            let article = passages.last().map_or(0, |last| last.article + usize::from(*next));
            let heading = if heading.is_empty() { Vec::new() } else { vec![(*heading).to_owned()] };
            passages.push(Passage { article, heading, text: words.join(" "), ..Passage::default() });
        }
        let count = passages.last().map_or(0, |last| last.article + 1);
        let articles =
            of_articles[..count].iter().enumerate().map(|(id, (lang, tags, kind, date, size))| Article {
                id: id.to_string(),
                lang: lang.map(str::to_owned),
                tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                date: date.map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")),
                extra: Object(
                    [("kind", kind), ("size", &json!(size))]
                        .map(|(name, value)| (name.to_owned(), value.to_string().parse().unwrap()))
                        .into(),
                ),
                ..Article::default()
            });
        let away_from_zero = |x: &f32| x + 1.5f32.copysign(*x);
        let values: Vec<f32> =
            of_passages.iter().flat_map(|(vector, ..)| vector).map(away_from_zero).collect();
        let rows = Matrix::from_values(&values, DIMS);
        let keywords = Keywords::build(passages.iter().map(|passage| ("", passage.text.as_str())));
        let bundle = Bundle {
            layout: Layout::V2Inline,
            encoding: Encoding::Float32,
            space: EmbeddingSpace { model: "test-model".into(), dimensions: DIMS, ..Default::default() },
            articles: articles.collect(),
            vectors: if int8 { Vectors::Int8(quantize(&rows)) } else { Vectors::Float32(rows) },
            passages,
            statistics: Statistics::default(),
            parts: vec![(lexical::PART.into(), Part::of_keywords(&keywords))],
            extra: Default::default(),
        };
        (bundle, query.iter().map(away_from_zero).collect())
    })
}
