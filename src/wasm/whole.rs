//! A bundle in memory as a whole.

use js_sys::{Float32Array, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::convert::{INSTRUCTIONS, Info, encoded, to_js, to_js_error};
use super::options::with_query;
use crate::bundle::{Article, Passage, Reader};
use crate::vector::Vectors;
use crate::{Error, Map, Positive, Refine, SearchIndex, SearchOptions, View, plain_text};

/// [`SearchIndex`] for JavaScript.
#[wasm_bindgen]
pub struct Index(SearchIndex);

impl Index {
    pub(super) fn of(index: crate::Result<SearchIndex>) -> Result<Self, JsValue> {
        index.map(Self).map_err(to_js_error)
    }
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
        Index::of(index)
    }
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
        let dimensions = space.dimensions;
        to_js(&Info {
            articles,
            passages,
            dimensions,
            keywords,
            encoder,
            vectors,
            instructions: INSTRUCTIONS,
            space,
        })
    }

    pub fn article(&self, id: &str) -> Result<JsValue, JsValue> {
        to_js(self.0.article(id).map_err(to_js_error)?)
    }

    /// What of a query's text to embed; see [`plain_text`].
    #[wasm_bindgen(js_name = plainText)]
    pub fn plain_text(text: &str) -> String {
        plain_text(text).into_owned()
    }

    /// Whether a vector of the space's first probe is of the space; see [`EmbeddingSpace::verify`].
    pub fn verify(&self, vector: &[f32]) -> Result<(), JsValue> {
        self.0.space().verify(vector).map_err(to_js_error)
    }

    /// `{ vector, known }` of [`SearchIndex::encode`]; without `vector` if nothing is known.
    pub fn encode(&self, text: &str) -> Result<JsValue, JsValue> {
        self.0.encode(text).map_err(to_js_error).and_then(encoded)
    }

    /// Searches for a text, an embedding, or both; see [`Query`].
    pub fn search(
        &self,
        text: Option<String>,
        unfinished: bool,
        embedding: Option<Float32Array>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        with_query(text, unfinished, embedding, &options, &|query, options| {
            to_js(&self.0.search(query, options).map_err(to_js_error)?)
        })
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
pub(super) fn with_refine(
    text: Option<String>,
    unfinished: bool,
    embedding: Option<Float32Array>,
    more: Vec<String>,
    less: Vec<String>,
    options: JsValue,
    ask: &dyn Fn(&Refine, &SearchOptions) -> Result<JsValue, JsValue>,
) -> Result<JsValue, JsValue> {
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let less: Vec<&str> = less.iter().map(String::as_str).collect();
    with_query(text, unfinished, embedding, &options, &|query, options| {
        ask(&Refine { query, more: &more, less: &less }, options)
    })
}
