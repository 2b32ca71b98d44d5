#!/usr/bin/env bash
# Builds the Worker and the Spin component with the feature `contract` and asks both hosts, from inside, whether they
# keep the contract of their ports. What `make test` runs; nothing of it is shipped.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

scripts/build-workers.sh contract
cargo build --lib --profile contract --features contract --target wasm32-wasip2
for host in workers spin; do
  MCPGATE_CONTRACT=1 MCPGATE_HOST=$host cargo test --test scenarios
done
