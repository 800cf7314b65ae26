#!/usr/bin/env bash
# Installs wasm-pack, wasm-bindgen's tools and zopfli into .tools/bin.
source "$(dirname "$0")/common.sh"

# The tool must have the version of the crate, to the digit.
wasm_bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)

cargo_tool() { # cargo_tool CRATE VERSION [OPTIMISATION, default 1]
  local crate=$1 version=$2 level=${3:-1}
  # Not by --version, which zopfli does not know.
  if [[ $'\n'$(cargo install --root "$TOOLS" --list) == *$'\n'"$crate v$version:"* ]]; then
    echo "$crate $version is there"
  else
    # Optimised little: they run for seconds, and would compile for six minutes. Not --locked: the lock file of
    # wasm-bindgen-cli names a yanked crate.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=$level CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_DEBUG=0 \
      cargo install --root "$TOOLS" --version "=$version" --force "$crate"
  fi
}

cargo_tool wasm-pack 0.15.1 0 # it only starts others
cargo_tool wasm-bindgen-cli "$wasm_bindgen"
cargo_tool zopfli 0.8.4
