//! Bundles: what must load, byte for byte when rewritten, and what must be refused with the place named.

use crate::support::cases;
use exemplar_search::bundle::{
    Article, Bundle, EmbeddingSpace, Encoding, Files, Layout, Part, Passage, Reader, Statistics,
};
use exemplar_search::json::Object;
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{Error, Method, SearchIndex, SearchOptions};
use proptest::prelude::*;
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ARRAYS: &str = include_str!("golden/bundle-v1-arrays.json");
const BASE64: &str = include_str!("golden/bundle-v1-base64.json");
/// Every part in base64.
const BASE64_PARTS: [&str; 4] = [
    include_str!("golden/bundle-v2-float32.json"),
    include_str!("golden/bundle-v2-float16.json"),
    include_str!("golden/bundle-v2-int8.json"),
    include_str!("golden/bundle-v2-int8-centred.json"),
];
/// The same, with the parts that are text as text.
const INLINE: [&str; 4] = [
    include_str!("golden/bundle-v2-text-float32.json"),
    include_str!("golden/bundle-v2-text-float16.json"),
    include_str!("golden/bundle-v2-text-int8.json"),
    include_str!("golden/bundle-v2-text-int8-centred.json"),
];
const SIDECAR: &str = include_str!("golden/bundle-v2-sidecar.json");
const SIDECAR_FILE: (&str, &[u8]) =
    ("bundle-2f0244d98e98a34f.bin", include_bytes!("golden/bundle-2f0244d98e98a34f.bin"));
/// The other encodings, with the file of each.
const SIDECARS: [(&str, (&str, &[u8])); 3] = [
    (
        include_str!("golden/bundle-v2-sidecar-float32.json"),
        ("bundle-97bdda52cd5f8220.bin", include_bytes!("golden/bundle-97bdda52cd5f8220.bin")),
    ),
    (
        include_str!("golden/bundle-v2-sidecar-float16.json"),
        ("bundle-fe231f9971fd3dda.bin", include_bytes!("golden/bundle-fe231f9971fd3dda.bin")),
    ),
    (
        include_str!("golden/bundle-v2-sidecar-int8-centred.json"),
        ("bundle-b222770a4833c9df.bin", include_bytes!("golden/bundle-b222770a4833c9df.bin")),
    ),
];

/// With every part that `exemplar build` writes, as its first release wrote them: by an API whose vectors are sums of hashed
/// words, of six short articles.
const ALL_PARTS: &str = include_str!("golden/bundle-v2-all-parts.json");
/// The same, with the parts that are text as text.
const ALL_PARTS_TEXT: &str = include_str!("golden/bundle-v2-text-all-parts.json");
const ALL_PARTS_SIDECAR: (&str, (&str, &[u8])) = (
    include_str!("golden/bundle-v2-sidecar-all-parts.json"),
    ("bundle-e64c149d941589f5.bin", include_bytes!("golden/bundle-e64c149d941589f5.bin")),
);

fn sidecar_files() -> Files {
    let files = SIDECARS.map(|(_, file)| file).into_iter().chain([SIDECAR_FILE, ALL_PARTS_SIDECAR.1]);
    files.map(|(name, bytes)| (name.into(), bytes.into())).collect()
}

fn read(json: &str) -> Bundle {
    Bundle::read(json.trim_end().as_bytes(), &sidecar_files()).unwrap()
}

/// A small bundle, as text, after `change`.
fn changed(bundle: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut bundle: Value = serde_json::from_str(bundle).unwrap();
    change(&mut bundle);
    bundle.to_string()
}

fn refused(json: &str) -> Error {
    Bundle::read(json.as_bytes(), &sidecar_files()).expect_err("the bundle is wrong")
}

/// What is changed, the code of the error, and what its message must name.
type Case = (fn(&mut Value), &'static str, &'static str);

fn all_refused(bundle: &str, cases: &[Case]) {
    for (change, code, names) in cases {
        let error = refused(&changed(bundle, change));
        assert_eq!(error.code(), *code, "{error}");
        assert!(error.to_string().contains(names), "\"{error}\" should name {names}");
    }
}

