//! Bundles that were not written in good faith: always an error that names the place, and never more memory than a small
//! multiple of what was given.
#![cfg(not(target_arch = "wasm32"))]

use crate::support::cases;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use exemplar_search::bundle::{Bundle, Files};
use exemplar_search::{SearchIndex, SearchOptions};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The system's allocator, which counts for each thread what it holds and held at most.
struct Counting;

thread_local! {
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn count(bytes: isize) {
    // Where the thread is ending, nobody reads the count any more.
    let _ = HELD.try_with(|held| {
        let (now, most) = held.get();
        held.set((now + bytes, most.max(now + bytes)));
    });
}

// SAFETY: every call goes to the system's allocator as it is.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// An article of a few characters becomes a struct of some hundred bytes; what is more than that comes from a number
/// that was believed.
const MOST_PER_BYTE: isize = 200;
const SPARE: isize = 200_000;

const GOLDEN: [&str; 9] = [
    include_str!("golden/bundle-v1-arrays.json"),
    include_str!("golden/bundle-v1-base64.json"),
    include_str!("golden/bundle-v2-float32.json"),
    include_str!("golden/bundle-v2-int8.json"),
    include_str!("golden/bundle-v2-int8-centred.json"),
    include_str!("golden/bundle-v2-sidecar.json"),
    include_str!("golden/bundle-v2-all-parts.json"),
    include_str!("golden/bundle-v2-text-int8.json"),
    include_str!("golden/bundle-v2-text-all-parts.json"),
];
const FILE: (&str, &[u8]) =
    ("bundle-2f0244d98e98a34f.bin", include_bytes!("golden/bundle-2f0244d98e98a34f.bin"));

fn load(json: &[u8]) -> exemplar_search::Result<SearchIndex> {
    let files = Files::from([(FILE.0.into(), FILE.1.into())]);
    let (before, _) = HELD.get();
    HELD.set((before, before));
    let index = Bundle::read(json, &files).and_then(SearchIndex::new);
    let most = HELD.get().1 - before;
    let allowed = MOST_PER_BYTE * (json.len() + FILE.1.len()) as isize + SPARE;
    assert!(most <= allowed, "{most} bytes for {}: {}", json.len(), String::from_utf8_lossy(json));
    index
}

/// The places in a JSON value, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), all));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| places(value, &format!("{at}/{i}"), all));
        }
        _ => {}
    }
}

fn hostile() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(65_536),
        json!(1u64 << 40),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("../x"),
        json!("AAAA"),
        json!("\u{0}\u{202e}"),
        json!([]),
        json!({}),
        json!([[[[[[]]]]]]),
        json!({"file": "bundle-2f0244d98e98a34f.bin", "length": u64::MAX, "offset": 1, "encoding": "int8", "sha256": ""}),
    ])
}

/// A hash, as bundles write it.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn numbers_are_not_believed() {
    let vectors = |dimensions: u64, length: u64| {
        let mut bundle: Value = serde_json::from_str(GOLDEN[5]).unwrap();
        bundle["space"]["dimensions"] = json!(dimensions);
        bundle["parts"]["vectors"]["length"] = json!(length);
        bundle.to_string()
    };
    // What three passages would have in so many dimensions, from a file of 209 bytes.
    let error = load(vectors(65_536, 3 * 65_540).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("cut short"), "{error}");
    let error = load(vectors(3, u64::MAX).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("parts.vectors.length"), "{error}");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(load(deep.as_bytes()).unwrap_err().code(), "bundle-json");
    let deep = GOLDEN[0].trim_end().replacen('{', &format!("{{\"deep\":{deep},"), 1);
    let error = load(deep.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("in each other"), "{error}");
}

proptest! {
    #![proptest_config(cases(400))]

    /// Values of any place taken for others, away, or from another place.
    #[test]
    fn a_bundle_with_other_values_is_read_or_refused_with_the_place(
        golden in prop::sample::select(GOLDEN.to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(hostile()), any::<prop::sample::Index>()), 1..4),
    ) {
        let mut bundle: Value = serde_json::from_str(golden).unwrap();
        for (place, value, from) in changes {
            let mut all = Vec::new();
            places(&bundle, "", &mut all);
            let value = value.unwrap_or_else(|| bundle.pointer(from.get(all.as_slice()).as_str()).cloned().unwrap_or_default());
            *bundle.pointer_mut(place.get(all.as_slice()).as_str()).unwrap() = value;
            // A whole that was put into itself too often tells nothing new.
            prop_assume!(bundle.to_string().len() < 100_000);
        }
        if let Err(error) = load(bundle.to_string().as_bytes()) {
            prop_assert!(error.to_string().len() > 20, "{}", error);
        }
    }

    /// Parts whose hashes are right, so that what reads them sees the damage.
    #[test]
    fn damaged_parts_are_read_or_refused_with_the_place(
        golden in prop::sample::select(vec![GOLDEN[2], GOLDEN[3], GOLDEN[4], GOLDEN[6], GOLDEN[7], GOLDEN[8]]),
        part in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
        more in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bundle: Value = serde_json::from_str(golden).unwrap();
        let names: Vec<String> = bundle["parts"].as_object().unwrap().keys().cloned().collect();
        let name = part.get(&names);
        let part = &mut bundle["parts"][name];
        let text = part["text"].as_str().map(|text| text.as_bytes().to_vec());
        let mut bytes = text.unwrap_or_else(|| STANDARD.decode(part["data"].as_str().unwrap()).unwrap());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len() + 1)));
        bytes.extend(more);
        // As text where it was and still is.
        match str::from_utf8(&bytes) {
            Ok(text) if part["text"].is_string() => part["text"] = json!(text),
            _ => {
                part.as_object_mut().unwrap().remove("text");
                part["data"] = json!(STANDARD.encode(&bytes));
            }
        }
        part["length"] = json!(bytes.len());
        part["sha256"] = json!(hexadecimal(&Sha256::digest(&bytes)));
        match load(bundle.to_string().as_bytes()) {
            Ok(index) => for text in ["sea tides", "月"] {
                let options = SearchOptions::default();
                let found = index.search(text, &options);
                prop_assert!(found.is_ok() || names.len() < 6, "{:?}", found);
            },
            Err(error) => {
                let error = error.to_string();
                let named = [name.as_str(), "statistics", "vectors["].iter().any(|place| error.contains(place));
                prop_assert!(named, "{}: {}", name, error);
            }
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(load(&bytes).is_err());
    }

    #[test]
    fn changed_bytes_never_panic(
        golden in prop::sample::select(GOLDEN.to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = golden.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = load(&bytes);
    }
}
