# Every target does its own set-up. A second call is fast: what did not change is not done again.
.DEFAULT_GOAL := help
.PHONY: run test test-peers lint bench docs setup help clean
PYTHON := .venv/bin/python

run: base ## start hookflow on this machine: web and worker, all in one; Ctrl-C stops it
	@$(PYTHON) -m scripts.frontend build
	@exec $(PYTHON) -m hookflow_site.launcher

test: dev ## run every test: Python on SQLite and PostgreSQL, TypeScript, browser (SUITES="sqlite vitest" for some)
	@$(PYTHON) -m scripts.frontend build
	@$(PYTHON) -m scripts.test $(SUITES)

test-peers: dev ## run the tests against real servers of others (Redmine, Zabbix, ...); the first time installs them
	@$(PYTHON) -m scripts.test peers

lint: dev ## run every check: ruff, mypy, import-linter, djLint, migrations, OpenAPI, front end
	@$(PYTHON) -m scripts.lint $(CHECKS)

bench: dev ## measure speed and memory; BENCH="--help" shows what can be chosen
	@$(PYTHON) -m scripts.frontend build
	@$(PYTHON) -m bench $(BENCH)

docs: dev ## write again what is generated: docs/openapi.yaml, docs/nodes.md, docs/actions.md and the types of the API in TypeScript
	@DATABASE_URL=sqlite://:memory: $(PYTHON) manage.py spectacular --file docs/openapi.yaml
	@DATABASE_URL=sqlite://:memory: $(PYTHON) manage.py node_docs
	@DATABASE_URL=sqlite://:memory: $(PYTHON) -m scripts.action_docs
	@$(PYTHON) -m scripts.frontend run types

setup: dev ## make all that developing needs, and run nothing
	@$(PYTHON) -m scripts.frontend build

clean: ## remove what was installed and built; the data folder stays
	@rm -rf .venv frontend/node_modules frontend/openapi/node_modules static/editor test-results

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: base dev
base dev:
	@python=$$(sh scripts/python.sh) && "$$python" -m scripts.environment $@
