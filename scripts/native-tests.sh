#!/usr/bin/env bash
# Every Rust test on this machine, and the examples in the documentation. `native-tests.sh compile` only compiles them, and
# with them the command, target/debug/exemplar.
source "$(dirname "$0")/common.sh"

if [[ $* == compile ]]; then
  cargo test --workspace --no-run
elif have cargo-nextest; then
  cargo nextest run --workspace --no-fail-fast
  cargo test --quiet --workspace --doc
else
  cargo test --workspace --no-fail-fast
fi
