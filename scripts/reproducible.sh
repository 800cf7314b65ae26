#!/usr/bin/env bash
# reproducible.sh: builds the core from two copies of this commit, in folders of other names and depths, and fails unless its files are
# the same to the byte.
# reproducible.sh PACKAGE.tgz: builds it once, and compares it with the core in a package of npm's, such as that of a release; check out the
# release's tag first, and use the Rust that the package was made with. Cargo's home must be where it was then, as panics name files in it.
source "$(dirname "$0")/common.sh"

work=$PWD/target/reproducible
rm -rf "$work"
mkdir -p "$work"

core() { # core NAME: builds it in a copy called so, and lists its files with their hashes in NAME.sha256
  local copy=$work/$1
  mkdir -p "$copy"
  git archive HEAD | tar --extract --directory "$copy"
  ln -s "$TOOLS" "$copy/.tools"
  "$copy/scripts/wasm.sh" build
  hashes "$copy/www" "$1"
}

hashes() { # hashes FOLDER NAME: what readers download of the core below FOLDER
  (cd "$1" && find client/pkg* -name '*.wasm.gz' -print0 | sort -z | xargs -0 sha256sum) > "$work/${2//\//-}.sha256"
}

if [[ $# == 0 ]]; then
  names=(a another/folder)
  for name in "${names[@]}"; do core "$name"; done
else
  names=(a package)
  core a
  mkdir "$work/package"
  tar --extract --file "$1" --directory "$work/package" --strip-components=1
  hashes "$work/package" package
fi
first=$work/${names[0]}.sha256 second=$work/${names[1]//\//-}.sha256
cat "$first"
diff "$first" "$second" || die "the core differs between ${names[0]} and ${names[1]}, in target/reproducible"
echo "the same bytes in ${names[0]} and ${names[1]}"
