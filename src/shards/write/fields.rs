//! Writes which passages are of articles with a value in a field.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Layout;
use crate::bundle::{Article, Bundle};
use crate::encoder::range_coder::Encoder;
use crate::search::weight;
use crate::shards::code::MAX_WORD;
use crate::shards::fields::{MAX_VALUES, Value, code_values, weight_text};
use crate::shards::shard::{Id, Kind};
use crate::shards::start::{MAX_FIELDS, Start};

impl Layout {
    /// The fields by which articles can be filtered, a shard for each, and one for the first passages of articles. Fields of too many
    /// values or too long ones are left out: only the whole bundle filters by these. Those that every box may offer are there also where no
    /// article has a value: to find that out must not take the whole bundle.
    pub fn fields(&self, bundle: &Bundle, start: &mut Start, payloads: &mut Vec<(Id, Vec<u8>)>) {
        let names: BTreeSet<&str> = bundle.articles.iter().flat_map(Article::fields).collect();
        let fits = |text: &str| !text.is_empty() && text.len() <= MAX_WORD;
        let mut shards: Vec<Vec<Value>> = Vec::new();
        for name in names.into_iter().filter(|name| fits(name)) {
            let values = if name == weight::FIELD { self.weights(bundle) } else { self.values(bundle, name) };
            let kept = values.len() <= MAX_VALUES as usize && values.iter().all(|value| fits(&value.text));
            let filters = ["lang", "tags"].contains(&name) || !values.is_empty();
            if filters && kept && shards.len() < MAX_FIELDS as usize {
                start.fields.push(name.to_owned());
                shards.push(values);
            }
        }
        let firsts: Vec<u32> = (0..)
            .zip(&self.order)
            .filter(|(_, passage)| is_first(bundle, **passage))
            .map(|it| it.0)
            .collect();
        shards.push(vec![Value::at("first", 0, &firsts)]);
        for (number, values) in shards.iter().enumerate() {
            let mut coder = Encoder::default();
            let _ = code_values(&mut coder, values, self.order.len() as u32);
            payloads.push((Id::new(Kind::Fields, number), coder.finish()));
        }
    }

    /// What pages count; nothing if all count alike.
    fn weights(&self, bundle: &Bundle) -> Vec<Value> {
        let logs = weight::logs_of(&bundle.articles);
        if logs.is_empty() {
            return Vec::new();
        }
        let mut places: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (place, &passage) in (0..).zip(&self.order) {
            let text = weight_text(logs[bundle.passages[passage as usize].article]);
            places.entry(text).or_default().push(place);
        }
        (0..).zip(&places).map(|(order, (text, places))| Value::at(text, order, places)).collect()
    }

    /// The values of a field, ascending.
    fn values(&self, bundle: &Bundle, field: &str) -> Vec<Value> {
        let mut orders: BTreeMap<Cow<str>, u32> = BTreeMap::new();
        for article in &bundle.articles {
            for value in article.values(field) {
                let next = orders.len() as u32;
                orders.entry(value).or_insert(next);
            }
        }
        let mut places: BTreeMap<Cow<str>, Vec<u32>> = BTreeMap::new();
        for (place, &passage) in (0..).zip(&self.order) {
            let article = &bundle.articles[bundle.passages[passage as usize].article];
            // An article may have a value twice.
            let own: BTreeSet<Cow<str>> = article.values(field).into_iter().collect();
            own.into_iter().for_each(|value| places.entry(value).or_default().push(place));
        }
        places.iter().map(|(value, places)| Value::at(value, orders[value], places)).collect()
    }
}

/// Whether it is the first passage of its article.
fn is_first(bundle: &Bundle, passage: u32) -> bool {
    let article = |index: usize| bundle.passages[index].article;
    let index = passage as usize;
    index.checked_sub(1).is_none_or(|before| article(before) != article(index))
}
