# The commands of the README and nothing clever. Settings (GAVEL_…, CARGO_TARGET_DIR) pass through from the environment.
SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)
SITE := $(TARGET)/site
# The browser side has a target of its own: built together, `ssr` and `hydrate` would unify and everything would build twice.
WASM := --target wasm32-unknown-unknown --target-dir $(TARGET)/wasm
HOST := --workspace --exclude frontend
STEP := e2e/step.sh
JOURNEYS := GAVEL_BIN=$(abspath $(TARGET)/debug/gavel) GAVEL_SITE_DIR=$(abspath $(SITE))

.DEFAULT_GOAL := help
.PHONY: help run test check bench sustain overload pages fault proof e2e gallery site prerequisites toolchain fmt lint lint-wasm unit suite

help:
	@echo "make run     build it and start the demo: a tenant, simulated buyers, a trickle of leads"
	@echo "make test    everything that has to hold, PostgreSQL and Chromium included"
	@echo "make check   format, lints and the tests that need nothing: the loop while writing code"
	@echo "make e2e     the journeys in Chromium"
	@echo "make gallery a page with every screen, light and dark, desk and phone"
	@echo "make bench   added latency at 50 leads/s, and the CPU of an auction beside a bare fan-out's, calm and busy"
	@echo "make sustain 500 leads/s for a minute with everything on (RATE=n SECONDS=n)"
	@echo "make overload  twice what the server can do: as much as it can in time, the rest told to come back (CAPACITY=n)"
	@echo "make pages   every page with a million leads in the store (LEADS=n)"
	@echo "make fault   kill -9 in the middle of the traffic, 20 times (ROUNDS=n)"
	@echo "make proof   the same in small, and caps under a rush: 200 leads on SQLite and on two servers, 1,000 on three of which one is killed"

# One cargo call for both host programs, in one profile, so that nothing they share is compiled twice.
run: toolchain
	cargo build --release -p gavel -p bundle
	$(TARGET)/release/bundle --out $(SITE) --profile wasm-release
	GAVEL_SITE_DIR=$${GAVEL_SITE_DIR:-$(SITE)} exec $(TARGET)/release/gavel demo

# Cheap first: what fails, fails early.
test: prerequisites
	@$(STEP) "format" $(MAKE) --no-print-directory fmt
	@$(STEP) "lints" $(MAKE) --no-print-directory lint
	@$(STEP) "lints of the browser side" $(MAKE) --no-print-directory lint-wasm
	@$(STEP) "tests on SQLite and PostgreSQL" $(MAKE) --no-print-directory suite
	@$(STEP) "kill -9, and caps under a rush" $(MAKE) --no-print-directory proof
	@$(STEP) "journeys in Chromium" $(MAKE) --no-print-directory e2e

check: toolchain fmt lint lint-wasm unit

prerequisites:
	@$(STEP) "prerequisites" e2e/prerequisites.sh
	@$(MAKE) --no-print-directory toolchain

# rust-toolchain.toml names compiler and wasm target; rustup adds what is missing.
toolchain:
	@rustup target list --installed | grep -qx wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown

fmt:
	cargo fmt --all --check

lint:
	cargo clippy $(HOST) --all-targets -- -D warnings

lint-wasm:
	cargo clippy -p frontend $(WASM) -- -D warnings

unit:
	cargo test -p model -p exchange -p connectors

suite:
	e2e/postgres.sh run cargo test $(HOST)

bench: toolchain
	cargo build --release -p gavel -p load
	$(TARGET)/release/load bench --gavel $(TARGET)/release/gavel

sustain: toolchain
	cargo build --release -p gavel -p load
	$(TARGET)/release/load sustain --gavel $(TARGET)/release/gavel --rate $(or $(RATE),500) --seconds $(or $(SECONDS),60)

overload: toolchain
	cargo build --release -p gavel -p load
	$(TARGET)/release/load overload --gavel $(TARGET)/release/gavel $(if $(CAPACITY),--rate $(CAPACITY))

pages: toolchain
	cargo build --release -p gavel -p load
	$(TARGET)/release/load pages --gavel $(TARGET)/release/gavel --leads $(or $(LEADS),1000000)

fault: toolchain
	cargo build --release -p gavel -p load
	$(TARGET)/release/load fault --gavel $(TARGET)/release/gavel --rounds $(or $(ROUNDS),20)

proof: prerequisites
	cargo build -p gavel -p load
	$(TARGET)/debug/load fault --gavel $(TARGET)/debug/gavel --rounds 5
	$(TARGET)/debug/load cap --gavel $(TARGET)/debug/gavel
	e2e/postgres.sh run sh -c '$(TARGET)/debug/load cap --gavel $(TARGET)/debug/gavel --servers 2 --database "$$GAVEL_TEST_POSTGRES_URL"'
	e2e/postgres.sh run sh -c '$(TARGET)/debug/load storm --gavel $(TARGET)/debug/gavel --database "$$GAVEL_TEST_POSTGRES_URL"'

# The dev build: what is tested here is behaviour, not speed.
e2e: site
	$(JOURNEYS) npm --prefix e2e test

gallery: site
	$(JOURNEYS) npm --prefix e2e run gallery

site: prerequisites
	cargo build -p gavel -p bundle
	$(TARGET)/debug/bundle --out $(SITE)
	npm --prefix e2e ci --no-audit --no-fund
