//! The first step of a search, the plan: it says what to compute, from the options and from what there is to rank by. It knows no
//! index, so it can be made before there is one.

use super::StopAt;
use crate::error::Cause;
use crate::{Error, Method, Result, Weights};

/// What there is to rank by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    /// The bundle has keywords.
    pub keywords: bool,
    /// The bundle has a query encoder.
    pub encoder: bool,
    /// The whitened cosine would take longer than a reader waits.
    pub slow_whitening: bool,
    /// The query has an embedding.
    pub embedding: bool,
    /// The query has a text.
    pub text: bool,
    /// There are articles that the reader likes.
    pub liked: bool,
    /// These have texts, whose words can be asked for where the query has none.
    pub liked_texts: bool,
    /// There are articles that the reader does not want.
    pub disliked: bool,
}

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    /// What ranks; never [`Method::Auto`].
    pub method: Method,
    /// Which scores are computed, and how much each counts. They may be fewer than the method's: see
    /// [`Plan::by_keywords`].
    pub weights: Weights,
    /// Whether the bundle's query encoder is to encode the text.
    pub encode: bool,
}

impl Given {
    /// What [`Method::Auto`] stands for, in the one place that decides it; other methods stand for themselves.
    pub fn resolve(self, method: Method) -> Method {
        let sum = |weights| Method::Fused(weights);
        let none = Weights::default();
        // If the whitened cosine is slow, the next best.
        let (whitened, knn) = if self.slow_whitening { (0.0, 1.0) } else { (1.0, 0.0) };
        match method {
            Method::Auto if self.has_query_vector() && (self.liked || self.disliked) => Method::Svm,
            Method::Auto if self.has_vector() && self.has_terms() => {
                sum(Weights { whitened, knn, lexical: 1.0, ..none })
            }
            Method::Auto if self.has_terms() => Method::Lexical,
            Method::Auto if self.slow_whitening => Method::Knn,
            Method::Auto if self.has_words_of_liked() && !self.disliked => {
                sum(Weights { knn: 1.0, whitened: 1.0, lexical: 0.5, ..none })
            }
            Method::Auto => sum(Weights { knn: 1.0, whitened: 1.0, ..none }),
            other => other,
        }
    }

    fn has_query_vector(self) -> bool {
        self.embedding || (self.text && self.encoder)
    }

    fn has_vector(self) -> bool {
        self.has_query_vector() || self.liked
    }

    fn has_terms(self) -> bool {
        self.text && self.keywords
    }

    /// Whether the words to ask for are those of liked articles.
    pub fn has_words_of_liked(self) -> bool {
        self.liked_texts && self.keywords && !self.text && !self.embedding
    }

    /// What the weights need and is missing, if anything.
    fn missing(self, weights: Weights) -> Option<&'static str> {
        if weights.any_vector() && !self.has_vector() {
            Some(match self.text {
                true => "the query's embedding, as this bundle has no query encoder to make it",
                false => "the query's embedding",
            })
        } else if weights.lexical > 0.0 && !self.keywords {
            Some("keywords, which this bundle does not have: build it with them")
        } else if weights.lexical > 0.0 && !self.text && !self.has_words_of_liked() {
            Some("the query's text")
        } else {
            None
        }
    }
}

