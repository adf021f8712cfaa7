# The logic is in rlsproject/prepare, rlsproject/run and the tests.
PYTHON ?= python3
VENV := .venv/bin
# Files of tests, in their order; most of them wait most of the time. ARGS=-n0: one after the other.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: run setup test check docs bench conformance faults soak fuzz audit python

run: setup
	@exec $(VENV)/python -m rlsproject.run

setup: python
	@$(PYTHON) -m rlsproject.prepare

test: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@$(VENV)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@$(VENV)/python -m pytest tests/quality

docs: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@$(VENV)/python -m sphinx --fail-on-warning --nitpicky --quiet docs var/docs
	@echo "var/docs/index.html"

conformance: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@$(VENV)/python -m pytest -m req -q -r fE -p tests.conformance.recorder $(ARGS)

faults: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@FAULTS=long $(VENV)/python -m pytest tests/faults $(ARGS)

soak: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@$(VENV)/python -m tests.faults.soak $(ARGS)

fuzz: python
	@$(PYTHON) -m rlsproject.prepare --tests
	@$(VENV)/python -m pip install --quiet --requirement requirements-fuzz.txt
	@$(VENV)/python -m tests.fuzz $(ARGS)
	@$(if $(ARGS),,$(VENV)/python -m pytest tests/pure --hypothesis-profile=search)

audit: setup
	@$(VENV)/python -m pip install --quiet --requirement requirements-audit.txt
	@$(VENV)/python -m pip_audit --strict --requirement requirements.txt --requirement requirements-fast.txt $(ARGS)

bench: setup
	@$(VENV)/python -m pip install --quiet --requirement bench/requirements.txt
	@$(VENV)/python -m bench $(or $(ARGS),compare)

python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: sudo apt install python3 python3-venv"; exit 1; }
