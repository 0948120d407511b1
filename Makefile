# make help is the manual.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run dashboard ui stop test test-runs test-commands test-people test-faults test-orders test-batches test-worlds test-deploy test-docs test-spark test-browser test-long torture check deploy-check audit sbom format bench lock docs glue glue-package release screenshots clean

# Python is told to keep its byte code: without it every import of Dagster and Snowflake takes several times longer.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
GLUE := .venv/.installed-glue
SPARK_4 := .venv/spark-4
DEPLOY := .venv/deploy
AXE := .venv/axe/node_modules/axe-core/axe.min.js
POWER_BI := .venv/powerbi/node_modules/.package-lock.json

help: ## Show this list.
	@echo "make run && make test need Python 3.11 to 3.13 and nothing else. The targets:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Run the whole pipeline on this machine and print a summary.
	@$(BIN)/tiktok-insights run

dashboard: setup ## Make the dashboard from the newest data, and open it in the browser.
	@$(BIN)/tiktok-insights dashboard --open

ui: setup ## Open the Dagster UI on http://127.0.0.1:3000 until Ctrl-C. Another port: make ui PORT=3001
	@$(BIN)/tiktok-insights ui $(if $(filter command%,$(origin PORT)),--port $(PORT))

stop: ## Stop the UI and the local stack; their data is kept.
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tiktok_insights.cli stop; else echo "Nothing is installed, so nothing is running."; fi

# Few files hold the long tests: each stays with one worker, and the longest begin.
PYTEST = $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(if $(filter later,$(CAMPAIGNS)),--leave-campaigns)

# The marks of the tests that take too long for `make test`. Those on Spark have a run for themselves: a Spark session
# keeps the environment of the test that began it.
LONG = runs or commands or people or faults or orders or batches or worlds or deploy or docs or browser

test: setup ## Run the tests against their own local stack.
	@$(PYTEST) -m "not (spark or $(LONG))"

test-runs: setup ## Run whole Dagster jobs and sensors, as users start them.
	@$(PYTEST) -m runs

test-commands: setup ## Run commands as users type them, and follow accounts from day to day.
	@$(PYTEST) -m commands

test-people: setup ## Remove people everywhere, and look for them on the whole disk afterwards.
	@$(PYTEST) -m people

test-faults: setup ## Kill and interrupt loads, let their requests fail, and check that nothing is lost.
	@$(PYTEST) -m faults

test-orders: setup ## Load and publish in many orders, at once, again and late, and compare the tables with those of plain Python.
	@$(PYTEST) -m orders

test-batches: setup ## Load batches of mixed objects, and plant bugs that must be caught.
	@$(PYTEST) -m batches

test-worlds: setup ## Hold history, marts and dashboard against made-up worlds of which everything is known.
	@$(PYTEST) -m worlds

test-deploy: setup ## Apply the templates, examine and watch what runs, and recover from losses.
	@$(PYTEST) -m deploy

test-docs: setup ## Run every command in the README, the tutorial and the how-to guides, and a small benchmark.
	@$(PYTEST) -m docs

# AWS Glue 6.0 has Spark 4, which is installed beside the Spark of Glue 5.1 and found before it.
test-spark: setup $(GLUE) $(if $(filter 4,$(SPARK)),$(SPARK_4)) ## Compare the engine on Spark with the local one; needs Java 17. With Spark 4: make test-spark SPARK=4
	@$(if $(filter 4,$(SPARK)),PYTHONPATH="$(CURDIR)/$(SPARK_4)") $(PYTEST) -m spark

test-browser: setup $(AXE) $(POWER_BI) ## Open the dashboard in a browser, and Power BI's files with Microsoft's tools; needs Chromium and npm.
	@$(PYTEST) -m browser

test-long: setup $(AXE) $(POWER_BI) ## Run all of these at once but those on Spark, which is faster than one after the other.
	@$(PYTEST) -m "$(LONG)"

torture: setup ## Run more random cases and more loads at once; takes hours, and needs PostgreSQL. 5 minutes: make torture SHORT=1
	@$(PYTEST) --torture=$(if $(SHORT),short,full)
	@$(if $(SHORT),,$(MAKE) --no-print-directory test-spark SPARK=4)

check: setup ## Check format, lint, types, definitions and house rules.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/dg check defs
	@$(BIN)/pytest tiktok_insights_tests/test_architecture.py

