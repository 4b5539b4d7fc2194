# Every target works without the network once `make setup` has run.
# Locked files are installed with --no-deps: they name everything, and pip, looking for what `name[extra]` needs, would
# take a newer version that has no hash there. `pip check` tells whether they do name everything.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# those we are measured against have an environment of their own and are no dependency
PEERS := $(VENV)/peers/installed
PYTHON ?= python3
LOCKED := requirements/build.txt requirements/test.txt
# what the Dockerfile installs: kept as wheels, so that a test can run its steps without the network
IMAGE := requirements/build.txt requirements/runtime.txt
# how `make lock` asks for it; no address of an index is kept
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"
UV_VERSION := 0.9
SBOM ?= sbom.cdx.json
IN_PARALLEL := $(BIN)/pytest --numprocesses auto --dist loadgroup --max-worker-restart 0

.PHONY: help setup format lint test coverage thorough demo soak lock sbom clean bench mutation docs population

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/installed  ## a virtual environment with exactly the locked versions

$(VENV)/installed: $(LOCKED) requirements/runtime.txt pyproject.toml Makefile
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		$(LOCKED:%=--requirement %)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	$(BIN)/python -m pip --disable-pip-version-check check
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
		$(IMAGE:%=--requirement %) --dest $(VENV)/wheels
	touch $@

format: setup  ## writes the code in the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup  ## style, format, types, layers; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## sets everything up and runs all checks and tests
	$(IN_PARALLEL) --durations=10

coverage: setup  ## the tests once more, slower: which lines and branches they reach; 90 % is the least
	$(IN_PARALLEL) --quiet --cov --cov-report=term --cov-fail-under=90

thorough: setup  ## ten times the examples and every combination, new ones in each run: an hour or more
	IMSR_TESTS=thorough $(IN_PARALLEL) --hypothesis-show-statistics

demo: setup  ## a referral for each demo patient, the cards printed; then the service stays up
	$(BIN)/imsr-cds demo

bench: setup $(PEERS)  ## what an answer costs beside a bare endpoint and HealthChain; writes docs/benchmarks.md
	$(BIN)/python -m tools.bench --peers $(VENV)/peers/bin/python --write

$(PEERS): requirements/bench.txt
	test -x $(VENV)/peers/bin/python || $(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--requirement requirements/bench.txt
	touch $@

mutation: setup  ## every fault that can be put into the rule and its mapping: some hours; lists what no test notices
	$(BIN)/python -m tools.mutation.run --all

population: setup  ## 10,000 made-up patients: an export, every referral in it judged, the report opened
	rm -rf build/population
	$(BIN)/imsr-cds population synth --patients 10000 --out build/population/export
	$(BIN)/imsr-cds population run build/population/export --out build/population/run --readings all
	-$(BIN)/python -m webbrowser -t "file://$(CURDIR)/build/population/run/report.html"

docs: setup  ## writes into the documents what the code says: settings, exit codes, closed lists
	$(BIN)/python -m tools.generate_docs

soak: setup  ## overload, then 20 minutes at a steady rate; not part of the checks
	$(BIN)/python -m tools.soak --burst 60 --steady 1200

lock:  ## newest allowed versions into requirements/, with hashes (needs the network)
	folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && $(PYTHON) -m venv "$$folder" && \
	"$$folder/bin/pip" install --quiet --disable-pip-version-check "uv~=$(UV_VERSION)" && \
	"$$folder/bin/uv" pip compile $(LOCK) --upgrade -o requirements/runtime.txt pyproject.toml && \
	"$$folder/bin/uv" pip compile $(LOCK) --upgrade -o requirements/test.txt \
		--constraint requirements/runtime.txt --extra test pyproject.toml && \
	"$$folder/bin/uv" pip compile $(LOCK) --upgrade -o requirements/build.txt --group build && \
	"$$folder/bin/uv" pip compile $(LOCK) --upgrade -o requirements/bench.txt requirements/bench.in

sbom: setup  ## sbom.cdx.json: what the image is made of, as CycloneDX, from the locked wheels
	folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && $(PYTHON) -m venv --without-pip "$$folder" && \
	$(BIN)/python -m pip --python "$$folder/bin/python" install --quiet --disable-pip-version-check \
		--no-index --find-links $(VENV)/wheels --require-hashes --no-deps \
		--requirement requirements/runtime.txt && \
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --validate \
		--output-file $(SBOM) "$$folder/bin/python"

clean:  ## removes what was built or installed here
	rm -rf $(VENV) build dist tests/hapi_server/target .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache .coverage
