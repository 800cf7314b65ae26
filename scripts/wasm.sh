#!/usr/bin/env bash
# wasm.sh build:                     the wasm packages, into www/client/pkg, pkg-whole, pkg-shards and pkg-remote
# wasm.sh javascript:                the same core as JavaScript, into www/client/pkg-js; needs Node
# wasm.sh bench:                     the benchmark's wasm package, into crates/bench/pkg
# wasm.sh lint simd128|scalar:       clippy for wasm32
# wasm.sh test node|chromium simd128|scalar:  the core's tests, compiled to wasm32
source "$(dirname "$0")/common.sh"

# Where the core's sources are, and its packages.
CORE=(src crates/json crates/lexical crates/vector)
PACKAGES=(-p exemplar-search -p exemplar-search-json -p exemplar-search-lexical -p exemplar-search-vector)

instructions() { # instructions simd128|scalar: sets what the compiler may use
  case $1 in
    simd128) export RUSTFLAGS="-C target-feature=+simd128" ;;
    scalar) export RUSTFLAGS="-C target-feature=-simd128" ;;
    *) die "wasm.sh: \"$1\" is neither simd128 nor scalar" ;;
  esac
}

strip_symbols() {
  # Function names are an eighth of the package. wasm-bindgen needs the other section that stripping removes.
  RUSTFLAGS+=" -C strip=symbols -C link-arg=--keep-section=target_features"
}

# Panics name files: of other crates below Cargo's home, and of the standard library where its source is installed. What readers download
# must be the same wherever it was compiled.
without_folders() {
  local home=${CARGO_HOME:-$HOME/.cargo} sysroot commit registry
  sysroot=$(with_wasm_rust rustc --print sysroot)
  commit=$(with_wasm_rust rustc --version --verbose | sed -n 's/^commit-hash: //p')
  cargo fetch --quiet --locked --target wasm32-unknown-unknown
  RUSTFLAGS+=" --remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$commit"
  for registry in "$home"/registry/src/*; do
    RUSTFLAGS+=" --remap-path-prefix=$registry=/crates"
  done
}

javascript() {
  with_wasm_rust cargo build --package exemplar-search --profile wasm --lib --target wasm32-unknown-unknown
  mkdir -p www/client/pkg-js
  node scripts/wasm2js.mjs "$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/exemplar_search.wasm" www/client/pkg-js/exemplar_search.js
}

# The package is named: the workspace's other default members, which the command needs, turn on what fits encoders.
package() { # package CRATE_FOLDER OUTPUT_FOLDER NAME FEATURES INPUT...
  local crate=$1 output=$2 name=$3 features=$4 versions
  shift 4
  instructions simd128
  strip_symbols
  without_folders
  versions=$(with_wasm_rust rustc --version && wasm-pack --version && wasm-bindgen --version)
  # No wasm-opt: it takes 2% off the compressed package, and the exemplar SVM runs at half its speed after it.
  made_from "$output" "$@" Cargo.toml Cargo.lock scripts/wasm.sh "$versions" -- \
    with_wasm_rust wasm-pack build "$crate" --profile wasm --mode no-install --no-opt --target web --no-pack --no-gitignore \
    --out-dir "$PWD/$output" --out-name "$name" -- --package "${name//_/-}" --no-default-features --features "$features"
}

# What the client downloads: not every host packs WebAssembly. Zopfli finds 5% more repetitions than gzip --best.
packed_core() { # packed_core OUTPUT_FOLDER FEATURES
  package . "$1" exemplar_search "$2" "${CORE[@]}"
  zopfli "$1/exemplar_search_bg.wasm"
}

run_tests() { # in Node, unless the environment names a browser
  # Without the debug information, which the runner would have to rewrite; a panic names its line all the same. Not by the
  # profile, or what runs on this machine would be compiled once more: procedural macros and build scripts.
  RUSTFLAGS+=" -C debuginfo=0"
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
    with_wasm_rust cargo test --target wasm32-unknown-unknown "${PACKAGES[@]}" --lib --test '*'
}

case "$*" in
  build)
    # One crate with other exports each: docs/decisions/core-size.md
    packed_core www/client/pkg wasm-shards,wasm-whole
    packed_core www/client/pkg-whole wasm-whole
    packed_core www/client/pkg-shards wasm-shards
    packed_core www/client/pkg-remote wasm-remote
    ;;
  javascript)
    instructions scalar
    # wasm2js does not lower a saturating conversion to 64 bits rightly, where the compiler does.
    RUSTFLAGS+=" -C target-feature=-nontrapping-fptoint"
    strip_symbols
    without_folders
    # Of its own, so that the builds with and without SIMD do not undo each other's.
    export CARGO_TARGET_DIR=$PWD/target/javascript
    made_from www/client/pkg-js "${CORE[@]}" Cargo.toml Cargo.lock package-lock.json scripts/wasm.sh scripts/wasm2js.mjs \
      "$(with_wasm_rust rustc --version && wasm-bindgen --version)" -- javascript
    ;;
  bench) package crates/bench crates/bench/pkg exemplar_search_bench "" "${CORE[@]}" crates/bench/src crates/bench/Cargo.toml ;;
  "lint "*)
    instructions "$2"
    # Not "cargo clippy", which would take rustup's clippy even with Debian's cargo.
    with_wasm_rust cargo-clippy clippy "${PACKAGES[@]}" --target wasm32-unknown-unknown --all-targets -- -D warnings
    for part in wasm-whole wasm-shards wasm-remote; do
      with_wasm_rust cargo-clippy clippy -p exemplar-search --no-default-features --features "$part" --lib \
        --target wasm32-unknown-unknown -- -D warnings
    done
    ;;
  "test node "*)
    instructions "$3"
    run_tests
    ;;
  "test chromium "*)
    instructions "$3"
    # The same test binaries as in Node: they say nothing of where they run, so the runner is told. It takes the
    # browser's flags from webdriver.json.
    CHROMEDRIVER=$(command -v chromedriver) WASM_BINDGEN_USE_BROWSER=1 WASM_BINDGEN_TEST_TIMEOUT=300 \
      WASM_BINDGEN_TEST_DRIVER_TIMEOUT=60 run_tests
    ;;
  *) die "usage: scripts/wasm.sh build | javascript | bench | lint VARIANT | test node|chromium VARIANT" ;;
esac
