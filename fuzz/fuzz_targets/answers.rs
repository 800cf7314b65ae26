//! The answer of an embedding API; the first byte says how many texts it was asked for.
#![no_main]

use exemplar_search_cli::readers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((texts, body)) = input.split_first() else { return };
    let texts = usize::from(texts % 8);
    match readers::answer(body, texts) {
        Ok(vectors) => {
            assert_eq!(vectors.len(), texts);
            for vector in vectors {
                assert!(
                    vector.iter().all(|value| value.is_finite()) && vector.iter().any(|value| *value != 0.0)
                );
            }
        }
        Err(message) => assert!(!message.trim().is_empty() && message.len() < 4_000, "{message:?}"),
    }
});
