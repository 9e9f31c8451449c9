# run · test · check · bench · docs: each makes what it needs, no step before it.
PORT ?= 8000
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
export WORKBENCH_HOME ?= $(HOME)/.workbench
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check bench docs requirements

run: $(VENV)/base.made
	@exec $(BIN)/workbench start --port $(PORT)

test: $(VENV)/test.made
	@scripts/test

check: $(VENV)/test.made
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/test.made
	@for one in start map convert logs engines cluster; do echo "== $$one"; $(BIN)/python -m benchmarks.$$one || exit 1; done

# What the docs take from the code: schemas, tables, the picture.
docs: $(VENV)/test.made
	@$(BIN)/python -m scripts.docs

# The exact files of every library, by hash, for Python 3.11 and later (maintainers, when setup.cfg changes).
requirements: $(VENV)/test.made
	@scripts/requirements

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or later is needed. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/base.made: requirements/base.txt requirements/build.txt setup.cfg pyproject.toml | $(VENV)/made
	@$(BIN)/pip install --quiet --require-hashes -r requirements/build.txt -r requirements/base.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.made: requirements/test.txt $(VENV)/base.made
	@$(BIN)/pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@
