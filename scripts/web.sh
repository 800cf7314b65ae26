#!/usr/bin/env bash
# Puts the page, the client and the search box into dist/: with Node's packages there, minified, a module for each entry and
# what they share beside them, and the core as JavaScript; else as they are in www/, which works the same.
source "$(dirname "$0")/common.sh"

minify=node_modules/.bin/esbuild
[[ ! -x $minify ]] || scripts/wasm.sh javascript
mkdir -p dist
rm -rf dist/www
cp -R index.html www dist/
[[ -x $minify ]] || exit 0

find dist/www -name '*.js' -not -path '*/pkg*' -delete
# Workers, the core and figures are found relative to the module that names them: what is shared lands where they are.
"$minify" www/exemplar-search.js www/engine.js www/component/exemplar-search.js www/page/page.js www/page/benchmark.js www/page/benchmark-worker.js \
  --bundle --splitting --format=esm --minify --charset=utf8 --outdir=dist/www --outbase=www --chunk-names='[name]-[hash]' \
  --log-level=warning
# A worker shares nothing with its page: one file, and no second round trip before it starts.
"$minify" www/worker.js --bundle --format=esm --minify --charset=utf8 --outdir=dist/www --outbase=www --log-level=warning
"$minify" www/service-worker.js --minify --charset=utf8 --outdir=dist/www --log-level=warning
# Types, for sites that check theirs; those of the element are written by hand, as its events are.
node_modules/.bin/tsc --noEmit false --declaration --emitDeclarationOnly --rootDir www --outDir dist/www
cp www/component/exemplar-search.d.ts dist/www/component/
