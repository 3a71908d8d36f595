# `make` alone lists the targets. Each one makes what it needs, on a machine with python3 (and venv), git and make.
.DEFAULT_GOAL := help
.ONESHELL:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
export DO_NOT_TRACK := 1
# certificates of the machine: a council's network often brings its own authority
export UV_SYSTEM_CERTS := 1

VENV := .venv
BIN := $(VENV)/bin
# the distribution's own Python where it will do: others of the machine are often built as shared libraries, which costs
# a third of the time of everything (docs/benchmarks.md)
FITS := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(FITS)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
READY := $(VENV)/.ready
# what a server needs and nothing else: make setup PRODUCTION=1
LOCK := $(if $(PRODUCTION),production.lock,requirements.lock)

.PHONY: help setup demo test faults properties lint verify bench bench-dashboards screenshots up down dbt lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(READY): $(LOCK) bootstrap.lock pyproject.toml
	@echo "Setting up Python packages in $(VENV) ..."
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes --compile-bytecode -r $(LOCK)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

setup: $(READY) ## install what everything else needs into .venv; PRODUCTION=1 leaves out what only tests need

demo: $(READY) ## the main job on the embedded database: made-up pupils in real schools, all layers, released marts
	@$(BIN)/warehouse demo

test: $(READY) ## every test, with a database started for the occasion
	@$(BIN)/python -m tests.support.chromium
	$(BIN)/python -m tests.support.odbc
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

faults: $(READY) ## every test of kills, full disks, torn files, broken input and changed values at its full size; takes long
	@WAREHOUSE_FAULTS=all $(BIN)/python -m pytest -n 2 --dist loadfile tests/faults

properties: $(READY) ## promises of disclosure control over many random worlds, rolls and slips; takes minutes
	@PROPERTIES=all $(BIN)/python -m pytest -n 2 --dist loadfile tests/properties

lint: $(READY) ## ruff, mypy, sqlfluff, yamllint
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests
	$(BIN)/yamllint --strict .

verify: $(READY) ## synthetic authorities against published statistics; results in docs/verification.md
	@$(BIN)/python -m benchmarks.verify

bench: $(READY) ## time and memory of each stage, demo and a year of Glasgow City; results in docs/benchmarks.md
	@$(BIN)/python -m benchmarks.stages

bench-dashboards: $(READY) ## speed of the dashboards, beside Streamlit: make bench-dashboards HOME_OF=folder of a released warehouse
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r bench.lock
	$(BIN)/python -m benchmarks.dashboards $(if $(HOME_OF),--home $(HOME_OF))

screenshots: $(READY) ## pictures of every page, from the demonstration, into docs/screenshots
	@$(BIN)/python -m tests.support.chromium
	$(BIN)/python -m benchmarks.screenshots

up: $(READY) ## start the embedded database, the dashboards and Dagster, and say where they are
	@$(BIN)/warehouse up --services

down: $(READY) ## stop them all; everything is kept
	@$(BIN)/warehouse down

dbt: $(READY) ## dbt by hand, as the transformer: make dbt CMD="build"
	@$(BIN)/warehouse dbt -- $(or $(CMD),build)

lock: $(READY) ## resolve pyproject.toml again into requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --extra dev -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --extra bench --constraint requirements.lock -o bench.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --extra build --constraint requirements.lock -o production.lock pyproject.toml

clean: ## remove the environment and caches; the warehouse's home stays
	rm -rf $(VENV) dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache
