//! Typed values out of JSON, a bundle's or a page's, in this crate's terms.

use std::str::FromStr;

pub(crate) use exemplar_search_json::fields::*;

use crate::Error;
use crate::bundle::Article;

/// As of a bundle.
impl From<Box<Mismatch>> for Box<Error> {
    fn from(mismatch: Box<Mismatch>) -> Self {
        let Mismatch { place, found, expected } = *mismatch;
        Error::field(place, format!("is {found}, expected {expected}"))
    }
}

/// From the JSON of its fields.
impl FromStr for Article {
    type Err = String;

    fn from_str(json: &str) -> Result<Self, String> {
        Self::from_json(json.parse()?, &Place::Top).map_err(|mismatch| {
            let Mismatch { place, found, expected } = *mismatch;
            format!("field {place}: is {found}, expected {expected}")
        })
    }
}
