# Everything a person does with a checkout. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p) 2>/dev/null)))

.PHONY: help setup demo test test-fast explore lint types imports fix up neo4j docs bench bench-small constraints clean

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/installed ## Build .venv from the pinned constraints (done once; again when they change)

.venv/installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Downline needs Python 3.11 or newer: install it, or name one with 'make PYTHON=/path/to/python3'"; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Downline needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -V). Name another with 'make PYTHON=/path/to/python3'"; exit 2; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make environments: install its venv module (Debian: apt-get install python3-venv)"; exit 2; }
	"$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	@touch $@

demo: setup ## Analyse the bundled records, print the findings, write the report and say where
	$(BIN)/downline analyze datasets/beehive --case build/demo/beehive.case

test: setup imports ## Run the whole suite (what needs Neo4j or Chromium skips, with its reason, where they are absent)
	$(BIN)/pytest --numprocesses 2 --dist loadfile

test-fast: setup ## Run the suite without servers and browsers
	$(BIN)/pytest --numprocesses 2 --dist loadfile -m "not neo4j and not browser"

explore: setup ## Run every property test on examples that no run has drawn before
	DOWNLINE_EXAMPLES=explore $(BIN)/pytest --numprocesses 2 --dist loadfile -m "not neo4j and not browser" -k "$(or $(TESTS),test)"

imports: setup ## Check who may import whom
	@$(BIN)/lint-imports --no-cache

lint: setup ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## Check types, strictly
	$(BIN)/mypy

fix: setup ## Mend style where a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

up: setup ## Start the API and the dashboard on 127.0.0.1
	$(BIN)/downline up

neo4j: setup ## Start a Neo4j server from its Maven artifacts, without Docker (needs Java 17 and Maven)
	$(BIN)/python -m genealogy.stores.server

docs: setup ## Write the generated pages of docs/ anew
	$(BIN)/python -m tests.docs.published

bench: setup ## Time Downline against its peers in one run
	$(BIN)/python -m benchmarks.tree --n 1000000 --n 10000000

bench-small: setup ## See that every benchmark still runs, on companies too small to time
	$(BIN)/python -m benchmarks.tree --n 2000
	$(BIN)/python -m benchmarks.intake 20_000
	$(BIN)/python -m benchmarks.unilevel 1000 1000
	for plans in binary matrices stairstep walks ranks sales; do $(BIN)/python -m benchmarks.plans_$$plans --participants 1000 || exit; done
	$(BIN)/python -m benchmarks.what_if 1000 1000
	$(BIN)/python -m benchmarks.pipeline --participants 1000 --orders 5000 --detail
	$(BIN)/python -m benchmarks.indicators --participants 1000 --folder build/bench-small --fresh

constraints: setup ## Pin the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-annotate --no-emit-index-url --all-extras --group dev pyproject.toml --output-file constraints.txt

clean: ## Remove what the targets above made
	rm -rf .venv .cache build dist
