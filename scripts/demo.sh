#!/usr/bin/env bash
# Puts the sites that the demo searches, and their bundles, into dist/: the folder of HTML that SITE names; or The Rust
# Programming Language as the Rust toolchain ships it, and the Debian Reference in Japanese as Debian does. A name after the
# script's (rust-book, debian-reference-ja, or debian-packages, a large one) builds that one alone; `texts` only installs what
# the first two are made of. EXEMPLAR_BIN names another build of the command. DEMO=part embeds only what the tests need.
source "$(dirname "$0")/common.sh"

exemplar=${EXEMPLAR_BIN:-target/demo/exemplar}

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

# Each describes one site: its id, its folder, what the build is told of it, and its entry in bundles/index.json.
own_site() {
  [[ -d $SITE ]] || die "SITE is \"$SITE\", which is not a folder"
  site=$(realpath "$SITE")
  id=$(basename "$site" | tr -c 'A-Za-z0-9.\n' -)
  options=(--site "$site")
  entry="\"name\": \"$id\""
}

rust_book() {
  id=rust-book
  site=$(find_book)
  # Their pages only say that these editions are no longer shipped.
  options=(--site "$site" --exclude '{first,second,2018}-edition/**')
  if [[ ${DEMO:-} == part ]]; then
    options+=(--exclude '{appendix,ch0[0-35-8],ch1[0-47-9],ch2}*')
  fi
  entry='"name": "The Rust Programming Language", "lang": "en", "suggestions": [
    "how do I share data between threads",
    "why can a value not be used after it was moved",
    "エラーが起きてもプログラムを止めない方法"
  ]'
}

debian_reference_ja() {
  id=debian-reference-ja
  site=/usr/share/debian-reference
  [[ -f $site/ch01.ja.html ]] || apt_install "The Debian Reference in Japanese" debian-reference-ja
  # DocBook's HTML has neither landmarks nor a language. Its other languages may be in the same folder.
  options=(--site "$site" --include '*.ja.html' --lang ja --exclude-selector '.navheader, .navfooter, .toc')
  if [[ ${DEMO:-} == part ]]; then
    options+=(--exclude '{apa,ch0[134679],ch1,index,pr}*')
  fi
  entry='"name": "Debian リファレンス", "lang": "ja", "suggestions": [
    "ネットワークにつながらないときはどうする",
    "日本語を入力できるようにしたい",
    "how do I set a static IP address"
  ]'
}

# A line of text for each package: many passages, and very short ones.
debian_packages() {
  id=debian-packages
  site=target/debian-packages.jsonl
  if [[ ! -s $site ]]; then
    have apt-cache || die "Debian's list of packages is missing, which apt-cache has: this needs Debian"
    mkdir -p target
    [[ $(apt-cache dumpavail | grep -c ^Package:) -gt 10000 ]] || apt-get update -qq
    apt-cache dumpavail | python3 scripts/debian-packages.py > "$site"
  fi
  options=(--items "$site" --layout shards)
  entry='"name": "The packages of Debian", "lang": "en", "suggestions": [
    "cut a video into pieces",
    "draw molecules in three dimensions",
    "keep passwords safe"
  ]'
}

build() { # the site that was described last
  # Vectors that an earlier build has paid for come from the cache.
  "$exemplar" build "${options[@]}" --base-url "sites/$id" "${model[@]}" -o "dist/bundles/$id.json"
  rm -rf "dist/sites/$id"
  [[ ! -d $site ]] || cp -RL "$site" "dist/sites/$id"
}

known=(rust_book debian_reference_ja debian_packages)
wanted=("${known[@]:0:2}")
if [[ -n ${SITE:-} ]]; then
  known=(own_site)
  wanted=(own_site)
fi
if [[ $* == texts ]]; then
  for describe in "${wanted[@]}"; do "$describe"; done
  exit
fi
[[ $# == 0 ]] || wanted=("${@//-/_}")

if [[ -z ${EMBEDDING_API:-} ]]; then
  model=(--model-dir "$(scripts/e5-model.sh)")
elif [[ -n ${EMBEDDING_MODEL:-} ]]; then
  # Small requests and much patience: it may be a server on a slow machine.
  model=(--api "$EMBEDDING_API" --model "$EMBEDDING_MODEL" --batch-size 8 --timeout 600)
else
  die "EMBEDDING_API is $EMBEDDING_API: name its model too, EMBEDDING_MODEL=NAME"
fi

mkdir -p dist/bundles dist/sites
for describe in "${wanted[@]}"; do
  [[ " ${known[*]} " == *" $describe "* ]] || die "there is no demo site ${describe//_/-}: ${known[*]//_/-}"
  "$describe"
  echo "$id"
  made_from "dist/bundles/$id.json" "$site" "$exemplar" "${options[@]}" "${model[@]}" scripts/demo.sh scripts/e5-model.py -- build
done

# The list of what is there, and nothing else.
entries=()
ids=" index "
for describe in "${known[@]}"; do
  [[ -f dist/bundles/${describe//_/-}.json || $describe == own_site ]] || continue
  "$describe"
  entries+=("{ \"bundle\": \"$id.json\", $entry }")
  ids+="$id "
done
(IFS=,; echo "[${entries[*]}]") > dist/bundles/index.json
for file in dist/bundles/*.json dist/sites/*/; do
  name=$(basename "$file" .json)
  [[ $ids == *" $name "* ]] || rm -rf "$file"
done
