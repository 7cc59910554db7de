# make demo | test | check | bench. PYTHON and VENV can be overridden.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
N ?= 100000

BIN := $(VENV)/bin
PIP := "$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

.PHONY: help demo test test-slow test-clients test-browser test-spacy check format bench lock clean

help:
	@echo "make demo         from a bare checkout to a served, seeded archive (PORT=$(PORT))"
	@echo "make test         from a bare checkout to the whole test suite"
	@echo "make check        ruff, mypy, import-linter, Django's checks, migrations"
	@echo "make bench        the benchmarks, as ratios (N=$(N) articles)"
	@echo "make test-slow    the long proofs, and all of hypothesis;  make test-browser: a real Chromium (needs npm)"
	@echo "make test-clients other people's programs against the API (needs npx)"
	@echo "make test-spacy   the optional engine, with spaCy installed beside the archive"
	@echo "make format       let ruff format;  make lock: lock the requirements anew"

$(VENV)/.made:
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "newsroom needs Python 3.11 or newer, $(PYTHON) is %d.%d: make ... PYTHON=python3.12" % v[:2])'
	@echo "Making the virtual environment $(VENV) ..."
	@"$(PYTHON)" -m venv "$(VENV)"
	@touch "$@"

$(VENV)/.run: $(VENV)/.made requirements.txt
	@echo "Installing what the archive needs ..."
	@$(PIP) -r requirements.txt
	@touch "$@"

$(VENV)/.dev: $(VENV)/.made requirements-dev.txt
	@echo "Installing what its tests need ..."
	@$(PIP) -r requirements-dev.txt
	@touch "$@"

$(VENV)/.spacy: $(VENV)/.dev requirements-spacy.txt
	@echo "Installing the optional engine ..."
	@$(PIP) -r requirements-spacy.txt
	@touch "$@"

demo: $(VENV)/.run
	@"$(BIN)/python" manage.py demo --port $(PORT) $(ARGS)

# What a suite compiles is kept for the next, whatever the environment says: each of its many
# processes would compile everything again.
test test-slow test-clients test-browser test-spacy: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.dev
	"$(BIN)/python" -m pytest -n 2 -m "not slow and not browser and not clients" $(ARGS)

test-slow: $(VENV)/.dev
	NEWSROOM_THOROUGH=1 "$(BIN)/python" -m pytest -n 2 \
		-m "slow or (hypothesis and not browser and not clients)" $(ARGS)

test-clients: $(VENV)/.dev
	"$(BIN)/python" -m pytest -m clients $(ARGS)

test-browser: $(VENV)/.dev
	"$(BIN)/python" -m pytest -n 2 --dist loadfile -m browser $(ARGS)

test-spacy: $(VENV)/.spacy
	"$(BIN)/python" -c "import spacy; print('spaCy', spacy.__version__)"
	"$(BIN)/python" -m pytest tests/articles/enrichment/test_spacy.py $(ARGS)

check: $(VENV)/.dev
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/lint-imports"
	DJANGO_DEBUG=1 "$(BIN)/python" manage.py check --database default
	DJANGO_DEBUG=1 "$(BIN)/python" manage.py makemigrations --check --dry-run
	ALLOWED_HOSTS=archive.example DJANGO_SECRET_KEY=$$("$(BIN)/python" -c 'import secrets; print(secrets.token_urlsafe(64))') \
		"$(BIN)/python" manage.py check --deploy --fail-level WARNING

format: $(VENV)/.dev
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

bench: $(VENV)/.dev
	"$(BIN)/python" -m tests.benchmarks $(N) $(ARGS)

lock:
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet requirements.in -o requirements.txt
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet requirements-dev.in -o requirements-dev.txt
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet requirements-spacy.in -o requirements-spacy.txt

clean:
	rm -rf "$(VENV)" .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
