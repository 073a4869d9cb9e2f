"""What Dagster loads; ``orchestration.learning`` is the second code location."""

from content_platform.orchestration.build import build_story_definitions

defs = build_story_definitions()
