#!/usr/bin/env bash
# The part of `make bench` about finding personal data, which also runs by itself. SET=FILE takes another labelled set than
# the repository's own.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}/pii-peers
peers() {
  CARGO_TARGET_DIR=$target cargo "$1" --quiet --locked --release --manifest-path tests/pii/peers/Cargo.toml --features speed "${@:2}"
}

peers build --bin speed --bin memory
peers rustc --lib --target wasm32-unknown-unknown --crate-type cdylib
version=$(sed -n '/^name = "datafog-core"$/{n;s/version = "\(.*\)"/\1/p}' tests/pii/peers/Cargo.lock)
echo "== Personal data, MB/s on one thread: natively, datafog-core $version natively, and as wasm in node (all with opt-level 3)"
node benches/pii.mjs "$target/release" "$target/wasm32-unknown-unknown/release/pii_peers.wasm" "${SET:-tests/pii/set.jsonl}"
