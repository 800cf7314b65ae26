//! Machines with little: a full disk, a disk that takes nothing, one core and 1 GB of memory, vectors of many dimensions.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::output_folder::{build, contents, site};
use crate::support::{TestApi, exemplar, fail, model, read_bundle, reply, succeed};

/// The same command, run by a shell script that is done with `exec "$@"`.
fn within(script: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// The same command with a file system of its own over `folder`, which holds what is in `folder.before`, and `then` changes. What it
/// leaves is in `folder.after`.
fn on_disk(folder: &Path, then: &str, command: &Command) -> Option<Command> {
    let can = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(folder).output();
    if !can.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: this machine lets nobody mount");
        return None;
    }
    let script = format!(
        "mount -t tmpfs -o size=16m none '{0}' && cp -R '{0}.before/.' '{0}' && {then}; \"$@\"; code=$?; \
         rm -rf '{0}.after' '{0}/full'; cp -R '{0}' '{0}.after'; exit $code",
        folder.display()
    );
    let shell = within(&script, command);
    let mut unshare = Command::new("unshare");
    unshare.args(["-rm"]).arg(shell.get_program()).args(shell.get_args());
    for (name, value) in shell.get_envs() {
        match value {
            Some(value) => unshare.env(name, value),
            None => unshare.env_remove(name),
        };
    }
    Some(unshare)
}

#[test]
fn a_full_disk_and_one_that_takes_nothing_leave_what_was_there() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    succeed(&mut build(&api, &public));
    let output = public.join("exemplar");
    // A file of the search is missing, and must be written again.
    fs::remove_file(output.join("client/worker.js")).unwrap();
    fs::rename(&output, public.join("exemplar.before")).unwrap();
    fs::create_dir(&output).unwrap();
    let before = contents(&public.join("exemplar.before"));
    let changes = [
        ("cat /dev/zero > '{}/full' 2> /dev/null", "No space left"),
        ("mount -o remount,ro '{}'", "Read-only file system"),
    ];
    for (then, told) in changes {
        let then = then.replace("{}", output.to_str().unwrap());
        // Another language makes another bundle.
        let mut command = build(&api, &public);
        let Some(mut command) = on_disk(&output, &then, command.args(["--lang", "is"])) else { return };
        let error = fail(&mut command);
        assert!(error.contains("cannot write") && error.contains(told), "{error}");
        assert!(contents(&public.join("exemplar.after")) == before);
    }
    drop(root);
}

#[test]
fn one_core_and_a_gigabyte_are_enough() {
    let Some(model) = model() else { return };
    let (_root, public) = site();
    let mut command = exemplar();
    command.env("EXEMPLAR_WEB_FILES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
    command.args(["build", "--query-texts", "20", "--model-dir"]).arg(model).arg("--site").arg(&public);
    // In kB: of addresses, which are more than what is used of them.
    let first_core = "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')";
    let script = format!("ulimit -v 1000000; exec taskset -c {first_core} \"$@\"");
    let (stdout, _) = succeed(&mut within(&script, &command));
    assert!(stdout.contains("384 dimensions"), "{stdout}");
}

#[test]
fn a_model_of_8192_dimensions_is_built_and_searched() {
    let vector = |text: &str| -> Vec<f32> {
        let length = text.len() as f32;
        (0..8192).map(|i| (length * (i as f32 + 1.0)).sin()).collect()
    };
    let api = TestApi::start(move |_, request| {
        let item = |(index, text): (usize, &str)| json!({"index": index, "embedding": vector(text)});
        reply(200, json!({"data": request.texts().into_iter().enumerate().map(item).collect::<Vec<_>>()}))
    });
    let (_root, public) = site();
    let mut command = exemplar();
    command.env("EXEMPLAR_WEB_FILES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
    command.args(["build", "--query-texts", "30", "--model", "m", "--api", &api.url, "--site"]).arg(&public);
    let (stdout, _) = succeed(&mut command);
    assert!(stdout.contains("x 8192 dimensions"), "{stdout}");
    let bundle = public.join("exemplar/bundle.json");
    assert_eq!(read_bundle(&bundle).space.dimensions, 8192);
    let (stdout, _) = succeed(exemplar().arg("search").arg(&bundle).args(["--query", "moon", "-k", "1"]));
    assert!(stdout.contains("moon"), "{stdout}");
}
