#!/usr/bin/env bash
# Every Rust test on this machine, and the examples in the documentation.
source "$(dirname "$0")/common.sh"

if have cargo-nextest; then
  cargo nextest run --workspace --no-fail-fast
  cargo test --quiet --workspace --doc
else
  cargo test --workspace --no-fail-fast
fi
