# The habits of this project. `make` alone lists them.
#
# One environment, .venv, serves all but bench-peers and test-haystack, which have their own; all
# are brought up to date when pyproject.toml or constraints.txt changed. PYTHON chooses the
# interpreter: make test PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
NEEDS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install demo test test-thorough lint format test-haystack bench \
	bench-quality bench-peers docs clean types

help: ## list these targets
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## make an environment in .venv, with plait in it

demo: .venv/installed ## install, index the seed articles, ask one question
	$(BIN)/plait index seeds/articles
	$(BIN)/plait search "peace treaty 1956 declaration"

test: .venv/dev ## install, run the tests, fail under 95 % coverage of index/ and search/
	$(BIN)/python -m pytest --cov --cov-fail-under=95

test-thorough: .venv/dev ## run the tests that take minutes, and that `make test` leaves out
	$(BIN)/python -m pytest -m thorough

test-haystack: .venv-haystack/installed ## run Haystack's own tests of filters
	.venv-haystack/bin/python -m pytest benchmarks/haystack_filters.py

lint: .venv/dev ## style, format, types (two checkers), direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

format: .venv/dev ## rewrite the code in the project's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: .venv/installed ## measure speed
	$(BIN)/python benchmarks/keyword.py
	$(BIN)/python benchmarks/encoding.py

bench-quality: .venv/installed ## measure ranking on public collections (indexes are kept)
	$(BIN)/python benchmarks/quality.py
	$(BIN)/python benchmarks/exact.py
	$(BIN)/python benchmarks/spelling.py
	$(BIN)/python benchmarks/answerable.py
	$(BIN)/python benchmarks/adaptive_weight.py

bench-peers: .venv-bench/installed ## compare with other libraries; PEERS=--quick tries it out
	.venv-bench/bin/python benchmarks/peers.py $(PEERS)

docs: .venv/docs ## build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

clean: ## remove the environment and everything that was built
	rm -rf .venv .venv-bench .venv-haystack .plait .plait-bench site build dist *.egg-info
	rm -rf .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# torch by itself and first, so that the build of it that constraints.txt
# describes is settled before anything else asks for one.
.venv/installed: $(NEEDS)
	$(PYTHON) -m venv .venv
	$(PIP) torch
	$(PIP) --editable .
	@$(MAKE) --no-print-directory types
	@touch $@

# pip's editable install finds plait by an import hook, which type checkers cannot run. This
# line leads them, in a program anywhere, to the links in typings/ (docs/adr/0001).
types:
	@$(BIN)/python -c 'import pathlib, sys, sysconfig; \
	pathlib.Path(sysconfig.get_path("purelib"), "plait-types.pth").write_text(sys.argv[1] + "\n")' \
	"$(CURDIR)/typings"

.venv/dev: .venv/installed
	$(PIP) --editable '.[dev]'
	@touch $@

.venv/docs: .venv/installed
	$(PIP) --editable '.[docs]'
	@touch $@

.venv-bench/installed: BIN := .venv-bench/bin
.venv-bench/installed: $(NEEDS)
	$(PYTHON) -m venv .venv-bench
	$(PIP) torch
	$(PIP) --editable '.[bench]'
	@touch $@

.venv-haystack/installed: BIN := .venv-haystack/bin
.venv-haystack/installed: $(NEEDS)
	$(PYTHON) -m venv .venv-haystack
	$(PIP) torch
	$(PIP) --editable '.[test]' 'haystack-ai>=3'
	@touch $@
