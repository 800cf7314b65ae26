#!/usr/bin/env bash
# network.sh [--site N] [--engine NAME] [--loads N] API: what a reader waits for and downloads, on what the steps before it have
# built. API embeds the smallest site; the others' vectors are made up.
source "$(dirname "$0")/common.sh"

docs=$(rustc --print sysroot)/share/doc/rust/html
[[ -d $docs ]] || die "Rust's documentation is missing:" "run \"rustup component add rust-docs\""
have openssl || apt_install "What makes the host's certificate" openssl
export EXEMPLAR_BIN=target/demo/exemplar DIST=dist DOCS=$docs BENCH_DATA=$TOOLS/bench/network EMBEDDING_API=${*: -1}
node crates/bench/network/run.mjs "${@:1:$#-1}"
