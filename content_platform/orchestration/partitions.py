"""Partition grains. Add a grain here only with its measured reason (docs/architecture.md).

*Story* is dynamic: one story is what people retry, review, publish and pay for. Every key added
throws away Dagster's status cache of each asset that uses the definition, so only stories that
are still being worked on stay live; the others are archived.
"""

import dagster as dg

stories = dg.DynamicPartitionsDefinition(name="stories")
