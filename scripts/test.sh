#!/usr/bin/env bash
# What `make test` runs once everything is installed. The first failure ends it; the suites of the two hosts, which run
# at once, are both heard out.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh
export MCPGATE_PYTHON=$PYTHON_ENV/bin/python MCPGATE_SIEM_PYTHON=$SIEM_PYTHON/bin/python

no_wasm_bindgen() {
  # cargo tree fails when the package is not in the graph at all, which is what is wanted.
  if cargo tree --quiet --target wasm32-wasip2 --edges normal -i wasm-bindgen 2>/dev/null | grep -q .; then
    echo "mcpgate: wasm-bindgen is in the dependencies of the Spin component: see cargo tree --target wasm32-wasip2 -i wasm-bindgen" >&2
    return 1
  fi
}

step() {
  printf '\n== %s (%d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
  shift
  "$@"
}

step "Dependencies: licences, sources, bans" "$CARGO_DENY" --all-features check --hide-inclusion-graph licenses sources bans
for other in fuzz wasmtime tests/pii/peers tools/names; do
  step "The same of $other/" "$CARGO_DENY" --manifest-path "$other/Cargo.toml" --all-features --locked --config deny.toml check --hide-inclusion-graph licenses sources bans
done
step "Formatting and lints" make --no-print-directory check
step "No JavaScript in the Spin component" no_wasm_bindgen
step "The labelled set of personal data" python3 tests/pii/check.py
# The same cases each time, so that a run says something about the change; other cases: see CONTRIBUTING.md.
step "The library and the command, natively" env PROPTEST_RNG_SEED=1 PROPTEST_CASES=2000 cargo test
step "The Worker" make --no-print-directory build-workers
step "The Spin component" make --no-print-directory build-spin
step "The command, for the end-to-end tests" cargo build --bin mcpgate
step "The test binaries" cargo test --no-run --test scenarios

# Both hosts at once: their suites wait more than they compute. What one says is shown when the other is through.
lane() {
  step "Scenarios on $1" env MCPGATE_HOST="$2" cargo test --test scenarios &&
    step "Official clients through $1" env MCPGATE_HOST="$2" node --test --test-concurrency=1 tests/e2e/*.test.mjs &&
    step "Faults on $1" env MCPGATE_HOST="$2" node --test --test-reporter=spec tests/faults/faults.test.mjs &&
    step "The conformance suite through $1" env MCPGATE_HOST="$2" node --test --test-reporter=spec tests/conformance/*.test.mjs
}
said=$(mktemp) built=$(mktemp)
trap 'rm -f "$said" "$built"' EXIT
lane "the Spin component" spin >"$said" 2>&1 &
other=$!
# What comes last is built meanwhile, with what the suites leave of the machine.
nice -n 19 scripts/contract.sh build >"$built" 2>&1 &
contract=$!
failed=
{
  lane "the Worker" workers &&
    step "A short soak through the Worker" node --test --test-reporter=spec tests/soak/soak.test.mjs
} || failed=yes
wait "$other" || failed=yes
cat "$said"
[ -z "$failed" ] || exit 1
wait "$contract" || {
  cat "$built"
  exit 1
}
step "The contract of the ports, from inside both hosts" scripts/contract.sh ask
