#!/usr/bin/env bash
# Installs wasm-pack and wasm-bindgen's tools into .tools/bin.
source "$(dirname "$0")/common.sh"

# The tool must have the version of the crate, to the digit.
wasm_bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)

cargo_tool() { # cargo_tool CRATE VERSION COMMAND
  local crate=$1 version=$2 command=$3
  if [[ $("$command" --version 2> /dev/null) == "$command $version" ]]; then
    echo "$command $version is there"
  else
    # Optimised little: they run for seconds, and would compile for six minutes. Not --locked: the lock file of
    # wasm-bindgen-cli names a yanked crate.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_DEBUG=0 \
      cargo install --root "$TOOLS" --version "=$version" --force "$crate"
  fi
}

cargo_tool wasm-pack 0.15.1 wasm-pack
cargo_tool wasm-bindgen-cli "$wasm_bindgen" wasm-bindgen
