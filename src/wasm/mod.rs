//! The boundary to JavaScript, and the only folder that knows it: it converts types and decides nothing.
//!
//! Readers download it in parts, by what their bundle needs first: the feature `wasm-whole` exports the index of a bundle in one
//! file, `wasm-shards` the search of a bundle in shards, and both together also make an index of all shards; `wasm-remote` exports the search of a
//! remote bundle.

mod convert;
mod options;
#[cfg(feature = "wasm-remote")]
mod remote;
#[cfg(feature = "wasm-shards")]
mod shards;
#[cfg(feature = "wasm-whole")]
mod whole;
