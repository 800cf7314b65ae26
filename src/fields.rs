//! Typed values out of JSON, a bundle's or a page's, in this crate's terms.

pub(crate) use exemplar_search_json::fields::*;

use crate::Error;

/// As of a bundle.
impl From<Box<Mismatch>> for Error {
    fn from(mismatch: Box<Mismatch>) -> Self {
        let Mismatch { place, found, expected } = *mismatch;
        Error::field(place, format!("is {found}, expected {expected}"))
    }
}
