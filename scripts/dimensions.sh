#!/usr/bin/env bash
# dimensions.sh [--case TEXT]: the first search by auto, with many dimensions and with many passages.
source "$(dirname "$0")/common.sh"
source scripts/embedding-api.sh

export EXEMPLAR_BIN=target/demo/exemplar BENCH_DATA=$TOOLS/bench/dimensions PYTHON=$VENV/bin/python
node crates/bench/dimensions.mjs "$@"
