# Each target sets up its own environment; `make demo` on a fresh clone needs nothing but Python.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
SPARK := .venv/spark
YEARBOOK := $(BIN)/yearbook
PLACE := $(if $(HOME_DIR),--home "$(HOME_DIR)")

# Compiling every package anew with each command would take longer than the command
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo refresh ui check test spark lint docs bench bench-scale lock

help: ## these lines
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(STAMP) ## a warehouse from synthetic files
	$(YEARBOOK) demo $(PLACE)

refresh: $(STAMP) ## take in what is new: make refresh LANDING=... HOME_DIR=...
	$(YEARBOOK) refresh $(PLACE) $(if $(LANDING),--landing "$(LANDING)")

ui: $(STAMP) ## the Dagster UI on 127.0.0.1
	$(YEARBOOK) ui $(PLACE)

check: $(STAMP) ## under a minute: Python linted and typed, every test that is not slow
	$(PYTHON_LINT)
	$(BIN)/python -m pytest -n 2 --dist loadscope -q -m "not slow" --durations 5 --durations-min 2

test: $(STAMP) ## every test: warehouses are built, a browser is opened
	$(BIN)/python -m pytest -n 2 --dist loadscope -m "not spark"

spark: $(SPARK) ## Apache Spark as an engine: installs it, and runs its tests
	$(BIN)/python -c "from orchestration.engines import spark; spark.check()"
	$(BIN)/python -m pytest -m "$(or $(MARKED),spark)" --durations 5

lint: $(STAMP) ## Python and SQL: style, types (those of Windows too), which folder imports which
	$(PYTHON_LINT)
	$(BIN)/mypy --platform win32
	YEARBOOK_BUILD=:memory: $(BIN)/sqlfluff lint dbt_project

define PYTHON_LINT
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
endef

bench: $(STAMP) ## time and memory, as ratios to a baseline in the same run
	for script in bench/*.py; do $(BIN)/python $$script || exit; done

bench-scale: $(STAMP) ## rows of customs statistics by the million, as ratios (ROWS="1000000 10000000")
	$(BIN)/python bench/scale.py $(or $(ROWS),1000000 10000000)
	$(BIN)/python bench/new_month.py 10000 100000
	$(BIN)/python bench/spark_scale.py $(ROWS)

docs: $(STAMP) ## the documents as a site in site/, with dbt's catalog
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-docs.lock
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	YEARBOOK_BUILD=:memory: $(BIN)/dbt --quiet --log-level-file none docs generate --static --empty-catalog \
	  --project-dir dbt_project --profiles-dir dbt_project --target-path "$(CURDIR)/build/dbt"
	cp build/dbt/static_index.html site/dbt.html

lock: ## names, versions and hashes of what pyproject.toml asks for
	uv pip compile pyproject.toml --group dev --generate-hashes --universal --no-header \
	  --python-version 3.11 -o requirements.lock
	uv pip compile --group docs --constraint requirements.lock --generate-hashes --universal --no-header \
	  --python-version 3.11 -o requirements-docs.lock
	$(PYTHON) -c "import tomllib; extras = tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']; \
	  print(*extras['spark'], sep='\n')" | uv pip compile - --constraint requirements.lock --generate-hashes \
	  --universal --no-header --python-version 3.11 -o requirements-spark.lock

# uv installs in seconds; where it cannot be had, pip does the same more slowly.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	set -e; if command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv; then \
	  PATH="$$PWD/$(BIN):$$PATH"; \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock; \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	touch $(STAMP)

$(SPARK): $(STAMP) requirements-spark.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.lock
	touch $(SPARK)
