#!/usr/bin/env bash
# bundle-table.sh API [COLLECTIONS]: what a bundle costs, against what it must reach. The first run embeds
# the demo's site; EXCLUDE leaves pages out, as `exemplar build --exclude` does.
source "$(dirname "$0")/common.sh"

api=$1
site=$PWD/dist/sites/rust-book
[[ -d $site ]] || die "the demo's site is missing: run ./build.sh dist first"
exclude=(--exclude '{first,second,2018}-edition/**')
[[ -z ${EXCLUDE:-} ]] || exclude+=(--exclude "$EXCLUDE")

export EXEMPLAR_BIN=target/demo/exemplar BENCH_DATA=$TOOLS/bench/bundle BUNDLE=$TOOLS/bench/rust-book-float32.json
mkdir -p "$BENCH_DATA"

build() { # build SITE OPTION...
  "$EXEMPLAR_BIN" build --site "$1" "${exclude[@]}" --base-url sites/rust-book --model multilingual-e5-small \
    --query-input-type query --passage-input-type passage --api "$api" --batch-size 8 --timeout 600 "${@:2}"
}

build "$site" --encoding float32 -o "$BUNDLE" > /dev/null

# One page gets a sentence more: what the next build asks for, and what that page alone would have taken.
page=ch04-01-what-is-ownership.html
rm -rf "$BENCH_DATA/changed"
cp -R "$site" "$BENCH_DATA/changed"
sed -i 's:</main>:<p>This sentence was added later.</p>&:' "$BENCH_DATA/changed/$page"
SECOND_BUILD=$(build "$BENCH_DATA/changed" --dry-run 2> /dev/null)
PAGE_ALONE=$(build "$BENCH_DATA/changed" --include "$page" --cache off --dry-run 2> /dev/null)
export SECOND_BUILD PAGE_ALONE
node crates/bench/bundle.mjs "${@:2}"
