"""What Dagster loads as its second code location: dbt and what is learned (see ``build``)."""

from content_platform.orchestration.build import build_learning_definitions

defs = build_learning_definitions()
