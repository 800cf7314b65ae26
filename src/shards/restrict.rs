//! Which passages may be hits, by what the query's operators ask, as far as their texts are there.

use std::cell::Cell;

use super::Shards;
use super::shard::{Id, Kind};
use super::start::Start;
use crate::lexical::{Keywords, Phrase, spaced};
use crate::operators::{Asked, Operators, TAGS, options_in};
use crate::search::restrict::meeting;
use crate::{Query, SearchOptions};

/// So many passages that have the words but not what is asked are looked at. Then only those are hits of which it is known.
const LOOKED_AT: usize = 128;

/// What the operators leave.
pub(super) struct Restricted {
    /// Which passages may be hits, if not all.
    pub allowed: Option<Vec<bool>>,
    /// False if no passage has the phrases that are asked for.
    pub phrase_found: bool,
    /// Whether that is all that there is to know. It is not without the fields that are asked for, nor where more texts would tell more
    /// but are not worth their bytes.
    pub known: bool,
}

/// The shard that says which articles have the tags that are asked for. Nothing if none are, or no article has any.
pub(super) fn tags(start: &Start, operators: &Operators) -> Option<Id> {
    start.field(TAGS).filter(|_| !operators.tags.is_empty())
}

impl Shards {
    /// The operators of a query's text, or the shards that it takes to tell them from a command's options.
    pub(super) fn operators<'q>(&self, start: &Start, query: &Query<'q>) -> Result<Operators<'q>, Vec<Id>> {
        let text = query.text.unwrap_or_default();
        let mut files = Vec::new();
        for option in options_in(text) {
            let id = Id::new(Kind::Words, start.words_of(&option));
            if !files.contains(&id) {
                files.push(id);
            }
        }
        let files = self.left(files);
        if !files.is_empty() {
            return Err(files);
        }
        let has = |option: &str| {
            let words = self.words.get(start.words_of(option)).and_then(Option::as_ref);
            words.is_some_and(|words| {
                words.iter().any(|word| word.text == option && !word.passages.is_empty())
            })
        };
        Ok(Operators::of(text, query.unfinished, &has))
    }

    /// Which passages the filter and the operators leave. `looked_up` says whether the lists of `keywords` have a word, if the site has it.
    pub(super) fn restricted(
        &self,
        start: &Start,
        options: &SearchOptions,
        operators: &Operators,
        keywords: &Keywords,
        looked_up: &dyn Fn(&str) -> bool,
    ) -> Restricted {
        let fields = start.fields_for(options).unwrap_or_default();
        let has_fields = fields.into_iter().chain(tags(start, operators)).all(|id| self.has(id));
        let filtered = self.allowed(start, &options.filter, None);
        if !operators.restrict() {
            let known = filtered.is_none() || has_fields;
            return Restricted { allowed: filtered, phrase_found: true, known };
        }
        let (mut allowed, phrase_found, by_all_texts) = self.meeting(start, operators, keywords, looked_up);
        let mut keep = |others: &[bool]| {
            allowed.iter_mut().zip(others).for_each(|(allowed, other)| *allowed &= other);
        };
        filtered.iter().for_each(|filtered| keep(filtered));
        for tag in &operators.tags {
            let mut tagged = vec![false; start.passages as usize];
            let values = self.values(start.field(TAGS)).iter();
            values.filter(|value| spaced(&value.text) == *tag).for_each(|value| value.mark(&mut tagged));
            keep(&tagged);
        }
        Restricted { allowed: Some(allowed), phrase_found, known: has_fields && by_all_texts }
    }

    /// As [`meeting`], and whether that is by all texts that it takes to tell.
    fn meeting(
        &self,
        start: &Start,
        operators: &Operators,
        keywords: &Keywords,
        looked_up: &dyn Fn(&str) -> bool,
    ) -> (Vec<bool>, bool, bool) {
        let listed = |phrase: &Phrase| {
            let all = phrase.words().iter().all(|word| looked_up(word));
            all.then(|| keywords.with_all(phrase.words()))
        };
        let missed = Cell::new(0);
        let has = |asked: &Asked, passage: usize| {
            let (texts, placed) = self.text(start, passage as u32)?;
            let is_in = asked.is_in(&texts.articles[placed.own], &placed.passage);
            missed.set(missed.get() + usize::from(is_in == asked.without));
            Some(is_in)
        };
        let passages = start.passages as usize;
        let (allowed, found) = meeting(operators, passages, &listed, &has);
        if missed.get() <= LOOKED_AT {
            return (allowed, found, true);
        }
        let has = |asked: &Asked, passage: usize| has(asked, passage).or(Some(asked.without));
        let (allowed, found) = meeting(operators, passages, &listed, &has);
        (allowed, found, false)
    }
}
