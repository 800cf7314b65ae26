#!/usr/bin/env bash
# Puts what a site ships into dist/exemplar: the client with its core, and the search box. Puts the demo's page into dist/
# with a copy of both, as in www/. With Node's packages there, all is minified, and the core is there as JavaScript too; else all is
# as it is in www/, which works the same. What readers fetch of dist/exemplar goes into crates/cli/web too, from where the
# command takes it.
source "$(dirname "$0")/common.sh"

esbuild=node_modules/.bin/esbuild
tsc=node_modules/.bin/tsc

shipped=(www/client www/component)
# What a page may import, and what these load late. Each is one file, so that none waits for another one's round trip.
shipped_modules=(client/{exemplar-search,engine,federated-engine,remote-engine,worker}.js component/exemplar-search.js)
for strings in www/component/strings/*.js; do shipped_modules+=("${strings#www/}"); done
page_modules=(www/page/{page,map,how-it-works,benchmark,benchmark-worker}.js)

minify_shipped() {
  local folder=dist/exemplar
  find $folder -name '*.js' -not -path '*/pkg*' -delete
  rm $folder/client/pkg*/*.wasm # the client takes them packed
  node scripts/one-file-each.mjs www $folder "${shipped_modules[@]}"
  node scripts/minify-styles.mjs $folder
  # The glue of all of the core is loaded by its address; that of the others is in what loads them.
  "$esbuild" www/client/pkg/exemplar_search.js --minify --outfile=$folder/client/pkg/exemplar_search.js --allow-overwrite --log-level=warning
  rm $folder/client/pkg-{remote,shards,whole}/*.js
  "$esbuild" www/client/service-worker.js --minify --charset=utf8 --outdir=$folder/client --log-level=warning
}

minify_page() { # beside what is shipped; its panels come late, and what they share with it is in modules of their own
  rm -rf dist/www/{client,component,page/*.js}
  cp -R dist/exemplar/{client,component} dist/www/
  # Workers, the core and figures are found relative to the module that names them: what is shared lands in client/.
  "$esbuild" "${page_modules[@]}" --bundle --splitting --format=esm --minify --charset=utf8 --outdir=dist/www --outbase=www \
    --chunk-names='client/[name]-[hash]' --log-level=warning
  node scripts/minify-styles.mjs dist/www
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

minify_shipped
minify_page
types
into_command