# No address of Checkov's service is asked for: the checks are in the package, and --skip-download leaves it at that.
deploy-check: $(DEPLOY)/.installed ## Check the CloudFormation templates, the scripts for Snowflake and the workflows: cfn-lint, Checkov, sqlfluff, zizmor.
	@$(DEPLOY)/bin/cfn-lint deploy/cloudformation/*.yaml
	@$(DEPLOY)/bin/checkov --directory deploy/cloudformation --framework cloudformation --skip-download --quiet --compact
	@$(DEPLOY)/bin/sqlfluff parse --config deploy/sqlfluff.cfg deploy/snowflake >$(DEPLOY)/parsed.txt 2>&1 || \
		{ sed -n '/parsing violations/,/^WARNING/p' $(DEPLOY)/parsed.txt; exit 1; }
	@$(DEPLOY)/bin/zizmor --offline --persona pedantic --quiet .github/workflows

LOCKS := requirements.lock requirements-glue.lock requirements-glue-6.lock requirements-orchestrator.lock
audit: $(DEPLOY)/.installed ## Look the locked packages up among the known vulnerabilities; needs the internet.
	@for lock in $(LOCKS); do $(DEPLOY)/bin/pip-audit --disable-pip --require-hashes --requirement $$lock || exit 1; done

sbom: $(DEPLOY)/.installed ## List the packages of each lock in build/sbom, in CycloneDX's format.
	@mkdir -p build/sbom
	@for lock in $(LOCKS); do \
		$(DEPLOY)/bin/cyclonedx-py requirements --output-reproducible --of JSON \
			--outfile build/sbom/$${lock%.lock}.json $$lock || exit 1; done

setup: $(STAMP) ## Install the locked packages into .venv; the other targets do this when needed.

# The commands in .venv name their folder. In a folder that was moved or copied, they would be missing or another's.
MOVED := $(shell [ -s $(STAMP) ] && [ "$$(cat $(STAMP))" != "$$(pwd -P)" ] && echo moved)
.PHONY: moved
moved:

# The lock is complete, and its hashes are verified; the package itself is installed in place, without the network.
$(STAMP): requirements.lock pyproject.toml $(MOVED)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || \
		{ echo "$(PYTHON) must be Python 3.11, 3.12 or 3.13. Choose another one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Installing into .venv; this takes a minute or two the first time."
	@$(PYTHON) -m venv $(if $(MOVED),--clear) .venv || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# On all cores; some packages have files for another Python.
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib tiktok_insights tiktok_insights_tests || true
	@$(BIN)/tiktok-insights init
	@pwd -P > $@

format: setup ## Format the code.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## Measure what docs/performance.md reports; for a shorter run: make bench ARGS=--quick
	@$(BIN)/python -m benchmarks $(ARGS)

# The Glue job has its own lock, so that only `make test-spark` installs Spark.
$(GLUE): requirements-glue.lock $(STAMP)
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17; on Debian: apt-get install openjdk-17-jre-headless"; exit 1; }
	@echo "Installing Spark into .venv."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-glue.lock
	@touch $@

$(SPARK_4): requirements-glue-6.lock $(GLUE)
	@echo "Installing Spark 4 into $@."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --upgrade --target $@ -r $<
	@touch $@

# These tools pin other versions than we do, so they have a separate environment.
$(DEPLOY)/.installed: requirements-deploy.lock $(STAMP)
	@echo "Installing the tools of deploy-check, audit and sbom into $(DEPLOY)."
	@$(BIN)/python -m venv --clear $(DEPLOY)
	@$(DEPLOY)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

# axe-core is one file of JavaScript, which only `make test-browser` needs.
$(AXE): tiktok_insights_tests/dashboard/axe/package-lock.json $(STAMP)
	@npm --version >/dev/null 2>&1 || { echo "The browser tests need npm; on Debian: apt-get install npm"; exit 1; }
	@mkdir -p .venv/axe && cp tiktok_insights_tests/dashboard/axe/*.json .venv/axe/
	@cd .venv/axe && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# Microsoft's tools that read the files of Power BI, which only `make test-browser` needs.
$(POWER_BI): tiktok_insights_tests/powerbi/npm/package-lock.json $(STAMP)
	@npm --version >/dev/null 2>&1 || { echo "The tests of Power BI's files need npm; on Debian: apt-get install npm"; exit 1; }
	@mkdir -p .venv/powerbi && cp tiktok_insights_tests/powerbi/npm/*.json .venv/powerbi/
	@cd .venv/powerbi && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --quiet \
	--custom-compile-command 'make lock'
lock: setup ## Update the locks to the newest versions.
	@$(BIN)/$(LOCK) pyproject.toml --extra local --extra dashboard --extra orchestrator --extra dev --output-file requirements.lock
	@$(BIN)/$(LOCK) pyproject.toml --extra orchestrator --extra dashboard --constraint requirements.lock --output-file requirements-orchestrator.lock
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["glue"], sep="\n")' | \
		$(BIN)/$(LOCK) - --constraint requirements.lock --output-file requirements-glue.lock
	@echo "pyspark==4.1.1" | $(BIN)/$(LOCK) - --output-file requirements-glue-6.lock
	@printf "cfn-lint\ncheckov\ncyclonedx-bom\npip-audit\nsqlfluff\nzizmor\n" | $(BIN)/$(LOCK) - --output-file requirements-deploy.lock

docs: setup ## Generate what comes from the code: documents such as docs/reference, and powerbi/.
	@$(BIN)/python -m docs.generate
	@$(BIN)/tiktok-insights powerbi build

glue: $(GLUE) glue-package ## Make the engine glue usable on this machine: install Spark, and package the Glue job. Needs Java 17.

glue-package: setup ## Build the package of the Glue job in build/glue. For Glue 6.0: make glue-package GLUE_PYTHON=3.13
	@$(BIN)/python -m glue_jobs.package --python $(or $(GLUE_PYTHON),3.11)

release: ## Pack the last commit into build/tiktok_insights.tar.gz for the orchestrator's machine, and print its SHA-256.
	@mkdir -p build
	@git archive --format=tar.gz --prefix=tiktok_insights/ --output=build/tiktok_insights.tar.gz HEAD
	@$(PYTHON) -c 'import hashlib; print(hashlib.sha256(open("build/tiktok_insights.tar.gz", "rb").read()).hexdigest())'

screenshots: setup ## Retake the README's screenshots; needs Chromium.
	@$(BIN)/python docs/take_screenshots.py

clean: stop ## Delete .venv and everything that the local stack and Dagster have stored.
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache build *.egg-info
