//! Which passages are of articles with a value in a field, for filters and counts.

use super::code::{Numbers, Words};
use super::shard::{Id, Kind};
use super::start::Start;
use super::words::read;
use super::{Shards, Slots};
use crate::encoder::range_coder::Coder;
use crate::facets::{Count, Facet};
use crate::rank::top_k;
use crate::search::weight;
use crate::{Filter, Result, SearchOptions};

/// A weight's place in the shard of weights: so many parts of a doubling, from a 64th on.
const WEIGHT_PARTS: f32 = 64.0;
const LOWEST_WEIGHT: f32 = -8.0;

/// Most values of a field.
pub(super) const MAX_VALUES: u32 = 1 << 12;

/// A value of a field, and which passages are of articles that have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Value {
    pub text: String,
    /// Its place among the values in the order in which articles have them.
    pub order: u32,
    /// By turns how many passages do not have it and how many do, in the order of their places. The rest do not.
    pub runs: Vec<u32>,
}

/// The text of a weight, of which this is the natural logarithm.
#[cfg(feature = "fit")]
pub(super) fn weight_text(log: f32) -> String {
    format!("{:04}", ((log / std::f32::consts::LN_2 - LOWEST_WEIGHT) * WEIGHT_PARTS).round())
}

/// The natural logarithm of the weight that this text stands for.
fn weight_of(text: &str) -> f32 {
    let parts: u32 = text.parse().unwrap_or_default();
    (parts.min(1 << 10) as f32 / WEIGHT_PARTS + LOWEST_WEIGHT) * std::f32::consts::LN_2
}

impl Value {
    /// The value of these places, which ascend.
    #[cfg(feature = "fit")]
    pub fn at(text: &str, order: u32, places: &[u32]) -> Self {
        let mut runs = Vec::new();
        let mut end = 0;
        for &place in places {
            match runs.last_mut() {
                Some(run) if place == end => *run += 1,
                _ => runs.extend([place - end, 1]),
            }
            end = place + 1;
        }
        Self { text: text.to_owned(), order, runs }
    }

    /// Marks its passages.
    pub fn mark(&self, passages: &mut [bool]) {
        self.fill(passages, true);
    }

    fn fill<T: Copy>(&self, passages: &mut [T], with: T) {
        let mut place = 0;
        for run in self.runs.chunks_exact(2) {
            let start = place + run[0] as usize;
            place = start + run[1] as usize;
            passages[start..place].fill(with);
        }
    }
}

/// The values of a field of so many passages, ascending.
pub(super) fn read_values(number: u32, payload: &[u8], passages: u32) -> Result<Vec<Value>> {
    read(Id { kind: Kind::Fields, number }, payload, |coder| code_values(coder, &[], passages))
}

/// Writes these values, or reads others.
pub(super) fn code_values(coder: &mut impl Coder, values: &[Value], passages: u32) -> Option<Vec<Value>> {
    let (mut words, mut counts, mut orders) = (Words::default(), Numbers::default(), Numbers::default());
    let mut lengths = [Numbers::default(), Numbers::default()];
    let count = counts.code(coder, values.len() as u32);
    let mut read = Vec::new();
    for index in 0..count.min(MAX_VALUES) {
        let none = Value::default();
        let value = values.get(index as usize).unwrap_or(&none);
        let text = words.code(coder, &value.text)?;
        let order = orders.code(coder, value.order);
        if order >= count {
            return None;
        }
        let count = counts.code(coder, value.runs.len() as u32 / 2);
        let (mut runs, mut left) = (Vec::new(), passages);
        for run in 0..2 * count as usize {
            let length = lengths[run % 2].code(coder, value.runs.get(run).copied().unwrap_or(0));
            left = left.checked_sub(length)?;
            runs.push(length);
            if coder.overrun() {
                return None;
            }
        }
        read.push(Value { text, order, runs });
    }
    (count <= MAX_VALUES).then_some(read)
}

