//! PostgreSQL with pgvector: vectors as `halfvec`, found by an index (HNSW); words by PostgreSQL's own text search.

mod ask;
mod connect;
mod load;
mod words;

pub use ask::ask;
pub use connect::Server;
pub use load::load;
