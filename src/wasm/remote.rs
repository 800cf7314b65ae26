//! A remote bundle.

use js_sys::{Float32Array, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::convert::{INSTRUCTIONS, Info, encoded, to_js, to_js_error};
use super::options::with_query;
use crate::bundle::Files;
use crate::{plain_text, remote};

/// [`crate::remote::Remote`] for JavaScript, which asks the engine.
#[wasm_bindgen]
pub struct Remote(remote::Remote);

/// [`crate::remote::Candidates`] for JavaScript, and what is wanted next.
#[wasm_bindgen]
#[derive(Default)]
pub struct Candidates {
    candidates: remote::Candidates,
    wanted: Option<remote::Request>,
}

#[derive(Serialize)]
struct Wanted<'a> {
    k: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    filter: std::collections::BTreeMap<&'a str, &'a [String]>,
}

#[wasm_bindgen]
impl Remote {
    /// The name of the file that a manifest needs beside it; see [`remote::Manifest`].
    pub fn file(manifest: &[u8]) -> Result<String, JsValue> {
        remote::Manifest::read(manifest).map(|manifest| manifest.file).map_err(to_js_error)
    }

    /// Reads a remote bundle: its manifest, and the bytes of its file.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], bytes: Vec<u8>) -> Result<Remote, JsValue> {
        let files: Files = [(Self::file(manifest)?, bytes)].into();
        remote::Remote::read(manifest, &files).map(Self).map_err(to_js_error)
    }

    /// As [`Index::info`]; `vectors` is "remote".
    pub fn info(&self) -> Result<JsValue, JsValue> {
        let remote::Manifest { space, articles, rows, words, .. } = self.0.manifest();
        to_js(&Info {
            articles: *articles,
            passages: *rows,
            dimensions: space.dimensions,
            keywords: *words,
            encoder: self.0.has_encoder(),
            vectors: "remote",
            instructions: INSTRUCTIONS,
            space,
        })
    }

    /// `{ vector, known }` of the bundle's query encoder, without `vector` if it knows nothing of the text.
    pub fn encode(&self, text: &str) -> Result<JsValue, JsValue> {
        self.0.encode(text).map_err(to_js_error).and_then(encoded)
    }

    /// What of a query's text to embed; see [`plain_text`].
    #[wasm_bindgen(js_name = plainText)]
    pub fn plain_text(text: &str) -> String {
        plain_text(text).into_owned()
    }

    /// Checks that a vector of the space's first probe is from the space's model; see
    /// [`EmbeddingSpace::verify`](crate::bundle::EmbeddingSpace::verify).
    pub fn verify(&self, vector: &[f32]) -> Result<(), JsValue> {
        self.0.space().verify(vector).map_err(to_js_error)
    }

    /// `{ result, lookedAt, partial, wanted }`: the hits among the candidates so far, and `{ vector, k, text, filter }` to ask the engine
    /// for; none if the answer is final. See [`remote::Remote::search`].
    pub fn search(
        &self,
        candidates: &mut Candidates,
        text: Option<String>,
        unfinished: bool,
        embedding: Option<Float32Array>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let wanted = std::cell::Cell::new(None);
        let Candidates { candidates: known, wanted: next } = candidates;
        let answer = with_query(text, unfinished, embedding, &options, &|query, options| {
            let answer = self.0.search(query, options, known).map_err(to_js_error)?;
            let object = Object::new();
            Reflect::set(&object, &"result".into(), &to_js(&answer.result)?)?;
            Reflect::set(&object, &"lookedAt".into(), &(answer.looked_at as u32).into())?;
            if let Some(partial) = &answer.partial {
                Reflect::set(&object, &"partial".into(), &to_js(partial)?)?;
            }
            if let Some(request) = answer.wanted {
                Reflect::set(&object, &"wanted".into(), &to_request(&request)?)?;
                wanted.set(Some(request));
            }
            Ok(object.into())
        });
        *next = wanted.into_inner();
        answer
    }
}

fn to_request(request: &remote::Request) -> Result<JsValue, JsValue> {
    let filter = request.filter.values().collect();
    let object = to_js(&Wanted { k: request.k, text: request.text.as_deref(), filter })?;
    if !request.vector.is_empty() {
        Reflect::set(&object, &"vector".into(), &Float32Array::from(request.vector.as_slice()))?;
    }
    Ok(object)
}

#[wasm_bindgen]
impl Candidates {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Candidates {
        Self::default()
    }

    /// What is wanted, as the JSON of `POST /v1/candidates`; undefined if nothing is.
    pub fn request(&self) -> Result<Option<String>, JsValue> {
        self.wanted.as_ref().map(|request| request.to_json().map_err(to_js_error)).transpose()
    }

    /// Takes the response to what was wanted: its JSON, and the vectors if they are not in it.
    pub fn add(
        &mut self,
        remote: &Remote,
        response: Vec<u8>,
        vectors: Option<Float32Array>,
    ) -> Result<(), JsValue> {
        let Some(request) = self.wanted.take() else { return Ok(()) };
        let vectors = vectors.map(|vectors| vectors.to_vec());
        self.candidates.add_json(&remote.0, &request, response, vectors).map_err(to_js_error)
    }
}