impl Plan {
    /// # Errors
    ///
    /// [`ErrorKind::MethodNeeds`](crate::ErrorKind::MethodNeeds) if something that the method ranks by is missing;
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) for wrong weights, or if `stop` does not fit the method.
    pub fn new(method: Method, stop: StopAt, given: Given) -> Result<Self> {
        let method = given.resolve(method);
        let weights = method.weights()?;
        if stop == StopAt::TopK && method != Method::Svm {
            return Err(Error::option("stop", "topk", format!("{method} needs all scores: leave it out")));
        }
        if let Some(needs) = given.missing(weights) {
            return Err(Cause::MethodNeeds { method: method.to_string(), needs }.into());
        }
        let encode = weights.any_vector() && !given.embedding && given.text && given.encoder;
        Ok(Self { method, weights, encode })
    }

    /// The plan that is left if the query encoder knows nothing of the text and there is no example: the keywords alone, if the method
    /// has them.
    pub fn by_keywords(self) -> Option<Self> {
        let weights = Weights { lexical: self.weights.lexical, ..Weights::default() };
        (weights.lexical > 0.0).then_some(Self { weights, ..self })
    }

    /// Whether vectors rank, and so every article has a place. By keywords alone, what has none of the terms is not found.
    pub fn by_vectors(&self) -> bool {
        self.weights.any_vector()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOTHING: Given = Given {
        keywords: false,
        encoder: false,
        slow_whitening: false,
        embedding: false,
        text: false,
        liked: false,
        liked_texts: false,
        disliked: false,
    };

    #[test]
    fn auto_is_what_was_best_for_what_there_is() {
        let text = Given { text: true, keywords: true, ..NOTHING };
        for (given, expected) in [
            (Given { embedding: true, ..NOTHING }, "knn+whitened"),
            (Given { liked: true, ..NOTHING }, "knn+whitened"),
            (Given { liked: true, liked_texts: true, ..NOTHING }, "knn+whitened"),
            (Given { liked: true, liked_texts: true, keywords: true, ..NOTHING }, "knn+whitened+0.5*lexical"),
            (
                Given { liked: true, liked_texts: true, disliked: true, keywords: true, ..NOTHING },
                "knn+whitened",
            ),
            (Given { embedding: true, ..text }, "whitened+lexical"),
            (Given { encoder: true, ..text }, "whitened+lexical"),
            (Given { encoder: true, keywords: false, ..text }, "knn+whitened"),
            (Given { liked: true, ..text }, "whitened+lexical"),
            (text, "lexical"),
            (Given { embedding: true, slow_whitening: true, ..text }, "knn+lexical"),
            (Given { liked: true, slow_whitening: true, ..NOTHING }, "knn"),
            (Given { embedding: true, liked: true, ..text }, "svm"),
            (Given { encoder: true, disliked: true, ..text }, "svm"),
            (Given { embedding: true, disliked: true, ..NOTHING }, "svm"),
        ] {
            let plan = Plan::new(Method::Auto, StopAt::Converged, given).unwrap();
            assert_eq!(plan.method.to_string(), expected, "{given:?}");
            let encodes = given.encoder && given.text && !given.embedding && plan.by_vectors();
            assert_eq!(plan.encode, encodes, "{given:?}");
        }
    }

    #[test]
    fn what_a_method_lacks_is_named() {
        let error =
            |method: Method, given| Plan::new(method, StopAt::Converged, given).unwrap_err().to_string();
        let text = Given { text: true, ..NOTHING };
        assert_eq!(error(Method::Knn, NOTHING), "method knn needs the query's embedding");
        assert!(error(Method::Svm, text).contains("no query encoder"));
        assert!(error(Method::Auto, text).contains("no query encoder"));
        assert!(error(Method::Lexical, text).contains("keywords"));
        assert!(error(Method::Lexical, Given { keywords: true, ..NOTHING }).contains("the query's text"));
    }

    #[test]
    fn only_the_svm_stops_at_the_first_k() {
        let given = Given { embedding: true, ..NOTHING };
        assert!(Plan::new(Method::Svm, StopAt::TopK, given).is_ok());
        assert_eq!(Plan::new(Method::Hybrid, StopAt::TopK, given).unwrap_err().code(), "option");
    }

    #[test]
    fn where_no_vector_is_known_keywords_are_left() {
        let given = Given { text: true, keywords: true, encoder: true, ..NOTHING };
        let plan = |method: &str| Plan::new(method.parse().unwrap(), StopAt::Converged, given).unwrap();
        let left = plan("knn+0.5*lexical").by_keywords().unwrap();
        assert!(!left.by_vectors() && left.weights.lexical == 0.5);
        assert_eq!(plan("knn").by_keywords(), None);
    }
}
