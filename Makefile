# Every target does its own set-up; the first one takes a few minutes on a fresh machine.
PYTHON   ?= python3
DURATION ?= 60
RATE     ?= 2000
VENV     := .venv
BIN      := $(VENV)/bin
READY    := $(VENV)/.ready

.PHONY: help setup demo test lint bench latency scale kills chaos soak coverage mutation fuzz guided sanitize quality tower reference docs dist fresh lock sbom audit clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## Make the virtual environment in .venv

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Expected Python 3.11 or newer, got $$($(PYTHON) --version); set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[embedded,bridge,dev]'
	$(BIN)/python -m streams.warmed
	@touch $(READY)

demo: setup ## Watch parcels being screened: make demo DURATION=60 RATE=2000
	$(BIN)/greenlane demo --duration $(DURATION) --rate $(RATE)

lint: setup ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A process more than cores: tests on real servers wait a third of their time.
JOBS  ?= 3

test: lint ## Run all checks and tests; those of Apache Kafka need Java 17 and Maven
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

coverage: setup ## Count the lines of schemas and scorers that tests of units reach; below 95 % it fails
	$(BIN)/pytest -q -n 2 tests/unit/schemas tests/unit/scorers schemas scorers --cov

mutation: setup ## Change policy and offsets in small ways, and count what no test notices
	$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[mutation]'
	$(BIN)/python -m bench.mutation run
	$(BIN)/python -m bench.mutation results

RUN   ?=

bench: setup ## Compare the speed with peers: make bench RUN='--records 100000 --rounds 1 --seconds 6'
	$(BIN)/python -m bench.speed $(RUN)

latency: setup ## Measure from manifest to readable decision: make latency RUN='--rates 1000'
	$(BIN)/python -m bench.latency $(RUN)

scale: setup ## Measure what a parcel costs as the load grows: make scale RUN='--entities 10000'
	$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python -m bench.scale $(RUN)

KILLS ?= 200

kills: setup ## Kill the learner on Apache Kafka and compare with the fold: make kills KILLS=20
	$(BIN)/python -m bench.kills --kills $(KILLS)

chaos: setup ## Disturb everything under load and count: make chaos RUN='--runs 10 --manifests 500000'
	$(BIN)/python -m bench.chaos $(RUN)

soak: setup ## Look for what grows under load: make soak RUN='--minutes 30 --rate 4500'
	$(BIN)/python -m bench.soak $(RUN)

fuzz: setup ## Mutate records: make fuzz RUN='--seconds 600 --seed 2'
	$(BIN)/python -m bench.fuzz $(RUN)

guided: setup ## Fuzz guided by coverage: make guided RUN='--seconds 600 --targets rules'
	$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	$(BIN)/python -m bench.fuzz.guided $(RUN)

sanitize: setup ## Run the scanner, built with address and undefined behaviour checks, on hostile input
	$(BIN)/pip install -qq --disable-pip-version-check 'cython>=3.1,<4' 'setuptools>=77'
	$(BIN)/python -m bench.fuzz.sanitized $(RUN)

quality: setup ## Measure the quality against other learners: make quality TRAIN=a.csv TEST=b.csv
	$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python -m bench.quality --train $(TRAIN) --test $(TEST)

tower: setup ## Measure the control tower: make tower RUN='kills --kills 20'
	$(BIN)/python -m bench.tower $(RUN)

reference: setup ## Write the pages of docs/reference that are made from the code
	$(BIN)/python -m docs.generating $(RUN)

docs: reference ## Build the documents as a site in build/site
	$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[docs]'
	$(BIN)/mkdocs build --quiet

dist: setup ## Build sdist and wheel, and try them in a clean environment
	$(BIN)/python -m tests.packaging

fresh: ## Go a new user's way in a fresh clone
	$(PYTHON) -m tests.fresh

REQUIREMENTS := deploy/docker/requirements.txt

lock: ## Write constraints.txt from the newest versions that pyproject.toml allows, and their hashes
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet -e '.[embedded,bridge,dev,bench,docs,fuzz,mutation]'
	build/lock/bin/pip freeze --exclude-editable > constraints.txt
	build/lock/bin/pip install --quiet pip-tools
	build/lock/bin/pip-compile --quiet --generate-hashes --all-build-deps --allow-unsafe \
	  --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-find-links --constraint constraints.txt --extra bridge \
	  --output-file $(REQUIREMENTS) pyproject.toml
	sed -i "/^#/d" $(REQUIREMENTS)

sbom: ## Write what the image is made of to build/sbom.json (CycloneDX)
	$(PYTHON) -m venv build/sbom
	build/sbom/bin/pip install --quiet cyclonedx-bom
	build/sbom/bin/cyclonedx-py requirements $(REQUIREMENTS) --pyproject pyproject.toml \
	  --output-format JSON --output-file build/sbom.json

audit: ## Look the image's packages up in the public lists of vulnerabilities
	$(PYTHON) -m venv build/audit
	build/audit/bin/pip install --quiet pip-audit
	build/audit/bin/pip-audit --disable-pip --require-hashes --requirement $(REQUIREMENTS)

clean: ## Remove what the other targets made
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
