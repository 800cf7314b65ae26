//! What JavaScript is given: plain objects, and errors.

use js_sys::Reflect;
#[cfg(any(feature = "wasm-whole", feature = "wasm-remote"))]
use js_sys::{Float32Array, Object};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::Error;
use crate::bundle::EmbeddingSpace;
#[cfg(any(feature = "wasm-whole", feature = "wasm-remote"))]
use crate::encoder::Encoded;

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

/// `{ vector, known }` of a query encoder; without `vector` if it knows nothing of the text.
#[cfg(any(feature = "wasm-whole", feature = "wasm-remote"))]
pub(super) fn encoded(encoded: Option<Encoded>) -> Result<JsValue, JsValue> {
    let object = Object::new();
    if let Some(Encoded { vector, .. }) = &encoded {
        Reflect::set(&object, &"vector".into(), &Float32Array::from(vector.as_slice()))?;
    }
    let known = encoded.map_or(0.0, |encoded| encoded.known);
    Reflect::set(&object, &"known".into(), &known.into())?;
    Ok(object.into())
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
