#!/usr/bin/env bash
# tools.sh: installs wasm-pack, wasm-bindgen's tools and zopfli into .tools/bin.
# tools.sh cargo-fuzz|cargo-deny: installs that one, which the checks of a change do not need.
source "$(dirname "$0")/common.sh"

# The tool must have the version of the crate, to the digit.
wasm_bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)

cargo_tool() { # cargo_tool CRATE VERSION [OPTION OF CARGO INSTALL...]
  local crate=$1 version=$2
  # Not by --version, which zopfli does not know.
  if [[ $'\n'$(cargo install --root "$TOOLS" --list) == *$'\n'"$crate v$version:"* ]]; then
    echo "$crate $version is there"
  else
    # Not --locked: the lock file of wasm-bindgen-cli names a yanked crate.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      CARGO_PROFILE_RELEASE_DEBUG=0 cargo install --root "$TOOLS" --version "=$version" --force "${@:3}" "$crate"
  fi
}

# The options that optimise a little these packages of a tool, where it spends its time. All else only has to compile soon: the tools
# run for seconds, and would compile for six minutes.
optimised() { # optimised PACKAGE...
  printf -- "--config=profile.release.package.%s.opt-level=1\n" "$@"
}

wasm_tools() {
  local options
  mapfile -t options < <(optimised walrus wasmparser wasm-encoder leb128fmt gimli id-arena wasm-bindgen-cli-support)
  cargo_tool wasm-pack 0.15.1
  # Without TLS: it asks the browser's driver on this machine, and nobody else.
  cargo_tool wasm-bindgen-cli "$wasm_bindgen" --no-default-features --bin wasm-bindgen --bin wasm-bindgen-test-runner "${options[@]}"
  cargo_tool zopfli 0.8.4 --config profile.release.package.zopfli.opt-level=1
}

case "$*" in
  "") wasm_tools ;;
  cargo-fuzz) cargo_tool cargo-fuzz 0.13.2 ;;
  cargo-deny) cargo_tool cargo-deny 0.20.2 ;;
  *) die "usage: scripts/tools.sh [cargo-fuzz | cargo-deny]" ;;
esac
