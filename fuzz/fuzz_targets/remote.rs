//! A remote bundle with hashes that fit its parts, and the responses of an engine.
#![no_main]

use exemplar_search::remote::{Candidates, Manifest, Remote, Response};
use exemplar_search::{Query, SearchOptions};
use exemplar_search_fuzz::{Archive, mutate_part};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|input: &[u8]| {
    let archive = Archive::read(input);
    let [manifest, bytes, responses @ ..] = archive.files.as_slice() else { return };
    let Ok(Manifest { file, .. }) = Manifest::read(manifest) else { return };
    let Ok(remote) = Remote::read(manifest, &[(file, bytes.clone())].into()) else { return };
    let embedding: Vec<f32> = (0..remote.space().dimensions).map(|i| (i as f32).cos()).collect();
    for method in ["auto", "hybrid"] {
        let options = SearchOptions::default().method(method.parse().expect("a method"));
        let query = Query { text: Some("moon harbor number7"), embedding: Some(&embedding), unfinished: false };
        let mut candidates = Candidates::default();
        let mut responses = responses.iter().cycle();
        for request in 0.. {
            let Ok(answer) = remote.search(query, &options, &candidates) else { return };
            assert!(answer.result.hits.iter().all(|hit| hit.score.is_finite()), "hits have scores");
            let Some((wanted, response)) = answer.wanted.zip(responses.next()) else { break };
            assert!(request < 2, "it never has enough");
            let mut read = candidates.clone();
            let added = candidates.add_json(&remote, &wanted, response.clone(), None);
            let expected = Response::read(response, None).and_then(|response| read.add(&remote, &wanted, response));
            assert_eq!(added.is_ok(), expected.is_ok(), "reading all of it is no other");
            assert!(candidates == read, "and gives the same");
            if added.is_err() {
                break;
            }
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut archive = Archive::read(&data[..size]);
    let mutated = mutate_part(&mut archive, seed >> 2, |part| {
        let length = part.len();
        fuzzer_mutate(part, length, length);
    });
    match archive.write() {
        whole if mutated && seed % 4 > 0 && whole.len() <= max_size => {
            data[..whole.len()].copy_from_slice(&whole);
            whole.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
