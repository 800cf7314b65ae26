//! A model folder with an embedding table for a model.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use rten_onnx::onnx::{
    DataType, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};
use tempfile::TempDir;

/// Rows of the table.
pub const TOKENS: usize = 10;

pub const TOKENIZER: &str = r###"{
  "version": "1.0",
  "truncation": null,
  "padding": null,
  "added_tokens": [
    {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 1, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}
  ],
  "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
  "pre_tokenizer": {"type": "BertPreTokenizer"},
  "post_processor": {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
    "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
    "special_tokens": {
      "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
      "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}
    }
  },
  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
  "model": {
    "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
    "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "sea": 5, "##s": 6}
  }
}"###;

pub struct Tiny(TempDir);

impl Tiny {
    /// Its vectors: 0, 1, 2 and so on, row after row.
    pub fn new(dimensions: usize) -> Self {
        let tiny = Self(tempfile::tempdir().unwrap());
        tiny.write("tokenizer.json", TOKENIZER);
        tiny.write("config.json", r#"{"model_type": "bert", "max_position_embeddings": 6}"#);
        tiny.write("config_sentence_transformers.json", r#"{"prompts": {"query": "query: "}}"#);
        tiny.write(
            "modules.json",
            r#"[
                {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}
            ]"#,
        );
        tiny.write("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens": true}"#);
        tiny.write("model.onnx", onnx("input_ids", dimensions));
        tiny
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path().join(name)).unwrap();
    }
}

pub fn onnx(input: &str, dimensions: usize) -> Vec<u8> {
    let values: Vec<f32> = (0..TOKENS * dimensions).map(|i| i as f32).collect();
    onnx_of(input, &values, dimensions)
}

/// A model that gives each token its row of `values`.
pub fn onnx_of(input: &str, values: &[f32], dimensions: usize) -> Vec<u8> {
    let text = |text: &str| Some(text.to_owned());
    let free = |name: &str| Dimension { dim_param: text(name), dim_value: None };
    let value = |name: &str, kind, dim| ValueInfoProto {
        name: text(name),
        r#type: Some(TypeProto {
            tensor_type: Some(TypeProtoTensor {
                elem_type: Some(kind),
                shape: Some(TensorShapeProto { dim }),
            }),
            sequence: None,
        }),
    };
    let width = Dimension { dim_value: i64::try_from(dimensions).ok(), dim_param: None };
    let model = ModelProto {
        ir_version: Some(9),
        opset_import: vec![OperatorSetIdProto { domain: text(""), version: Some(17) }],
        graph: Some(GraphProto {
            node: vec![NodeProto {
                op_type: text("Gather"),
                input: vec!["table".into(), input.into()],
                output: vec!["last_hidden_state".into()],
                ..NodeProto::default()
            }],
            initializer: vec![TensorProto {
                name: text("table"),
                dims: vec![TOKENS as i64, dimensions as i64],
                data_type: Some(DataType::FLOAT),
                raw_data: Some(RefCell::new(values.iter().flat_map(|x| x.to_le_bytes()).collect())),
                ..TensorProto::default()
            }],
            input: vec![value(input, DataType::INT64, vec![free("batch"), free("tokens")])],
            output: vec![value(
                "last_hidden_state",
                DataType::FLOAT,
                vec![free("batch"), free("tokens"), width],
            )],
            value_info: Vec::new(),
        }),
        ..ModelProto::default()
    };
    model.write_buf().unwrap()
}
