//! Where a bundle is written that is no plain file, and messages that nobody reads.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use exemplar_search::bundle::{Bundle, Files};
use tempfile::TempDir;

use crate::support::{exemplar, fail, folder, npy, read_bundle, succeed, write};

fn build(folder: &TempDir, output: impl AsRef<Path>) -> Command {
    let items = write(folder, "items.jsonl", "{\"title\": \"A\", \"url\": \"a.html\", \"text\": \"one\"}");
    let vectors = write(folder, "vectors.npy", npy(&[1, 2], &[1.0, 2.0]));
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--items"]).arg(items).arg("--embeddings").arg(vectors);
    command.arg("-o").arg(output.as_ref());
    command
}

fn is_bundle(bytes: &[u8]) -> bool {
    Bundle::read(bytes, &Files::new()).is_ok_and(|bundle| bundle.articles.len() == 1)
}

#[test]
fn a_dash_is_standard_output() {
    let folder = folder();
    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
        let (stdout, stderr) = succeed(&mut build(&folder, name));
        assert!(is_bundle(stdout.as_bytes()), "{stdout}");
        assert!(stderr.contains("1 articles, 1 passages x 2 dimensions"), "{stderr}");
        let error = fail(build(&folder, name).args(["--layout", "sidecar"]));
        assert!(error.contains("take --layout inline"), "{error}");
    }
    let bundle = folder.path().join("bundle.json");
    succeed(&mut build(&folder, &bundle));
    let (stdout, _) =
        succeed(exemplar().arg("convert").arg(&bundle).args(["--encoding", "float32", "-o", "-"]));
    assert!(is_bundle(stdout.as_bytes()), "{stdout}");
    // Into a file of the shell's.
    let redirected = folder.path().join("redirected.json");
    let status = build(&folder, "/dev/stdout").stdout(fs::File::create(&redirected).unwrap()).status();
    assert!(status.unwrap().success() && is_bundle(&fs::read(&redirected).unwrap()));
}

#[test]
fn what_is_no_plain_file_is_written_to_and_stays() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let link = folder.path().join("link");
    symlink("pipe", &link).unwrap();
    for output in [&pipe, &link] {
        let mut child = build(&folder, output).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        assert!(is_bundle(&fs::read(&pipe).unwrap()));
        assert!(child.wait().unwrap().success());
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
    let error = fail(build(&folder, &pipe).args(["--layout", "sidecar"]));
    assert!(error.contains("no file that another could stand beside"), "{error}");
}

#[test]
fn links_are_followed_and_dangling_ones_and_folders_refused() {
    let folder = folder();
    let (real, link) = (write(&folder, "real.json", "old"), folder.path().join("link.json"));
    symlink("real.json", &link).unwrap();
    succeed(&mut build(&folder, &link));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read_bundle(&real).articles.len(), 1);

    let dangling = folder.path().join("dangling.json");
    symlink("nowhere.json", &dangling).unwrap();
    let error = fail(&mut build(&folder, &dangling));
    assert!(error.contains("is a link to nowhere.json, which is not there"), "{error}");
    assert!(fs::symlink_metadata(&dangling).unwrap().is_symlink());
    let error = fail(&mut build(&folder, folder.path()));
    assert!(error.contains("is a folder: name a file"), "{error}");
}

#[test]
fn messages_that_nobody_reads_stop_no_build() {
    let folder = folder();
    let bundle = folder.path().join("bundle.json");
    for close in ["2>&1 | true", "2>&-", ">&- 2>&-", "2>/dev/full"] {
        let command = build(&folder, &bundle);
        let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
        let words: Vec<_> =
            [command.get_program()].into_iter().chain(command.get_args()).map(quoted).collect();
        let status = folder.path().join("status");
        let script = format!("({}; echo $? > {}) {close}", words.join(" "), quoted(status.as_os_str()));
        Command::new("sh").args(["-c", &script]).status().unwrap();
        // The reader of the pipe may end the shell's command before the build itself ends.
        while !fs::read_to_string(&status).is_ok_and(|status| status.ends_with('\n')) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(fs::read_to_string(&status).unwrap(), "0\n", "{close}");
        assert_eq!(read_bundle(&bundle).articles.len(), 1, "{close}");
        fs::remove_file(&bundle).unwrap();
        fs::remove_file(&status).unwrap();
    }
}
