#!/usr/bin/env bash
# webkit-tests.sh [FILE...]: the main paths in WebKit, in an X server that nobody sees; needs what tests/browser/support.mjs names.
source "$(dirname "$0")/common.sh"

missing=()
have WebKitWebDriver || missing+=(webkit2gtk-driver)
have xvfb-run || missing+=(xvfb xauth)
[[ ${#missing[@]} == 0 ]] || apt_install "WebKit and an X server" "${missing[@]}"

files=("$@")
[[ ${#files[@]} -gt 0 ]] || files=(tests/browser/main-paths/*.test.mjs)
EXEMPLAR_BROWSER=webkit xvfb-run --auto-servernum --server-args="-screen 0 1280x1000x24" \
  node --test --test-reporter=spec --test-timeout=300000 --test-concurrency=1 --test-force-exit "${files[@]}"
