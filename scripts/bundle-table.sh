#!/usr/bin/env bash
# bundle-table.sh API [COLLECTIONS]: what a bundle costs, against what it must reach. The vectors of the demo's site come
# from the cache that its build has filled; EXCLUDE leaves pages out, as `exemplar build --exclude` does.
source "$(dirname "$0")/common.sh"

api=$1
site=$PWD/dist/sites/rust-book
[[ -d $site ]] || die "the demo's site is missing: run ./build.sh dist first"
exclude=(--exclude '{first,second,2018}-edition/**')
[[ -z ${EXCLUDE:-} ]] || exclude+=(--exclude "$EXCLUDE")

export EXEMPLAR_BIN=target/release/exemplar BENCH_DATA=$TOOLS/bench/bundle BUNDLE=$TOOLS/bench/rust-book-float32.json
mkdir -p "$TOOLS/bench"
"$EXEMPLAR_BIN" build --site "$site" "${exclude[@]}" --base-url sites/rust-book --model multilingual-e5-small \
  --query-input-type query --passage-input-type passage --api "$api" --batch-size 8 --timeout 600 \
  --encoding float32 -o "$BUNDLE" > /dev/null
node bench/bundle.mjs "${@:2}"
