//! JSON as exemplar-search reads and says it: a bundle's and a page's options. serde_json, serde's derived code and the standard
//! library's way with numbers would do the same, but make the WebAssembly core half as large again.

pub mod decimal;
pub mod fields;
pub mod read;
pub mod value;
