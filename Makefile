# Run `make` to see what there is. Every target installs what it needs first; see bootstrap.sh.

.DEFAULT_GOAL := help
.PHONY: help demo serve setup page test soak check bench bless docs screens lock clean run-ready dev-ready
PYTHON := .venv/bin/python

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: run-ready ## two sample communes from delivered files to answers (LANDDB_DEMO_ONCE=1: without serving after)
	.venv/bin/landdb demo

serve: run-ready ## the API over your own database
	.venv/bin/landdb serve

setup: run-ready ## only install what landdb needs

page: run-ready ## build the web page again when its sources changed; a running server must be started again
	@.venv/bin/python api/web/make.py

test: dev-ready ## run all tests in two lanes, each against a throwaway PostGIS
	$(PYTHON) tests/side_by_side.py

soak: dev-ready ## 10,000 random legal changes, 200 races of eight clerks, 100,000 events, 25 kills; takes hours
	LANDDB_SOAK_STEPS=10000 LANDDB_RACE_ROUNDS=200 LANDDB_OVERLAP_ROUNDS=40 LANDDB_FEED_EVENTS=150000 \
	  LANDDB_SERVICE_KILLS=20 LANDDB_SERVER_KILLS=5 \
	  .venv/bin/pytest -s tests/store/test_registration_soak.py tests/store/test_registration_races.py \
	  tests/store/test_registration_overlaps.py tests/store/test_change_feed.py tests/api/test_api_killed.py
	LANDDB_TILE_EDITS=500 .venv/bin/pytest -s tests/store/test_tiles.py
	LANDDB_MUTATED_REQUESTS=100000 LANDDB_SLOW_SOCKETS=2000 LANDDB_CANARY_ROLES=all LANDDB_DISK_FULL=1 \
	  LANDDB_AUDIT_RECORDS=300000 .venv/bin/pytest -s tests/store/test_sealing.py tests/api/test_api_mutated.py \
	  tests/api/test_api_connections.py tests/api/test_api_canaries.py tests/api/test_api_faults.py

check: dev-ready ## style, types, import order, SQL, the page
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/sqlfluff lint --disable-progress-bar landdb/validators migrations
	.venv/bin/python api/web/make.py --check

bench: dev-ready ## measure the promises in benchmarks/README.md, each beside its peer
	$(PYTHON) -m benchmarks.run

bless: dev-ready ## make the sample data anew; look at the diff before you commit it
	$(PYTHON) -m sample_gis.build

docs: dev-ready ## write the generated pages of docs/
	$(PYTHON) docs/generate_rules.py

screens: dev-ready ## take the pictures of the page in docs/screens; look at them before you commit
	.venv/bin/pytest tests/web/take_screens.py

lock: dev-ready ## choose new versions of the Python packages and lock them by hash
	@PIP_COMPILE="CUSTOM_COMPILE_COMMAND='make lock' .venv/bin/pip-compile --quiet --upgrade --generate-hashes \
	  --strip-extras --allow-unsafe --build-deps-for editable \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host" && \
	eval "$$PIP_COMPILE -o requirements.lock pyproject.toml" && \
	eval "$$PIP_COMPILE --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml"
	@! grep -n '://' requirements.lock requirements-dev.lock

clean: ## remove what was built here; your database stays
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache api/web/dist api/web/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

run-ready:
	@./bootstrap.sh run

dev-ready:
	@./bootstrap.sh dev
