//! The boundary to JavaScript, and the only file that knows it: it converts types and decides nothing.

use std::collections::BTreeMap;

use js_sys::{Array, Float32Array, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::bundle::{Article, EmbeddingSpace, Passage, Reader};
use crate::encoder::Encoded;
use crate::vector::Vectors;
use crate::{
    Error, Map, Method, Positive, Query, Refine, SearchIndex, SearchOptions, Solver, StopAt, View, Weights,
};

/// [`SearchIndex`] for JavaScript.
#[wasm_bindgen]
pub struct Index(SearchIndex);

/// [`SearchOptions`] as JavaScript writes them; what is missing takes its default.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsOptions {
    method: Option<String>,
    /// Weights by name, instead of a method.
    methods: Option<BTreeMap<String, f32>>,
    fusion: Option<String>,
    k: Option<f64>,
    passages: Option<f64>,
    relevance_threshold: Option<f32>,
    #[serde(rename = "C")]
    c: Option<f64>,
    tolerance: Option<f64>,
    positive_weight: Option<f64>,
    less_weight: Option<f64>,
    align: Option<bool>,
    solver: Option<String>,
    stop: Option<String>,
}

/// The names in [`JsOptions`], and two that are read by hand, which takes a tenth of the code: serde-wasm-bindgen asks for these, so `deny_unknown_fields` would never see another.
const OPTIONS: [&str; 15] = [
    "method",
    "methods",
    "fusion",
    "k",
    "passages",
    "relevanceThreshold",
    "filter",
    "facets",
    "C",
    "tolerance",
    "positiveWeight",
    "lessWeight",
    "align",
    "solver",
    "stop",
];

#[derive(Serialize)]
struct Info<'a> {
    articles: usize,
    passages: usize,
    dimensions: usize,
    keywords: bool,
    encoder: bool,
    /// The type of the vectors in memory.
    vectors: &'static str,
    /// What this build computes with.
    instructions: &'static str,
    space: &'a EmbeddingSpace,
}

/// A passage and its article.
#[derive(Serialize)]
struct Named<'a> {
    article: &'a Article,
    passage: &'a Passage,
}

/// [`Reader`] for JavaScript.
#[wasm_bindgen]
pub struct Loader(Reader);

#[wasm_bindgen]
impl Loader {
    #[wasm_bindgen(constructor)]
    pub fn new(json: &[u8]) -> Result<Loader, JsValue> {
        Reader::new(json).map(Self).map_err(to_js_error)
    }

    /// The names of the files that the bundle needs beside its JSON.
    pub fn files(&self) -> Vec<String> {
        self.0.files().map(String::from).collect()
    }

    /// How many bytes a file will have; see [`Reader::expect`].
    pub fn expect(&mut self, file: &str, bytes: f64) {
        self.0.expect(file, bytes as u64);
    }

    /// The next bytes of a file.
    pub fn add(&mut self, file: &str, bytes: &[u8]) {
        self.0.add(file, bytes);
    }

    /// The index, once the files are there; the loader is used up. `normalize` is that of [`SearchIndex::with`].
    pub fn finish(self, normalize: bool) -> Result<Index, JsValue> {
        let index = self.0.unchecked().and_then(|bundle| SearchIndex::with(bundle, normalize));
        index.map(Index).map_err(to_js_error)
    }
}

