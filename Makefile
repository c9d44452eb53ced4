# Everything one does with this project. Each target installs what it needs (tools/setup.sh) and makes only what is older
# than its sources.

SHELL := bash
.DEFAULT_GOAL := help
# The stages take all processors themselves, and their order matters: cheapest first.
.NOTPARALLEL:
.DELETE_ON_ERROR:

PORT ?= 8080
# The tools installed here come first; rustup's cargo may be missing from the PATH of a bare shell.
export PATH := $(CURDIR)/.tools/bin:$(PATH):$(HOME)/.cargo/bin
# Seconds that make fuzz spends on each of its targets.
SECONDS_EACH ?= 60
# Training in a browser test takes longer than the 20 seconds that wasm-bindgen's test runner allows (in seconds).
export WASM_BINDGEN_TEST_TIMEOUT ?= 300

bin := node_modules/.bin
# What the page loads, and what pages of others do; a target for each of the crate's features (tools/build.sh).
reader := www/pkg/reader_bg.wasm
labs := www/pkg/labs_bg.wasm
core := www/pkg/core_bg.wasm
binding := www/pkg/fishbowl_bg.wasm
data := www/data/mnist.json
rust_sources := $(shell find src -type f) Cargo.toml Cargo.lock .cargo/config.toml tools/build.sh
fuzz_targets := $(notdir $(basename $(wildcard fuzz/fuzz_targets/*.rs)))
node_test := node --test --test-reporter=spec

stage = @printf '\n== %s\n' "$(1)"

.PHONY: help serve test bench dist screens package check fuzz weights picture clean setup-build setup-native setup-test
.PHONY: check-format check-rust check-types check-docs test-native test-javascript test-wasm test-page

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(reader) $(labs) $(core) $(data) | setup-build ## build the page and serve it on http://localhost:8080 (PORT= to change)
	@node tools/dist.mjs && exec node tools/serve.mjs $(PORT) --dir dist

test: setup-test check test-native test-javascript test-wasm test-page ## every test there is, cheapest first

check: check-format check-rust check-types check-docs ## formatting, lints, types and documentation

bench: setup-test $(reader) $(labs) $(core) $(binding) $(data) ## measure speed and size in a headless browser
	@node tests/bench/run.mjs

dist: $(reader) $(labs) $(core) $(binding) $(data) ## make dist/, a folder that any static host can serve
	@node tools/dist.mjs

screens: setup-test $(reader) $(labs) $(core) $(data) ## walk through the first screen and take pictures (tests/output/screens)
	@node tests/page/screens.mjs

package: $(binding) | setup-build ## make package/, the core for pages of one's own as an npm package
	@node tools/package.mjs

weights: $(data) ## train again the networks that the page brings along (NET=digits for one): www/weights/NET.safetensors
	for net in $(or $(NET),digits two-layer three-layer simple-convnet lenet-5-relu deep-convnet); do \
		cargo run --release --example train-weights -- $$net || exit 1; done

# Stable Rust will do: no sanitizer, and the flags that cargo-fuzz passes are allowed by name.
fuzz: ## feed every parser random bytes (SECONDS_EACH= to change); needs cargo-fuzz and a C++ compiler
	@command -v cargo-fuzz >/dev/null || { echo 'make fuzz needs cargo-fuzz: cargo install cargo-fuzz --locked' >&2; exit 1; }
	@command -v c++ >/dev/null || { echo 'make fuzz needs a C++ compiler (Debian: build-essential)' >&2; exit 1; }
	@set -e; for target in $(fuzz_targets); do \
	  printf '\n== fuzzing: %s\n' $$target; \
	  mkdir -p fuzz/corpus/$$target; \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -max_total_time=$(SECONDS_EACH) -rss_limit_mb=512 -timeout=10 -print_final_stats=1 -verbosity=0; \
	done

picture: setup-test $(reader) $(labs) $(core) $(data) ## take the README's picture of the page
	@node tools/picture.mjs

clean: ## remove what was built; installed tools stay in .tools/ and node_modules/
	rm -rf target dist package www/pkg www/data tests/output *.partial www/*.partial

setup-build:
	@tools/setup.sh build

setup-native:
	@tools/setup.sh native

setup-test:
	@tools/setup.sh test

$(reader): $(rust_sources) | setup-build
	$(call stage,release build of the reader)
	@tools/build.sh reader

$(labs): $(rust_sources) tools/catalogue.mjs | setup-build
	$(call stage,release build of the labs)
	@tools/build.sh labs

$(core): $(rust_sources) | setup-build
	$(call stage,release build of the core)
	@tools/build.sh core

$(binding): $(rust_sources) | setup-build
	$(call stage,release build of the binding)
	@tools/build.sh binding

$(data): tools/mnist.mjs package-lock.json | setup-build
	$(call stage,MNIST)
	@node tools/mnist.mjs

check-format: | setup-build
	$(call stage,format)
	cargo fmt --check
	$(bin)/prettier --check --log-level=warn index.html www tests tools

check-rust: | setup-build
	$(call stage,lints: native and wasm)
	cargo clippy --quiet --all-targets -- -D warnings
	cargo clippy --quiet --all-targets --target wasm32-unknown-unknown -- -D warnings
	@set -e; for feature in reader labs core binding; do \
	  cargo clippy --quiet --lib --target wasm32-unknown-unknown --no-default-features --features $$feature -- -D warnings; \
	done

# The page's scripts are checked against the types that the wasm build writes.
check-types: $(reader) $(labs) $(core) $(binding) | setup-build
	$(call stage,types: page and worker and Node)
	$(bin)/tsc -p tsconfig.json
	$(bin)/tsc -p tsconfig.worker.json
	$(bin)/tsc -p tsconfig.node.json

check-docs: | setup-build
	$(call stage,documentation)
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --target wasm32-unknown-unknown

test-native: $(data) | setup-native
	$(call stage,native tests)
	cargo test --quiet

test-javascript: $(reader) $(labs) $(core) $(binding) $(data) | setup-build
	$(call stage,JavaScript tests)
	$(node_test) tests/js/*.test.mjs

test-wasm: | setup-test
	$(call stage,wasm tests in a page and in a worker)
	wasm-pack test --headless --chrome

test-page: $(reader) $(labs) $(core) $(binding) $(data) | setup-test
	$(call stage,the page in a browser)
	$(node_test) --test-concurrency=1 tests/page/*.test.mjs
