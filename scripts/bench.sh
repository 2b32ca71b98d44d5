#!/usr/bin/env bash
# What `make bench` prints: the machine and the versions, the sizes of both artifacts, how fast personal data is found, what
# a call costs natively, and the time from request to answer.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh
component=${CARGO_TARGET_DIR:-target}/wasm32-wasip2/release/mcpgate.wasm

echo "== Machine and versions"
echo "  $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(uname -sr)"
echo "  $(rustc --version), worker-build $WORKER_BUILD_VERSION, node $(node --version)"
echo "  miniflare $(node -p 'require("miniflare/package.json").version'), wasmtime $(sed -n '/^name = "wasmtime"$/{n;s/version = "\(.*\)"/\1/p}' wasmtime/Cargo.lock)"
if [ -r /proc/loadavg ]; then
  echo "  load $(cut -d' ' -f1-3 /proc/loadavg) over 1, 5 and 15 minutes: on a busy machine the times below say little"
fi

echo "== Sizes in bytes: raw, gzipped"
size() { printf '  %-34s %9d %9d\n' "$1" "$(cat "${@:2}" | wc -c)" "$(cat "${@:2}" | gzip -9 | wc -c)"; }
size "Cloudflare Worker (wasm and JS)" build/index_bg.wasm build/index.js
size "Spin component" "$component"

scripts/pii-bench.sh

echo "== One call, the gateway alone, natively on the memory host"
cargo bench --quiet --bench bare_path

cargo build --quiet --bin mcpgate
echo "== From request to answer, Worker bundle in workerd (Miniflare)"
node benches/request.mjs
echo "== From request to answer, Spin component in wasmtime"
scripts/setup.sh spin
MCPGATE_HOST=spin node benches/request.mjs
