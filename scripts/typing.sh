#!/usr/bin/env bash
# typing.sh [DOCS]: what a keystroke costs on passages of a folder of HTML, Rust's own documentation if none is given.
source "$(dirname "$0")/common.sh"

docs=${1:-$(rustc --print sysroot)/share/doc/rust/html}
[[ -d $docs ]] || die "there is no documentation in $docs:" "run \"rustup component add rust-docs\", or give a folder of HTML"
export EXEMPLAR_BIN=target/demo/exemplar BENCH_DATA=$TOOLS/bench/typing
node crates/bench/typing.mjs "$docs"
