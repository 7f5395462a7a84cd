# make            build results/paper/ and print its verdicts and claims
# make test       unit, physics and workflow tests
# make help       everything else
PYTHON ?= python3
CORES ?= all
CONFIG ?= config/config.yaml
REFERENCE ?= tests/references/paper.csv

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CHECK = $(BIN)/python -m nonhermitian_hartree.commands.check_config
# NAME, of the run, is read by the program that reads the rest of CONFIG (one file, or several of which the later win)
READ_NAME = name=$$($(CHECK) --name $(CONFIG)) || exit $$?

# Neither pip nor Snakemake quotes every path that it hands to a shell. `pwd` keeps this one out of make's own quoting.
ifneq ($(shell pwd | grep '[][[:space:]"'"'"'`$$\\&;()<>|*?{}]'),)
$(error This folder's path has a space, a quote or another character that a shell takes apart: $(CURDIR). Move it to a path without)
endif

# Where the home cannot be written, Snakemake and Matplotlib keep their caches here.
ifneq ($(shell test -w "$${XDG_CACHE_HOME:-$$HOME}" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache
export MPLCONFIGDIR := $(XDG_CACHE_HOME)/matplotlib
endif

# There is one environment for all rules, which has this package in it: requirements.lock, or environment.yml for conda.
# A conda directive for each rule, which this lint asks for, would make environments without the package.
EXEMPT_LINT := Specify a conda environment or container for each rule

.PHONY: all config beyond lattice published gallery config-docs docs env test test-all test-versions benchmark report crate verify prune lint lock clean help adversary

all: env ## build every table, figure and claim of CONFIG, then say what was found
	@$(READ_NAME); \
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) --configfile $(CONFIG) --logger oneline; status=$$?; \
	$(BIN)/python -m nonhermitian_hartree.commands.summarise "results/$$name" && exit $$status

config: env ## check CONFIG (one file, or several of which the later win) and print it with all defaults and grids written out
	@$(CHECK) --show $(CONFIG)

beyond: ## the same for config/beyond.yaml: results that are not in the paper
	@$(MAKE) --no-print-directory all CONFIG=config/beyond.yaml

lattice: ## the same for config/lattice.yaml: many modes, on lattices and grids
	@$(MAKE) --no-print-directory all CONFIG=config/lattice.yaml

gallery: env ## build both configurations, and from their figures docs/gallery.md
	@$(MAKE) --no-print-directory all CONFIG=config/config.yaml
	@$(MAKE) --no-print-directory beyond
	$(BIN)/python -m docs.make_gallery config/config.yaml config/beyond.yaml

published: env ## verdicts on models of the literature: build config/published.yaml, and from it docs/published.md
	@$(MAKE) --no-print-directory all CONFIG=config/published.yaml
	$(BIN)/python -m docs.make_published config/published.yaml results/published

config-docs: env ## write the tables of config/README.md and the JSON schema anew, from the typed configuration
	$(BIN)/python -m docs.make_config_tables

# What the site needs goes into the same environment: its lock is constrained by requirements.lock.
docs: export OMP_NUM_THREADS := 1
docs: env ## site/: the documentation with search and equations, for a browser without a network
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r docs/requirements.lock
	$(BIN)/python -m sphinx --quiet --fail-on-warning --fresh-env -c docs -d build/doctrees . site
	@echo "site/index.html"

env: $(STAMP) ## create .venv from requirements.lock and install the package, editable

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

# A process for each core takes one file of tests after the other; each computes with one thread.
TESTS := OMP_NUM_THREADS=1 PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest \
  --numprocesses logical --dist loadfile --no-loadscope-reorder

test: env ## unit, physics and workflow tests
	$(TESTS) -m "not cluster and not browser"

test-all: env ## the same and those on a real Slurm and in Chromium (Debian: slurmctld slurmd slurm-client munge chromium)
	$(TESTS)

# What is asked of the versions in pyproject.toml is tried here. Without the plugin for Slurm, which asks for newer ones.
RESOLUTION ?= lowest-direct
VERSIONS := .venv-$(RESOLUTION)
test-versions: ## unit, physics and workflow tests with the lowest versions allowed, or RESOLUTION=highest (needs uv)
	uv venv --quiet --clear --seed --python $(PYTHON) $(VERSIONS)
	uv pip install --quiet --python $(VERSIONS) --requirement build-requirements.in
	uv pip install --quiet --python $(VERSIONS) --resolution $(RESOLUTION) --editable '.[workflow,dev]'
	touch $(VERSIONS)/.installed
	$(MAKE) --no-print-directory test VENV=$(VERSIONS)

# QuTiP goes into the same environment: its lock is constrained by requirements.lock, so that nothing there changes.
benchmark: export OMP_NUM_THREADS := 1
benchmark: env ## measure the tables and pictures of docs/benchmarks.md anew (a few minutes of a quiet machine)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.lock
	$(BIN)/python -m benchmarks.non_commuting
	$(BIN)/python -m benchmarks.qutrit
	$(BIN)/python -m benchmarks.diagonal
	$(BIN)/python -m benchmarks.rebuild_time

adversary: export OMP_NUM_THREADS := 1
adversary: env ## try every engine on a thousand inputs made to break it, against proved digits (ten minutes)
	$(BIN)/python -m benchmarks.adversary

report: env ## results/NAME/report.html: verdicts, figures, claims and provenance on one page that needs no network
	@$(READ_NAME); export PATH="$(CURDIR)/$(BIN):$$PATH"; set -e; \
	snakemake report --cores $(CORES) --configfile $(CONFIG) --logger oneline; \
	snakemake report --cores $(CORES) --configfile $(CONFIG) --logger oneline \
	  --report "results/$$name/workflow_report.html"; \
	echo "report: results/$$name/report.html"; \
	echo "the same in Snakemake's report, with the graph and run times of jobs: results/$$name/workflow_report.html"

crate: env ## results/NAME/crate.zip: a finished run as an RO-Crate, described for an archive of data such as Zenodo
	@$(BIN)/nonhermitian-hartree crate $(CONFIG)

verify: env ## build CONFIG afresh, elsewhere, and name every difference from REFERENCE (12 digits)
	$(READ_NAME); fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) --configfile $(abspath $(CONFIG)) --directory "$$fresh" \
	  --quiet all && \
	$(BIN)/python -m nonhermitian_hartree.commands.verify_results "$$fresh/results/$$name" $(REFERENCE)

prune: env ## list results of CONFIG's run that it no longer names; APPLY=yes removes them (not while a build runs)
	$(READ_NAME); untracked=$$(PATH="$(CURDIR)/$(BIN):$$PATH" \
	  snakemake all report --configfile $(CONFIG) --list-untracked --quiet) && \
	printf '%s\n' "$$untracked" | \
	$(BIN)/python -m nonhermitian_hartree.commands.prune_results "results/$$name" $(if $(filter yes,$(APPLY)),--remove)

lint: env ## ruff, mypy, snakefmt and snakemake --lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow tests/workflow/module_use
	lints=$$(PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --lint 2>&1); \
	printf '%s\n' "$$lints" | grep -q '$(EXEMPT_LINT)' && \
	! printf '%s\n' "$$lints" | grep '^    \* ' | grep -v '$(EXEMPT_LINT)'

LOCK := uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: env ## write all lock files anew, from pyproject.toml and the files requirements.in (needs uv on the PATH)
	$(LOCK) --extra workflow --extra dev --extra slurm --output-file requirements.lock pyproject.toml build-requirements.in
	$(LOCK) --constraint requirements.lock --output-file benchmarks/requirements.lock benchmarks/requirements.in
	$(LOCK) --constraint requirements.lock --output-file docs/requirements.lock docs/requirements.in

clean: ## remove results/, site/ and what the tools leave; the environment stays
	rm -rf results site build/doctrees .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)
