//! What JavaScript is given: plain objects, and errors.

use js_sys::Reflect;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::Error;
use crate::bundle::EmbeddingSpace;

#[derive(Serialize)]
pub(super) struct Info<'a> {
    pub articles: usize,
    pub passages: usize,
    pub dimensions: usize,
    pub keywords: bool,
    pub encoder: bool,
    /// The type of the vectors in memory.
    pub vectors: &'static str,
    /// What this build computes with.
    pub instructions: &'static str,
    pub space: &'a EmbeddingSpace,
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

/// What this build computes with.
pub(super) const INSTRUCTIONS: &str = if cfg!(target_feature = "simd128") { "simd128" } else { "scalar" };

/// Plain objects and arrays, such as JSON.parse gives.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|e| js_sys::Error::new(&e.to_string()).into())
}

/// An Error object for an error of the core, which spells options as Rust does.
pub(super) fn to_js_error(error: Error) -> JsValue {
    js_error(error.with_option_name(camel_case))
}

/// An Error object whose `code` is [`Error::code`].
pub(super) fn js_error(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    // Setting a property of an object made a line above cannot fail.
    let _ = Reflect::set(&js, &"code".into(), &error.code().into());
    js.into()
}
