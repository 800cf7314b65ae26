//! A model in memory.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use crate::folder::{Folder, Prefixes};
use crate::tokens::Tokenizer;
use crate::{Error, Result, operators};

/// More than any model of BERT's family gives: what says so is damaged, or gives no embeddings.
const MOST_DIMENSIONS: usize = 4096;

/// What models call their output of a vector a token, where they have several outputs.
const OUTPUTS: [&str; 2] = ["last_hidden_state", "token_embeddings"];

/// A sentence model. It may be used by many threads at once.
pub struct SentenceModel {
    folder: Folder,
    digest: String,
    tokenizer: Tokenizer,
    model: Model,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    dimensions: usize,
    /// Of one thread each, those that no text is running on.
    idle: Mutex<Vec<Arc<ThreadPool>>>,
}

/// What an ONNX model of BERT's family may ask for, each of one value a token.
#[derive(Clone, Copy)]
enum Input {
    Tokens,
    /// 1 where there is a token.
    Mask,
    /// 0 in the first segment, and there is only one.
    Segments,
}

impl SentenceModel {
    /// Loads the model in a folder. This takes about as much memory as its weights take on disk.
    ///
    /// # Errors
    ///
    /// If a file is missing or damaged, or says something that the engine or this crate does not support.
    pub fn open(folder: &Path) -> Result<Self> {
        let folder = Folder::read(folder)?;
        let tokenizer = Tokenizer::read(&folder.tokenizer, folder.max_tokens)?;
        let digest = folder.digest()?;
        let path = || folder.weights.clone();
        let model = ModelOptions::with_ops(operators::registry())
            .prepack_weights(true)
            .load_file(&folder.weights)
            .map_err(|error| Error::Weights { path: path(), problem: error.to_string() })?;
        let inputs = inputs(&model).map_err(|problem| Error::Invalid { path: path(), problem })?;
        let output = output(&model).map_err(|problem| Error::Invalid { path: path(), problem })?;
        let mut model =
            Self { folder, digest, tokenizer, model, inputs, output, dimensions: 0, idle: Mutex::default() };
        model.dimensions = model.measured_dimensions()?;
        Ok(model)
    }

    /// What [`SentenceModel::digest`] and [`SentenceModel::prefixes`] of the model in a folder would be, without loading it.
    ///
    /// # Errors
    ///
    /// If a file is missing, or cannot be read.
    pub fn identity(folder: &Path) -> Result<(String, Option<Prefixes>)> {
        let folder = Folder::read(folder)?;
        Ok((folder.digest()?, folder.prefixes))
    }

    /// How many values a vector has, 1 to 4,096.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The prefixes of queries and passages, if the model's files name them. [`SentenceModel::embed`] adds none.
    pub fn prefixes(&self) -> Option<&Prefixes> {
        self.folder.prefixes.as_ref()
    }

    /// The most tokens that go into a vector; a longer text loses its end.
    pub fn max_tokens(&self) -> usize {
        self.folder.max_tokens
    }

    /// The SHA-256, in hex, of everything that a vector depends on beside the text.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The tokens that the model reads of a text, as numbers in its vocabulary.
    pub fn tokens(&self, text: &str) -> Result<Vec<i32>> {
        self.tokenizer.encode(text).map_err(|problem| Error::Run { tokens: 0, problem })
    }

    /// The vector of a text, computed on one thread: finite, and of unit length if the model's files ask for it.
    ///
    /// # Errors
    ///
    /// If the engine fails on the text, or gives values that are not finite.
    pub fn embed(&self, text: &str) -> Result<Vec<f32>> {
        let tokens = self.tokens(text)?;
        let count = tokens.len();
        let failed = |problem: String| Error::Run { tokens: count, problem };
        let (values, dimensions) = self.run(tokens)?;
        let mut vector = self.folder.pooling.pool(&values, dimensions);
        if self.folder.normalise {
            let length = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
            vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
        }
        match vector.iter().all(|x| x.is_finite()) && vector.iter().any(|&x| x != 0.0) {
            true => Ok(vector),
            false => {
                Err(failed("the vector is not finite, or nothing but zeros: the weights are damaged".into()))
            }
        }
    }

    /// The tokens' vectors, one after the other, and the dimensions of each.
    fn run(&self, tokens: Vec<i32>) -> Result<(Vec<f32>, usize)> {
        let count = tokens.len();
        let failed = |problem: String| Error::Run { tokens: count, problem };
        let row = |values: Vec<i32>| NdTensor::from_data([1, count], values);
        let inputs = self.inputs.iter().map(|&(id, input)| {
            let values = match input {
                Input::Tokens => tokens.clone(),
                Input::Mask => vec![1; count],
                Input::Segments => vec![0; count],
            };
            (id, ValueOrView::from(row(values)))
        });
        let pool = self.idle().pop().unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let mut options = RunOptions::default();
        options.thread_pool = Some(pool.clone());
        let outputs = self.model.run(inputs.collect(), &[self.output], Some(options));
        self.idle().push(pool);
        let output = outputs.map_err(|error| failed(error.to_string()))?.pop();
        let output: Option<NdTensor<f32, 3>> = output.and_then(|value| value.try_into().ok());
        let output = output.ok_or_else(|| failed("it gives no vector of floats for each token".into()))?;
        match output.shape() {
            [1, rows, dimensions] if rows == count => Ok((output.into_data(), dimensions)),
            shape => Err(failed(format!("it gives {shape:?} values, expected [1, {count}, dimensions]"))),
        }
    }

    /// By a text, as not every ONNX file says.
    fn measured_dimensions(&self) -> Result<usize> {
        let invalid = |problem| Error::Invalid { path: self.folder.weights.clone(), problem };
        let (_, dimensions) = self
            .tokens("a")
            .and_then(|tokens| self.run(tokens))
            .map_err(|error| invalid(error.to_string()))?;
        match dimensions {
            1..=MOST_DIMENSIONS => Ok(dimensions),
            _ => Err(invalid(format!(
                "gives vectors of {dimensions} dimensions, expected 1 to {MOST_DIMENSIONS}: each passage's vector goes to the reader; take a smaller model"
            ))),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Arc<ThreadPool>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn inputs(model: &Model) -> std::result::Result<Vec<(NodeId, Input)>, String> {
    let mut inputs = Vec::new();
    for &id in model.input_ids() {
        let info = model.node_info(id);
        let input = match info.as_ref().and_then(|info| info.name()).unwrap_or_default() {
            "input_ids" => Input::Tokens,
            "attention_mask" => Input::Mask,
            "token_type_ids" => Input::Segments,
            other => {
                return Err(format!(
                    "wants an input \"{other}\"; a model of BERT's family has input_ids, attention_mask and token_type_ids"
                ));
            }
        };
        inputs.push((id, input));
    }
    match inputs.iter().any(|(_, input)| matches!(input, Input::Tokens)) {
        true => Ok(inputs),
        false => Err("has no input \"input_ids\": it is no sentence model".into()),
    }
}

fn output(model: &Model) -> std::result::Result<NodeId, String> {
    let named = OUTPUTS.iter().find_map(|name| model.find_node(name));
    named
        .filter(|id| model.output_ids().contains(id))
        .or_else(|| model.output_ids().first().copied())
        .ok_or_else(|| "has no output".into())
}

impl std::fmt::Debug for SentenceModel {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("SentenceModel")
            .field("folder", &self.folder)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
