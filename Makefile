# The commands of the README and nothing clever.
.PHONY: help check test

help:
	@echo "make test    everything that has to hold"
	@echo "make check   format and lints"

check:
	cargo fmt --all --check
	cargo clippy --workspace --exclude frontend --all-targets -- -D warnings

test: check
	bash e2e/postgres.sh run cargo test --workspace --exclude frontend
