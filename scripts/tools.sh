# Where tools are that live outside the repository. The Worker's two have the versions of Cargo.lock:
# worker-build the worker crate's, the wasm-bindgen command the wasm-bindgen crate's.
# shellcheck shell=bash

locked() {
  grep -A 1 "^name = \"$1\"\$" Cargo.lock | sed -n 's/^version = "\(.*\)"/\1/p'
}

WORKER_BUILD_VERSION=$(locked worker)
WASM_BINDGEN_VERSION=$(locked wasm-bindgen)
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/mcpgate/tools-wb$WORKER_BUILD_VERSION-wbg$WASM_BINDGEN_VERSION
WORKER_BUILD=$TOOLS/bin/worker-build
# worker-build takes these instead of downloading its own.
export WASM_BINDGEN_BIN=$TOOLS/bin/wasm-bindgen
export WASM_OPT_BIN=$PWD/node_modules/.bin/wasm-opt
export ESBUILD_BIN=$PWD/node_modules/.bin/esbuild
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mcpgate
PYTHON_ENV=$CACHE/python
SIEM_PYTHON=$CACHE/siem-python
# The Spin test host is built once for each state of its sources.
export SPIN_TEST_HOST=$CACHE/spin-test-host/$(find wasmtime/src wasmtime/wit wasmtime/Cargo.* -type f | sort | xargs cat | cksum | tr ' ' -)/spin-test-host
CARGO_DENY_VERSION=0.20.2
CARGO_DENY=$CACHE/cargo-deny-$CARGO_DENY_VERSION/bin/cargo-deny
# What the engine for personal data is compared with, once for each state of its lists.
PII_NPM=$CACHE/pii-peers/npm-$(cksum <tests/pii/peers/package-lock.json | tr ' ' -)
PII_PYTHON=$CACHE/pii-peers/python-$(cksum <tests/pii/peers/requirements.txt | tr ' ' -)
PII_PRESIDIO=$CACHE/pii-peers/presidio-$(cksum <tests/pii/peers/requirements-presidio.txt | tr ' ' -)
