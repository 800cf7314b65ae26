//! Splits texts into tokens.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use kitoken::Kitoken;
use kitoken::convert::convert_tokenizers;
use serde::Deserialize;

use crate::{Error, Result};

pub struct Tokenizer {
    inner: Kitoken,
    frame: Frame,
    max_tokens: usize,
}

/// The tokens that stand before and after those of a text, such as `[CLS]` and `[SEP]`.
#[derive(Debug, Default, PartialEq)]
struct Frame {
    before: Vec<u32>,
    after: Vec<u32>,
}

/// What of `tokenizer.json` kitoken leaves to its caller.
#[derive(Deserialize)]
struct File {
    post_processor: Option<Processor>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Processor {
    TemplateProcessing {
        single: Vec<Piece>,
        special_tokens: HashMap<String, Special>,
    },
    BertProcessing {
        sep: (String, u32),
        cls: (String, u32),
    },
    RobertaProcessing {
        sep: (String, u32),
        cls: (String, u32),
    },
    Sequence {
        processors: Vec<Processor>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
enum Piece {
    Sequence {},
    SpecialToken { id: String },
}

#[derive(Deserialize)]
struct Special {
    ids: Vec<u32>,
}

impl Tokenizer {
    /// Of a `tokenizer.json`, for at most `max_tokens` of a text.
    pub fn read(path: &Path, max_tokens: usize) -> Result<Self> {
        let bytes = fs::read(path).map_err(|source| Error::Unreadable { path: path.into(), source })?;
        let invalid = |problem: String| Error::Invalid {
            path: path.into(),
            problem: format!("is no tokenizer that can be used: {problem}"),
        };
        let file: File = serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
        let frame = file.post_processor.map_or(Ok(Frame::default()), Frame::of).map_err(invalid)?;
        if frame.before.len() + frame.after.len() >= max_tokens {
            return Err(invalid(format!(
                "its special tokens alone are as many as the model takes, {max_tokens}"
            )));
        }
        let definition = convert_tokenizers(bytes).map_err(|error| invalid(error.to_string()))?;
        let inner = Kitoken::from_definition(definition).map_err(|error| invalid(error.to_string()))?;
        Ok(Self { inner, frame, max_tokens })
    }

    /// The tokens of `text`, with those for its start and its end. What is too long loses its end. What looks like a special
    /// token, such as `</s>` in a page about them, is text.
    pub fn encode(&self, text: &str) -> std::result::Result<Vec<i32>, String> {
        let Frame { before, after } = &self.frame;
        let mut own = self.inner.encode(text, false).map_err(|error| error.to_string())?;
        own.truncate(self.max_tokens - before.len() - after.len());
        let all = before.iter().chain(&own).chain(after);
        all.map(|&id| i32::try_from(id).map_err(|error| error.to_string())).collect()
    }
}

impl Frame {
    fn of(processor: Processor) -> std::result::Result<Self, String> {
        match processor {
            Processor::TemplateProcessing { single, special_tokens } => {
                let mut frame = Self::default();
                let mut side = &mut frame.before;
                for piece in single {
                    match piece {
                        Piece::Sequence {} => side = &mut frame.after,
                        Piece::SpecialToken { id } => {
                            let special =
                                special_tokens.get(&id).ok_or_else(|| format!("{id} has no number"))?;
                            side.extend(&special.ids);
                        }
                    }
                }
                Ok(frame)
            }
            Processor::BertProcessing { sep, cls } | Processor::RobertaProcessing { sep, cls } => {
                Ok(Self { before: vec![cls.1], after: vec![sep.1] })
            }
            Processor::Sequence { processors } => {
                let frames =
                    processors.into_iter().map(Self::of).collect::<std::result::Result<Vec<_>, _>>()?;
                Ok(frames.into_iter().find(|frame| *frame != Self::default()).unwrap_or_default())
            }
            Processor::Other => Ok(Self::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{File, Frame};

    #[test]
    fn the_frame_is_read_from_every_kind_of_post_processor() {
        let template = r#"{"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [7], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [8], "tokens": ["</s>"]}}}"#;
        let bert = r#"{"type": "BertProcessing", "sep": ["[SEP]", 8], "cls": ["[CLS]", 7]}"#;
        let roberta = r#"{"type": "RobertaProcessing", "sep": ["</s>", 8], "cls": ["<s>", 7], "trim_offsets": true, "add_prefix_space": false}"#;
        let sequence = format!(
            r#"{{"type": "Sequence", "processors": [{{"type": "ByteLevel", "trim_offsets": true}}, {template}]}}"#
        );
        for processor in [template, bert, roberta, &sequence] {
            let file: File =
                serde_json::from_str(&format!(r#"{{"model": 1, "post_processor": {processor}}}"#)).unwrap();
            let frame = Frame::of(file.post_processor.unwrap()).unwrap();
            assert_eq!(frame, Frame { before: vec![7], after: vec![8] }, "{processor}");
        }
        let none: File = serde_json::from_str(r#"{"post_processor": null}"#).unwrap();
        assert!(none.post_processor.is_none());
    }
}
