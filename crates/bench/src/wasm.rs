//! The harness for the page.

use wasm_bindgen::prelude::*;

use crate::{Bench, ENGINES};

#[wasm_bindgen(js_name = Bench)]
pub struct JsBench(Bench);

#[wasm_bindgen(js_class = Bench)]
impl JsBench {
    #[wasm_bindgen(constructor)]
    pub fn new(values: &[f32], queries: &[f32], dims: usize) -> Self {
        Self(Bench::new(values, queries, dims))
    }

    /// Runs an engine and returns the passes it took.
    pub fn run(&self, engine: &str, query: usize) -> f64 {
        self.0.run(engine, query).1
    }

    /// Bytes that preparation keeps beside the vectors.
    #[wasm_bindgen(js_name = preparedBytes)]
    pub fn prepared_bytes(&self) -> usize {
        self.0.prepared_bytes()
    }

    /// A bundle of the same rows, for the whole calls.
    pub fn bundle(&self) -> String {
        self.0.bundle()
    }

    /// What the scores of "knn int8" come near to.
    #[wasm_bindgen(js_name = int8Oracle)]
    pub fn int8_oracle(&self, query: usize) -> Vec<f32> {
        self.0.int8_oracle(query)
    }

    pub fn scores(&self, engine: &str, query: usize) -> Vec<f32> {
        self.0.run(engine, query).0
    }
}

/// The names of the engines.
#[wasm_bindgen]
pub fn engines() -> Vec<String> {
    ENGINES.map(String::from).to_vec()
}
