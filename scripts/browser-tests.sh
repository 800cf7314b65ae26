#!/usr/bin/env bash
# The tests in tests/browser, one process a file: in Chromium, and the main paths in Firefox. A file that fails is run once more
# by itself, and named: a browser on a busy machine may miss a deadline, but a fault stays a fault.
source "$(dirname "$0")/common.sh"

run() { # run FILE
  node --test --test-reporter=spec --test-timeout=300000 --test-force-exit "$1"
}

again=()
for file in tests/browser/{,main-paths/}*.test.mjs; do
  run "$file" || again+=("$file")
done
for file in "${again[@]}"; do
  echo "browser-tests.sh: $file failed; once more"
  run "$file"
done