#[wasm_bindgen]
impl Index {
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let space = self.0.space();
        let (articles, passages) = (self.0.articles().len(), self.0.passages().len());
        let (keywords, encoder) = (self.0.keywords().is_some(), self.0.encoder().is_some());
        let vectors = match self.0.rows() {
            Vectors::Float32(_) => "float32",
            Vectors::Int8(_) => "int8",
        };
        let instructions = if cfg!(target_feature = "simd128") { "simd128" } else { "scalar" };
        let dimensions = space.dimensions;
        to_js(&Info { articles, passages, dimensions, keywords, encoder, vectors, instructions, space })
    }

    pub fn article(&self, id: &str) -> Result<JsValue, JsValue> {
        to_js(self.0.article(id).map_err(to_js_error)?)
    }

    /// Whether a vector of the space's first probe is of the space; see [`EmbeddingSpace::verify`].
    pub fn verify(&self, vector: &[f32]) -> Result<(), JsValue> {
        self.0.space().verify(vector).map_err(to_js_error)
    }

    /// `{ vector, known }` of [`SearchIndex::encode`]; without `vector` where nothing is known.
    pub fn encode(&self, text: &str) -> Result<JsValue, JsValue> {
        let encoded = self.0.encode(text).map_err(to_js_error)?;
        let object = Object::new();
        if let Some(Encoded { vector, .. }) = &encoded {
            Reflect::set(&object, &"vector".into(), &Float32Array::from(vector.as_slice()))?;
        }
        let known = encoded.map_or(0.0, |encoded| encoded.known);
        Reflect::set(&object, &"known".into(), &known.into())?;
        Ok(object.into())
    }

    /// Searches for a text, an embedding, or both; see [`Query`].
    pub fn search(
        &self,
        text: Option<String>,
        unfinished: bool,
        embedding: Option<Float32Array>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = to_options(options)?;
        let embedding = embedding.map(|embedding| embedding.to_vec());
        let query = Query { text: text.as_deref(), unfinished, embedding: embedding.as_deref() };
        let result = self.0.search(query, &options).map_err(to_js_error)?;
        to_js(&result)
    }

    /// The vectors, row after row, at unit length if the index keeps them so: a copy.
    pub fn vectors(&self) -> Vec<f32> {
        let rows = self.0.rows();
        (0..rows.rows()).flat_map(|row| rows.values(row)).collect()
    }

    /// `{ article, passage }` of each of these passages.
    pub fn passages(&self, indices: Vec<u32>) -> Result<JsValue, JsValue> {
        let all = self.0.passages();
        let found = indices.into_iter().map(|index| {
            let passage = all.get(index as usize).ok_or_else(|| {
                let expected = format!("the index has {} passages, counted from 0", all.len());
                to_js_error(Error::option("passages", index, expected))
            })?;
            Ok(Named { article: &self.0.articles()[passage.article], passage })
        });
        to_js(&found.collect::<Result<Vec<_>, JsValue>>()?)
    }

    /// [`SearchIndex::map`] as typed arrays; a positive is `x, y, similarity, decision`.
    pub fn map(
        &self,
        text: Option<String>,
        embedding: Option<Float32Array>,
        more: Vec<String>,
        less: Vec<String>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        with_refine(text, embedding, more, less, options, &|refine, options| {
            let Map { x, y, view } = self.0.map(refine, options).map_err(to_js_error)?;
            let map = Object::new();
            let set = |name: &str, value: JsValue| Reflect::set(&map, &name.into(), &value);
            let array = |name, values: &[f32]| set(name, Float32Array::from(values).into());
            array("x", &x)?;
            array("y", &y)?;
            if let Some(View { similarities, decisions, active, target, positives, svm }) = view {
                array("similarities", &similarities)?;
                array("decisions", &decisions)?;
                array("target", &target)?;
                let values = |&Positive { place: [x, y], similarity, decision }: &Positive| {
                    [x, y, similarity, decision]
                };
                array("positives", &positives.iter().flat_map(values).collect::<Vec<f32>>())?;
                set("active", active.into())?;
                set("svm", to_js(&svm)?)?;
            }
            Ok(map.into())
        })
    }

    /// Searches by articles, beside a text, an embedding, or both; see [`Refine`].
    pub fn refine(
        &self,
        text: Option<String>,
        embedding: Option<Float32Array>,
        more: Vec<String>,
        less: Vec<String>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        with_refine(text, embedding, more, less, options, &|refine, options| {
            to_js(&self.0.refine(refine, options).map_err(to_js_error)?)
        })
    }
}

/// Runs `ask` with what is searched for and how.
fn with_refine(
    text: Option<String>,
    embedding: Option<Float32Array>,
    more: Vec<String>,
    less: Vec<String>,
    options: JsValue,
    ask: &dyn Fn(&Refine, &SearchOptions) -> Result<JsValue, JsValue>,
) -> Result<JsValue, JsValue> {
    let options = to_options(options)?;
    let embedding = embedding.map(|embedding| embedding.to_vec());
    let query = Query { text: text.as_deref(), unfinished: false, embedding: embedding.as_deref() };
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let less: Vec<&str> = less.iter().map(String::as_str).collect();
    ask(&Refine { query, more: &more, less: &less }, &options)
}