#[test]
fn golden_bundles_load_and_are_rewritten_byte_for_byte() {
    for golden in [&[ARRAYS, BASE64, ALL_PARTS, ALL_PARTS_TEXT][..], &BASE64_PARTS, &INLINE].concat() {
        let written = read(golden).write().unwrap();
        assert_eq!(written.json, golden.trim_end());
        assert!(written.sidecar.is_none());
    }
    for (golden, file) in SIDECARS.into_iter().chain([(SIDECAR, SIDECAR_FILE), ALL_PARTS_SIDECAR]) {
        let written = read(golden).write().unwrap();
        assert_eq!(written.json, golden.trim_end());
        assert_eq!(written.sidecar, Some((file.0.into(), file.1.into())));
    }
}

#[test]
fn every_part_of_a_golden_bundle_is_of_use() {
    for golden in [ALL_PARTS, ALL_PARTS_TEXT, ALL_PARTS_SIDECAR.0] {
        let bundle = read(golden);
        assert_eq!(bundle.encoding, Encoding::Int8Centred);
        assert_eq!(bundle.statistics.mean_query.as_ref().map(Vec::len), Some(8));
        let index = SearchIndex::new(bundle).unwrap();
        assert!(index.has_encoder() && index.keywords().is_some() && index.space().probe().is_some());
        for (method, text, found) in [
            (Method::Lexical, "新月", "月"),
            (Method::Knn, "spring tides at full moon", "tides"),
            (Method::Svm, "the anglerfish carries a lamp", "fish"),
            (Method::Whitened, "a long wind makes long waves", "wind"),
            (Method::Auto, "why is the sea salt", "salt"),
        ] {
            let options = SearchOptions::default().method(method);
            assert_eq!(index.search(text, &options).unwrap().hits[0].article.id, found, "{method}");
        }
    }
}

#[test]
fn layouts_and_encodings_hold_the_same_bundle() {
    let arrays = read(ARRAYS);
    let base64 = read(BASE64);
    assert_eq!(arrays.vectors.values(1), [1e-7, 2.0, 0.1]);
    assert_eq!(Bundle { layout: Layout::V1Arrays, ..base64 }, arrays);

    let [float32, float16, int8, centred] = INLINE.map(read);
    for (base64, inline) in BASE64_PARTS.map(read).into_iter().zip([&float32, &float16, &int8, &centred]) {
        assert_eq!(Bundle { layout: Layout::V2Inline, ..base64 }, *inline);
    }
    let sidecar = read(SIDECAR);
    assert_eq!(sidecar, Bundle { layout: Layout::V2Sidecar, ..int8.clone() });
    for ((golden, _), inline) in SIDECARS.into_iter().zip([&float32, &float16, &centred]) {
        assert_eq!(read(golden), Bundle { layout: Layout::V2Sidecar, ..inline.clone() });
    }
    assert_eq!(float32.passages[2].heading, ["Spring tides", "Neap tides"]);
    assert_eq!(float32.passages[2].text, "小潮のとき、月と太陽は直角になる。");
    for (other, tolerance) in [(float16, 1e-3), (int8, 1e-2), (centred, 1e-2)] {
        assert_eq!(other.passages, float32.passages);
        for row in 0..float32.vectors.rows() {
            for (a, b) in other.vectors.values(row).iter().zip(float32.vectors.values(row)) {
                assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} {b}");
            }
        }
    }
}

#[test]
fn int8_becomes_centred_as_it_is_and_centred_int8_is_rounded_again() {
    let [_, _, int8, centred] = INLINE.map(read);
    let write = |bundle: &Bundle, encoding| {
        let written = Bundle { encoding, layout: Layout::V2Inline, ..bundle.clone() }.write().unwrap();
        Bundle::read(written.json.as_bytes(), &Files::new()).unwrap()
    };
    let values =
        |bundle: &Bundle| -> Vec<f32> { (0..3).flat_map(|row| bundle.vectors.values(row)).collect() };
    assert_eq!(values(&write(&int8, Encoding::Int8Centred)), values(&int8));
    let plain = write(&centred, Encoding::Int8);
    assert!(matches!(&plain.vectors, Vectors::Int8(rows) if rows.centre().is_none()));
    for (a, b) in values(&plain).iter().zip(values(&centred)) {
        assert!((a - b).abs() <= 3.0 / 127.0, "{a} {b}");
    }
}

#[test]
fn the_files_beside_the_json_are_named() {
    assert_eq!(Bundle::files(SIDECAR.as_bytes()).unwrap(), [SIDECAR_FILE.0]);
    assert!(Bundle::files(ARRAYS.as_bytes()).unwrap().is_empty());
}

