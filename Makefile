# Everything a developer does with this checkout. Each target first makes a virtual
# environment from requirements-dev.lock, if there is none or the lock is newer.
#
#   make demo                                 the bot at work, without accounts or keys
#   make check                                all that has to pass before a commit
#   make test PYTHON=python3.13 VENV=.venv-3.13    beside the usual environment

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=

# Its own interpreter by path: nothing depends on an activated environment.
BIN := $(VENV)/bin
READY := $(VENV)/.installed-from-lock
LOCK ?= requirements-dev.lock
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Bytecode is kept: else each worker, and each process that a test begins, compiles
# everything anew, which is half of what some of them do.
unexport PYTHONDONTWRITEBYTECODE

# Many tests wait for processes: with more workers than processors none is idle. Each
# worker collects all tests first. WORKERS=2 on the command line wins.
test: WORKERS ?= 6
check: WORKERS ?= 4
PYTEST_IN_PARALLEL = pytest --numprocesses $(WORKERS) --dist load --maxschedchunk 1
# Also what `make test` leaves out; see tests/README.md.
THOROUGHLY = -m "not soak"

.DEFAULT_GOAL := check
.PHONY: demo test check format bench soak oldest screenshots docs wheels lock clean

demo: $(READY)
	$(BIN)/python -m bot demo $(DEMO_ARGS)

test: $(READY)
	$(BIN)/python -m $(PYTEST_IN_PARALLEL) $(PYTEST_ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/coverage erase
	$(BIN)/coverage run -m $(PYTEST_IN_PARALLEL) $(THOROUGHLY) $(PYTEST_ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

format: $(READY)
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

soak: $(READY)
	$(BIN)/python -m pytest -m soak -o timeout=0 $(PYTEST_ARGS)

# The tests, with today's tools, on the oldest libraries that pyproject.toml promises.
oldest: $(READY)
	mkdir -p build
	$(UV_COMPILE) pyproject.toml --extra media --extra postgresql --resolution lowest-direct \
		-o build/oldest.txt
	$(UV_COMPILE) pyproject.toml --extra dev -c build/oldest.txt -o build/oldest.lock
	$(MAKE) test VENV=.venv-oldest LOCK=build/oldest.lock PYTEST_ARGS='$(THOROUGHLY)'

# The pictures of the documentation. Needs Chromium on this machine.
screenshots: $(READY)
	$(BIN)/python -m tests.page.pictures docs/images

# The documentation as a site, in build/docs/site. A broken link fails.
docs: $(READY)
	$(BIN)/python docs/site.py build/docs

# What a release holds: both wheels, and the sources of the bot, in dist.
wheels: $(READY)
	rm -rf dist build demo/build
	$(BIN)/uv build --quiet --no-build-isolation --offline --python $(BIN)/python --out-dir dist .
	$(BIN)/uv build --quiet --no-build-isolation --offline --python $(BIN)/python --out-dir dist --wheel demo

# What is locked stays as it is where it still fits; LOCK_ARGS=--upgrade takes the newest.
lock: $(READY)
	printf 'setuptools==80.9.0\n' | $(UV_COMPILE) - -o requirements-build.lock
	$(UV_COMPILE) $(LOCK_ARGS) pyproject.toml --extra media --extra postgresql \
		-o requirements.lock
	$(UV_COMPILE) $(LOCK_ARGS) pyproject.toml --extra dev -o requirements-dev.lock

UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header \
	--python-version 3.11

# `data/`, `config.toml` and the lock files are somebody's work and stay.
clean:
	rm -rf $(VENV) build demo/build dist htmlcov *.egg-info .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# PYTHON may be too old (a distribution's python3): then a newer one beside it will do.
$(READY): $(LOCK)
	@set -e; if [ ! -x $(BIN)/python ]; then \
		for python in $(PYTHON) python3.13 python3.12 python3.11 none; do \
			$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
				2>/dev/null && break; \
		done; \
		if [ $$python = none ]; then \
			echo 'Clapper needs Python 3.11 or newer: make PYTHON=/path/to/python3.11' >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$python ..."; \
		$$python -m venv $(VENV); \
	fi
	$(PIP) install --require-hashes -r $(LOCK)
	$(PIP) install --no-deps --no-build-isolation --no-index \
		--editable . --editable ./demo
	@touch $@
