//! Model folders that are whole, and those that something is wrong with. The models are tiny: a table of a vector a token.

mod tiny;

use exemplar_search_embed::{Error, SentenceModel};
use tiny::{TOKENIZER, Tiny};

/// What opening a folder fails with.
fn error(tiny: &Tiny) -> Error {
    SentenceModel::open(tiny.path()).unwrap_err()
}

fn message(tiny: &Tiny) -> String {
    error(tiny).to_string()
}

#[test]
fn a_text_becomes_the_mean_of_its_tokens_at_unit_length() {
    let tiny = Tiny::new(3);
    let model = SentenceModel::open(tiny.path()).unwrap();
    assert_eq!((model.dimensions(), model.max_tokens()), (3, 6));
    // [CLS] sea [SEP], whose vectors in the table are (0, 1, 2) + 3 x id.
    let mean = [10.0 / 3.0 * 3.0, 10.0 / 3.0 * 3.0 + 1.0, 10.0 / 3.0 * 3.0 + 2.0f32];
    let length = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
    let vector = model.embed("Sea").unwrap();
    for (found, expected) in vector.iter().zip(mean) {
        assert!((found - expected / length).abs() < 1e-6, "{vector:?}");
    }
    let prefixes = model.prefixes().unwrap();
    assert_eq!((prefixes.query.as_str(), prefixes.passage.as_str()), ("query: ", ""));
}

#[test]
fn a_long_text_loses_its_end_but_not_the_last_token() {
    let tiny = Tiny::new(3);
    let model = SentenceModel::open(tiny.path()).unwrap();
    assert_eq!(model.tokens("sea sea sea sea").unwrap().len(), 6);
    let long = "sea ".repeat(50);
    assert_eq!(model.tokens(&long).unwrap().len(), 6);
    assert_eq!(model.embed(&long).unwrap(), model.embed("sea sea sea sea").unwrap());
}

#[test]
fn what_looks_like_a_special_token_is_text() {
    let tiny = Tiny::new(3);
    let model = SentenceModel::open(tiny.path()).unwrap();
    // As many tokens as the brackets and the letters make, and none of them is the real one.
    assert!(model.tokens("[SEP]").unwrap().len() > 3);
}

#[test]
fn another_model_has_another_digest() {
    let digest = |tiny: &Tiny| SentenceModel::open(tiny.path()).unwrap().digest().to_owned();
    let first = digest(&Tiny::new(3));
    assert_eq!(first, digest(&Tiny::new(3)));
    assert_ne!(first, digest(&Tiny::new(4)));
    let cls = Tiny::new(3);
    cls.write("1_Pooling/config.json", r#"{"pooling_mode_cls_token": true}"#);
    assert_ne!(first, digest(&cls));
    let shorter = Tiny::new(3);
    shorter.write("config.json", r#"{"max_position_embeddings": 5}"#);
    assert_ne!(first, digest(&shorter));
}

#[test]
fn a_missing_file_is_named_with_what_it_is_for() {
    for (name, purpose) in [
        ("tokenizer.json", "cuts texts into tokens"),
        ("modules.json", "how the tokens' vectors become one"),
        ("1_Pooling/config.json", "how the tokens' vectors become one"),
        ("config.json", "how many tokens a text may have"),
    ] {
        let tiny = Tiny::new(3);
        tiny.remove(name);
        let message = message(&tiny);
        assert!(message.contains(name) && message.contains(purpose), "{message}");
    }
    let tiny = Tiny::new(3);
    tiny.remove("model.onnx");
    assert!(message(&tiny).contains("model.onnx"), "{}", message(&tiny));
    tiny.write("model.safetensors", "");
    assert!(message(&tiny).contains("optimum-cli export onnx"), "{}", message(&tiny));
    assert!(matches!(SentenceModel::open("no/such/folder".as_ref()), Err(Error::NoFolder(_))));
}

#[test]
fn a_file_that_says_something_else_is_named_with_what_is_wrong() {
    for (name, contents, problem) in [
        ("tokenizer.json", "{}", "no tokenizer"),
        ("tokenizer.json", "<html>", "no tokenizer"),
        ("modules.json", "[", "not what it should be"),
        ("modules.json", "[]", "no module Pooling"),
        ("modules.json", r#"[{"type": "sentence_transformers.models.Dense"}]"#, "module Dense"),
        ("1_Pooling/config.json", r#"{"pooling_mode_weightedmean_tokens": true}"#, "not supported"),
        ("config.json", r#"{"max_position_embeddings": "many"}"#, "not what it should be"),
        ("config.json", r#"{"max_position_embeddings": 2}"#, "expected 3 or more"),
        ("config_sentence_transformers.json", r#"{"prompts": 3}"#, "not what it should be"),
    ] {
        let tiny = Tiny::new(3);
        tiny.write(name, contents);
        let message = message(&tiny);
        assert!(message.contains(name) && message.contains(problem), "{name} {contents}: {message}");
    }
}

#[test]
fn weights_that_are_cut_short_are_refused() {
    let tiny = Tiny::new(3);
    let whole = tiny.read("model.onnx");
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        tiny.write("model.onnx", &whole[..length]);
        let message = message(&tiny);
        assert!(message.contains("model.onnx"), "{length} bytes: {message}");
    }
    tiny.write("model.onnx", "<!doctype html><title>Log in</title>");
    assert!(message(&tiny).contains("model.onnx cannot be loaded"), "{}", message(&tiny));
}

#[test]
fn a_model_of_too_many_dimensions_is_refused() {
    let message = message(&Tiny::new(8192));
    assert!(message.contains("8192 dimensions, expected 1 to 4096"), "{message}");
}

#[test]
fn a_model_that_wants_something_else_is_refused() {
    let tiny = Tiny::new(3);
    tiny.write("model.onnx", tiny::onnx("pixel_values", 3));
    assert!(message(&tiny).contains("pixel_values"), "{}", message(&tiny));
}

#[test]
fn a_tokenizer_with_more_tokens_than_the_model_is_refused_or_fails_by_name() {
    let tiny = Tiny::new(3);
    tiny.write("tokenizer.json", TOKENIZER.replace("\"sea\": 5", "\"sea\": 5000"));
    let model = SentenceModel::open(tiny.path()).unwrap();
    assert!(model.embed("sea").unwrap_err().to_string().contains("failed on a text of 3 tokens"));
}

#[test]
fn weights_that_are_not_numbers_are_refused() {
    let tiny = Tiny::new(3);
    tiny.write("model.onnx", tiny::onnx_of("input_ids", &[f32::NAN; 3 * tiny::TOKENS], 3));
    let model = SentenceModel::open(tiny.path()).unwrap();
    assert!(model.embed("sea").unwrap_err().to_string().contains("not finite"));
}
