#!/usr/bin/env bash
# reproducible.sh: builds the core from two copies of this commit, in folders of other names and depths and with Cargo homes of other names,
# and fails unless its files are the same to the byte.
# reproducible.sh PACKAGE.tgz: builds it once, and compares it with the core in a package of npm's, such as that of a release; check out the
# release's tag first. Panics name the Rust that the package was made with; another is told.
source "$(dirname "$0")/common.sh"

work=$PWD/target/reproducible
cargo_home=${CARGO_HOME:-$HOME/.cargo}
rm -rf "$work"
mkdir -p "$work"

core() { # core NAME: builds it in a copy called so, and lists its files with their hashes
  local copy=$work/$1
  mkdir -p "$copy"
  git archive HEAD | tar --extract --directory "$copy"
  ln -s "$TOOLS" "$copy/.tools"
  ln -s "$cargo_home" "$copy/cargo"
  CARGO_HOME=$copy/cargo "$copy/scripts/wasm.sh" build
  hashes "$copy/www" "$1"
}

hashes() { # hashes FOLDER NAME: what readers download of the core below FOLDER, into NAME.sha256
  (cd "$1" && find client/pkg* -name '*.wasm.gz' -print0 | sort -z | xargs -0 sha256sum) > "$work/${2//\//-}.sha256"
}

same_rust() { # same_rust FOLDER: whether the core below FOLDER was made with this Rust
  local theirs ours
  theirs=$(zcat "$1"/client/pkg/*.wasm.gz | grep --text --only-matching --max-count=1 --extended-regexp '/rustc/[0-9a-f]{40}' | head -n 1)
  ours=/rustc/$(with_wasm_rust rustc --version --verbose | sed -n 's/^commit-hash: //p')
  [[ $theirs == "$ours" ]] || die "the package was made with the Rust of commit ${theirs#/rustc/}, and this is ${ours#/rustc/}"
}

if [[ $# == 0 ]]; then
  names=(a another/folder)
  for name in "${names[@]}"; do core "$name"; done
else
  names=(a package)
  mkdir "$work/package"
  tar --extract --file "$1" --directory "$work/package" --strip-components=1
  same_rust "$work/package"
  hashes "$work/package" package
  core a
fi
first=$work/${names[0]}.sha256 second=$work/${names[1]//\//-}.sha256
cat "$first"
diff "$first" "$second" || die "the core differs between ${names[0]} and ${names[1]}, in target/reproducible"
echo "the same bytes in ${names[0]} and ${names[1]}"
