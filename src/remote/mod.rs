//! A remote bundle: what a page loads of a collection whose rows an engine holds, such as a database with vectors. This module plans,
//! asks for rows and ranks them; it does not fetch.
//!
//! A row is a passage with its unit vector. [`Builder`] makes the remote bundle of rows that stream by, [`write()`] of a whole bundle.
//! The caller, who can reach the engine, drives [`Remote`]:
//!
//! 1. It asks [`Remote::search`], which answers with the hits among the candidates so far, and the request that would tell more.
//! 2. It has the engine answer the request, and gives the [`Response`] to [`Candidates::add`], or its JSON to [`Candidates::add_json`].
//! 3. It asks again, until the answer wants nothing more. There are at most two requests.
//!
//! `docs/remote.md` has the mathematics, the format of the files and that of requests and responses.

mod builder;
mod candidates;
mod manifest;
mod metric;
mod ranking;
mod request;
mod response;
mod search;
mod unread;

use self::manifest::Parts;
use self::metric::Metric;
use crate::bundle::{EmbeddingSpace, Files};
use crate::encoder::{Encoded, LazyEncoder};
use crate::error::Cause;
use crate::query::check_length;
use crate::rank::mixture::{KeptSteering, Mixture};
use crate::vector::Matrix;
use crate::{Error, Result};

pub use self::builder::{About, Builder, Sample, write};
pub use self::candidates::Candidates;
pub use self::manifest::{MAX_DIMENSIONS, Manifest};
pub use self::request::Request;
pub use self::response::{Partial, Response, Row};
pub use self::search::Answer;

/// A remote bundle in memory, ready to plan and to rank.
#[derive(Debug)]
pub struct Remote {
    manifest: Manifest,
    mean_query: Option<Vec<f32>>,
    encoder: Option<LazyEncoder>,
    mixture: Mixture,
    /// Random rows of the collection, of unit length.
    passages: Matrix,
    metric: Metric,
    steering: KeptSteering,
}

impl Remote {
    /// Reads a remote bundle. `files` holds the file that [`Manifest::file`] names.
    ///
    /// # Errors
    ///
    /// Those of a bundle: [`ErrorKind::BundleField`](crate::ErrorKind::BundleField) and the others of its kind.
    pub fn read(json: &[u8], files: &Files) -> Result<Self> {
        let Parts { manifest, mean, covariance, clusters, passages, scales, mean_query, encoder } =
            manifest::read(json, files)?;
        let encoder = encoder.map(|part| LazyEncoder::of(part, &manifest.space)).transpose()?;
        let metric = Metric::new(manifest.rows, &mean, covariance, scales);
        let mixture = metric.mixture(manifest.rows, clusters);
        let steering = KeptSteering::default();
        Ok(Self { manifest, mean_query, encoder, mixture, passages, metric, steering })
    }

    /// What the bundle says of the collection.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The embedding space of queries and rows.
    pub fn space(&self) -> &EmbeddingSpace {
        &self.manifest.space
    }

    /// Makes a text's embedding with the bundle's query encoder; see [`SearchIndex::encode`](crate::SearchIndex::encode).
    pub fn encode(&self, text: &str) -> Result<Option<Encoded>> {
        check_length(text)?;
        Ok(self.encoder.as_ref().ok_or(Cause::NoEncoder)?.read()?.encode(text))
    }

    /// Whether the bundle has a query encoder, which makes a query's embedding without an API.
    pub fn has_encoder(&self) -> bool {
        self.encoder.is_some()
    }
}

/// A place in a response, for errors.
fn response_error(place: impl std::fmt::Display, problem: impl std::fmt::Display) -> Error {
    Cause::Response(format!("the engine's response cannot be used: {place} {problem}")).into()
}
