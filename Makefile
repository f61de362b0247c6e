# Each of `make prove` and `make test` works alone on a fresh machine that has Python >= 3.11 with its venv module, and
# make.  They create .venv and install exactly what they need; a stamp file remembers it until pyproject.toml changes.
#   make prove    install, search three theorems afresh, replay the rest          (verinet proofs)
#   make test     install, run the tests                                          (long ones left out)
#   make check    everything CI runs
#   make nightly  random networks and mutants by the hundred, every search afresh
#   make docs     the documentation, warnings are errors                          (docs/_build/html)
#   make mutate   delete each check of the kernel in turn: some forged certificate must then pass
#   make format   rewrite the sources in the house's format
#
# Another interpreter: make prove PYTHON=python3.12.  Fewer or more processes: make test JOBS=8.

PYTHON ?= python3
JOBS ?= 2
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
SOURCES := verinet tests proofs examples docs

.DEFAULT_GOAL := help
.PHONY: help prove test check one-by-one format format-check lint types imports kernel-gate long-test nightly mutate docs clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed -n '1,11p'

# --- installation ----------------------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "verinet needs Python 3.11 or later. Fix: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { \
	  echo "Python's venv module is missing. Fix: install it (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: pyproject.toml | $(STAMPS)/venv
	$(PIP) --editable '.[onnx]'
	@touch $@

$(STAMPS)/dev: pyproject.toml | $(STAMPS)/venv
	$(PIP) --editable '.[onnx,dev]'
	@touch $@ $(STAMPS)/run

$(STAMPS)/docs: pyproject.toml | $(STAMPS)/venv
	$(PIP) --editable '.[onnx,docs]'
	@touch $@ $(STAMPS)/run

# --- the two commands of the README ----------------------------------------------------------------------------------

prove: $(STAMPS)/run
	$(BIN)/verinet proofs

test: $(STAMPS)/dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not long and not nightly"

# --- what CI runs ----------------------------------------------------------------------------------------------------

# The pages take as long as half of the tests and need one process: they are built beside all the others.
check: $(STAMPS)/dev $(STAMPS)/docs
	@$(MAKE) --jobs=2 docs one-by-one
	@echo "make check: all green"

one-by-one:
	@$(MAKE) --jobs=1 format-check lint types imports kernel-gate prove long-test mutate

format-check: $(STAMPS)/dev
	$(BIN)/ruff format --check $(SOURCES)

lint: $(STAMPS)/dev
	$(BIN)/ruff check $(SOURCES)

types: $(STAMPS)/dev
	$(BIN)/mypy

imports: $(STAMPS)/dev
	$(BIN)/lint-imports

# With the system's bare interpreter on purpose: neither the gate nor the kernel may need anything installed.
kernel-gate: $(STAMPS)/venv
	$(BIN)/python -I -S tests/kernel_gate.py

long-test: $(STAMPS)/dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not nightly"

# A hundred random networks for each kind of claim, a thousand mutants for each kind of statement, every search afresh.
nightly: $(STAMPS)/dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m nightly

mutate: $(STAMPS)/dev
	$(BIN)/python tests/mutate.py

docs: $(STAMPS)/docs
	$(BIN)/python -m sphinx -n -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python docs/offline.py docs/_build/html

# ---------------------------------------------------------------------------------------------------------------------

format: $(STAMPS)/dev
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

clean:
	rm -rf docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