#[test]
fn version_1_refuses_what_it_has_no_place_for() {
    for golden in INLINE {
        let error = Bundle { layout: Layout::V1Base64, ..read(golden) }.write().unwrap_err();
        assert_eq!(error.code(), "bundle-field");
    }
}

/// In WebAssembly bundles are not written, and numbers are float64.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn numbers_of_unknown_fields_are_kept_to_the_digit() {
    const DIGITS: [&str; 3] =
        ["3.14159265358979323846264338327950288", "123456789012345678901234567890", "5e-324"];
    let [one, two, three] = DIGITS;
    let json = format!(
        r#"{{"format":"exemplar-search","version":1,"size":{one},"space":{{"model":"m","dimensions":1,"normalized":true}},
            "articles":[{{"id":"a","title":"","url":"","price":[{two},{{"least":{three}}}]}}],"vectors":[[1]]}}"#
    );
    let mut bundle = Bundle::read(json.as_bytes(), &Files::new()).unwrap();
    for layout in [Layout::V1Arrays, Layout::V2Inline] {
        bundle.layout = layout;
        let written = bundle.write().unwrap().json;
        DIGITS.iter().for_each(|digits| assert!(written.contains(digits), "{written}"));
        assert_eq!(Bundle::read(written.as_bytes(), &Files::new()).unwrap(), bundle);
    }
}

#[test]
fn unknown_fields_are_kept() {
    let json = |fields: &Object| serde_json::to_value(fields).unwrap();
    let bundle = read(ARRAYS);
    assert_eq!(json(&bundle.extra), json!({ "generator": "by hand" }));
    assert_eq!(json(&bundle.space.extra), json!({ "revision": "2024-01" }));
    assert_eq!(json(&bundle.articles[0].extra)["author"]["name"], "A. Writer");
    let bundle = read(SIDECAR);
    let pictures = bundle.part("pictures").unwrap();
    assert_eq!(pictures.bytes, b"not known yet");
    assert_eq!(json(&pictures.extra), json!({ "since": 3 }));
    assert_eq!(json(&bundle.statistics.extra), json!({ "queries": 300 }));
}

#[test]
fn wrong_bundles_are_refused_with_the_place() {
    let cases: &[Case] = &[
        (|b| b["format"] = json!("other"), "bundle-format", "\"other\""),
        (|b| drop(b.as_object_mut().unwrap().remove("format")), "bundle-format", "null"),
        (|b| b["version"] = json!(5), "bundle-version", "version 5"),
        (|b| b["version"] = json!(4), "bundle-field", "a remote bundle"),
        (|b| b["version"] = json!(3), "bundle-field", "in shards"),
        (|b| b["version"] = json!("1"), "bundle-version", "whole number"),
        (|b| b["version"] = json!(0), "bundle-version", "whole number"),
        (|b| drop(b.as_object_mut().unwrap().remove("space")), "bundle-field", "space"),
        (|b| b["space"]["dimensions"] = json!(0), "bundle-field", "space.dimensions: is 0"),
        (|b| b["space"]["dimensions"] = json!(u64::MAX), "bundle-field", "space.dimensions"),
        (|b| b["space"]["dimensions"] = json!(-3), "bundle-field", "space.dimensions"),
        (|b| b["space"]["dimensions"] = json!(4), "bundle-field", "vectors[0]: has 3 values"),
        (|b| b["space"]["model"] = json!(7), "bundle-field", "space.model"),
        (|b| b["space"]["query"]["prefix"] = json!([]), "bundle-field", "space.query.prefix"),
        (|b| b["space"]["normalized"] = json!(true), "bundle-field", "vectors[0]: has length 3.3634"),
        (|b| b["articles"] = json!([]), "bundle-field", "articles: is empty"),
        (|b| b["articles"] = json!({}), "bundle-field", "articles"),
        (|b| b["articles"][1]["title"] = json!(null), "bundle-field", "articles[1].title"),
        (|b| b["articles"][1]["tags"] = json!([1]), "bundle-field", "articles[1].tags[0]"),
        (|b| b["articles"][0]["id"] = json!(""), "bundle-field", "articles[0].id"),
        (|b| b["articles"][1]["id"] = json!("moon"), "duplicate-id", "articles[1].id: \"moon\""),
        (|b| b["vectors"] = json!("none"), "bundle-field", "vectors"),
        (|b| b["vectors"][1] = json!([1, 2]), "bundle-field", "vectors[1]: has 2 values"),
        (|b| b["vectors"][1][2] = json!(null), "bundle-field", "vectors[1][2]"),
        (|b| b["vectors"][1][2] = json!(1e300), "not-finite", "vectors[1][2]"),
        (|b| b["vectors"][1] = json!([0, 0, 0]), "zero-vector", "vectors[1] (article \"月\")"),
        (|b| b["vectors"][0] = json!([0, 1e-30, 0]), "bundle-field", "vectors[0]: has length 1e-30"),
        (|b| drop(b["vectors"].as_array_mut().unwrap().pop()), "bundle-field", "vectors: has 1 rows"),
        (|b| b["vectors"] = json!({"encoding": "float32-base64"}), "bundle-field", "data"),
        (
            |b| b["vectors"] = json!({"encoding": "f8", "data": ""}),
            "bundle-field",
            "vectors.encoding: is \"f8\"",
        ),
        (
            |b| b["vectors"] = json!({"encoding": "float32-base64", "data": "~"}),
            "bundle-field",
            "vectors.data",
        ),
        (
            |b| b["vectors"] = json!({"encoding": "float32-base64", "data": "AAAA"}),
            "bundle-field",
            "vectors.data: holds 3 bytes, but 2 articles x 3 dimensions x 4 bytes are 24",
        ),
    ];
    all_refused(ARRAYS, cases);
}

