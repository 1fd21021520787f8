# Everything that is done with Dogwatch's sources; `make help` lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Byte code is kept, whatever the shell says: compiling what a process imports takes longer than most tests.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PHONE_VENV := .venv-3.12
PHONE_INSTALLED := $(PHONE_VENV)/.installed
PHONE_MSGSPEC := 0.21.1
ON_PHONES := tests/shared tests/mobile_app
ENDLESS := -o timeout=0 -o faulthandler_timeout=0
IS_FIT := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

.PHONY: help setup demo check format test all-tests test-packages test-phone-python planted soak bench screenshots lock licences advisories clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(INSTALLED) ## install everything into .venv; done at once when nothing has changed

demo: $(INSTALLED) ## a believable account to try, with the app; RESET=1 starts over, HOST and PORT choose where
	@exec $(BIN)/dogwatch demo

check: $(INSTALLED) ## format, lint, types, import order
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/basedpyright --pythonpath $(BIN)/python
	@PYTHONPATH=mobile_app/src $(BIN)/lint-imports --no-logo

format: $(INSTALLED) ## put the sources into their format
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

test: $(INSTALLED) ## every test that ends within minutes, on SQLite and PostgreSQL; says what it took of the CPU
	@$(BIN)/python -m tests.kit.cpu $(MAKE) all-tests

all-tests: $(INSTALLED) test-packages test-phone-python
	@$(BIN)/pytest -n 2 --dist worksteal

test-packages: $(INSTALLED)
	@$(BIN)/python -m tests.kit.needs

soak: $(INSTALLED) test-packages ## the long runs; seeds are printed
	@SOAK_EXAMPLES=$${SOAK_EXAMPLES:-20000} $(BIN)/pytest -q -s -m soak $(ENDLESS)
	@SOAK_DUE_ROWS=$${SOAK_DUE_ROWS:-100000} SOAK_DUE_KILLS=$${SOAK_DUE_KILLS:-200} $(BIN)/pytest -q tests/chaos $(ENDLESS)
	@SOAK_CUTS=$${SOAK_CUTS:-4000} $(BIN)/pytest -q tests/ingest/test_power_cut.py $(ENDLESS)
	@$(BIN)/python -m tests.soak

planted: $(INSTALLED) test-packages ## plant bugs on a copy, one by one: what no test notices is named; ONLY=10.A9 takes some
	@$(BIN)/python -m tests.planted -j 2 $(ONLY)

bench: $(INSTALLED) test-packages ## measure: ratios within one run
	@$(BIN)/python -m bench

screenshots: $(INSTALLED) test-packages ## take every screen of the app into build/screenshots, and contact sheets of them; DOCS=1 those of docs
	@PYTHONPATH=mobile_app/src $(BIN)/python -m tests.kit.screenshots $(if $(DOCS),--docs) $(SHOTS)

lock: $(INSTALLED) ## write requirements.lock again after pyproject.toml changed; UPGRADE=--upgrade takes newer ones
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) \
		pyproject.toml --output-file requirements.lock

licences: $(INSTALLED) ## write docs/third-party.md again after requirements.lock changed
	@$(BIN)/python -m tests.kit.licences

advisories: $(INSTALLED) ## ask for advisories about what is locked; says so when it could not look
	@$(BIN)/python -m tests.kit.advisories

clean: ## remove what set-up and tools made; the demo's data stays
	@rm -rf $(VENV) $(PHONE_VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info

# uv comes from the lock too, by its hash; where it can't reach the registry, pip with its own settings does the work.
define install
	awk '/^uv==/ {found = 1} found; found && !/\\$$/ {exit}' requirements.lock > $(1)/uv.txt
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(1)/uv.txt
	$(1)/bin/uv pip install --python $(1)/bin/python --require-hashes -r requirements.lock \
		|| $(1)/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
endef

$(INSTALLED): requirements.lock pyproject.toml
	@set -e; for each in $(PYTHON) python3 python3.13 python3.12 python3.11 ""; do \
		if [ -z "$$each" ]; then echo "Dogwatch needs Python 3.11 to 3.13; here is $$(python3 -V 2>&1 || true)" >&2; exit 1; fi; \
		if "$$each" -c '$(IS_FIT)' 2>/dev/null; then break; fi; \
	done; \
	echo "Installing into $(VENV) with $$("$$each" -V) …"; \
	[ -x $(BIN)/python ] || "$$each" -m venv $(VENV)
	@$(call install,$(VENV))
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/pytest --collect-only -q > /dev/null || true # once, so that not each of the first processes compiles it all
	@touch $@

# Phones bundle Python 3.12 or newer and an older msgspec: what they carry is tested on those too, properties briefly.
test-phone-python: $(INSTALLED)
	@python=$$(for each in python3.12 $$HOME/.pyenv/versions/3.12*/bin/python; do \
		"$$each" -c '$(IS_FIT)' 2>/dev/null && echo "$$each" && break; done); \
	if [ -n "$$python" ]; then $(MAKE) $(PHONE_INSTALLED) PYTHON_3_12="$$python" && \
		PROPERTY_SHARE=0.1 $(PHONE_VENV)/bin/python -m pytest -q -n 2 $(ON_PHONES); \
	else echo "not run: the phone's tests on Python 3.12, which is not here"; [ -z "$$DOGWATCH_REQUIRE_ALL" ]; fi

$(PHONE_INSTALLED): requirements.lock
	@[ -x $(PHONE_VENV)/bin/python ] || $(PYTHON_3_12) -m venv $(PHONE_VENV)
	@$(call install,$(PHONE_VENV))
	@$(PHONE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps msgspec==$(PHONE_MSGSPEC)
	@$(PHONE_VENV)/bin/python -m pytest --collect-only -q $(ON_PHONES) > /dev/null || true
	@touch $@
