//! ClickHouse, by its HTTP interface. Release 18.16 of Debian has no index of vectors and no words to search: each shard computes the
//! inner products of all its rows.

mod ask;
mod binary;
mod http;
mod load;

pub use ask::ask;
pub use http::Server;
pub use load::load;

/// The most shards: an answer has a row of each beside the candidates.
pub const MOST_SHARDS: usize = 64;
