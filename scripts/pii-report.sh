#!/usr/bin/env bash
# What `make pii-report` runs: masks a labelled set with the release build of `mcpgate mask` and with other tools, and prints
# tables of what each finds and keeps.
#
#   SET=FILE      another set than the repository's own
#   DOCS=yes      also puts the tables into docs/privacy.md
#   PRESIDIO=yes  with Presidio, which takes minutes and 400 MB
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh
set=${SET:-tests/pii/set.jsonl}
target=${CARGO_TARGET_DIR:-target}

[ -r "$set" ] || {
  echo "mcpgate: $set cannot be read: set SET to a file of JSON lines, as tests/pii/README.md describes them" >&2
  exit 1
}
scripts/setup.sh peers ${PRESIDIO:+presidio}
cargo build --quiet --locked --release --bin mcpgate
CARGO_TARGET_DIR=$target/pii-peers cargo build --quiet --locked --release --manifest-path tests/pii/peers/Cargo.toml --bin datafog

python3 tests/pii/report.py "$set" --mcpgate "$target/release/mcpgate" --datafog "$target/pii-peers/release/datafog" \
  --npm "$PII_NPM" --python "$PII_PYTHON/bin/python" ${PRESIDIO:+--presidio "$PII_PRESIDIO/bin/python"} ${DOCS:+--write docs/privacy.md}
