//! Why hits are where they are: which words, how much meaning, which weight.

use super::exact::Named;
use super::score::{Asked, Part, Scored};
use super::{Hit, Refine, SearchOptions};
use crate::lexical::Bm25;
use crate::rank::fusion::{Fusion, z_scores};
use crate::{Result, SearchIndex};

/// A hit, and what its score is made of: the shares add up to it, before the weight and before it is lifted.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation<'a> {
    /// The hit.
    pub hit: Hit<'a>,
    /// What each way of ranking gives.
    pub shares: Vec<Share>,
    /// What each word of the query gives to the keywords' score, in the order of the query.
    pub words: Vec<WordShare>,
    /// What the article counts: 1 if its owner says nothing.
    pub weight: f32,
    /// Why it is above all that merely scores: `pinned`, `title` or `heading`.
    pub lifted: Option<&'static str>,
}

/// What one way of ranking gives to a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Such as `whitened`.
    pub name: &'static str,
    /// Its own score.
    pub score: f32,
    /// What that is in the sum: its deviations from the mean of all passages, times its part of the weights. The score itself, if it is the
    /// only one. None by reciprocal ranks.
    pub share: Option<f32>,
}

/// What a word gives to the score of keywords.
#[derive(Clone, Debug, PartialEq)]
pub struct WordShare {
    /// As it was typed, folded.
    pub word: String,
    /// The words of the passage that match it.
    pub matched: Vec<String>,
    /// What it gives: 0 or above.
    pub score: f32,
}

impl SearchIndex {
    /// [`SearchIndex::refine`] with the reasons of each hit. It ranks all passages anew, for people and not for each key.
    ///
    /// # Errors
    ///
    /// Those of [`SearchIndex::refine`].
    pub fn explain(&self, refine: &Refine, options: &SearchOptions) -> Result<Vec<Explanation<'_>>> {
        let explained = self.scored(refine, options, |asked, scored| self.explanations(asked, &scored))?;
        Ok(explained.found.unwrap_or_default())
    }

    fn explanations(&self, asked: &Asked, scored: &Scored) -> Vec<Explanation<'_>> {
        let parts: Vec<Part> = scored.parts().collect();
        let total: f32 = parts.iter().map(|part| part.1).sum();
        let is_sum = parts.len() > 1;
        // What each list gives to all passages, if that can be added up.
        let shares: Vec<Option<Vec<f32>>> = parts
            .iter()
            .map(|&(_, weight, scores)| match asked.options.fusion {
                _ if !is_sum => Some(scores.to_vec()),
                Fusion::ZScore => Some(z_scores(scores).iter().map(|z| z * weight / total).collect()),
                Fusion::ReciprocalRank => None,
            })
            .collect();
        let explained = self.collect(asked, scored).hits.into_iter().map(|hit| {
            let passage = hit.passage_index;
            let each = parts.iter().zip(&shares).map(|(&(name, _, scores), shares)| Share {
                name,
                score: scores[passage],
                share: shares.as_ref().map(|shares| shares[passage]),
            });
            Explanation {
                shares: each.collect(),
                words: self.word_shares(asked, scored, passage),
                weight: self.log_weights().get(hit.passage.article).map_or(1.0, |log| log.exp()),
                lifted: reason_to_lift(asked, &hit),
                hit,
            }
        });
        explained.collect()
    }

    /// Nothing where words do not count.
    fn word_shares(&self, asked: &Asked, scored: &Scored, passage: usize) -> Vec<WordShare> {
        match (self.keywords(), asked.terms) {
            (Some(keywords), Some(terms)) if scored.of(passage).lexical.is_some() => {
                let shares = keywords.shares(terms, Bm25::default(), passage).into_iter();
                shares.map(|(word, matched, score)| WordShare { word, matched, score }).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn reason_to_lift(asked: &Asked, hit: &Hit) -> Option<&'static str> {
    let terms = asked.terms.filter(|_| hit.scores.lexical.is_some_and(|score| score > 0.0))?;
    asked.target.example_articles().next().is_none().then_some(())?;
    Some(match Named::of(terms, hit.article, &hit.passage.heading)? {
        Named::Pin => "pinned",
        Named::Title => "title",
        Named::Heading => "heading",
    })
}
