//! The boundary to JavaScript, and the only file that knows it: it converts types and decides nothing.

use js_sys::{Array, Float32Array, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::bundle::{Article, EmbeddingSpace, Passage, Reader};
use crate::decimal::Decimal;
use crate::encoder::Encoded;
use crate::fields::{Fields, Mismatch, Place};
use crate::json::{self, Number, Value};
use crate::vector::Vectors;
use crate::{
    Error, Filter, Map, Method, Positive, Query, Refine, SearchIndex, SearchOptions, Solver, View, Weights,
    shards,
};

/// [`SearchIndex`] for JavaScript.
#[wasm_bindgen]
pub struct Index(SearchIndex);

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

    /// Announces how many bytes a file will have; see [`Reader::expect`].
    pub fn expect(&mut self, file: &str, bytes: f64) {
        self.0.expect(file, bytes as u64);
    }

    /// Takes the next bytes of a file.
    pub fn add(&mut self, file: &str, bytes: &[u8]) {
        self.0.add(file, bytes);
    }

    /// The index, once all files have arrived. It consumes the loader. `normalize` is that of [`SearchIndex::with`].
    pub fn finish(self, normalize: bool) -> Result<Index, JsValue> {
        let index = self.0.unchecked().and_then(|bundle| SearchIndex::with(bundle, normalize));
        index.map(Index).map_err(to_js_error)
    }
}

/// [`crate::shards::Shards`] for JavaScript, which fetches the shards that they want. A shard is named by its file in
/// [`Shards::folder`], beside the manifest.
#[wasm_bindgen]
pub struct Shards(shards::Shards);

#[wasm_bindgen]
impl Shards {
    /// Reads the manifest's bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8]) -> Result<Shards, JsValue> {
        shards::Shards::new(manifest).map(Self).map_err(to_js_error)
    }

    /// The folder of the build's shards, beside the manifest.
    pub fn folder(&self) -> String {
        self.0.manifest().folder()
    }

    /// As [`Index::info`]; `vectors` is "shards".
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let shards::Manifest { space, articles, passages, .. } = self.0.manifest();
        let instructions = if cfg!(target_feature = "simd128") { "simd128" } else { "scalar" };
        to_js(&Info {
            articles: *articles,
            passages: *passages,
            dimensions: space.dimensions,
            keywords: true,
            encoder: true,
            vectors: "shards",
            instructions,
            space,
        })
    }

    /// How many bytes follow a shard's head once "deflate-raw" has unpacked them: -1 if they are not packed, and undefined if
    /// the file is not a shard.
    pub fn unpacked(file: &[u8]) -> Option<f64> {
        let packing = shards::packing(file)?;
        Some(if packing.deflated { packing.length as f64 } else { -1.0 })
    }

    /// How many bytes a shard's head has; it is never packed.
    pub fn head() -> usize {
        shards::HEAD
    }

    /// Takes a shard: its head and its unpacked bytes; see [`shards::Shards::add`].
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), JsValue> {
        self.0.add(id(file)?, bytes).map_err(to_js_error)
    }

    /// Says that a shard cannot be loaded.
    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(&mut self, file: &str) -> Result<(), JsValue> {
        self.0.give_up(id(file)?);
        Ok(())
    }

    /// Wants again the shards that were given up.
    pub fn retry(&mut self) {
        self.0.retry();
    }

    /// `{ result, wanted, whole }`: the hits known so far, and the files of the shards that would tell more, the most useful first;
    /// none if the answer is final. If `whole`, all shards are wanted; once they are loaded, ask [`Shards::index`] instead. See
    /// [`shards::Shards::search`].
    pub fn search(
        &self,
        text: Option<String>,
        unfinished: bool,
        embedding: Option<Float32Array>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options = to_options(&options)?;
        let embedding = embedding.map(|embedding| embedding.to_vec());
        let query = Query { text: text.as_deref(), unfinished, embedding: embedding.as_deref() };
        let shards::Answer { result, wanted, whole } = self.0.search(query, &options).map_err(to_js_error)?;
        let answer = Object::new();
        Reflect::set(&answer, &"result".into(), &to_js(&result)?)?;
        Reflect::set(&answer, &"wanted".into(), &files(wanted))?;
        Reflect::set(&answer, &"whole".into(), &whole.into())?;
        Ok(answer.into())
    }

    /// The files of all shards that are not loaded yet, for loading in the background.
    pub fn missing(&self) -> JsValue {
        files(self.0.missing()).into()
    }

    /// The index of the whole bundle, once no shard is missing; see [`shards::Shards::index`].
    pub fn index(&self, normalize: bool) -> Result<Index, JsValue> {
        self.0.index(normalize).map(Index).map_err(to_js_error)
    }
}

