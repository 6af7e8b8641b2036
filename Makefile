# Everything a person or CI runs. `make` alone lists the targets. Works with GNU Make 3.81 and newer.
PORT ?= 8501
ADDRESS ?= localhost
VENV ?= .venv
PEERS := .venv-peers
LANGUAGES := de es fr pt
WORDS := words.pot

# Windows keeps a virtual environment's programs in another folder.
ifeq ($(OS),Windows_NT)
PY := $(VENV)/Scripts/python.exe
PEERS_PY := $(PEERS)/Scripts/python.exe
else
PY := $(VENV)/bin/python
PEERS_PY := $(PEERS)/bin/python
endif

# `make run PYTHON=python3.12` names the Python to use; otherwise the first usable one is taken.
PYTHON ?=
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.14 python3.13 python3.12 python3.11 python3 python)
IS_USABLE := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PIP_OPTIONS := --disable-pip-version-check --quiet --prefer-binary
PIP_INSTALL := $(PY) -m pip install $(PIP_OPTIONS)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install dev run test lint format format-check types unit e2e browser sample \
	screenshots words peers bench hooks clean

help: ## List the targets
	@echo "Usage: make TARGET [PORT=8501] [PYTHON=python3.12]"
	@echo
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

run: install ## Start the app on http://localhost:8501 (PORT=… for another port)
	@echo "Traffic Insights: http://$(ADDRESS):$(PORT)   (Ctrl+C stops it)"
	@$(PY) -m streamlit run streamlit_app.py --server.headless true \
		--server.address $(ADDRESS) --server.port $(PORT)

test: dev browser lint format-check types ## Run every check and every test, browser tests included
	$(PY) -m pytest -m "not e2e" -n auto --maxprocesses 4
	$(PY) -m pytest -m e2e -n auto --maxprocesses 2 --dist loadfile

lint: dev ## Look for mistakes and banned imports
	$(PY) -m ruff check .

format: dev ## Rewrite the code in the project's format
	$(PY) -m ruff check --select I --fix --quiet .
	$(PY) -m ruff format .

format-check: dev ## Tell whether `make format` would change anything
	$(PY) -m ruff format --check .

types: dev ## Check the types
	$(PY) -m mypy

unit: dev ## Run the tests that need no browser
	$(PY) -m pytest -m "not e2e" -n auto --maxprocesses 4

e2e: dev browser ## Run the tests that drive the app in a browser
	$(PY) -m pytest -m e2e -n auto --maxprocesses 2 --dist loadfile

sample: install ## Make the sample export anew
	$(PY) data/generate_sample.py

screenshots: dev browser ## Take the pictures of the user guide anew
	$(PY) docs/make_screenshots.py

words: dev ## Bring the catalogues of the languages up to date with the code
	$(PY) -m babel.messages.frontend extract --no-default-keywords --keywords "t tn:1,2 tc:1c,2 mark" \
		--sort-by-file --no-location --no-wrap --output-file $(WORDS) core ui pages streamlit_app.py
	@for language in $(LANGUAGES); do \
		$(PY) -m babel.messages.frontend update --no-fuzzy-matching --ignore-obsolete --no-wrap \
			--input-file $(WORDS) --locale $$language \
			--output-file data/languages/$$language.po || exit 1; \
	done; rm $(WORDS)

bench: dev peers ## Measure against peers and floors
	@for script in benchmarks/[a-z]*.py; do \
		echo "== $$script"; $(PY) $$script || exit 1; \
	done

hooks: dev ## Check format, mistakes and types before every commit
	$(PY) -m pre_commit install

browser: dev ## Make sure that there is a Chromium for the browser tests
	@$(PY) tests/e2e/find_chromium.py

clean: ## Remove the virtual environments and every cache
	rm -rf $(VENV) $(PEERS) .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(VENV)/.installed ## Install what the app needs into .venv

dev: $(VENV)/.installed-dev ## Install what checks and tests need into .venv

peers: $(PEERS)/.installed ## Install what the forecast is measured against into .venv-peers

# The empty stamp files remember what is done, so that it is redone only when requirements change.
$(VENV)/.made:
	@chosen=; \
	for python in $(CANDIDATES); do \
		if $$python -c '$(IS_USABLE)' >/dev/null 2>&1; then chosen=$$python; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo "Traffic Insights needs Python 3.11 or newer with its venv module." >&2; \
		for python in $(CANDIDATES); do \
			if version=$$($$python --version 2>&1); then \
				echo "  found: $$python is $$version" >&2; \
			fi; \
		done; \
		echo "Get Python from https://www.python.org/downloads/" >&2; \
		echo "(Debian, Ubuntu: sudo apt install python3 python3-venv)," >&2; \
		echo "or name one that you have: make run PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$chosen ($$($$chosen --version 2>&1))"; \
	$$chosen -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.txt $(VENV)/.made
	@echo "Installing what the app needs (a minute or two, once)"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt $(VENV)/.made
	@echo "Installing what the checks and tests need (a minute or two, once)"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(VENV)/.installed $@

# Made anew as a whole: statsforecast needs an older pandas than the app has.
$(PEERS)/.installed: benchmarks/peers/requirements.txt | $(VENV)/.made
	@echo "Installing the peers of the forecast (a minute or two, once)"
	@$(PY) -m venv --clear $(PEERS)
	@$(PEERS_PY) -m pip install $(PIP_OPTIONS) -r benchmarks/peers/requirements.txt
	@touch $@
