#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: gives readers mutated input, for so many seconds in all on every core, and fails if one panics, hangs
# or fills the memory. What it found stays in target/fuzz/found; fuzz/README.md says what to do with it.
source "$(dirname "$0")/common.sh"

seconds=$1
shift
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(basename --suffix=.rs --multiple fuzz/fuzz_targets/*.rs)
cores=$(nproc)
host=$(rustc --version --verbose | sed -n 's/^host: //p')
corpus=$PWD/target/fuzz/corpus found=$PWD/target/fuzz/found said=$PWD/target/fuzz/said
mkdir -p "$corpus" "$found" "$said"
each=$((seconds * cores / ${#targets[@]}))
[[ $each -gt 0 ]] || each=1

# Instrumentation alone, which a stable compiler has, too: a sanitizer would look for what safe Rust does not do.
export CARGO_TARGET_DIR=$PWD/target/fuzz/compiled
for target in "${targets[@]}"; do
  cargo fuzz build --sanitizer none "$target" # they share what they depend on
done
python3 fuzz/seeds.py "$corpus"

# Targets that read a file write each input to one: into memory, where there is such a folder.
memory=/dev/shm
[[ -d $memory ]] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp --directory --tmpdir="$memory")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

one() { # one TARGET: a line of what came of it, and a status that says whether something was found
  local target=$1 status=0
  "$CARGO_TARGET_DIR/$host/release/$target" "$corpus/$target" -max_total_time="$each" -timeout=5 -rss_limit_mb=2048 \
    -max_len=65536 -artifact_prefix="$found/$target-" -print_final_stats=1 > "$said/$target" 2>&1 || status=$?
  awk -v target="$target" -v status="$status" '
    /^stat::number_of_executed_units/ { runs = $2 }
    /^stat::peak_rss_mb/ { peak = $2 }
    /[ \t](INITED|NEW|REDUCE|pulse|DONE) / { for (i = 1; i < NF; i++) if ($i == "cov:") cover = $(i + 1) }
    END { printf "%-9s %10d inputs, %5d edges, %4d MB: %s\n", target, runs, cover, peak, status == 0 ? "nothing found" : "FOUND, see target/fuzz/said/" target }
  ' "$said/$target"
  return "$status"
}
export -f one
export each corpus found said host

status=0
# shellcheck disable=SC2016 # the other shell expands it
printf '%s\n' "${targets[@]}" | xargs --max-procs="$cores" --replace bash -c 'one "$1"' _ {} || status=$?
awk '/^stat::number_of_executed_units/ { runs += $2 } END { print runs " inputs in all" }' "${targets[@]/#/$said/}"
[[ $status == 0 ]]
