#!/usr/bin/env bash
# first.sh: how long the first result of the Japanese demo site takes, on what the steps before it have built.
source "$(dirname "$0")/common.sh"

DIST=dist BUNDLE=dist/bundles/debian-reference-ja.json node crates/bench/first.mjs
