# Start here: `make` alone lists the targets. Python 3.11 or newer, pip and make are all you need.

PYTHON ?= python3
LAB_FLAGS ?=
LITE_FLAGS ?=
WORKERS ?= 2
PYTEST_FLAGS ?=

RUN := .venv/bin/python
UV := .venv/bin/uv
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=120 \
	--nbval-sanitize-with tests/nbval.cfg
# A file's tests share figures, a page or a kernel: they stay together, the longest files first.
PARALLEL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
EXPORT := export --quiet --locked --no-emit-project --no-hashes --no-annotate --no-header

# In a container you are often root. Jupyter wants to hear that you know. The token stays on.
ROOT := $(shell test "$$(id -u)" = 0 && echo --allow-root)

# uv uses the Python you have and never downloads another.
export UV_PYTHON_DOWNLOADS := never
# An environment that happens to be active must not be the one we install into.
unexport VIRTUAL_ENV

.PHONY: help lines minutes claims site lite lab test check lint format notebooks diagrams bench lock test-lowest clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

lines: ## count lines of code, to see where they grow
	@wc -l gdlib/*.py gdlib/*.js gdlib/*.css gdlib/*.mplstyle
	@for part in notebooks/course/*/ notebooks/course tests benchmarks diagrams tools; do \
		printf '%7d %s\n' $$(find $$part -name '*.py' -exec cat {} + | wc -l) $$part; done

minutes: .venv/.dev ## count a newcomer's minutes on each page
	@$(RUN) tools/minutes.py

claims: .venv/.dev ## write the table of what is taught where, from the notebooks' tags
	@$(RUN) tools/claims.py

lab: .venv/.lab ## open the course in JupyterLab
	$(RUN) -m jupyterlab --config=tools/lab/config.py $(ROOT) $(LAB_FLAGS)

test: lint ## check everything: style, gdlib, every notebook, the browser
	$(RUN) -m pytest tests notebooks $(NBVAL) $(PARALLEL) $(PYTEST_FLAGS)

check: lint ## check in a minute: style, numerics, one move of every control of every figure
	$(RUN) -m pytest tests $(PARALLEL) -m quick $(PYTEST_FLAGS)

lint: .venv/.dev ## check style only
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

format: .venv/.dev ## tidy the style of all code, also in notebooks
	$(RUN) -m ruff check --fix --exit-zero .
	$(RUN) -m ruff format .

notebooks: .venv/.dev ## run every notebook again and store its pictures
	$(RUN) tools/notebooks.py

site: .venv/.dev ## write the course as a web page, its figures alive without a kernel, into site/
	$(RUN) tools/site/build.py

lite: .venv-lite/.ready ## write the notebooks with a kernel in the browser, into site/lite/
	.venv-lite/bin/python tools/lite/build.py $(LITE_FLAGS)

diagrams: .venv/.dev ## draw every diagram again
	set -e; for script in diagrams/*.py; do echo "$$script"; $(RUN) "$$script"; done

bench: site ## measure how fast the figures follow the hand
	$(RUN) benchmarks/run.py

lock: .venv/.uv ## choose the newest versions that fit, and write the lock files
	$(UV) lock --quiet --upgrade
	$(UV) $(EXPORT) --no-default-groups --extra lab --output-file requirements.lock
	$(UV) $(EXPORT) --extra lab --group dev --output-file requirements-dev.lock
	$(UV) $(EXPORT) --only-group lite --output-file tools/lite/requirements.lock
	@rm uv.lock # it names hosts; the three files say all that we need

# What a version can break: numerics, the contract of every figure, frames, checks, packaging.
LOWEST := tests/test_*.py tests/gdlib tests/course/*/test_checks.py \
	tests/course/test_figures.py tests/course/test_rules.py tests/course/test_surroundings.py

test-lowest: .venv-lowest/.ready ## test gdlib with the oldest versions it allows (Python 3.11)
	.venv-lowest/bin/python -m pytest $(LOWEST) -m "not browser" $(PARALLEL) $(PYTEST_FLAGS)

clean: ## remove the environments and everything else that make built
	rm -rf .venv .venv-lowest .venv-lite .pytest_cache .ruff_cache build dist site
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# The environments. Each stamp is remade when a lock or pyproject.toml changes.
# The locks hold everything but gdlib itself, which is installed from this folder (-e .).

.venv/.lab: .venv/.uv requirements.lock pyproject.toml
	$(UV) pip install --quiet --python $(RUN) -r requirements.lock -e .
	@touch $@

.venv/.dev: .venv/.uv requirements.lock requirements-dev.lock pyproject.toml
	$(UV) pip install --quiet --python $(RUN) -r requirements-dev.lock -e .
	@touch .venv/.lab $@

.venv-lowest/.ready: .venv-lowest/.uv pyproject.toml
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python \
		--resolution lowest-direct -e ".[lab]" 'pyparsing>=3.2,<3.3' # old matplotlib warns of newer
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --group test
	@touch $@

.venv-lite/.ready: .venv-lite/.uv tools/lite/requirements.lock
	.venv-lite/bin/uv pip install --quiet --python .venv-lite/bin/python \
		-r tools/lite/requirements.lock
	@touch $@

# Debian and Ubuntu keep ensurepip in a package of its own; without it we borrow your pip.
.venv/.uv .venv-lowest/.uv .venv-lite/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'This course needs Python 3.11 or newer. Name one: make PYTHON=python3.12'; exit 1; }
	@echo 'Building $(@D) (a minute at most, once) ...'
	@$(PYTHON) -m venv $(@D) >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip $(@D) && \
		$(PYTHON) -m pip --python $(@D)/bin/python install --quiet pip; } || { \
		rm -rf $(@D); \
		echo 'Python could not make a virtual environment.'; \
		echo 'On Debian and Ubuntu this helps: sudo apt install python3-venv'; exit 1; }
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@
