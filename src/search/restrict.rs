//! Which passages may be hits, by what the query's operators ask.

use super::collect::Candidates;
use crate::lexical::Phrase;
use crate::operators::{Asked, Operators};
use crate::{Query, SearchIndex};

/// Which of so many passages meet all that is asked, or may; and false if no passage has the phrases, which then are no more than words.
/// `listed` tells which passages have the words of a phrase, where that can be told, and `has` of one of these whether it has what is
/// asked, if its text is known.
pub(crate) fn meeting(
    operators: &Operators,
    passages: usize,
    listed: &dyn Fn(&Phrase) -> Option<Vec<bool>>,
    has: &dyn Fn(&Asked, usize) -> Option<bool>,
) -> (Vec<bool>, bool) {
    let [mut meeting, mut with_phrases] = [vec![true; passages], vec![true; passages]];
    for asked in &operators.asked {
        let list = listed(&asked.phrase);
        let by_list = asked.phrase.is_a_word() && !asked.in_title;
        let may = if asked.is_phrase() { &mut with_phrases } else { &mut meeting };
        for (passage, may) in may.iter_mut().enumerate().filter(|(_, may)| **may) {
            let has = match list.as_ref().map(|list| list[passage]) {
                Some(true) if by_list => Some(true),
                Some(false) => Some(false),
                _ => has(asked, passage),
            };
            *may = has != Some(asked.without);
        }
    }
    with_phrases.iter_mut().zip(&meeting).for_each(|(with, meets)| *with &= meets);
    match with_phrases.contains(&true) {
        true => (with_phrases, true),
        false => (meeting, !operators.asked.iter().any(Asked::is_phrase)),
    }
}

impl SearchIndex {
    /// The operators of a query's text.
    pub(super) fn operators<'q>(&self, query: &Query<'q>) -> Operators<'q> {
        let has = |option: &str| self.keywords().is_some_and(|keywords| keywords.has(option));
        Operators::of(query.text.unwrap_or_default(), query.unfinished, &has)
    }

    /// Leaves those that meet what is asked. False if no passage has the phrases that are asked for.
    pub(super) fn restrict(&self, candidates: &mut Candidates, operators: &Operators) -> bool {
        if !operators.restrict() {
            return true;
        }
        let listed = |phrase: &Phrase| Some(self.keywords()?.with_all(phrase.words()));
        let has = |asked: &Asked, passage: usize| {
            let passage = &self.passages()[passage];
            let is_in = asked.is_in(&self.articles()[passage.article], passage);
            // A bundle may have no texts.
            (is_in || asked.in_title || !passage.text.is_empty()).then_some(is_in)
        };
        let (mut passages, found) = meeting(operators, self.passages().len(), &listed, &has);
        if !operators.tags.is_empty() {
            let tagged: Vec<bool> = self.articles().iter().map(|article| operators.allow(article)).collect();
            passages
                .iter_mut()
                .zip(self.article_of())
                .for_each(|(may, &article)| *may &= tagged[article as usize]);
        }
        candidates.passages = Some(passages);
        found
    }
}
