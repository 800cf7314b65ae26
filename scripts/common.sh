# What the scripts here share. Sourced, not run; the working directory becomes the project's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Everything that is installed for this project alone, and the first place to look for it.
TOOLS=$PWD/.tools
export PATH="$TOOLS/bin:$PATH"
# Where the scripts look for what cargo built, whatever the machine's settings are.
export CARGO_TARGET_DIR=$PWD/target

die() { # die MESSAGE...: each argument is a line
  printf 'build.sh: %s\n' "$@" >&2
  exit 1
}

have() { # have COMMAND: is it there?
  command -v "$1" > /dev/null
}

# apt_install WHY PACKAGE...: installs Debian packages, or says what to install.
apt_install() {
  local why=$1
  shift
  have apt-get || die "$why is missing: install it (Debian calls it $*)."
  [[ $(id -u) == 0 ]] || die "$why is missing: install it as root with: apt-get install $*"
  echo "apt-get install $*"
  apt-get update -qq
  # No package that is there may go: Debian's Rust, for one, would remove its rustup.
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends --no-remove "$@" \
    < /dev/null > /dev/null || die "$why could not be installed: apt-get install $* failed."
}

# python_venv FOLDER REQUIREMENT: a virtual environment of Python, made anew, with one package.
python_venv() {
  have python3 || die "Python is missing: install python3"
  # Debian packs the module that makes virtual environments by itself.
  python3 -c "import ensurepip" 2> /dev/null || apt_install "Python's venv module" python3-venv
  python3 -m venv --clear "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check "$2"
}

# made_from OUTPUT INPUT... -- COMMAND...: runs the command that makes OUTPUT, unless OUTPUT was made by the same
# command from the same inputs. An input is a file, a folder, or a word such as a version.
made_from() {
  local output=$1 inputs=() input digest stamp
  shift
  while [[ $1 != -- ]]; do
    inputs+=("$1")
    shift
  done
  shift
  stamp=target/stamps/${output//\//-}
  digest=$(
    for input in "${inputs[@]}"; do
      if [[ -e $input ]]; then find -L "$input" -type f -print0 | sort -z | xargs -0 sha256sum; else echo "$input"; fi
    done
    echo "$@"
  )
  if [[ -e $output && -e $stamp && $digest == "$(< "$stamp")" ]]; then
    echo "already there"
    return
  fi
  rm -f "$stamp"
  "$@"
  mkdir -p target/stamps
  echo "$digest" > "$stamp"
}

# The sysroot that scripts/wasm-target.sh makes where rustup has no wasm32 target to give.
DEBIAN_RUST=$TOOLS/debian-rust

# with_wasm_rust COMMAND...: runs it with a Rust that compiles to wasm32.
with_wasm_rust() {
  if [[ -d $DEBIAN_RUST ]]; then
    PATH=$DEBIAN_RUST/bin:$PATH SYSROOT=$DEBIAN_RUST/sysroot "$@"
  else
    "$@"
  fi
}
