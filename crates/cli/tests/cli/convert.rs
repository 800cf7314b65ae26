//! `exemplar convert`, and the form in which `exemplar build` writes.

use std::path::{Path, PathBuf};

use exemplar_search::bundle::{Bundle, Files};
use serde_json::json;

use crate::support::{TestApi, exemplar, fail, folder, read_bundle, succeed, write};

/// A bundle of version 2 that every release reads.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)
}

/// The bundle at `path` with the files beside it.
fn read(path: &Path) -> Bundle {
    let json = std::fs::read(path).unwrap();
    let names = Bundle::files(&json).unwrap();
    let files =
        names.into_iter().map(|name| (name.clone(), std::fs::read(path.with_file_name(name)).unwrap()));
    Bundle::read(&json, &files.collect::<Files>()).unwrap()
}

#[test]
fn every_form_becomes_every_other_byte_for_byte() {
    let forms = [
        ("bundle-v2-text-float32.json", "float32", "inline"),
        ("bundle-v2-text-float16.json", "float16", "inline"),
        ("bundle-v2-text-int8.json", "int8", "inline"),
        ("bundle-v2-float32.json", "float32", "inline-base64"),
        ("bundle-v2-int8.json", "int8", "inline-base64"),
        ("bundle-v2-sidecar-float32.json", "float32", "sidecar"),
        ("bundle-v2-sidecar-float16.json", "float16", "sidecar"),
        ("bundle-v2-sidecar.json", "int8", "sidecar"),
    ];
    for from in ["bundle-v2-float32.json", "bundle-v2-text-float32.json", "bundle-v2-sidecar-float32.json"] {
        for (expected, encoding, layout) in forms {
            let folder = folder();
            let path = folder.path().join("bundle.json");
            let args = ["--encoding", encoding, "--layout", layout, "-o"];
            succeed(exemplar().arg("convert").arg(golden(from)).args(args).arg(&path));
            let expected = golden(expected);
            let text = std::fs::read_to_string(&expected).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text.trim_end(), "{from} to {expected:?}");
            assert_eq!(read(&path), read(&expected));
        }
    }
}

#[test]
fn a_centre_stays_in_either_layout() {
    for (from, to, layout) in [
        ("bundle-v2-int8-centred.json", "bundle-v2-sidecar-int8-centred.json", "sidecar"),
        ("bundle-v2-sidecar-int8-centred.json", "bundle-v2-text-int8-centred.json", "inline"),
    ] {
        let folder = folder();
        let path = folder.path().join("bundle.json");
        succeed(exemplar().arg("convert").arg(golden(from)).args(["--layout", layout, "-o"]).arg(&path));
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            std::fs::read_to_string(golden(to)).unwrap().trim_end()
        );
        assert_eq!(read(&path), read(&golden(to)));
    }
}

#[test]
fn what_is_not_asked_for_stays() {
    let folder = folder();
    let path = folder.path().join("bundle.json");
    succeed(exemplar().arg("convert").arg(golden("bundle-v2-float16.json")).arg("-o").arg(&path));
    let (stdout, _) =
        succeed(exemplar().arg("convert").arg(&path).args(["--layout", "sidecar", "-o"]).arg(&path));
    assert!(stdout.contains("3 passages x 3 dimensions, float16, sidecar"), "{stdout}");
    assert_eq!(read(&path), read(&golden("bundle-v2-sidecar-float16.json")));
}

#[test]
fn version_1_takes_what_it_has_a_place_for() {
    let folder = folder();
    let path = folder.path().join("bundle.json");
    let convert = |from: &Path, args: &[&str]| {
        let mut command = exemplar();
        command.arg("convert").arg(from).args(args).arg("-o").arg(&path);
        command
    };
    succeed(&mut convert(&golden("bundle-v1-arrays.json"), &["--layout", "v1-base64"]));
    succeed(&mut convert(&path, &["--layout", "v1-arrays"]));
    assert_eq!(read(&path), read(&golden("bundle-v1-arrays.json")));
    succeed(&mut convert(&path, &["--layout", "inline", "--encoding", "int8"]));
    assert_eq!(read(&path).layout.version(), 2);

    let before = std::fs::read(&path).unwrap();
    for (from, args, expected) in [
        ("bundle-v2-int8.json", &["--layout", "v1-arrays"][..], "do not fit into version 1"),
        ("bundle-v1-arrays.json", &["--encoding", "int8"], "--encoding int8 does not fit into version 1"),
    ] {
        let error = fail(&mut convert(&golden(from), args));
        assert!(error.contains(expected), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before, "what was there stays");
    }
}

#[test]
fn a_build_writes_the_form_that_it_is_asked_for() {
    let folder = folder();
    let items = write(
        &folder,
        "items.jsonl",
        json!({"title": "A", "url": "a.html", "text": "Some text."}).to_string(),
    );
    let api = TestApi::start_answering();
    let path = folder.path().join("bundle.json");
    let build = |args: &[&str]| {
        let mut command = exemplar();
        command.args(["build", "--model", "m", "--api", &api.url, "--items"]).arg(&items);
        succeed(command.args(args).arg("-o").arg(&path));
        read(&path)
    };
    let bundle = build(&["--encoding", "float32", "--layout", "sidecar"]);
    assert_eq!((bundle.encoding.name(), bundle.layout.name()), ("float32", "sidecar"));
    let bundle = build(&[]);
    assert_eq!((bundle.encoding.name(), bundle.layout.name()), ("int8-centred", "inline"));
    assert_eq!(read_bundle(&path), bundle);
}
