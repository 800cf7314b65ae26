//! What JavaScript asks: queries and options.

use js_sys::{Array, Float32Array, Object};
use wasm_bindgen::prelude::*;

use super::convert::js_error;
use crate::decimal::Decimal;
use crate::facets::text_of;
use crate::fields::{Fields, FromJson, Mismatch, Place};
use crate::json::{self, Number, Value};
use crate::{Error, Filter, Method, Query, Range, SearchOptions, Solver, Wanted, Weights};

/// Runs `ask` with what is searched for and how.
pub(super) fn with_query(
    text: Option<String>,
    unfinished: bool,
    embedding: Option<Float32Array>,
    options: &JsValue,
    ask: &dyn Fn(Query, &SearchOptions) -> Result<JsValue, JsValue>,
) -> Result<JsValue, JsValue> {
    let options = to_options(options)?;
    let embedding = embedding.map(|embedding| embedding.to_vec());
    ask(Query { text: text.as_deref(), unfinished, embedding: embedding.as_deref() }, &options)
}

/// [`SearchOptions`] as JavaScript writes them; what is missing, undefined or null takes its default.
fn to_options(options: &JsValue) -> Result<SearchOptions, JsValue> {
    let mut to = SearchOptions::default();
    if options.is_undefined() || options.is_null() {
        return Ok(to);
    }
    let seed = read_options(options, &mut to).map_err(js_error)?;
    if let Solver::CoordinateDescent { seed: of_solver } = &mut to.solver {
        *of_solver = seed.map_or_else(random_seed, Ok)?;
    }
    Ok(to)
}

/// Reads all but the seed of the reference solver into `to`, and returns that, if there is one.
fn read_options(options: &JsValue, to: &mut SearchOptions) -> crate::Result<Option<u64>> {
    let wrong = |mismatch: Box<Mismatch>| {
        let Mismatch { place, found, expected } = *mismatch;
        Error::option(place, found, format!("expected {expected}"))
    };
    let mut from =
        to_json(options, &Place::Top).and_then(|options| Fields::of(options, &Place::Top)).map_err(wrong)?;
    macro_rules! optional {
        ($name:literal) => {
            from.optional($name).map_err(wrong)?
        };
    }
    if let Some(method) = method_of(optional!("method"), optional!("methods"))? {
        to.method = method;
    }
    let fusion: Option<String> = optional!("fusion");
    if let Some(fusion) = fusion {
        to.fusion = fusion.parse()?;
    }
    let k: Option<f64> = optional!("k");
    if let Some(k) = k {
        to.k = whole("k", k, 1)?;
    }
    let passages: Option<f64> = optional!("passages");
    if let Some(passages) = passages {
        to.passages = whole("passages", passages, 1)?;
    }
    to.filter = Filter(optional!("filter").unwrap_or_default());
    to.facets = optional!("facets").unwrap_or_default();
    to.relevance_threshold = optional!("relevanceThreshold");
    let strictness: Option<String> = optional!("strictness");
    if let Some(strictness) = strictness {
        to.strictness = strictness.parse()?;
    }
    to.svm.c = optional!("C").unwrap_or(to.svm.c);
    to.svm.tolerance = optional!("tolerance").unwrap_or(to.svm.tolerance);
    to.svm.positive_weight = optional!("positiveWeight").unwrap_or(to.svm.positive_weight);
    to.svm.less_weight = optional!("lessWeight").unwrap_or(to.svm.less_weight);
    to.align = optional!("align").unwrap_or(to.align);
    let (solver, stop): (Option<String>, Option<String>) = (optional!("solver"), optional!("stop"));
    if let Some(solver) = solver {
        to.solver = solver.parse()?;
    }
    if let Some(stop) = stop {
        to.stop = stop.parse()?;
    }
    let seed: Option<f64> = optional!("seed");
    let seed = seed.map(|seed| whole("seed", seed, 0)).transpose()?;
    match from.rest().0.into_iter().next() {
        Some((name, _)) => Err(Error::option(name, "unknown", format!("the options are {OPTIONS}"))),
        None => Ok(seed.map(|seed| seed as u64)),
    }
}

