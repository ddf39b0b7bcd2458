# Every command of the house; `make help` lists them.
SHELL := /bin/bash
.PHONY: help setup build dev lint format test

help: ## lists these commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: ## installs missing system packages (Debian)
	@scripts/setup

build: setup ## release build
	swift build -c release

dev: setup ## debug build with tests
	swift build --build-tests

lint: ## style, no change
	swift format lint --strict --parallel --recursive Package.swift Services Shared Tests

format: ## style, applied
	swift format --in-place --parallel --recursive Package.swift Services Shared Tests

test: setup lint dev ## everything that CI checks
	timeout 1200 swift test --skip-build --parallel
