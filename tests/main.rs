//! Every test of the core that goes through its public functions, as one program: it is linked once, and starts once in
//! Node and in Chromium.

mod bundle;
mod bundle_hostile;
mod explain;
mod filter;
mod high_dimensions;
mod lexical_bytes;
mod lexical_highlight;
mod lexical_ranking;
mod lexical_tokens;
mod map;
mod operators;
mod other_passages;
mod remote;
mod search;
mod support;
mod svm_golden;
mod svm_properties;
mod weights;
mod whitened;

/// Cargo would make a program of each file here that it finds by itself; one that no line above names would not be run.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn each_file_is_a_module() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs").filter(|&module| module != "main") else { continue };
        assert!(
            include_str!("main.rs").contains(&format!("mod {module};")),
            "tests/main.rs does not name {module}"
        );
    }
}
