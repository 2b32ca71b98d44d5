#!/usr/bin/env bash
# What `make test` runs once everything is installed. The first failure ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh
export MCPGATE_PYTHON=$PYTHON_ENV/bin/python

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@"
}

step "Formatting and lints" make --no-print-directory check
step "The library and the command, natively" cargo test
step "The Worker" make --no-print-directory build-workers
step "The Spin component" make --no-print-directory build-spin
step "The command, for the end-to-end tests" cargo build --bin mcpgate
step "Official clients through the real Worker" node --test --test-concurrency=1 tests/e2e/*.test.mjs
