//! What the targets share: bundles of several files as one input, what mutates their parts past the checksums, and sites of one input.

mod archive;
mod ask;
mod parts;
mod source;

pub use archive::Archive;
pub use ask::ask;
pub use parts::mutate_part;
pub use source::Site;
