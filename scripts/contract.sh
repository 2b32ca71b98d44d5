#!/usr/bin/env bash
# Asks both hosts, from inside, whether they keep the contract of their ports: `build` builds the Worker and the Spin
# component with the feature `contract`, `ask` asks them. What `make test` runs; nothing of it is shipped.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

case ${1:-} in
  build)
    scripts/build-workers.sh contract
    cargo build --lib --profile contract --features contract --target wasm32-wasip2
    ;;
  ask)
    for host in workers spin; do
      MCPGATE_CONTRACT=1 MCPGATE_HOST=$host cargo test --test scenarios
    done
    ;;
  *)
    echo "mcpgate: scripts/contract.sh build, then scripts/contract.sh ask" >&2
    exit 1
    ;;
esac
