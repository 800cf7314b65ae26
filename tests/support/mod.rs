//! What several files of tests share.

pub mod site;
pub mod synthetic;
pub mod texts;

use proptest::prelude::ProptestConfig;

/// `count` generated cases natively. In WebAssembly, where the same code is slower and only the instructions are new, a
/// tenth, unless the tests are compiled with `EXEMPLAR_ALL_CASES` set.
pub fn cases(count: u32) -> ProptestConfig {
    let all = cfg!(not(target_arch = "wasm32")) || option_env!("EXEMPLAR_ALL_CASES").is_some();
    ProptestConfig::with_cases(if all { count } else { count.div_ceil(10) })
}
