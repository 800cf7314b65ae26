//! `exemplar.toml`.
#![no_main]

use exemplar_search_cli::readers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = str::from_utf8(input) else { return };
    match readers::options(text) {
        // Each is one word: whatever a value holds, it is no further option.
        Ok(options) => assert!(options.iter().all(|option| option.as_encoded_bytes().starts_with(b"--"))),
        Err(error) => assert!(format!("{error:#}").contains("exemplar.toml")),
    }
});
