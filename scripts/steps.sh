# Steps of build.sh: each with a title and the time that it took, one after another or in lanes beside each other.
# Sourced after common.sh.

STEPS=$PWD/target/steps
rm -rf "$STEPS"
mkdir -p "$STEPS"

clock() {
  printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# step TITLE COMMAND...: runs it, and notes its time: as the clock has it, and what it took of the processor.
step() {
  local title=$1 begin=$SECONDS
  shift
  echo "[$(clock $begin)] $title"
  (
    trap 'note "$?" "$title" "$begin"' EXIT
    "$@"
  )
}

note() { # note STATUS TITLE BEGIN: in a subshell of the step's own, so that its children are the step's
  local cpu used=$STEPS/used.$BASHPID
  times > "$used" # not by a pipe: what is in one has taken nothing yet
  cpu=$(awk -F '[ms ]+' '{ sum += $1 * 60 + $2 + $3 * 60 + $4 } END { printf "%.0f", sum }' "$used")
  rm "$used"
  if [[ $1 == 0 ]]; then
    printf '%d\t%d\t%s\n' $((SECONDS - $3)) "$cpu" "$2" >> "$STEPS/times"
  else
    echo "build.sh: the step \"$2\" failed" >&2
  fi
}

declare -A lanes=()

# lane NAME COMMAND...: runs it beside what follows, until `finish NAME`; what it prints is kept until then.
lane() {
  local name=$1
  shift
  set -m # a process group of its own, so that `stop_lanes` ends all of it
  ("$@") < /dev/null > "$STEPS/$name.log" 2>&1 &
  set +m
  lanes[$name]=$!
}

finish() { # finish NAME: waits for the lane, prints what it said, and fails if it failed
  local name=$1 status=0
  wait "${lanes[$name]}" || status=$?
  unset "lanes[$name]"
  cat "$STEPS/$name.log"
  return $status
}

stop_lanes() {
  local pid
  for pid in "${lanes[@]}"; do kill -- "-$pid" 2> /dev/null || true; done
}

# The steps and their times, the slowest first.
summary() {
  [[ -s $STEPS/times ]] || return 0
  printf '\n%7s %7s  %s\n' time CPU step
  sort -rn "$STEPS/times" | while IFS=$'\t' read -r wall cpu title; do
    printf '%7s %7s  %s\n' "$(clock "$wall")" "$(clock "$cpu")" "$title"
  done
  printf '%7s %7s  %s\n' "$(clock $SECONDS)" "$(clock "$(awk '{ sum += $2 } END { print sum }' "$STEPS/times")")" "all, with lanes beside each other"
}

trap stop_lanes EXIT
