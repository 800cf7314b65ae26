//! Whether there is anything to find: how close the best hits come to what was asked.
//!
//! What ranks cannot tell: its scores are next to those of the other passages, so there is always a best one. Two things can: the share
//! of a query's words that the site has, and how near the nearest passage is, next to what is usual on this site. The build measures
//! that with the site's own titles, each without its own article ([`Calibration`]).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::fields::{Fields, FromFields, FromJson, Mismatch, Place};
use crate::json::Value;
use crate::lexical::Coverage;
use crate::{Error, Query, Result};

/// How close the hits of a search come to the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Closeness {
    /// There is nothing to find, and there are no hits.
    Nothing,
    /// Nothing is close: the hits are what is nearest.
    Nearest,
    /// The query is like those that the site answers.
    Good,
}

/// How easily hits are called close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// All are hits; nothing is said of how close they are.
    Off,
    /// One query in twenty that the site answers may be called far.
    #[default]
    Mild,
    /// Rather some queries too many that are called far, than too few.
    Strict,
}

impl Strictness {
    const ALL: [Self; 3] = [Self::Off, Self::Mild, Self::Strict];

    /// How close hits come to a query whose phrase in quotes no passage has: what is found without it is no more than near.
    pub(crate) fn without_phrase(self, closeness: Option<Closeness>) -> Option<Closeness> {
        match (self, closeness) {
            (Self::Off, _) | (_, Some(Closeness::Nothing)) => closeness,
            _ => Some(Closeness::Nearest),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Mild => "mild",
            Self::Strict => "strict",
        }
    }
}

/// `off`, `mild` or `strict`.
impl fmt::Display for Strictness {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// By its name.
impl FromStr for Strictness {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|it| it.name() == name)
            .ok_or_else(|| Error::option("strictness", format!("\"{name}\""), "expected off, mild or strict"))
    }
}

/// How near the nearest passage to a query is on a site, in ascending steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Below it there is nothing.
    pub far: f32,
    /// From here on it is close, if the site has words of the query.
    pub near: f32,
    /// From here on it is close in any case.
    pub close: f32,
}

/// The bounds of a bundle's queries, by what places them; none where the build could not measure them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Calibration {
    /// Of the cosine with the nearest passage, for embeddings by the bundle's model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<Bounds>,
    /// Of [`by_encoder`], for the bundle's query encoder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Bounds>,
}

/// Of words that weigh less than this share of the query, it is chance that the site has them.
const FOUND: f32 = 1.0 / 3.0;
/// A passage that has words of so much of the query's weight is close, whatever its vector says.
const TOGETHER: f32 = 0.9;

/// How near the nearest passage is to a text of which the query encoder knows this share. The encoder places a text by the words that it
/// knows, however few they are.
pub(crate) fn by_encoder(known: f32, whitened: f32) -> f32 {
    known * known * whitened
}

impl Bounds {
    /// `near` is how near the nearest passage is, and `words` is what the site has of the query's words, if it has keywords.
    pub(crate) fn judge(&self, near: f32, words: Option<Coverage>, strictness: Strictness) -> Closeness {
        let found = words.is_none_or(|words| words.known >= FOUND);
        let (least, close) = match strictness {
            Strictness::Strict => (self.near, self.close),
            _ => (self.far, if found { self.near } else { self.close }),
        };
        if near >= close || words.is_some_and(|words| words.together >= TOGETHER) {
            Closeness::Good
        } else if near >= least || words.is_some_and(|words| words.known >= FOUND) {
            Closeness::Nearest
        } else {
            Closeness::Nothing
        }
    }
}

/// What has placed a query among the passages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PlacedBy {
    /// An embedding that came with it.
    Embedding,
    /// The query encoder, which knows this share of it.
    Encoder(f32),
}

