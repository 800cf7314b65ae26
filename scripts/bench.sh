#!/usr/bin/env bash
# bench.sh [--json FILE]: the benchmark, on what the steps before it have built.
source "$(dirname "$0")/common.sh"
source scripts/embedding-api.sh

# What it is compared with.
scikit_learn=scikit-learn==1.9.1
[[ $("$VENV/bin/pip" freeze) == *"$scikit_learn"* ]] ||
  "$VENV/bin/pip" install --quiet --disable-pip-version-check "$scikit_learn"

BENCH_BIN=target/release/bench BENCH_DATA=$TOOLS/bench PYTHON=$VENV/bin/python \
  BENCH_DOCS="$(rustc --print sysroot)/share/doc/rust/html/std" \
  node crates/bench/run.mjs "$@"
