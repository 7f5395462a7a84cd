# make            build results/paper/ and print its claims
# make test       unit, physics and workflow tests
PYTHON ?= python3
CORES ?= all
CONFIG ?= config/config.yaml

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NAME = $(shell sed -n 's/^name: *\([a-z0-9_]*\).*/\1/p' $(CONFIG))

.PHONY: all env test lint lock clean help

all: env ## build every table, figure and claim of CONFIG, then print the claims
	@$(BIN)/python -m nonhermitian_hartree.check_config $(CONFIG)
	@PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) --configfile $(CONFIG); status=$$?; \
	if [ -s results/$(NAME)/claims.csv ]; then \
	  $(BIN)/python -m nonhermitian_hartree.print_claims results/$(NAME)/claims.csv; fi; exit $$status

env: $(STAMP) ## create .venv from requirements.lock and install the package, editable

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

test: env ## unit, physics and workflow tests
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest

lint: env ## ruff, mypy, snakefmt and snakemake --lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --lint

lock: env ## write requirements.lock anew from pyproject.toml (needs uv on the PATH)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra dev --extra slurm --output-file requirements.lock pyproject.toml build-requirements.in

clean: ## remove results/ and what the tools leave; the environment stays
	rm -rf results .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)
