"""Partition grains. Add a grain here only with its measured reason (docs/architecture.md).

*Story* is dynamic: one story is what people retry, review, publish and pay for. Every key added
throws away Dagster's status cache of each asset that uses the definition, so only stories that
are still being worked on stay live; the others are archived.

*Day × channel*: numbers are collected for one channel's day, so that one channel's expired
credential does not fail the others. Channels are dynamic: a new one is data only. *Day*: the marts.
Stories and days are never joined by an edge: Dagster has no mapping between them, and what it
guesses (identity) is wrong. The hand-over is data (``published_catalog``).
"""

import dagster as dg

stories = dg.DynamicPartitionsDefinition(name="stories")
channels = dg.DynamicPartitionsDefinition(name="channels")
days = dg.DailyPartitionsDefinition(start_date="2026-01-01", end_offset=1)
"""UTC days, today included: a sandbox channel reports the same day."""
channel_days = dg.MultiPartitionsDefinition({"day": days, "channel": channels})
