//! Methods of ranking, and their names.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::decimal::{self, Decimal};
use crate::lexical::Coverage;
use crate::{Error, Result};

/// A method of ranking.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Method {
    /// The best method on test collections for what is asked (`docs/quality.md`). For a query with a vector and examples, the SVM.
    /// For a text, the whitened cosine fused with keywords if the bundle has them. Otherwise kNN fused with the whitened cosine, or
    /// without any vector keywords alone. If the whitened cosine would take longer than a reader waits, kNN takes its place.
    #[default]
    Auto,
    /// Exact nearest neighbours by cosine similarity.
    Knn,
    /// The exemplar SVM.
    Svm,
    /// The whitened cosine, the SVM's closed form: [`crate::rank::whitened`].
    Whitened,
    /// kNN and SVM, fused with equal weights.
    Hybrid,
    /// BM25 over the bundle's keywords. Only articles with a word of the query are hits.
    Lexical,
    /// Several of these, fused with these weights.
    Fused(Weights),
}

/// How much each kind of score counts, 0 or above. Scores of weight 0 are not computed. Only the ratios of weights matter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weights {
    /// The weight of the cosine similarity.
    pub knn: f32,
    /// The weight of the exemplar SVM.
    pub svm: f32,
    /// The weight of the whitened cosine.
    pub whitened: f32,
    /// The weight of BM25.
    pub lexical: f32,
}

const EXPECTED: &str =
    "expected auto, knn, svm, whitened, hybrid, lexical, or a sum such as knn+lexical or knn+0.5*lexical";
/// What can be fused.
const PARTS: &str = "knn, svm, whitened and lexical";

impl Weights {
    /// Adds to the weight of the scores called `name`.
    pub fn add(&mut self, name: &str, weight: f32) -> Result<()> {
        let own = match name {
            "knn" => &mut self.knn,
            "svm" => &mut self.svm,
            "whitened" => &mut self.whitened,
            "lexical" => &mut self.lexical,
            _ => {
                return Err(Error::option("methods", format!("\"{name}\""), format!("expected {PARTS}")));
            }
        };
        *own += weight;
        Ok(())
    }

    /// The weights for a query of whose words one of as many `passages` has so much. Keywords count less where a passage has a small share of
    /// the query, and words that many passages have: they are those in which any question is asked, and the site answers it in
    /// others. `docs/decisions/ranking-methods.md` has the figures.
    pub(crate) fn for_words(self, found: Coverage, passages: usize) -> Self {
        let together = found.together * found.weight;
        // What it takes to tell one passage from all others, and as much again.
        let telling = 2.0 * (passages.max(2) as f32).ln();
        let others = self.knn + self.svm + self.whitened > 0.0;
        if !others || found.weight <= 0.0 {
            return self;
        }
        let share = found.together.max((together / telling).min(1.0));
        Self { lexical: self.lexical * share.powi(4), ..self }
    }

    /// Whether any weight is for a score of vectors.
    pub(crate) fn any_vector(self) -> bool {
        self.knn > 0.0 || self.svm > 0.0 || self.whitened > 0.0
    }

    /// Each name with its weight.
    fn named(self) -> [(&'static str, f32); 4] {
        [("knn", self.knn), ("svm", self.svm), ("whitened", self.whitened), ("lexical", self.lexical)]
    }

    fn check(self) -> Result<Self> {
        let named = self.named();
        if let Some((name, weight)) = named.iter().find(|(_, weight)| !weight.is_finite() || *weight < 0.0) {
            return Err(Error::option(
                format!("methods.{name}"),
                Decimal::from(*weight),
                "expected a finite weight, 0 or above",
            ));
        }
        if named.iter().all(|(_, weight)| *weight == 0.0) {
            return Err(Error::option("methods", "without a weight above 0", format!("give one of {PARTS}")));
        }
        Ok(self)
    }
}

impl Method {
    /// The weights of its components; an error if they are not valid weights. [`Method::Auto`] has none: the plan of a search says what
    /// it stands for.
    pub(crate) fn weights(self) -> Result<Weights> {
        let none = Weights::default();
        match self {
            Self::Knn => Ok(Weights { knn: 1.0, ..none }),
            Self::Svm => Ok(Weights { svm: 1.0, ..none }),
            Self::Whitened => Ok(Weights { whitened: 1.0, ..none }),
            Self::Hybrid => Ok(Weights { knn: 1.0, svm: 1.0, ..none }),
            Self::Auto => Ok(none),
            Self::Lexical => Ok(Weights { lexical: 1.0, ..none }),
            Self::Fused(weights) => weights.check(),
        }
    }

