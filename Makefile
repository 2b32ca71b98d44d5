# Prerequisites: rustup's Rust and Node 20 or newer. The rest is installed, or named with its remedy.

TARGET := $(or $(CARGO_TARGET_DIR),target)
SOURCES := $(shell find src -name '*.rs') Cargo.toml Cargo.lock

.PHONY: help run demo test soak bench pii-report check build-workers build-spin
.DEFAULT_GOAL := help

help: ## Says what each of these does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ## Starts the gateway on 127.0.0.1:8787 with a demo identity provider and a demo service
	@scripts/setup.sh npm rust
	@node scripts/run.mjs

demo: ## Plays an AI client against `make run` and shows what the service holds, the model sees, the service gets
	@scripts/setup.sh npm
	@node demo/client.mjs

test: ## Runs everything that CI runs
	@scripts/setup.sh rust npm workers spin deny test
	@scripts/test.sh

soak: build-workers ## Makes 100,000 calls through the Worker while things fail, and looks for each in the record; CALLS=N for fewer
	cargo build --quiet --bin mcpgate
	CALLS=$(or $(CALLS),100000) node --test --test-reporter=spec tests/soak/soak.test.mjs

bench: build-workers build-spin ## Measures; the report names the machine and the versions
	@scripts/bench.sh

pii-report: ## Measures what is found of personal data, beside other tools; with SET=FILE, DOCS=yes, PRESIDIO=yes
	@scripts/setup.sh rust npm
	@scripts/pii-report.sh

check: ## Checks formatting and lints for all three targets
	@scripts/setup.sh rust
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --lib --target wasm32-unknown-unknown -- -D warnings
	cargo clippy --lib --target wasm32-wasip2 -- -D warnings

build-workers: build/index.js ## Builds the Cloudflare Worker into build/
build/index.js: $(SOURCES) package-lock.json
	@scripts/setup.sh rust npm workers
	@scripts/build-workers.sh

build-spin: $(TARGET)/wasm32-wasip2/release/mcpgate.wasm ## Builds the Spin component
$(TARGET)/wasm32-wasip2/release/mcpgate.wasm: $(SOURCES)
	@scripts/setup.sh rust
	cargo rustc --lib --crate-type cdylib --release --target wasm32-wasip2
