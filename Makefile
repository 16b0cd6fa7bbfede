# Songloom: `make up` runs it, `make test` is what CI runs, `make help` lists the rest.

# The first Python ≥ 3.11 that can make a virtual environment; else any ≥ 3.11, which then says what it lacks.
NAMES := python3 python3.14 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
COMPLETE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
FIND = for check in '$(COMPLETE)' '$(NEW_ENOUGH)'; do for name in $(NAMES); do \
	if $$name -c "$$check" >/dev/null 2>&1; then echo $$name; exit; fi; done; done
PYTHON ?= $(shell $(FIND))
RUN := .venv/bin/python
TRAINING := tests/core/score/neural/training
ARGS ?=

# Each program that is started would compile every module anew: half of the time of `make test`.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up setup test test-browser test-training test-jax test-tensorflow lint pages check peers bench mutants lock wheel words course learn python run-set dev-set train-set tensorflow-set system

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

up: run-set ## install what is needed, then start server and worker; ARGS="--port 9000" goes to `songloom up`
	@exec $(RUN) -m songloom up $(ARGS)

setup: dev-set ## .venv with the run time, every extra but [train] and [tensorflow], and the development tools

# Two at a time where one waits for a network or a disk while the other works.
AT_ONCE := --no-print-directory -j 2 --output-sync

test: python ## all that CI runs: format, lint, types, import contracts, tests
	@$(MAKE) $(AT_ONCE) dev-set train-set
	@$(MAKE) $(AT_ONCE) tensorflow-set system lint
	$(RUN) -m tests.matrix $(ARGS)
	@$(MAKE) --no-print-directory test-browser
	@$(MAKE) $(AT_ONCE) test-training

test-browser:
	$(RUN) -m pytest tests/e2e -m browser -n 2 $(ARGS)

test-training: test-jax test-tensorflow

test-jax:
	KERAS_BACKEND=jax .venv-train/bin/python -m pytest $(TRAINING)

test-tensorflow:
	KERAS_BACKEND=tensorflow .venv-tensorflow/bin/python -m pytest $(TRAINING)/test_keras.py tests/course/running

train: train-set ## train the melody model (Keras on JAX); ARGS="--help" says how
	.venv-train/bin/python -m songloom.core.score.neural.train $(ARGS)

course: tensorflow-set ## an environment for the course in docs/learn, TensorFlow and all
	@echo "Ready. Go on with docs/learn/en/README.md (中文：docs/learn/zh/README.md)."

learn: dev-set ## write the notebooks of docs/learn anew from docs/learn/source
	$(RUN) docs/learn/lessons.py

pages: dev-set ## write the tables of docs/user that come from the code anew
	$(RUN) docs/edit_tables.py

lint: dev-set ## format, lint, types, import contracts
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

check: lint ## the fast part of `make test`
	$(RUN) -m pytest -n 2 -m 'not slow and not browser and not real' $(ARGS)

peers: dev-set ## what the benchmarks compare with, into .venv; one that cannot be had is left out
	@grep -v '^#' requirements/peers.in | while read -r peer; do \
		$(RUN) -m pip install -q --prefer-binary "$$peer" || echo "without $$peer"; done

bench: peers ## every benchmark, one after the other; see benchmarks/README.md
	@for bench in benchmarks/bench_*.py; do echo "== $$bench"; $(RUN) "$$bench" || exit 1; done

mutants: dev-set ## plant 100 seeded faults; the tests must notice at least 80
	$(RUN) benchmarks/mutants.py $(ARGS)

wheel: dev-set ## dist/songloom-*.whl
	$(RUN) -m build --wheel --no-isolation

lock: dev-set ## write requirements/*.txt anew from pyproject.toml and requirements/*.in
	$(RUN) requirements/lock.py $(ARGS)

words: dev-set ## gather every visible string into locale/ and compile it (needs GNU gettext)
	cd src/songloom && ../../$(RUN) -m django makemessages -l zh_Hans --no-location --no-obsolete --no-wrap
	cd src/songloom && ../../$(RUN) -m django compilemessages -l zh_Hans

run-set: python
	@"$(PYTHON)" requirements/install.py run

dev-set: python
	@"$(PYTHON)" requirements/install.py dev

train-set: python
	@"$(PYTHON)" requirements/install.py train

tensorflow-set: python
	@"$(PYTHON)" requirements/install.py tensorflow

system: dev-set
	@$(RUN) requirements/system.py

python:
	@test -n "$(PYTHON)" || { echo "Songloom needs Python 3.11 or newer (none of: $(NAMES))."; \
	echo "On Debian and Ubuntu: apt-get install python3 python3-venv"; exit 1; }
