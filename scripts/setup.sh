#!/usr/bin/env bash
# Checks what has to be there and installs what can be: `scripts/setup.sh PART...`
#
#   rust     cargo, a C compiler and the wasm targets
#   npm      Node and the packages of package-lock.json
#   workers  worker-build and wasm-bindgen at the versions of Cargo.lock, once per version
#   spin     the wasmtime host that runs the Spin component in tests, once per state of its sources
#   deny     cargo-deny, once per version
#   test     redis-server, chromium, rsyslog, a Python with the MCP SDK, and one with peers of the audit record
#   peers    the tools that `make pii-report` compares with, from npm and PyPI, once per state of their lists
#   presidio the same for Presidio
#
# What is missing and cannot be installed from here is one line with its remedy.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

fail() {
  echo "mcpgate: $*" >&2
  exit 1
}

# need WHAT PACKAGES CHECK...: when the check fails, installs Debian packages if this is root, else says how.
need() {
  local what=$1 packages=$2
  shift 2
  "$@" >/dev/null 2>&1 && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "mcpgate: installing $packages"
    # shellcheck disable=SC2086
    { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages ||
      { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; }; } \
      >/dev/null 2>&1 || fail "$what is missing and apt-get could not install it: install $packages and try again"
  fi
  "$@" >/dev/null 2>&1 || fail "$what is missing: install it (Debian and Ubuntu: sudo apt-get install $packages)"
}

# python_with LIST FOLDER WHAT: an environment with what a list of packages names, once.
python_with() {
  need "Python 3.10 with venv" "python3 python3-venv" python3 -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 10))'
  cmp -s "$1" "$2/requirements.txt" && return
  echo "mcpgate: installing $3"
  { rm -rf "$2" && python3 -m venv "$2" && "$2/bin/pip" install --quiet --disable-pip-version-check -r "$1"; } ||
    fail "$3 could not be installed: check the network and try again"
  cp "$1" "$2/requirements.txt"
}

rust() {
  command -v cargo >/dev/null || fail "cargo is missing: install Rust with rustup, https://rustup.rs"
  command -v rustup >/dev/null || fail "rustup is missing: install it from https://rustup.rs (it adds the wasm targets)"
  need "a C compiler" "gcc libc6-dev" command -v cc
  local wanted have
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  have=$(rustc --version 2>/dev/null | cut -d' ' -f2) || have=
  [ -n "$have" ] || fail "rustc does not start: run rustup toolchain install stable && rustup default stable"
  [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ] ||
    fail "Rust $have is too old: $wanted is needed, run rustup update stable"
  local target
  for target in wasm32-unknown-unknown wasm32-wasip2; do
    rustup target list --installed | grep -qx "$target" || rustup target add "$target" ||
      fail "the Rust target $target could not be added: check the network and run rustup target add $target"
  done
}

npm_packages() {
  command -v node >/dev/null || fail "node is missing: install Node 20 or newer, https://nodejs.org"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node $major is too old: install Node 20 or newer, https://nodejs.org"
  command -v npm >/dev/null || fail "npm is missing: install it (it comes with Node, https://nodejs.org)"
  cmp -s package-lock.json node_modules/.mcpgate-lock && return
  echo "mcpgate: installing npm packages"
  # Nothing here needs an install script: the binaries are packages of their own.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    fail "npm ci failed: check the network and that node_modules is writable, then try again"
  cp package-lock.json node_modules/.mcpgate-lock
}

workers() (
  [ -x "$WASM_BINDGEN_BIN" ] && [ -x "$WORKER_BUILD" ] && return
  need "the OpenSSL development package" "libssl-dev pkg-config" pkg-config --exists openssl
  echo "mcpgate: installing worker-build $WORKER_BUILD_VERSION and wasm-bindgen $WASM_BINDGEN_VERSION (once; several minutes)"
  mkdir -p "$TOOLS" 2>/dev/null || fail "$TOOLS cannot be written: make it writable or set XDG_CACHE_HOME"
  # Their own speed matters less than that of building them.
  export CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off
  local crate
  for crate in "worker-build@$WORKER_BUILD_VERSION" "wasm-bindgen-cli@$WASM_BINDGEN_VERSION"; do
    # The second try lets cargo choose: a lock file can name a version that its registry has withdrawn.
    CARGO_TARGET_DIR="$TOOLS/target" cargo install "$crate" --root "$TOOLS" --locked --quiet 2>/dev/null ||
      CARGO_TARGET_DIR="$TOOLS/target" cargo install "$crate" --root "$TOOLS" --quiet ||
      fail "$crate could not be installed: check the network and try again"
  done
  rm -rf "$TOOLS/target"
)

spin() {
  [ -x "$SPIN_TEST_HOST" ] && return
  echo "mcpgate: building the Spin test host (several minutes at first)"
  local target=$CACHE/spin-test-host/target
  CARGO_TARGET_DIR=$target cargo build --quiet --locked --manifest-path wasmtime/Cargo.toml ||
    fail "the Spin test host did not build: check the network and that $CACHE is writable, then try again"
  mkdir -p "$(dirname "$SPIN_TEST_HOST")"
  cp "$target/debug/spin-test-host" "$SPIN_TEST_HOST"
}

deny() {
  [ -x "$CARGO_DENY" ] && return
  echo "mcpgate: installing cargo-deny $CARGO_DENY_VERSION (once; several minutes)"
  # It reads lock files once a run: building it quickly matters more than its own speed.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_TARGET_DIR="$CACHE/cargo-deny-target" \
    cargo install "cargo-deny@$CARGO_DENY_VERSION" --locked --quiet --root "$(dirname "$(dirname "$CARGO_DENY")")" ||
    fail "cargo-deny could not be installed: check the network and try again"
  rm -rf "$CACHE/cargo-deny-target"
}

test_tools() {
  need redis-server redis-server command -v redis-server
  need redis-cli redis-tools command -v redis-cli
  need prlimit util-linux command -v prlimit
  need chromium chromium command -v chromium
  need rsyslog rsyslog test -x /usr/sbin/rsyslogd
  python_with tests/e2e/requirements.txt "$PYTHON_ENV" "the Python SDK"
  python_with tests/e2e/siem/requirements.txt "$SIEM_PYTHON" "the peers of the audit record"
}

peers() {
  python_with tests/pii/peers/requirements.txt "$PII_PYTHON" "the Python tools to compare with"
  cmp -s tests/pii/peers/package-lock.json "$PII_NPM/installed" && return
  command -v npm >/dev/null || fail "npm is missing: install it (it comes with Node, https://nodejs.org)"
  echo "mcpgate: installing the npm tools to compare with"
  { mkdir -p "$PII_NPM" && cp tests/pii/peers/package.json tests/pii/peers/package-lock.json tests/pii/peers/.npmrc "$PII_NPM" &&
    npm ci --prefix "$PII_NPM" --ignore-scripts --no-audit --no-fund --loglevel=error; } ||
    fail "npm ci failed for the tools to compare with: check the network, then try again"
  cp tests/pii/peers/package-lock.json "$PII_NPM/installed"
}

presidio() {
  python_with tests/pii/peers/requirements-presidio.txt "$PII_PRESIDIO" "Presidio"
}

for part in "$@"; do
  case $part in
    rust) rust ;;
    npm) npm_packages ;;
    workers) workers ;;
    spin) spin ;;
    deny) deny ;;
    test) test_tools ;;
    peers) peers ;;
    presidio) presidio ;;
    *) fail "setup.sh does not know the part $part" ;;
  esac
done