impl PlacedBy {
    /// What placed a query that ranks `by_vectors` if it does: its embedding, or the encoder, which has `known` so much of it. Nothing if it
    /// has no text: a vector alone may be anything, such as an article's, and the bounds are those of texts.
    pub fn of(query: &Query, by_vectors: bool, known: Option<f32>) -> Option<Self> {
        let embedding = query.embedding.filter(|_| by_vectors);
        query.text?;
        embedding.map(|_| Self::Embedding).or(known.map(Self::Encoder))
    }
}

impl Calibration {
    /// What queries that are placed in this way are measured by, if they are.
    pub(crate) fn bounds(&self, placed_by: PlacedBy, strictness: Strictness) -> Option<Bounds> {
        match placed_by {
            _ if strictness == Strictness::Off => None,
            PlacedBy::Embedding => self.embedding,
            PlacedBy::Encoder(_) => self.encoder,
        }
    }
}

/// As an array of the three.
impl Serialize for Bounds {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq([self.far, self.near, self.close])
    }
}

impl FromJson for Bounds {
    fn from_json(value: Value, place: &Place) -> std::result::Result<Self, Box<Mismatch>> {
        let expected = "three ascending numbers";
        match Vec::<f32>::from_json(value, place)?[..] {
            // Not numbers are in no order.
            [far, near, close] if far <= near && near <= close => Ok(Self { far, near, close }),
            _ => Err(Mismatch::of(place, "another list".into(), expected)),
        }
    }
}

impl FromFields for Calibration {
    fn from_fields(mut fields: Fields) -> std::result::Result<Self, Box<Mismatch>> {
        Ok(Self { embedding: fields.optional("embedding")?, encoder: fields.optional("encoder")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn bounds() -> impl Strategy<Value = Bounds> {
        [-1.0f32..1.0, 0.0f32..0.5, 0.0f32..0.5].prop_map(|[far, up, more]| {
            let near = far + up;
            Bounds { far, near, close: near + more }
        })
    }

    fn coverage() -> impl Strategy<Value = Option<Coverage>> {
        prop::option::of((0.0f32..1.0, 0.0f32..1.0).prop_map(|(known, share)| Coverage {
            known,
            together: known * share,
            weight: 1.0,
        }))
    }

    proptest! {
        #[test]
        fn what_is_nearer_or_has_more_words_is_no_further(
            bounds in bounds(), near in -1.0f32..1.0, more in 0.0f32..1.0, words in coverage(), more_words in 0.0f32..1.0,
        ) {
            for strictness in [Strictness::Mild, Strictness::Strict] {
                let here = bounds.judge(near, words, strictness);
                prop_assert!(bounds.judge(near + more, words, strictness) >= here);
                let with_more = words.map(|Coverage { known, together, weight }| Coverage {
                    known: known + (1.0 - known) * more_words,
                    together: together + (known - together) * more_words,
                    weight,
                });
                prop_assert!(bounds.judge(near, with_more, strictness) >= here);
                prop_assert!(bounds.judge(near, words, Strictness::Strict) <= bounds.judge(near, words, Strictness::Mild));
            }
        }

        #[test]
        fn words_that_are_found_are_never_nothing(bounds in bounds(), near in -1.0f32..1.0, known in 0.5f32..1.0) {
            let words = Some(Coverage { known, ..Coverage::default() });
            for strictness in [Strictness::Mild, Strictness::Strict] {
                prop_assert!(bounds.judge(near, words, strictness) > Closeness::Nothing);
                let all = Some(Coverage { known: 1.0, together: known.max(TOGETHER), weight: 1.0 });
                prop_assert_eq!(bounds.judge(near, all, strictness), Closeness::Good);
            }
        }
    }

    #[test]
    fn names_come_back_and_others_are_refused() {
        for strictness in Strictness::ALL {
            assert_eq!(strictness.to_string().parse::<Strictness>().unwrap(), strictness);
        }
        let error = "lax".parse::<Strictness>().unwrap_err().to_string();
        assert_eq!(error, "option strictness is \"lax\": expected off, mild or strict");
    }
}
