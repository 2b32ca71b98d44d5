#!/usr/bin/env bash
# Builds the Worker into build/, or with `contract` the one for tests into target/contract-worker: with the tools that
# setup.sh installed, and with nothing from the network.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# A tool that worker-build does not find it would download: better to stop.
for tool in "$WORKER_BUILD" "$WASM_BINDGEN_BIN" "$WASM_OPT_BIN" "$ESBUILD_BIN"; do
  [ -x "$tool" ] || {
    echo "mcpgate: $tool is missing: run make build-workers, which installs it" >&2
    exit 1
  }
done
case ${1:-} in
  # For tests: with a route that checks the host's ports from inside.
  contract) "$WORKER_BUILD" --profile contract --no-opt --out-dir target/contract-worker . --features contract ;;
  *)
    CARGO=$(command -v cargo)
    export CARGO
    # Names of the v0 scheme bring instances of one generic function together where wasm-opt sorts by name (Cargo.toml),
    # and gzip finds only what stands near.
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C symbol-mangling-version=v0"
    PATH=$PWD/scripts/cdylib:$PATH "$WORKER_BUILD" --release
    # worker-build keeps the names of functions, which nobody debugs an edge's wasm with: a tenth of it.
    "$WASM_OPT_BIN" --strip-debug build/index_bg.wasm -o build/index_bg.wasm
    ;;
esac
