#!/usr/bin/env bash
# What `make test` runs once everything is installed. The first failure ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh
export MCPGATE_PYTHON=$PYTHON_ENV/bin/python

no_wasm_bindgen() {
  # cargo tree fails when the package is not in the graph at all, which is what is wanted.
  if cargo tree --quiet --target wasm32-wasip2 --edges normal -i wasm-bindgen 2>/dev/null | grep -q .; then
    echo "mcpgate: wasm-bindgen is in the dependencies of the Spin component: see cargo tree --target wasm32-wasip2 -i wasm-bindgen" >&2
    return 1
  fi
}

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@"
}

step "Dependencies: licences, sources, bans" "$CARGO_DENY" --all-features check --hide-inclusion-graph licenses sources bans
step "Formatting and lints" make --no-print-directory check
step "No JavaScript in the Spin component" no_wasm_bindgen
step "The library and the command, natively" cargo test
step "The Worker" make --no-print-directory build-workers
step "The Spin component" make --no-print-directory build-spin
step "The command, for the end-to-end tests" cargo build --bin mcpgate
step "Scenarios on the Worker" env MCPGATE_HOST=workers cargo test --test scenarios
step "Scenarios on the Spin component" env MCPGATE_HOST=spin cargo test --test scenarios
step "The contract of the ports, from inside both hosts" scripts/contract.sh
step "Official clients through the Worker" node --test --test-concurrency=1 tests/e2e/*.test.mjs
step "Official clients through the Spin component" env MCPGATE_HOST=spin node --test --test-concurrency=1 tests/e2e/*.test.mjs
step "The conformance suite through the Worker" node --test --test-reporter=spec tests/conformance/*.test.mjs
step "The conformance suite through the Spin component" env MCPGATE_HOST=spin node --test --test-reporter=spec tests/conformance/*.test.mjs
