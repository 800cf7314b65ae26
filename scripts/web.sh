#!/usr/bin/env bash
# Puts what a site ships into dist/exemplar: the client with its core, and the search box. Puts the demo's page into dist/
# with a copy of both, as in www/. With Node's packages there, all is minified, what modules share is in modules beside the
# client's, and the core is there as JavaScript too; else all is as it is in www/, which works the same. What readers fetch of
# dist/exemplar goes into crates/cli/web too, from where the command takes it.
source "$(dirname "$0")/common.sh"

esbuild=node_modules/.bin/esbuild
tsc=node_modules/.bin/tsc

shipped=(www/client www/component)
# What a page may import, or loads late by its address.
shipped_modules=(www/client/{exemplar-search,engine}.js www/component/exemplar-search.js www/component/strings/*.js)
page_modules=(www/page/{page,map,how-it-works,benchmark,benchmark-worker}.js)

minify() { # minify OUTPUT MODULE...: the modules of www/ and all that they import
  local output=$1
  shift
  find "$output" -name '*.js' -not -path '*/pkg*' -delete
  # Workers, the core and figures are found relative to the module that names them: what is shared lands in client/.
  "$esbuild" "$@" --bundle --splitting --format=esm --minify --charset=utf8 --outdir="$output" --outbase=www \
    --chunk-names='client/[name]-[hash]' --log-level=warning
  node scripts/minify-styles.mjs "$output"
  # A worker shares nothing with its page: one file, and no second round trip before it starts.
  "$esbuild" www/client/worker.js --bundle --format=esm --minify --charset=utf8 --outdir="$output/client" --log-level=warning
  # The glue of all of the core is loaded by its address; that of the others is in what loads them.
  "$esbuild" www/client/pkg/exemplar_search.js --minify --outfile="$output/client/pkg/exemplar_search.js" --allow-overwrite --log-level=warning
  rm "$output"/client/pkg-{remote,shards,whole}/*.js
  "$esbuild" www/client/service-worker.js --minify --charset=utf8 --outdir="$output/client" --log-level=warning
}

types() { # for sites that check theirs; where there are some written by hand, those count
  "$tsc" --project tsconfig.types.json
  for folder in client component; do cp www/$folder/*.d.ts dist/exemplar/$folder/; done
}

into_command() {
  rm -rf crates/cli/web
  cp -R dist/exemplar crates/cli/web
  find crates/cli/web \( -name '*.d.ts' -o -name '*.json' -o -name .gitignore \) -delete
}

[[ ! -x $esbuild ]] || scripts/wasm.sh javascript
mkdir -p dist
rm -rf dist/exemplar dist/www
mkdir dist/exemplar
cp -R "${shipped[@]}" dist/exemplar/
cp -R index.html www dist/
if [[ ! -x $esbuild ]]; then
  into_command
  exit 0
fi

rm dist/{exemplar,www}/client/pkg*/*.wasm # the client takes them packed
minify dist/exemplar "${shipped_modules[@]}"
minify dist/www "${shipped_modules[@]}" "${page_modules[@]}"
types
into_command
