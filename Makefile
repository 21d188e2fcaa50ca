# The commands of the house; `make help` lists them. Needs only make and Python 3.11 or newer with venv.
# Every GREENMINE_ setting of docs/settings.md is honoured: GREENMINE_PORT=9000 make run

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --quiet --require-hashes
UV_COMPILE := env -u PIP_FIND_LINKS $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
HOUSE := PYTHONPATH=site PYTHONDONTWRITEBYTECODE=1
WORKERS ?= $(shell cores=$$(nproc 2> /dev/null || echo 2); echo $$(( cores < 8 ? cores : 8 )))
PYTEST_ARGS ?=
PYTEST := PYTHONDONTWRITEBYTECODE= PYTHONHASHSEED=0 $(BIN)/python -m pytest --dist=loadfile --no-loadscope-reorder

.PHONY: help run serve test test-all drill matrix check bench docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run-time ## the site on http://127.0.0.1:8000 (demonstration data on an empty database)
	@$(BIN)/python wsgi.py

serve: $(VENV)/.run-time ## the same in production mode: needs GREENMINE_SITE_URL=https://…, GREENMINE_SPONSOR and GREENMINE_CONTACT
	@GREENMINE_MODE=production $(BIN)/python wsgi.py

test: $(VENV)/.tools ## every test that starts nothing else, in minutes (PYTEST_ARGS="-k notice" for some)
	@$(PYTEST) -n $(WORKERS) -m "not starts and not drill" $(PYTEST_ARGS)

# One process more than cores: these tests often wait for others.
test-all: $(VENV)/.tools ## all tests but the drills: both databases, a browser, witnesses, kills
	@$(PYTEST) -n $(shell expr $(WORKERS) + 1) -m "not drill" --durations=20 --durations-min=1 $(PYTEST_ARGS)

drill: $(VENV)/.tools ## kills, full disks, broken connections: an hour of them, on the disk
	@if [ ! -e tests/drill.py ] && [ ! -e tests/drill/__main__.py ]; then \
		echo "There are no drills yet: tests/drill.py is missing."; exit 1; fi
	@$(HOUSE) PYTHONHASHSEED=0 $(BIN)/python -m tests.drill
	@TMPDIR=$${TMPDIR:-/tmp} PYTHONHASHSEED=0 $(BIN)/python -m pytest -m drill -q -o faulthandler_timeout=1800

matrix: $(VENV)/.tools ## make test on Python 3.11, 3.12 and 3.13
	@UV="$(abspath $(BIN)/uv)" WORKERS=$(WORKERS) .ci/matrix 3.11 3.12 3.13

check: $(VENV)/.tools ## style, types, layers, templates, security, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(HOUSE) $(BIN)/lint-imports --no-cache
	@if [ -d site/greenmine/web/templates ]; then $(BIN)/djlint --lint --quiet site/greenmine/web/templates; fi
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml site
	$(BIN)/python -m pytest -q tests/house
	@.ci/audit $(BIN)/pip-audit

bench: $(VENV)/.tools ## requests and acts per second beside bare ones, in one run
	@$(HOUSE) $(BIN)/python -m tests.bench

docs: $(VENV)/.run-time ## print the pages of docs/ that the code knows: settings, routes, commands
	@$(HOUSE) $(BIN)/python -m docs.printed

lock: $(VENV)/.tools ## requirements.lock and requirements-dev.lock after a change of requirements*.txt
	@$(UV_COMPILE) requirements.txt requirements-dev.txt -o requirements-dev.lock
	@$(UV_COMPILE) requirements.txt -c requirements-dev.lock -o requirements.lock
	@echo "Locked. Commit requirements*.txt and requirements*.lock together."

clean: ## environments, caches and the search index; never the data folder
	@rm -rf .venv .venv-* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find search_index -mindepth 1 ! -name .gitkeep -delete
	@find site tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: made again only when the lock changed, so the second run starts at once.
$(VENV)/.run-time: requirements.lock | $(VENV)/bin/python
	@echo "Installing the packages of requirements.lock …"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.tools: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing the packages of requirements-dev.lock …"
	@$(PIP) -r requirements-dev.lock
	@touch $@

$(VENV)/bin/python:
	@command -v "$(PYTHON)" > /dev/null || { \
		echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python3."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is older: name another with make PYTHON=/path/to/python3."; exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)" || { rm -rf "$(VENV)"; \
		echo "$(PYTHON) cannot make a virtual environment: on Debian, apt-get install python3-venv."; exit 1; }
