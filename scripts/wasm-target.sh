#!/usr/bin/env bash
# Sees to it that Rust is there, and its standard library for wasm32: the toolchain's own, or rustup's, or else one
# built from Debian's source with Debian's compiler.
source "$(dirname "$0")/common.sh"

target=wasm32-unknown-unknown

least=$(sed -n 's/^rust-version = "\(.*\)".*/\1/p' Cargo.toml)
rust=$(rustc --version 2> /dev/null | cut -d ' ' -f 2) || true
if ! have cargo || ! printf '%s\n' "$least" "${rust:-0}" | sort --version-sort --check=quiet; then
  die "Rust is missing or older than $least: install it as https://rustup.rs says"
fi

has_target() { # has_target RUSTC
  compgen -G "$("$1" --print target-libdir --target $target)/libstd-*.rlib" > /dev/null
}

if has_target rustc; then
  rm -rf "$DEBIAN_RUST"
  echo "rustc $rust has it"
  exit
fi
if have rustup && rustup target add $target; then
  exit
fi
if [[ -d $DEBIAN_RUST ]] && has_target "$DEBIAN_RUST/bin/rustc"; then
  echo "built before with Debian's compiler"
  exit
fi

echo "$target is not to be had from rustup: building it with Debian's compiler"
have apt-get || die "Rust's $target target is missing: install it with: rustup target add $target"
apt_install "Debian's Rust with its source" rustc-web cargo-web rust-web-src rust-web-clippy lld-22

# A sysroot of our own in Debian's image, so that nothing is written below /usr.
rm -rf "$DEBIAN_RUST"
host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
rustlib=$DEBIAN_RUST/sysroot/lib/rustlib
mkdir -p "$DEBIAN_RUST/bin" "$rustlib/$host/bin" "$rustlib/$target/lib"
ln -s "/usr/lib/rustlib/$host/lib" "$rustlib/$host/lib"
ln -s /usr/lib/rustlib/src "$rustlib/src"
ln -s /usr/bin/lld-22 "$rustlib/$host/bin/rust-lld"
ln -s /usr/bin/cargo /usr/bin/cargo-clippy /usr/bin/clippy-driver "$DEBIAN_RUST/bin/"
cat > "$DEBIAN_RUST/bin/rustc" << END
#!/bin/sh
exec /usr/bin/rustc --sysroot "$DEBIAN_RUST/sysroot" "\$@"
END
chmod +x "$DEBIAN_RUST/bin/rustc"

# std, built as a dependency of an empty crate. Stable compilers build it when told to bootstrap; without the bitcode,
# link-time optimisation fails.
crate=$DEBIAN_RUST/crate
mkdir -p "$crate/src"
touch "$crate/src/lib.rs"
printf '[package]\nname = "empty"\nedition = "2024"\n[workspace]\n' > "$crate/Cargo.toml"
(
  cd "$crate"
  RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C embed-bitcode=yes" CARGO_TARGET_DIR=target with_wasm_rust \
    cargo build --quiet --release --target $target -Zbuild-std=std,panic_abort,test
)
cp "$crate/target/$target/release/deps/"*.rlib "$rustlib/$target/lib/"
rm -rf "$crate" "$rustlib/$target/lib/libempty-"*