fn to_options(options: JsValue) -> Result<SearchOptions, JsValue> {
    let mut to = SearchOptions::default();
    if options.is_undefined() || options.is_null() {
        return Ok(to);
    }
    let names = Object::keys(options.unchecked_ref::<Object>());
    if let Some(name) =
        names.iter().filter_map(|name| name.as_string()).find(|name| !OPTIONS.contains(&name.as_str()))
    {
        let expected = format!("the options are {}", OPTIONS.join(", "));
        return Err(to_js_error(Error::option(name, "unknown", expected)));
    }
    let filter = Reflect::get(&options, &"filter".into())?;
    if filter.is_object() {
        for field in Object::keys(filter.unchecked_ref::<Object>()) {
            let name = field.as_string().unwrap_or_default();
            let values = texts(&format!("filter.{name}"), &Reflect::get(&filter, &field)?)?;
            to.filter.0.push((name, values));
        }
    } else if !filter.is_undefined() {
        let expected = "expected an object of arrays of texts, such as { tags: ['rust'] }";
        return Err(to_js_error(Error::option("filter", "not as expected", expected)));
    }
    let facets = Reflect::get(&options, &"facets".into())?;
    if !facets.is_undefined() {
        to.facets = texts("facets", &facets)?;
    }
    let from: JsOptions = serde_path_to_error::deserialize(serde_wasm_bindgen::Deserializer::from(options))
        .map_err(|e| {
        let option = e.path().to_string();
        to_js_error(Error::option(option, "not as expected", e.inner().to_string()))
    })?;
    match (from.method, from.methods) {
        (Some(_), Some(_)) => {
            return Err(to_js_error(Error::option("methods", "given beside method", "give one of the two")));
        }
        (Some(method), None) => to.method = method.parse().map_err(to_js_error)?,
        (None, Some(methods)) => {
            let mut weights = Weights::default();
            for (name, weight) in methods {
                weights.add(&name, weight).map_err(to_js_error)?;
            }
            to.method = Method::Fused(weights);
        }
        (None, None) => {}
    }
    if let Some(fusion) = from.fusion {
        to.fusion = fusion.parse().map_err(to_js_error)?;
    }
    if let Some(k) = from.k {
        to.k = whole("k", k)?;
    }
    if let Some(passages) = from.passages {
        to.passages = whole("passages", passages)?;
    }
    to.relevance_threshold = from.relevance_threshold;
    let set = |to: &mut f64, from: Option<f64>| *to = from.unwrap_or(*to);
    set(&mut to.svm.c, from.c);
    set(&mut to.svm.tolerance, from.tolerance);
    set(&mut to.svm.positive_weight, from.positive_weight);
    set(&mut to.svm.less_weight, from.less_weight);
    to.align = from.align.unwrap_or(to.align);
    to.stop = match from.stop.as_deref() {
        None | Some("converged") => StopAt::Converged,
        Some("topk") => StopAt::TopK,
        Some(other) => {
            let (value, expected) = (format!("\"{other}\""), "expected converged or topk");
            return Err(to_js_error(Error::option("stop", value, expected)));
        }
    };
    to.solver = match from.solver.as_deref() {
        None | Some("newton") => Solver::Newton,
        Some("coordinate-descent") => Solver::CoordinateDescent { seed: random_seed()? },
        Some(other) => {
            let (value, expected) = (format!("\"{other}\""), "expected newton or coordinate-descent");
            return Err(to_js_error(Error::option("solver", value, expected)));
        }
    };
    Ok(to)
}

fn texts(option: &str, value: &JsValue) -> Result<Vec<String>, JsValue> {
    let listed =
        Array::is_array(value).then(|| Array::from(value).iter().map(|text| text.as_string()).collect());
    listed
        .flatten()
        .ok_or_else(|| to_js_error(Error::option(option, "not as expected", "expected an array of texts")))
}

fn random_seed() -> Result<u64, JsValue> {
    getrandom::u64()
        .map_err(|e| js_sys::Error::new(&format!("the browser gave no random numbers: {e}")).into())
}

/// JavaScript has one number type; the core counts in whole ones.
fn whole(option: &str, value: f64) -> Result<usize, JsValue> {
    if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return Err(to_js_error(Error::option(option, value, "expected a whole number from 1")));
    }
    Ok(value as usize)
}

/// Plain objects and arrays, such as JSON.parse gives.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|e| js_sys::Error::new(&e.to_string()).into())
}

/// An Error object whose `code` is [`Error::code`].
fn to_js_error(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    // Setting a property of an object made a line above cannot fail.
    let _ = Reflect::set(&js, &"code".into(), &error.code().into());
    js.into()
}
