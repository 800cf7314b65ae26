#!/usr/bin/env bash
# What only the tests need: rustfmt and clippy, Node's packages, Chromium with its driver, Firefox, shellcheck.
source "$(dirname "$0")/common.sh"

if ! cargo fmt --version > /dev/null 2>&1 || ! cargo clippy --version > /dev/null 2>&1; then
  rustup component add rustfmt clippy ||
    die "rustfmt and clippy are missing: install them with: rustup component add rustfmt clippy"
fi

if ! have npm || ! node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor < 2014 ? 1 : 0)'; then
  die "Node is missing or older than 20.14: install a newer one, with npm"
fi

missing=()
have chromium || missing+=(chromium)
have chromedriver || missing+=(chromium-driver)
have firefox-esr || have firefox || missing+=(firefox-esr)
have shellcheck || missing+=(shellcheck)
[[ ${#missing[@]} == 0 ]] || apt_install "What the browser tests need" "${missing[@]}"

made_from node_modules package-lock.json -- npm ci --no-audit --no-fund