    /// Whether it uses the query's embedding, if there is one: true for all methods but keywords alone.
    pub fn needs_embedding(self) -> bool {
        self == Self::Auto || self.weights().is_ok_and(Weights::any_vector)
    }

    /// Whether it uses the words of a query's text, if the bundle has keywords.
    pub fn uses_keywords(self) -> bool {
        self == Self::Auto || self.weights().is_ok_and(|weights| weights.lexical > 0.0)
    }
}

/// `knn`, `svm`, `whitened`, `hybrid`, `lexical`, or a sum of any but `hybrid`: `knn+lexical`, `knn+0.5*lexical`.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let name = match self {
            Self::Auto => "auto",
            Self::Knn => "knn",
            Self::Svm => "svm",
            Self::Whitened => "whitened",
            Self::Hybrid => "hybrid",
            Self::Lexical => "lexical",
            Self::Fused(weights) => {
                let mut plus = "";
                for (name, weight) in weights.named().into_iter().filter(|(_, weight)| *weight > 0.0) {
                    match weight {
                        1.0 => write!(f, "{plus}{name}")?,
                        weight => write!(f, "{plus}{}*{name}", Decimal::from(weight))?,
                    }
                    plus = "+";
                }
                return Ok(());
            }
        };
        f.write_str(name)
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let wrong = || Error::option("method", format!("\"{name}\""), EXPECTED);
        match name {
            "auto" => Ok(Self::Auto),
            "knn" => Ok(Self::Knn),
            "svm" => Ok(Self::Svm),
            "whitened" => Ok(Self::Whitened),
            "hybrid" => Ok(Self::Hybrid),
            "lexical" => Ok(Self::Lexical),
            sum => {
                let mut weights = Weights::default();
                for part in sum.split('+') {
                    let (weight, name) = part.split_once('*').unwrap_or(("1", part));
                    let weight = decimal::parse(weight.trim()).ok_or_else(wrong)? as f32;
                    weights.add(name.trim(), weight).map_err(|_| wrong())?;
                }
                Ok(Self::Fused(weights.check()?))
            }
        }
    }
}

/// By its name.
impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Method, Weights};
    use crate::lexical::Coverage;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_come_back() {
        for name in
            ["auto", "knn", "svm", "whitened", "hybrid", "lexical", "knn+whitened+0.5*lexical", "2*knn+svm"]
        {
            assert_eq!(name.parse::<Method>().unwrap().to_string(), name);
        }
        let weights = Weights { knn: 1.0, lexical: 0.25, ..Weights::default() };
        assert_eq!(" 0.25*lexical + knn".parse(), Ok(Method::Fused(weights)));
    }

    #[test]
    fn keywords_count_by_what_they_tell() {
        let sum = Weights { whitened: 1.0, lexical: 1.0, ..Weights::default() };
        let lexical =
            |together, weight| sum.for_words(Coverage { known: 1.0, together, weight }, 1000).lexical;
        assert_eq!(lexical(1.0, 0.1), 1.0, "one common word is all of the query");
        assert_eq!(
            lexical(0.3, 60.0),
            1.0,
            "a small share of a long query, which tells a passage from all others"
        );
        assert!(lexical(0.3, 12.0) < 0.1, "a small share of common words");
        assert_eq!(lexical(0.0, 12.0), 0.0, "no word");
        assert_eq!(lexical(0.0, 0.0), 1.0, "signs alone, whose weight is not known");
        let alone = Weights { lexical: 1.0, ..Weights::default() };
        let none = Coverage { known: 0.0, together: 0.0, weight: 9.0 };
        assert_eq!(alone.for_words(none, 1000), alone, "there is nothing else to rank by");
        assert_eq!(sum.for_words(none, 0).whitened, 1.0);
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "bm25",
            "knn+",
            "knn+best",
            "hybrid+lexical",
            "x*knn",
            "0*knn",
            "-1*knn",
            "inf*knn",
            "NaN*svm",
        ] {
            assert_eq!(name.parse::<Method>().unwrap_err().code(), "option", "{name}");
        }
        let error = "best".parse::<Method>().unwrap_err().to_string();
        assert!(error.contains("\"best\"") && error.contains("lexical"), "{error}");
    }
}