impl Start {
    /// The shard of a field.
    pub fn field(&self, field: &str) -> Option<Id> {
        let number = self.fields.iter().position(|other| other == field)?;
        Some(Id::new(Kind::Fields, number))
    }

    /// The shard that tells passages of one article from those of others.
    fn first_passages(&self) -> Id {
        Id::new(Kind::Fields, self.fields.len())
    }

    /// The shard of what the owner has pages count, if they do not all count alike.
    pub fn weights(&self) -> Option<Id> {
        self.field(weight::FIELD)
    }

    /// The shards that filter and facets need; nothing if one of the fields is in none.
    pub fn fields_for(&self, options: &SearchOptions) -> Option<Vec<Id>> {
        let filtered = options.filter.asked().map(|(field, _)| field);
        let counted = options.facets.iter().map(String::as_str);
        let firsts = (!options.facets.is_empty()).then(|| self.first_passages());
        let mut ids: Vec<Id> =
            filtered.chain(counted).map(|field| self.field(field)).collect::<Option<_>>()?;
        ids.extend(firsts);
        Some(ids)
    }
}

impl Shards {
    /// For each passage whether the filter lets its article be a hit, without what it says of the field `but_for`; nothing if it excludes
    /// none. What is known of no shard is excluded: it could be wrong.
    pub(super) fn allowed(&self, start: &Start, filter: &Filter, but_for: Option<&str>) -> Option<Vec<bool>> {
        let mut allowed: Option<Vec<bool>> = None;
        for (field, wanted) in filter.asked().filter(|(field, _)| Some(*field) != but_for) {
            let mut marked = vec![false; start.passages as usize];
            let values = self.values(start.field(field)).iter();
            values.filter(|value| wanted.has(&value.text)).for_each(|value| value.mark(&mut marked));
            if let Some(before) = &allowed {
                marked.iter_mut().zip(before).for_each(|(marked, before)| *marked &= before);
            }
            allowed = Some(marked);
        }
        allowed
    }

    /// How many articles have each value of the fields that are asked for, of those that the filter allows but for the field's own.
    pub(super) fn facets(&self, start: &Start, options: &SearchOptions) -> Vec<Facet<'_>> {
        let count_of = |field: &String| {
            let mut firsts = vec![false; start.passages as usize];
            self.values(Some(start.first_passages())).iter().for_each(|value| value.mark(&mut firsts));
            if let Some(allowed) = self.allowed(start, &options.filter, Some(field)) {
                firsts.iter_mut().zip(allowed).for_each(|(first, allowed)| *first &= allowed);
            }
            let values = self.values(start.field(field));
            let mut counts: Vec<Option<Count>> = vec![None; values.len()];
            for value in values {
                let mut marked = vec![false; firsts.len()];
                value.mark(&mut marked);
                let count = marked.iter().zip(&firsts).filter(|(marked, first)| **marked && **first).count();
                counts[value.order as usize] =
                    (count > 0).then(|| Count { value: (&value.text).into(), count });
            }
            let counts: Vec<Count> = counts.into_iter().flatten().collect();
            let sizes: Vec<f32> = counts.iter().map(|count| count.count as f32).collect();
            let counts = top_k(&sizes, sizes.len()).into_iter().map(|place| counts[place].clone()).collect();
            Facet { field: field.clone(), counts }
        };
        options.facets.iter().map(count_of).collect()
    }

    /// The logarithm of what each passage counts; empty if all count alike, as far as is known.
    pub(super) fn log_weights(&self, start: &Start) -> Vec<f32> {
        let values = self.values(start.weights());
        let mut logs = vec![0.0; if values.is_empty() { 0 } else { start.passages as usize }];
        values.iter().for_each(|value| value.fill(&mut logs, weight_of(&value.text)));
        logs
    }

    /// The values of a field, as far as they are there.
    pub(super) fn values(&self, id: Option<Id>) -> &[Value] {
        let slots: &Slots<Vec<Value>> = &self.fields;
        let values = id.and_then(|id| slots.get(id.number as usize)?.as_deref());
        values.unwrap_or_default()
    }
}
