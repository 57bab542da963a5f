# Two commands do everything on a machine with Python 3.9+, make and git: `make demo`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint format bench accuracy conformance wheel zipapp docs clean help

help:
	@echo "make demo         install into $(VENV) and run the main job on a made-up instance"
	@echo "make test         install what the tests need and run them all"
	@echo "make lint         formatting, lint rules and types"
	@echo "make bench        speed against other scanners, as ratios from one run"
	@echo "make accuracy     what is found in labelled cases and in clean text: make accuracy CASES=folder"
	@echo "make conformance  the chains against the real SDKs: make conformance N=2000 SEED=7"
	@echo "make wheel        build dist/*.whl"
	@echo "make zipapp       build dist/credlint.pyz, one file for hosts with nothing but Python"

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=23'
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) --editable '.[test]' build
	@# Two more judges of the chain; what cannot be had is told by the tests that skip without.
	@$(PIP) --editable '.[conformance]' || echo "pip gave no pyarrow or awscrt; C++ and the CRT are not compared"
	@# Microsoft's SARIF validator is a further judge where npm is at hand; its tests skip without.
	@if command -v npm >/dev/null; then \
	  npm install --silent --no-fund --no-audit --prefix $(VENV)/node \
	    @microsoft/sarif-multitool-linux@5.7.0 || echo "npm gave no SARIF validator; its tests will skip"; \
	fi
	@touch $@

$(VENV)/installed-lint: $(VENV)/installed
	$(PIP) --editable '.[lint]'
	@touch $@

demo: $(VENV)/installed
	@$(BIN)/credlint demo --directory credlint-demo

test: $(VENV)/installed-test
	PATH="$(CURDIR)/$(VENV)/node/node_modules/.bin:$$PATH" $(BIN)/python -m pytest -n 2 -rs $(ARGS)

# Nothing newer than Python 3.9. tomllib and compression.zstd are imported behind a test; what else is left
# out are variables called "file", which vermin takes for Python 2's. A file that it finds at odds
# with itself it does not judge, so that fails too.
VERMIN = $(BIN)/vermin --target=3.9- --no-tips --violations --exclude tomllib --exclude compression --exclude compression.zstd \
  --exclude file --exclude file.encoding --exclude file.errors --exclude file.next
lint: $(VENV)/installed-lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@told=$$($(VERMIN) credlint tools bench) \
	  && case "$$told" in *"File with incompatible"*) false;; esac \
	  || { echo "$$told"; exit 1; }

format: $(VENV)/installed-lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

N ?= 1000
SEED ?= 7
conformance: $(VENV)/installed-test
	$(BIN)/python -m tests.conformance.run --sdk all --count $(N) --seed $(SEED)

bench: $(VENV)/installed
	$(BIN)/python -m bench

CASES ?= ../shared/cases
accuracy: $(VENV)/installed
	$(BIN)/python -m bench.accuracy --cases $(CASES) $(ARGS)

wheel: $(VENV)/installed-test
	rm -f dist/*.whl
	$(BIN)/python -m build --wheel --outdir dist .

zipapp: $(VENV)/installed
	$(BIN)/python -m tools.zipapp --output dist/credlint.pyz

docs: $(VENV)/installed
	$(BIN)/credlint rules --docs docs/rules

clean:
	rm -rf $(VENV) dist build credlint-demo .bench
