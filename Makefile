# `make` lists the recipes. Nothing here needs root; everything lands in .venv.

PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV   ?= .venv
ARGS   ?=

BIN    := $(VENV)/bin
# Wheels only: nothing is compiled, and no code of a package runs, while installing.
FETCH  := $(BIN)/python -m pip install -qq --disable-pip-version-check --only-binary :all: --require-hashes
# What nothing here ever imports is not installed for the bot (docs/decisions/0003-dependencies.md).
UNUSED := anyio certifi click-default-group h11 httpcore pycparser tabulate
# The project itself, from this folder; its libraries are all there, setuptools included.
LINK   := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index
COMPILE := pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options --build-deps-for editable

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install talk run test lint bench crash drill simulate mutate train docs sbom lock clean

help: ## list the recipes
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## make .venv with the command `befriend` in it

talk: $(VENV)/.installed ## talk with Befriend here in the terminal (ARGS=--fast: no pauses)
	@$(BIN)/befriend talk $(ARGS)

run: $(VENV)/.installed ## serve Telegram (settings: deploy/env.example)
	@$(BIN)/befriend run $(ARGS)

test: $(VENV)/.testable ## run the tests (ARGS=tests/flows: only some)
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(VENV)/.testable ## check style, types and which module may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.testable ## measure speed side by side with other bots, as JSON lines
	@$(BIN)/python -m bench $(ARGS)

crash: $(VENV)/.testable ## kill the bot 1,000 times under 10,000 messages and count what is lost
	@$(BIN)/python -m tests.crash $(ARGS)

drill: $(VENV)/.testable ## back up beside a writing bot, put back and compare, 100 times
	@$(BIN)/python -m tests.drill $(ARGS)

simulate: $(VENV)/.testable ## play 200 people who write daily for 60 days and count which lines come again
	@$(BIN)/python -m tests.simulated $(ARGS)

mutate: $(VENV)/.testable ## break the core on purpose and count which faults no test sees (ARGS="run inputs", ARGS=private)
	@$(BIN)/python -m tests.mutants $(ARGS)

train: $(VENV)/.installed ## make the head of the model that hears danger anew from its texts
	@$(BIN)/python -m bot.safety.training

docs: $(VENV)/.testable ## write deploy/env.example, flows/schema.json, the pictures and figures anew, check what the documents say
	@$(BIN)/python -m bot.settings > deploy/env.example
	@$(BIN)/python -m flows.schema > flows/schema.json
	@$(BIN)/python -m docs.licences
	@$(BIN)/python -m docs.breath
	@$(BIN)/python -m docs.talks
	@$(BIN)/python -m docs.pictures
	@$(BIN)/python -m docs.stats
	@$(BIN)/python -m pytest tests/test_docs.py

sbom: $(VENV)/.installed ## write what a release is made of (CycloneDX) into build/befriend.cdx.json
	@mkdir -p build
	@$(BIN)/python -m docs.sbom > build/befriend.cdx.json

lock: ## resolve the libraries anew and write their versions and hashes down
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/pip install -qq --disable-pip-version-check pip-tools==7.6.2
	CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/$(COMPILE) $(ARGS) $(addprefix --unsafe-package ,$(UNUSED)) \
		--output-file requirements.lock pyproject.toml
	@sed -i '/^# WARNING: /,$$d' requirements.lock
	@echo "# Left out, as nothing here imports them: $(UNUSED)" >> requirements.lock
	CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/$(COMPILE) $(ARGS) --allow-unsafe \
		--extra test --constraint requirements.lock --output-file requirements-test.lock pyproject.toml

clean: ## remove .venv and all that was built; what you wrote to Befriend stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find bot flows tests -name __pycache__ -prune -exec rm -rf {} +

# --- stamps: a second `make talk` starts at once -------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "Befriend needs Python 3.11, and $(PYTHON) is another one. Name yours: make PYTHON=/path/to/python3.11"; \
		exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv is missing. On Debian: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Setting up Befriend in $(VENV), once: this takes about a minute."
	@$(FETCH) --no-deps -r requirements.lock
	@$(LINK) --config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.testable: requirements-test.lock $(VENV)/.installed
	@echo "Fetching what the tests need, once."
	@$(FETCH) -r requirements-test.lock
	@touch $@
