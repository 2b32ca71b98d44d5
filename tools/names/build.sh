#!/usr/bin/env bash
# Makes src/pii/tagger/lexicon.bin and weights.bin anew; see README.md.
set -euo pipefail
folder=$(realpath "${1:?usage: build.sh FOLDER}")
here=$(dirname "$(realpath "$0")")
tagger=$here/../../src/pii/tagger
names() { cargo run --quiet --release --manifest-path "$here/Cargo.toml" -- "$@"; }
"$here/fetch.sh" "$folder"
python3 "$here/lists.py" "$folder"
names lexicon "$folder/lexicon.tsv" "$tagger/lexicon.bin"
python3 "$here/generate.py" "$folder" 160000 7 all > "$folder/corpus.jsonl"
python3 "$here/generate.py" "$folder" 5000 99 all > "$folder/check.jsonl"
names weights "$folder/corpus.jsonl" "$folder/check.jsonl" "$tagger/weights.bin"
