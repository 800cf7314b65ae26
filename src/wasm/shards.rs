//! A bundle in shards.

use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::convert::{INSTRUCTIONS, Info, to_js, to_js_error};
use super::options::with_query;
#[cfg(feature = "wasm-whole")]
use super::whole::{Index, with_refine};
use crate::{Error, plain_text, shards};

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
        to_js(&Info {
            articles: *articles,
            passages: *passages,
            dimensions: space.dimensions,
            keywords: true,
            encoder: true,
            vectors: "shards",
            instructions: INSTRUCTIONS,
            space,
        })
    }

    /// How many bytes follow a shard's head once "deflate-raw" has unpacked them; below 0, so many follow as they are. Undefined if the
    /// file is not a shard.
    pub fn unpacked(file: &[u8]) -> Option<f64> {
        let packing = shards::packing(file)?;
        let length = packing.length as f64;
        Some(if packing.deflated { length } else { -length })
    }

    /// How many bytes a shard's head has; it is never packed.
    pub fn head() -> usize {
        shards::HEAD
    }

    /// Takes a shard: its head and its unpacked bytes; see [`shards::Shards::add`].
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), JsValue> {
        self.0.add(id(file)?, bytes).map_err(to_js_error)
    }

    /// What of a query's text to embed; see [`plain_text`].
    #[wasm_bindgen(js_name = plainText)]
    pub fn plain_text(text: &str) -> String {
        plain_text(text).into_owned()
    }

    /// Checks that a vector of the space's first probe is from the space's model; see
    /// [`EmbeddingSpace::verify`](crate::bundle::EmbeddingSpace::verify).
    pub fn verify(&self, vector: &[f32]) -> Result<(), JsValue> {
        self.0.manifest().space.verify(vector).map_err(to_js_error)
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

    /// `{ result, wanted, sure, whole }`: the hits known so far, and the files of the shards that would tell more, the most useful first;
    /// none if the answer is final. The first `sure` are needed whichever letters follow. If `whole`, all shards are wanted; once they are loaded, ask [`Shards::index`] instead. See
    /// [`shards::Shards::search`].
    pub fn search(
        &self,
        text: Option<String>,
        unfinished: bool,
        embedding: Option<Float32Array>,
        options: JsValue,
    ) -> Result<JsValue, JsValue> {
        with_query(text, unfinished, embedding, &options, &|query, options| {
            answer(self.0.search(query, options))
        })
    }

    /// The files of all shards that are not loaded yet, for loading in the background.
    pub fn missing(&self) -> JsValue {
        files(self.0.missing()).into()
    }
}

#[cfg(feature = "wasm-whole")]
#[wasm_bindgen]
impl Shards {
    /// As [`Shards::search`], for a query and examples; see [`shards::Shards::refine`].
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
            answer(self.0.refine(refine, options))
        })
    }

    /// The index of the whole bundle, once no shard is missing; see [`shards::Shards::index`].
    pub fn index(&self, normalize: bool) -> Result<Index, JsValue> {
        Index::of(self.0.index(normalize))
    }
}

fn answer(answer: crate::Result<shards::Answer>) -> Result<JsValue, JsValue> {
    let shards::Answer { result, wanted, sure, whole } = answer.map_err(to_js_error)?;
    let answer = Object::new();
    Reflect::set(&answer, &"result".into(), &to_js(&result)?)?;
    Reflect::set(&answer, &"wanted".into(), &files(wanted))?;
    Reflect::set(&answer, &"sure".into(), &(sure as u32).into())?;
    Reflect::set(&answer, &"whole".into(), &whole.into())?;
    Ok(answer.into())
}

fn id(file: &str) -> Result<shards::Id, JsValue> {
    shards::Id::of_file(file).ok_or_else(|| {
        to_js_error(Error::option("file", format!("\"{file}\""), "expected the name of a shard's file"))
    })
}

fn files(ids: Vec<shards::Id>) -> Array {
    ids.into_iter().map(|id| JsValue::from(id.file())).collect()
}
