//! The JSON of exemplar-search: bundles, and the options that a page gives. serde_json, serde's derived code and the standard library's
//! numbers would do the same, but would make the WebAssembly core half as large again.

pub mod decimal;
pub mod fields;
pub mod read;
pub mod scan;
pub mod value;
