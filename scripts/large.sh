#!/usr/bin/env bash
# large.sh [PAGES]: a large collection in shards, on what the steps before it have built.
source "$(dirname "$0")/common.sh"

docs=$(rustc --print sysroot)/share/doc/rust/html
[[ -d $docs ]] || die "Rust's documentation is missing:" "run \"rustup component add rust-docs\""
export EXEMPLAR_BIN=target/demo/exemplar DIST=dist DOCS=$docs BENCH_DATA=$TOOLS/bench/network
node crates/bench/large.mjs "$@"