/// A list of values, or `{ from, to }`.
impl FromJson for Wanted {
    fn from_json(value: Value, place: &Place) -> Result<Self, Box<Mismatch>> {
        if value.as_object().is_none() {
            return FromJson::from_json(value, place).map(Self::Values);
        }
        let mut fields = Fields::of(value, place)?;
        let mut bound = |name: &str| match fields.optional::<Value>(name)? {
            None => Ok(None),
            Some(value) => match text_of(&value) {
                Some(text) => Ok(Some(text.into_owned())),
                None => Err(Mismatch::new(&Place::Field(place, name), &value, "a text or a number")),
            },
        };
        let range = Range { from: bound("from")?, to: bound("to")? };
        match fields.rest().0.into_iter().next() {
            Some((name, value)) => Err(Mismatch::new(&Place::Field(place, &name), &value, "from and to")),
            None => Ok(Self::Range(range)),
        }
    }
}

/// By its name, or by the weights of a sum.
fn method_of(
    name: Option<String>,
    weights_by_name: Option<Vec<(String, f32)>>,
) -> crate::Result<Option<Method>> {
    match (name, weights_by_name) {
        (Some(_), Some(_)) => Err(Error::option("methods", "given beside method", "give one of the two")),
        (Some(name), None) => Ok(Some(name.parse()?)),
        (None, Some(by_name)) => {
            let mut weights = Weights::default();
            for (name, weight) in by_name {
                weights.add(&name, weight)?;
            }
            Ok(Some(Method::Fused(weights)))
        }
        (None, None) => Ok(None),
    }
}

/// For those who misspell one.
const OPTIONS: &str = "method, methods, fusion, k, passages, relevanceThreshold, strictness, filter, facets, C, tolerance, positiveWeight, lessWeight, align, solver, seed, stop";

/// What JSON.stringify would write, but that a number which JSON has not is refused.
fn to_json(value: &JsValue, place: &Place) -> Result<Value, Box<Mismatch>> {
    if let Some(number) = value.as_f64() {
        return Number::of(number)
            .map(Value::Number)
            .ok_or_else(|| Mismatch::of(place, Decimal::from(number).to_string(), "a finite number"));
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::String(text));
    }
    if let Some(answer) = value.as_bool() {
        return Ok(Value::Bool(answer));
    }
    if let Some(items) = value.dyn_ref::<Array>() {
        let items = items.iter().enumerate();
        let items = items.map(|(i, item)| to_json(&item, &Place::Item(place, i)));
        return items.collect::<Result<_, _>>().map(Value::Array);
    }
    if let Some(object) = value.dyn_ref::<Object>() {
        let mut fields = json::Object::default();
        for field in Object::entries(object).iter() {
            let field: Array = field.unchecked_into();
            let (name, value) = (field.get(0).as_string().unwrap_or_default(), field.get(1));
            if !value.is_undefined() {
                fields.push(&name, to_json(&value, &Place::Field(place, &name))?);
            }
        }
        return Ok(Value::Object(fields));
    }
    Ok(Value::Null)
}

fn random_seed() -> Result<u64, JsValue> {
    getrandom::u64()
        .map_err(|e| js_sys::Error::new(&format!("the browser gave no random numbers: {e}")).into())
}

/// JavaScript has one number type; the core counts in whole ones.
fn whole(option: &str, value: f64, least: u32) -> crate::Result<usize> {
    if value.fract() != 0.0 || !(f64::from(least)..=f64::from(u32::MAX)).contains(&value) {
        return Err(Error::option(
            option,
            Decimal::from(value),
            format!("expected a whole number from {least}"),
        ));
    }
    Ok(value as usize)
}
