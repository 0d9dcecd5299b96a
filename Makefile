# Two commands matter: `make demo` and `make test`. Each prints what it does; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
PY := .venv/bin/python
TIMED := $(PY) tools/timed.py
PYTEST := $(PY) -m pytest -q --durations=5 -n 2 --dist loadfile
# Parts that wait for servers, browsers and killed processes leave the processors idle for a while: one process more.
WAITING := $(PYTEST) -n 3
# The files that hold tests of one mark: without this each part would first read all the others' tests, for ten seconds.
MARKED = $(shell grep -rlE 'mark\.$(1)\b' --include='test_*.py' tests)
PLAIN := not db and not browser and not fault and not slow
# Where safety hangs on it every branch is held to a test at each run; the other rooms' share is measured by `make coverage`.
STRICT := $(foreach room,policy disclosure audit vault kit/crypto,--cov=hub/$(room)) --cov-append --cov-report=
STRICT_TESTS := $(foreach room,policy disclosure audit vault kit agreements,tests/unit/$(room)) tests/policies \
  tests/property/test_policy_floor.py tests/property/test_disclosure_truths.py tests/property/test_vault_sealing.py \
  tests/unit/views/test_views_overlaps.py tests/unit/intake/test_intake_workbooks.py
COVER ?=
# Compiled modules are kept: without them every process of a test compiles some 1,400 files, for three seconds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo install install-test test check unit integration db browser faults coverage bench test-long fix docs lock

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: install  ## the demo partnership on 127.0.0.1:8000
	.venv/bin/hub demo $(ARGS)

install:
	@$(PYTHON) tools/bootstrap.py base

install-test:
	@start=$$(date +%s); $(PYTHON) tools/bootstrap.py test && $(PYTHON) tools/system_packages.py && $(PY) tools/node_packages.py \
	  && echo "[install: $$(( $$(date +%s) - start )) s]"

test: install-test  ## everything CI runs, the time of each part printed
	@rm -f .coverage
	@$(TIMED) checks $(MAKE) --no-print-directory check
	@$(TIMED) unit $(MAKE) --no-print-directory unit
	@$(TIMED) integration $(MAKE) --no-print-directory integration
	@$(TIMED) db $(MAKE) --no-print-directory db
	@$(TIMED) browser $(MAKE) --no-print-directory browser
	@$(TIMED) faults $(MAKE) --no-print-directory faults
	@$(TIMED) branches $(PY) tools/coverage_bars.py --strict

check:  ## format, lint, types, import contracts, generated files
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) tools/reference.py --check

unit:  ## unit, property, specification, policy and architecture tests
	$(PYTEST) -m "$(PLAIN)" $(STRICT_TESTS) $(or $(COVER),$(STRICT))
	$(PYTEST) -m "$(PLAIN)" tests/unit tests/property tests/spec tests/architecture \
	  $(addprefix --ignore=,$(STRICT_TESTS)) $(COVER)

integration:  ## the rooms together: the tour on real files, one answer through every door, foreign identity providers
	$(WAITING) -m "$(PLAIN)" tests/integration $(COVER)

db:  ## tests that run on SQLite and on PostgreSQL
	$(WAITING) -m "db and not slow" $(call MARKED,db) $(or $(COVER),$(STRICT))

browser:  ## tests in a real headless Chromium
	$(WAITING) -m "browser and not slow" $(call MARKED,browser) $(COVER)

faults:  ## tests that kill processes and look at what is left
	$(WAITING) -m "fault and not slow" $(call MARKED,fault) $(COVER)

coverage: install-test  ## the bars over all parts: 100 % of branches for policy, disclosure, audit, vault and kit.crypto, 90 % elsewhere
	@rm -f .coverage
	@$(MAKE) --no-print-directory unit integration db browser faults COVER="--cov --cov-append --cov-report="
	$(PY) tools/coverage_bars.py

test-long: install-test  ## many seeds, full matrices, everything on PostgreSQL, coverage of all rooms; in parts
	$(MAKE) --no-print-directory coverage
	$(PYTEST) -m "slow"
	$(PYTEST) --database postgresql -m "$(PLAIN) and not sqlite" tests --ignore tests/unit/cli --ignore tests/e2e
	$(PY) tools/wheel_check.py

bench: install-test  ## named measurements against floors; ONLY=intake runs one part
	$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY)) $(ARGS)

fix:  ## format and mend what can be mended by itself
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

docs:  ## write the generated reference
	$(PY) tools/reference.py

lock:  ## renew the hashed locks (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 -o requirements.lock -q
	uv pip compile pyproject.toml --extra test --extra postgres --extra analysis --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 -o requirements-test.lock -q