fn id(file: &str) -> Result<shards::Id, JsValue> {
    shards::Id::of_file(file).ok_or_else(|| {
        to_js_error(Error::option("file", format!("\"{file}\""), "expected the name of a shard's file"))
    })
}

fn files(ids: Vec<shards::Id>) -> Array {
    ids.into_iter().map(|id| JsValue::from(id.file())).collect()
}

#[wasm_bindgen]
impl Index {
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let space = self.0.space();
        let (articles, passages) = (self.0.articles().len(), self.0.passages().len());
        let (keywords, encoder) = (self.0.keywords().is_some(), self.0.has_encoder());
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

    /// `{ vector, known }` of [`SearchIndex::encode`]; without `vector` if nothing is known.
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
        let options = to_options(&options)?;
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
        unfinished: bool,
        embedding: Option<Float32Array>,
        more: Vec<String>,
        less: Vec<String>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        with_refine(text, unfinished, embedding, more, less, options, &|refine, options| {
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
                let values = |&Positive { point: [x, y], similarity, decision }: &Positive| {
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
        unfinished: bool,
        embedding: Option<Float32Array>,
        more: Vec<String>,
        less: Vec<String>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        with_refine(text, unfinished, embedding, more, less, options, &|refine, options| {
            to_js(&self.0.refine(refine, options).map_err(to_js_error)?)
        })
    }
}

/// Runs `ask` with what is searched for and how.
fn with_refine(
    text: Option<String>,
    unfinished: bool,
    embedding: Option<Float32Array>,
    more: Vec<String>,
    less: Vec<String>,
    options: JsValue,
    ask: &dyn Fn(&Refine, &SearchOptions) -> Result<JsValue, JsValue>,
) -> Result<JsValue, JsValue> {
    let options = to_options(&options)?;
    let embedding = embedding.map(|embedding| embedding.to_vec());
    let query = Query { text: text.as_deref(), unfinished, embedding: embedding.as_deref() };
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let less: Vec<&str> = less.iter().map(String::as_str).collect();
    ask(&Refine { query, more: &more, less: &less }, &options)
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
    match (optional!("method"), optional!("methods")) {
        (Some::<String>(_), Some::<Vec<(String, f32)>>(_)) => {
            return Err(Error::option("methods", "given beside method", "give one of the two"));
        }
        (Some(method), None) => to.method = method.parse()?,
        (None, Some(methods)) => {
            let mut weights = Weights::default();
            for (name, weight) in methods {
                weights.add(&name, weight)?;
            }
            to.method = Method::Fused(weights);
        }
        (None, None) => {}
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

/// For those who misspell one.
const OPTIONS: &str = "method, methods, fusion, k, passages, relevanceThreshold, filter, facets, C, tolerance, positiveWeight, lessWeight, align, solver, seed, stop";

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

/// `positiveWeight` for `positive_weight`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = String::from(words.next().unwrap_or_default());
    for word in words {
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        camel += &first.to_ascii_uppercase();
        camel += rest;
    }
    camel
}

/// Plain objects and arrays, such as JSON.parse gives.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|e| js_sys::Error::new(&e.to_string()).into())
}

/// An Error object for an error of the core, which spells options as Rust does.
fn to_js_error(error: Error) -> JsValue {
    js_error(error.with_option_name(camel_case))
}

/// An Error object whose `code` is [`Error::code`].
fn js_error(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    // Setting a property of an object made a line above cannot fail.
    let _ = Reflect::set(&js, &"code".into(), &error.code().into());
    js.into()
}
