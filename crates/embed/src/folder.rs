//! The files of a model folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::pooling::{self, Pooling};
use crate::{Error, Result};

/// Where weights are looked for: int8 ones first, which take half the time and a quarter of the memory.
const WEIGHTS: [&str; 6] = [
    "model.onnx",
    "onnx/model_int8.onnx",
    "onnx/model_quantized.onnx",
    "onnx/model_quint8_avx2.onnx",
    "onnx/model_qint8_avx512_vnni.onnx",
    "onnx/model.onnx",
];

/// What goes into one vector at most, whatever the files say: BERT's attention takes time with its square.
const MOST_TOKENS: usize = 8192;

/// The prefixes that the model was trained to read before a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefixes {
    pub query: String,
    pub passage: String,
}

/// What the files of a folder say.
#[derive(Debug)]
pub struct Folder {
    pub weights: PathBuf,
    pub tokenizer: PathBuf,
    /// Tokens of one text, those that stand for its start and its end among them.
    pub max_tokens: usize,
    pub pooling: Pooling,
    /// Whether a vector is brought to unit length.
    pub normalise: bool,
    /// Where the files name them.
    pub prefixes: Option<Prefixes>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    path: String,
}

#[derive(Default, Deserialize)]
struct Sizes {
    max_seq_length: Option<f64>,
    model_max_length: Option<f64>,
    max_position_embeddings: Option<f64>,
    model_type: Option<String>,
}

#[derive(Default, Deserialize)]
struct Named {
    #[serde(default)]
    prompts: Prompts,
}

#[derive(Default, Deserialize)]
struct Prompts {
    query: Option<String>,
    passage: Option<String>,
    document: Option<String>,
}

impl Folder {
    pub fn read(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            return Err(Error::NoFolder(folder.into()));
        }
        let tokenizer = folder.join("tokenizer.json");
        if !tokenizer.is_file() {
            return Err(Error::Missing { path: tokenizer, purpose: "cuts texts into tokens" });
        }
        let (pooling, normalise) = modules(folder)?;
        let prompts = optional::<Named>(&folder.join("config_sentence_transformers.json"))?.prompts;
        let passage = prompts.passage.or(prompts.document);
        let prefixes = (prompts.query.is_some() || passage.is_some()).then(|| Prefixes {
            query: prompts.query.unwrap_or_default(),
            passage: passage.unwrap_or_default(),
        });
        let weights = weights(folder)?;
        Ok(Self { weights, tokenizer, max_tokens: max_tokens(folder)?, pooling, normalise, prefixes })
    }

    /// The SHA-256, in hex, of all that a vector depends on: the files' bytes and what is read from the others.
    pub fn digest(&self) -> Result<String> {
        let mut digest = Sha256::new();
        for path in [&self.weights, &self.tokenizer] {
            let bytes = File::open(path).and_then(|mut file| io::copy(&mut file, &mut Hashing(&mut digest)));
            let length = bytes.map_err(|source| Error::Unreadable { path: path.clone(), source })?;
            digest.update(length.to_le_bytes());
        }
        digest.update(format!("{:?} {} {}", self.pooling, self.normalise, self.max_tokens));
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn weights(folder: &Path) -> Result<PathBuf> {
    let found = WEIGHTS.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        let has = |name: &str| folder.join(name).is_file();
        let way_out = match has("model.safetensors") || has("pytorch_model.bin") {
            true => {
                ". PyTorch's weights are there: `optimum-cli export onnx --model DIR OUT` makes ONNX of them"
            }
            false => "",
        };
        Error::NoWeights { folder: folder.into(), names: WEIGHTS.join(", "), way_out }
    })
}

/// Pooling, and whether vectors are normalised, as modules.json lists it.
fn modules(folder: &Path) -> Result<(Pooling, bool)> {
    let path = folder.join("modules.json");
    let modules: Vec<Module> = required(&path, "says how the tokens' vectors become one")?;
    let mut pooling = None;
    let mut normalise = false;
    for Module { kind, path: place } in modules {
        match kind.rsplit('.').next().unwrap_or_default() {
            "Transformer" => {}
            "Pooling" => {
                let path = folder.join(place).join("config.json");
                let config: pooling::Config = required(&path, "says how the tokens' vectors become one")?;
                pooling = Some(config.pooling().map_err(|problem| Error::Invalid { path, problem })?);
            }
            "Normalize" => normalise = true,
            other => {
                let problem =
                    format!("has a module {other}; only Transformer, Pooling and Normalize are supported");
                return Err(Error::Invalid { path, problem });
            }
        }
    }
    let no_pooling = || Error::Invalid { path, problem: "has no module Pooling".into() };
    Ok((pooling.ok_or_else(no_pooling)?, normalise))
}

/// The least of what the files allow.
fn max_tokens(folder: &Path) -> Result<usize> {
    let of = |name: &str| optional::<Sizes>(&folder.join(name));
    let config = of("config.json")?;
    // RoBERTa's positions start after the one that stands for padding.
    let offset = match config.model_type.as_deref() {
        Some("roberta" | "xlm-roberta" | "camembert") => 2.0,
        _ => 0.0,
    };
    let stated = [
        of("sentence_bert_config.json")?.max_seq_length,
        of("tokenizer_config.json")?.model_max_length,
        config.max_position_embeddings.map(|most| most - offset),
    ];
    let least = stated.into_iter().flatten().fold(f64::INFINITY, f64::min);
    if least == f64::INFINITY {
        let purpose = "says how many tokens a text may have (max_position_embeddings)";
        return Err(Error::Missing { path: folder.join("config.json"), purpose });
    }
    match least {
        // A token of text, and those for start and end.
        3.0.. => Ok((least as usize).min(MOST_TOKENS)),
        _ => Err(Error::Invalid {
            path: folder.join("config.json"),
            problem: format!(
                "a text may have {least} tokens, expected 3 or more (max_position_embeddings, or max_seq_length and model_max_length beside it)"
            ),
        }),
    }
}

fn required<T: DeserializeOwned>(path: &Path, purpose: &'static str) -> Result<T> {
    match fs::read(path) {
        Ok(bytes) => parsed(path, &bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Error::Missing { path: path.into(), purpose })
        }
        Err(source) => Err(Error::Unreadable { path: path.into(), source }),
    }
}

fn optional<T: DeserializeOwned + Default>(path: &Path) -> Result<T> {
    match required(path, "") {
        Err(Error::Missing { .. }) => Ok(T::default()),
        other => other,
    }
}

fn parsed<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| Error::Invalid {
        path: path.into(),
        problem: format!("is not what it should be: {error}"),
    })
}
