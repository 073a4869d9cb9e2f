"""What Dagster loads."""

from content_platform.orchestration.build import build_definitions

defs = build_definitions()