#[test]
fn wrong_version_2_bundles_are_refused_with_the_place() {
    let cases: &[Case] = &[
        (|b| drop(b.as_object_mut().unwrap().remove("parts")), "bundle-field", "parts"),
        (
            |b| drop(b["parts"].as_object_mut().unwrap().remove("vectors")),
            "bundle-field",
            "parts.vectors: is missing",
        ),
        (
            |b| b["parts"]["vectors"]["encoding"] = json!("int2"),
            "bundle-field",
            "parts.vectors.encoding: is \"int2\"",
        ),
        (|b| b["parts"]["vectors"]["length"] = json!(20), "bundle-field", "parts.vectors"),
        (|b| b["parts"]["vectors"]["length"] = json!(1u64 << 40), "bundle-field", "are 21 bytes"),
        (|b| b["parts"]["texts"]["length"] = json!(1u64 << 40), "bundle-field", "do not overlap"),
        (|b| b["parts"]["vectors"]["offset"] = json!(u64::MAX), "bundle-field", "cut short"),
        (
            |b| b["parts"]["vectors"]["file"] = json!("bundle.bin"),
            "bundle-field",
            "\"bundle.bin\" is missing",
        ),
        (|b| b["parts"]["vectors"]["sha256"] = json!("00"), "bundle-field", "of another build"),
        (|b| b["parts"]["vectors"]["data"] = json!(""), "bundle-field", "one of data, text and file"),
        (|b| b["parts"]["texts"]["text"] = json!("[]"), "bundle-field", "one of data, text and file"),
        (|b| b["passages"][1]["article"] = json!(7), "bundle-field", "passages[1].article: is 7"),
        (|b| b["passages"][2]["article"] = json!(0), "bundle-field", "passages[2].article: is 0"),
        (|b| b["passages"][0]["article"] = json!(1), "bundle-field", "passages[0].article: is 1"),
        (
            |b| drop(b["passages"].as_array_mut().unwrap().pop()),
            "bundle-field",
            "parts.vectors.length: is 21, but 2 passages x 3 dimensions as int8 are 14 bytes",
        ),
        (|b| b["parts"]["texts"]["encoding"] = json!("zstd"), "bundle-field", "parts.texts.encoding"),
        (
            |b| b["space"]["probes"][0]["vector"] = json!([1]),
            "bundle-field",
            "space.probes[0].vector: has 1 values",
        ),
    ];
    all_refused(SIDECAR, cases);
}

