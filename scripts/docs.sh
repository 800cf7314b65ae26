#!/usr/bin/env bash
# The documents as a site, searched by this project, into target/docs: mkdocs.yml. It takes the wheel in target/packages. `docs.sh serve`
# shows it.
source "$(dirname "$0")/common.sh"

venv=$TOOLS/docs
material=mkdocs-material==9.8.2

made_from "$venv" "$material" -- python_venv "$venv" "$material"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall target/packages/exemplar_search-*.whl
EXEMPLAR_MODEL_DIR=$(scripts/e5-model.sh)
export EXEMPLAR_MODEL_DIR
"$venv/bin/mkdocs" build --strict --quiet
[[ ${1:-} != serve ]] || "$venv/bin/exemplar" serve target/docs
