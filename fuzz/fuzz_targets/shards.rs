//! A bundle in shards: its manifest, and shards whose heads and checksums fit what is in them.
#![no_main]

use exemplar_search::shards::{Id, MAX_LENGTH, Manifest, Shards, packing};
use exemplar_search::{Method, Query, Refine, SearchOptions};
use exemplar_search_fuzz::{Archive, ask};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// The kinds of shards in the order of their numbers in heads; an input has one byte for it, and one for the shard's number.
const KINDS: [&str; 10] =
    ["start", "words", "passages", "texts", "ngrams", "vectors", "directions", "rest", "fields", "articles"];

fuzz_target!(|input: &[u8]| {
    let archive = Archive::read(input);
    let Some((manifest, files)) = archive.files.split_first() else { return };
    let Ok(mut shards) = Shards::new(manifest) else { return };
    let given: Vec<(Id, Vec<u8>)> = files.iter().filter_map(|file| shard(shards.manifest(), file)).collect();
    for (id, bytes) in given.iter().filter(|(id, _)| id.file() == "start-0.bin") {
        let _ = shards.add(*id, bytes);
    }
    let embedding: Vec<f32> = (0..shards.manifest().space.dimensions).map(|i| (i as f32).cos()).collect();
    let svm = SearchOptions::default().method(Method::Svm);
    let auto = SearchOptions::default();
    search(&mut shards, &Query::from("moon harbor number7").into(), &auto, &given);
    search(&mut shards, &Query::from(&embedding).into(), &svm, &given);
    search(&mut shards, &Refine { more: &["a1"], less: &["a2"], ..Refine::default() }, &auto, &given);
    for id in shards.missing() {
        give(&mut shards, id, &given);
    }
    if let Ok(index) = shards.index(true) {
        ask(&index);
    }
});

/// Loads what the search wants, until it wants no more.
fn search(shards: &mut Shards, refine: &Refine, options: &SearchOptions, given: &[(Id, Vec<u8>)]) {
    for round in 0.. {
        let Ok(answer) = shards.refine(refine, options) else { return };
        if answer.wanted.is_empty() {
            return;
        }
        for id in answer.wanted {
            give(shards, id, given);
        }
        assert!(round < 1_000, "it never has enough");
    }
}

fn give(shards: &mut Shards, id: Id, given: &[(Id, Vec<u8>)]) {
    let found = given.iter().find(|(other, _)| *other == id);
    if found.is_none_or(|(_, bytes)| shards.add(id, bytes).is_err()) {
        shards.give_up(id);
    }
}

/// A shard with the head that its payload needs.
fn shard(manifest: &Manifest, file: &[u8]) -> Option<(Id, Vec<u8>)> {
    let ([kind, number], payload) = file.split_first_chunk()?;
    let id = Id::of_file(&format!("{}-{number}.bin", KINDS.get(usize::from(*kind))?))?;
    assert!(payload.len() <= MAX_LENGTH);
    let mut bytes = b"exs3".to_vec();
    bytes.extend([*kind, 0, 0, 0]);
    bytes.extend(u32::from(*number).to_le_bytes());
    bytes.extend((payload.len() as u32).to_le_bytes());
    bytes.extend(crc32fast::hash(payload).to_le_bytes());
    bytes.extend(manifest.build);
    bytes.extend(payload);
    assert!(packing(&bytes).is_some());
    Some((id, bytes))
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut archive = Archive::read(&data[..size]);
    let count = archive.files.len().max(1);
    if let Some(file) = archive.files.get_mut((seed >> 3) as usize % count) {
        let length = file.len();
        file.resize(length + 64, 0);
        let length = fuzzer_mutate(file, length, length + 64);
        file.truncate(length);
    }
    match archive.write() {
        whole if !seed.is_multiple_of(8) && whole.len() <= max_size => {
            data[..whole.len()].copy_from_slice(&whole);
            whole.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