#[test]
fn parts_that_are_text_are_checked_as_others_are() {
    let cases: &[Case] = &[
        (
            |b| b["parts"]["texts"]["text"] = json!("[]"),
            "bundle-field",
            "parts.texts.length: is 133, but there are 2",
        ),
        (|b| b["parts"]["texts"]["sha256"] = json!("00"), "bundle-field", "parts.texts.sha256: does not fit"),
        (|b| b["parts"]["texts"]["data"] = json!(""), "bundle-field", "one of data, text and file"),
        (
            |b| b["parts"]["texts"]["text"] = json!(1),
            "bundle-field",
            "parts.texts.text: is 1, expected a text",
        ),
        (
            |b| b["parts"]["vectors"] = b["parts"]["texts"].clone(),
            "bundle-field",
            "parts.vectors.encoding: is \"json\"",
        ),
    ];
    all_refused(INLINE[2], cases);
}

#[test]
fn a_field_that_is_given_twice_counts_once() {
    let twice = BASE64.replacen("\"title\":", "\"title\":\"Not this one\",\"title\":", 1);
    assert_ne!(twice, BASE64);
    assert_eq!(read(&twice), read(BASE64));
}

#[test]
fn a_bundle_names_no_file_but_beside_it() {
    for name in ["../secret", "https://example.org/x", "a/b", "", ".hidden", "a\\b"] {
        let json = changed(SIDECAR, |b| b["parts"]["vectors"]["file"] = json!(name));
        assert!(Bundle::files(json.as_bytes()).is_err(), "{name}");
    }
}

#[test]
fn text_that_is_no_json_object_is_refused() {
    for (text, code) in [
        ("", "bundle-json"),
        ("{", "bundle-json"),
        ("<!doctype html>", "bundle-json"),
        ("[]", "bundle-format"),
    ] {
        assert_eq!(refused(text).code(), code, "{text}");
    }
}

#[test]
fn a_bundle_put_together_in_memory_is_checked_too() {
    let bundle = bundle(Matrix::zeros(2, 2), &[""]);
    assert_eq!(SearchIndex::new(bundle).unwrap_err().code(), "bundle-field");
}

/// A bundle of one passage an article, with these titles.
fn bundle(vectors: Matrix, titles: &[&str]) -> Bundle {
    let article = |(i, title): (usize, &&str)| Article {
        id: i.to_string(),
        title: (*title).into(),
        ..Default::default()
    };
    Bundle {
        layout: Layout::V1Base64,
        encoding: Encoding::Float32,
        space: EmbeddingSpace { model: "m".into(), dimensions: vectors.dims(), ..Default::default() },
        articles: titles.iter().enumerate().map(article).collect(),
        passages: Passage::whole_articles(titles.len()),
        vectors: Vectors::Float32(vectors),
        statistics: Statistics::default(),
        parts: Vec::new(),
        extra: Object::default(),
    }
}

#[test]
fn the_version_may_stand_last() {
    for golden in [ARRAYS, INLINE[0]] {
        let last = changed(golden, |bundle| {
            let version = bundle.as_object_mut().unwrap().shift_remove("version").unwrap();
            bundle["version"] = version;
        });
        assert!(!last.starts_with("{\"format\":\"exemplar-search\",\"version\""));
        assert_eq!(read(&last), read(golden));
    }
}

#[test]
fn a_part_is_there_once() {
    let mut bundle = read(SIDECAR);
    bundle.parts.push(("pictures".into(), bundle.part("pictures").unwrap().clone()));
    let error = bundle.check().unwrap_err().to_string();
    assert!(error.contains("parts.pictures: occurs twice"), "{error}");
}

#[test]
fn each_passage_has_one_text() {
    let mut bundle =
        Bundle { layout: Layout::V2Inline, ..bundle(Matrix::from_values(&[1.0, 2.0], 1), &["", ""]) };
    let texts = Part { encoding: "json".into(), bytes: b"[\"one\"]".into(), extra: Object::default() };
    bundle.parts.push(("texts".into(), texts));
    let error = refused(&bundle.write().unwrap().json);
    assert!(error.to_string().contains("parts.texts: holds 1 texts for 2 passages"), "{error}");
}

#[test]
fn parts_of_one_file_do_not_overlap() {
    let error = refused(&changed(SIDECAR, |b| b["parts"]["vectors"]["offset"] = json!(180)));
    assert!(error.to_string().contains("parts.vectors.offset: is 180, but the part texts"), "{error}");
}

