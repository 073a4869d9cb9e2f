# One obvious command each. Needs python3 (3.11 to 3.13) with venv or pip, git and make; nothing else.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
export UV_LINK_MODE := copy
unexport PYTHONDONTWRITEBYTECODE # or each process would compile 1,700 modules anew
UV_VERSION := 0.13.9
RUN := .venv/bin

EXTRAS ?=
extra_flags = $(foreach extra,$(EXTRAS),--extra $(extra))

.PHONY: help story test soak test-live dev lint format graph contact-sheet studio-sheets bench-make bench-loop bench-providers bench-render bench-studio stop clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

story: .venv/app ## make a story video; ARGS="--theme '…' --channel ember-wood --seed 7"
	@$(RUN)/content-platform story make $(ARGS)

test: .venv/test ## all tests that fit in ten minutes
	@$(RUN)/pytest -n 3 --no-loadscope-reorder $(ARGS)

soak: .venv/test ## the long fault, chaos and random tests
	@$(RUN)/pytest -m soak --timeout 3600 $(ARGS)

test-live: .venv/test ## one small call to each vendor whose secret is set; costs less than a dollar
	@CONTENT_LIVE=1 $(RUN)/pytest content_platform_tests/live -rs -p no:cacheprovider $(ARGS)

dev: .venv/app ## Dagster UI and daemon on the embedded database
	@$(RUN)/content-platform dev $(ARGS)

lint: .venv/lint ## style, types, layering
	@$(RUN)/ruff check . && $(RUN)/ruff format --check . && $(RUN)/mypy && $(RUN)/lint-imports

format: .venv/lint ## put the code in shape
	@$(RUN)/ruff check --fix . ; $(RUN)/ruff format .

graph: .venv/test ## accept the asset graph as it is now (the snapshot test)
	@$(RUN)/python -m content_platform_tests.orchestration.graph

contact-sheet: .venv/test ## look at every caption style, script and format; writes docs/images
	@$(RUN)/python -m content_platform_tests.video.contact_sheet

studio-sheets: .venv/test ## look at scenes and stories in every style; writes docs/images
	@$(RUN)/python -m content_platform_tests.imagery.studio_sheets

bench-make: .venv/test ## measure making stories; writes benchmarks/results/make.json
	@$(RUN)/python -m benchmarks.make $(ARGS)

bench-loop: .venv/test ## measure the loop; writes benchmarks/results/loop.json
	@$(RUN)/python -m benchmarks.loop $(ARGS)

bench-render: .venv/test ## measure rendering; writes benchmarks/results/render.json
	@$(RUN)/python -m benchmarks.render $(ARGS)

bench-studio: .venv/test ## measure the engines that need no key; writes benchmarks/results/studio.json
	@$(RUN)/python -m benchmarks.studio $(ARGS)

bench-providers: .venv/test ## measure the provider pipeline; writes benchmarks/results/providers.json
	@$(RUN)/python -m benchmarks.providers $(ARGS)

stop: ## stop the embedded database
	@[ ! -x $(RUN)/content-platform ] || $(RUN)/content-platform stop

clean: stop ## remove what was installed and built; stories in .content stay
	@rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- installing: each target brings what it needs and leaves what is there -----------------------

.PHONY: .venv/app .venv/test .venv/lint
.venv/app: .tools/uv
	@$(call install,the platform,$(extra_flags))
.venv/test: .tools/uv
	@$(call install,the platform and its tests,--group test --extra gcs --extra espeak --extra stability $(extra_flags))
.venv/lint: .tools/uv
	@$(call install,the platform and its linters,--group dev --extra gcs --extra espeak --extra stability $(extra_flags))

define install
	if ! .tools/uv sync --frozen --inexact --check --quiet $(2) 2>/dev/null; then \
		echo "Installing $(1) (the first time: half a minute, 2 GB) …" >&2; \
		.tools/uv sync --frozen --inexact --quiet $(2); \
	fi
endef

.tools/uv:
	@mkdir -p .tools
	@if command -v uv >/dev/null && [ "$$(uv --version | cut -d' ' -f2)" = "$(UV_VERSION)" ]; then \
		ln -sf "$$(command -v uv)" .tools/uv; \
	else \
		echo "Fetching uv $(UV_VERSION) …" >&2; \
		{ python3 -m venv .tools/env >/dev/null 2>&1 \
			&& .tools/env/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
			&& ln -sf env/bin/uv .tools/uv; } \
		|| { rm -rf .tools/env; python3 -m pip install --quiet --disable-pip-version-check \
			--target .tools/lib uv==$(UV_VERSION) && ln -sf lib/bin/uv .tools/uv; } \
		|| { echo "uv could not be installed: python3 needs its venv or pip module (Debian: apt install python3-venv)." >&2; exit 1; }; \
	fi
