PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

.venv/made: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -c constraints.txt torch
	$(BIN)/pip install -q -c constraints.txt -e '.[test,lint]'
	touch $@

demo: .venv/made  ## environment, install, index seeds/, one search
	$(BIN)/plait index seeds/articles -i .plait
	$(BIN)/plait search "peace treaty 1956 declaration" -i .plait -k 5

test: .venv/made  ## environment, install, all tests with coverage
	$(BIN)/pytest --cov --cov-report=term

lint: .venv/made  ## formatting, style, types
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:  ## remove the environment and the demo index
	rm -rf .venv .plait

.PHONY: help demo test lint clean
