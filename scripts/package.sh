#!/usr/bin/env bash
# package.sh npm|pypi|cargo: puts this machine's packages for that registry into target/packages. The command in them is
# target/release/exemplar, or what EXEMPLAR_BIN names; the model is that of scripts/e5-model.sh, or the folder that EXEMPLAR_MODEL names.
# package.sh command: those of npm and PyPI that bring the command, without the model.
# package.sh client: of npm's, only the one that pages import, which needs neither.
# package.sh release COMMANDS: all packages, with the command for each platform, COMMANDS/PLATFORM/exemplar.
source "$(dirname "$0")/common.sh"

export EXEMPLAR_BIN=${EXEMPLAR_BIN:-$PWD/target/release/exemplar}
packages=$PWD/target/packages
mkdir -p "$packages"

model() {
  if [[ -z ${EXEMPLAR_MODEL:-} ]]; then
    EXEMPLAR_MODEL=$(scripts/e5-model.sh)
    export EXEMPLAR_MODEL
  fi
}

# The modules as they are, for the page's bundler to minify: a comment in one of them is for it. Workers, which bundlers only copy,
# and the types come from dist/exemplar.
npm_modules() {
  local folder=$1
  cp -R dist/exemplar/{client,component} "$folder/"
  find "$folder"/{client,component} -name .gitignore -delete
  rm "$folder"/client/{engine,exemplar-search,federated-engine,remote-engine}.js "$folder"/component/{exemplar-search,strings/*}.js
  node_modules/.bin/esbuild www/client/{exemplar-search,engine}.js www/component/{exemplar-search,strings/*}.js --bundle --splitting --format=esm \
    --charset=utf8 --outdir="$folder" --outbase=www --chunk-names='client/[name]-[hash]' --log-level=warning
}

npm_packages() { # npm_packages [MODEL PLATFORM=BINARY...]
  local staged=target/packages/npm folder
  rm -rf $staged "$packages"/*.tgz
  mkdir -p $staged
  cp -R packages/npm/exemplar-search $staged/
  mkdir $staged/exemplar-search/integrations
  cp -R integrations/{*.js,*.d.ts,before-build,astro,vitepress,docusaurus} $staged/exemplar-search/integrations/
  npm_modules $staged/exemplar-search
  node scripts/npm-packages.mjs $staged "$@"
  for folder in "$staged"/*/; do
    npm pack --silent --pack-destination "$packages" "./$folder"
  done
}

this_platform() {
  node -p 'process.platform + "-" + process.arch'
}

wheel() { # wheel FOLDER: of the project in it
  local venv=$TOOLS/packaging hatchling
  hatchling=$(sed -n 's/^requires = \["\(hatchling.*\)"\]/\1/p' packages/pypi/exemplar-search/pyproject.toml)
  made_from "$venv" "$hatchling" -- python_venv "$venv" "$hatchling"
  (cd "$1" && "$venv/bin/hatchling" build --target wheel --directory "$packages")
}

pypi_packages() {
  rm -f "$packages"/*.whl
  model
  wheel packages/pypi/exemplar-search-model
  wheel packages/pypi/exemplar-search
}

cargo_packages() {
  rm -f "$packages"/*.crate
  cargo package --quiet --workspace --exclude exemplar-search-bench --no-verify --allow-dirty
  cp target/package/*.crate "$packages/"
}

# What pip calls the platforms that npm calls so. Static commands run on both kinds of Linux.
declare -A wheel_platforms=(
  [linux-x64]=manylinux2014_x86_64.musllinux_1_1_x86_64
  [linux-arm64]=manylinux2014_aarch64.musllinux_1_1_aarch64
  [darwin-x64]=macosx_10_12_x86_64
  [darwin-arm64]=macosx_11_0_arm64
  [win32-x64]=win_amd64
)

release_packages() { # release_packages COMMANDS
  local binary platform commands=()
  rm -f "$packages"/*.whl
  model
  wheel packages/pypi/exemplar-search-model
  for binary in "$PWD/$1"/*/exemplar*; do
    platform=$(basename "$(dirname "$binary")")
    chmod +x "$binary"
    commands+=("$platform=$binary")
    EXEMPLAR_BIN=$binary EXEMPLAR_WHEEL_PLATFORM=${wheel_platforms[$platform]} wheel packages/pypi/exemplar-search
  done
  npm_packages "$EXEMPLAR_MODEL" "${commands[@]}"
  cargo_packages
}

case "$*" in
  client) npm_packages ;;
  npm)
    model
    npm_packages "$EXEMPLAR_MODEL" "$(this_platform)=$EXEMPLAR_BIN"
    ;;
  command)
    npm_packages "" "$(this_platform)=$EXEMPLAR_BIN"
    rm -f "$packages"/*.whl
    wheel packages/pypi/exemplar-search
    ;;
  pypi) pypi_packages ;;
  cargo) cargo_packages ;;
  release\ ?*) release_packages "$2" ;;
  *) die "usage: scripts/package.sh client | command | npm | pypi | cargo | release COMMANDS" ;;
esac
