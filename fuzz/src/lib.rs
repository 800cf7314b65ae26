//! Bundles of several files as one input of the fuzzer, and what mutates their parts past the checksums.

mod archive;
mod ask;
mod parts;

pub use archive::Archive;
pub use ask::ask;
pub use parts::mutate_part;
