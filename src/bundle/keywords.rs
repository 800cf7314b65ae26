//! The keywords as a part of a bundle.

use super::Part;
use crate::lexical::{Damaged, ENCODING, Keywords, PART};
use crate::{Error, Result};

impl Part {
    /// The part `keywords`.
    pub fn of_keywords(keywords: &Keywords) -> Self {
        Self { encoding: ENCODING.into(), bytes: keywords.to_bytes(), extra: Default::default() }
    }

    /// Reads the part `keywords` of a bundle of so many passages; see [`Keywords::from_bytes`].
    pub fn keywords(&self, passages: usize) -> Result<Keywords> {
        if self.encoding != ENCODING {
            let problem = format!(
                "is \"{}\", expected \"{ENCODING}\": update exemplar-search, or build the bundle again",
                self.encoding
            );
            return Err(Error::field(format!("parts.{PART}.encoding"), problem));
        }
        let wrong = |Damaged(problem)| Error::field(format!("parts.{PART}"), problem);
        Keywords::from_bytes(&self.bytes, passages).map_err(wrong)
    }
}