#[test]
fn a_length_that_does_not_fit_is_told_before_the_file_is_there() {
    let json = changed(SIDECAR, |b| b["parts"]["vectors"]["length"] = json!(1u64 << 60));
    let error = Reader::new(json.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("as int8 are 21 bytes"), "{error}");
}

#[test]
fn an_api_of_another_model_is_told_by_a_probe() {
    let space = read(SIDECAR).space;
    assert_eq!(space.probe().unwrap().text, "tides");
    // The length of a vector says nothing.
    assert_eq!(space.verify(&[1.0, 0.5, -2.0]), Ok(()));
    assert_eq!(space.verify(&[0.51, 0.24, -1.01]), Ok(()));
    for other in [[-1.0, 0.25, 0.5], [-0.5, -0.25, 1.0], [0.0; 3], [f32::NAN; 3]] {
        let error = space.verify(&other).unwrap_err();
        assert_eq!(error.code(), "other-model");
        assert!(
            error.to_string().contains("another model") && error.to_string().contains("\"tides\""),
            "{error}"
        );
    }
    assert_eq!(space.verify(&[1.0]).unwrap_err().code(), "query-dimensions");
    assert_eq!(EmbeddingSpace::default().verify(&[1.0]), Ok(()));
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_file_may_come_in_any_pieces(pieces in prop::collection::vec(0usize..40, 0..40)) {
        let mut reader = Reader::new(SIDECAR.as_bytes()).unwrap();
        prop_assert_eq!(reader.files().collect::<Vec<_>>(), [SIDECAR_FILE.0]);
        let mut rest = SIDECAR_FILE.1;
        for piece in pieces {
            let (bytes, after) = rest.split_at(piece.min(rest.len()));
            reader.add(SIDECAR_FILE.0, bytes);
            reader.add("another.bin", bytes);
            rest = after;
        }
        reader.add(SIDECAR_FILE.0, rest);
        prop_assert_eq!(reader.finish().unwrap(), read(SIDECAR));
    }

    #[test]
    fn any_bundle_survives_a_round_trip(
        dims in 1usize..20,
        rows in 1usize..6,
        seed in prop::collection::vec(-1e6f32..1e6, 120),
        titles in prop::collection::vec(".{0,12}", 6),
        layout in prop_oneof![
            Just(Layout::V1Arrays), Just(Layout::V1Base64), Just(Layout::V2Inline), Just(Layout::V2Base64),
            Just(Layout::V2Sidecar)
        ],
    ) {
        let mut vectors = Matrix::from_values(&seed[..rows * dims], dims);
        (0..rows).for_each(|row| vectors.values_mut(row)[0] += 2e6); // no row is zero
        let titles: Vec<&str> = titles[..rows].iter().map(String::as_str).collect();
        let mut bundle = Bundle { layout, ..bundle(vectors, &titles) };
        if layout.version() == 2 {
            let part = Part { encoding: "x".into(), bytes: vec![7; rows], extra: Object::default() };
            bundle.parts.push(("keywords".into(), part));
            // Without any text there is nothing to tell the inline layouts apart by.
            bundle.passages[0].text = format!("text {}", titles.concat());
        }
        let written = bundle.write().unwrap();
        let files = Files::from_iter(written.sidecar);
        prop_assert_eq!(Bundle::read(written.json.as_bytes(), &files).unwrap(), bundle);
    }

    /// One byte changed anywhere: an error or another bundle, never a panic.
    #[test]
    fn a_damaged_bundle_never_panics(
        golden in prop_oneof![Just(BASE64), Just(BASE64_PARTS[2]), Just(INLINE[2]), Just(SIDECAR)],
        at in 0usize..900,
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = golden.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        let _ = Bundle::files(&bytes);
        let _ = Bundle::read(&bytes, &sidecar_files()).and_then(SearchIndex::new);
    }

    /// The same for the file beside the JSON, whose hash tells.
    #[test]
    fn a_damaged_file_is_refused(at in 0usize..SIDECAR_FILE.1.len(), bit in 0u8..8, cut in any::<bool>()) {
        let mut bytes = SIDECAR_FILE.1.to_vec();
        bytes[at] ^= 1 << bit;
        if cut {
            bytes.truncate(at);
        }
        let files = Files::from([(SIDECAR_FILE.0.into(), bytes)]);
        prop_assert_eq!(Bundle::read(SIDECAR.as_bytes(), &files).unwrap_err().code(), "bundle-field");
    }
}
