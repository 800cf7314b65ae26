//! Bundles of versions 1 and 2: any bytes, and parts with hashes that fit.
#![no_main]

use exemplar_search::SearchIndex;
use exemplar_search::bundle::{Bundle, Files};
use exemplar_search_fuzz::{Archive, ask, mutate_part};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|input: &[u8]| {
    let archive = Archive::read(input);
    let Some((json, beside)) = archive.files.split_first() else { return };
    let Ok(names) = Bundle::files(json) else { return };
    let files: Files =
        names.into_iter().zip(beside).map(|(name, file)| (name, file.as_slice().into())).collect();
    if let Ok(index) = Bundle::read(json, &files).and_then(SearchIndex::new) {
        ask(&index);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut archive = Archive::read(&data[..size]);
    let mutated = mutate_part(&mut archive, seed >> 2, |part| {
        let length = part.len();
        part.resize(length + 64, 0);
        let length = fuzzer_mutate(part, length, length + 64);
        part.truncate(length);
    });
    match archive.write() {
        whole if mutated && seed % 4 > 0 && whole.len() <= max_size => {
            data[..whole.len()].copy_from_slice(&whole);
            whole.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
