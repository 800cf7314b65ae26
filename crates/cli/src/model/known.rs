//! The models that the command knows by name, and their files byte for byte.

/// A model on the hub.
pub struct Known {
    /// As `--model` and a bundle's space call it.
    pub name: &'static str,
    /// On the hub, as owner/name, with the commit that is taken.
    pub repository: &'static str,
    pub revision: &'static str,
    /// What is fetched.
    pub files: &'static [Remote],
    /// What is written beside it: the file's name and its contents.
    pub settings: &'static [(&'static str, &'static str)],
}

/// A file on the hub.
pub struct Remote {
    /// In the repository.
    pub path: &'static str,
    /// In the model's folder.
    pub name: &'static str,
    pub bytes: u64,
    /// In hex.
    pub sha256: &'static str,
}

/// The model where none is named: small, and of a hundred languages.
pub const DEFAULT: &str = "multilingual-e5-small";

/// Written last of a model's files: where it is, the others are there too.
pub const LAST: &str = "modules.json";

const MEAN_OF_TOKENS: (&str, &str) = ("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens": true}"#);
const MODULES: (&str, &str) = (
    LAST,
    r#"[
  {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
  {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
  {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}
]
"#,
);

pub const KNOWN: [Known; 2] = [
    Known {
        name: DEFAULT,
        repository: "intfloat/multilingual-e5-small",
        revision: "614241f622f53c4eeff9890bdc4f31cfecc418b3",
        files: &[
            Remote {
                path: "onnx/model_qint8_avx512_vnni.onnx",
                name: "model.onnx",
                bytes: 118_346_824,
                sha256: "dd476dd0c2514e9b9be83aeb3853fac0763e0bdf4a71645407587d77c48a2d88",
            },
            Remote {
                path: "onnx/tokenizer.json",
                name: "tokenizer.json",
                bytes: 17_082_730,
                sha256: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
            },
        ],
        settings: &[
            ("sentence_bert_config.json", r#"{"max_seq_length": 512}"#),
            (
                "config_sentence_transformers.json",
                r#"{"prompts": {"query": "query: ", "passage": "passage: "}}"#,
            ),
            MEAN_OF_TOKENS,
            MODULES,
        ],
    },
    Known {
        name: "all-MiniLM-L6-v2",
        repository: "sentence-transformers/all-MiniLM-L6-v2",
        revision: "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
        files: &[
            Remote {
                path: "onnx/model_qint8_arm64.onnx",
                name: "model.onnx",
                bytes: 23_026_053,
                sha256: "4278337fd0ff3c68bfb6291042cad8ab363e1d9fbc43dcb499fe91c871902474",
            },
            Remote {
                path: "tokenizer.json",
                name: "tokenizer.json",
                bytes: 466_247,
                sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            },
        ],
        settings: &[("sentence_bert_config.json", r#"{"max_seq_length": 256}"#), MEAN_OF_TOKENS, MODULES],
    },
];

impl Known {
    pub fn named(name: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|known| known.name == name)
    }

    /// What there is to fetch.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT, KNOWN, Known, LAST};

    #[test]
    fn what_is_known_of_a_model_is_whole() {
        assert!(Known::named(DEFAULT).is_some() && Known::named("other").is_none());
        for known in KNOWN {
            assert_eq!(known.settings.last().map(|(name, _)| *name), Some(LAST), "{}", known.name);
            for (name, contents) in known.settings {
                assert!(
                    serde_json::from_str::<serde_json::Value>(contents).is_ok(),
                    "{}: {name}",
                    known.name
                );
            }
            for file in known.files {
                assert_eq!(file.sha256.len(), 64, "{}", file.path);
            }
        }
    }
}
