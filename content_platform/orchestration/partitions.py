"""Partition grains. Add a grain here only with its measured reason (docs/architecture.md).

*Story* is dynamic: one story is what people retry, review, publish and pay for. Every key added
throws away Dagster's status cache of each asset that uses the definition, so only stories that
are still being worked on stay live; the others are archived.

*Day × channel*: numbers are collected for one channel's day, so that one channel's expired
credential does not fail the others. Channels are dynamic: a new one is data only. *Day*: the marts.
Stories and days are never joined by an edge: Dagster has no mapping between them, and what it
guesses (identity) is wrong. The hand-over is data (``published_catalog``).
"""

from datetime import date

import dagster as dg

from content_platform.planning.hot_window import HotWindowSettings

stories = dg.DynamicPartitionsDefinition(name="stories")
HOT_WINDOW = HotWindowSettings()
"""How many stories stay live; a test holds the count of assets to the graph's."""

channels = dg.DynamicPartitionsDefinition(name="channels")
days = dg.DailyPartitionsDefinition(start_date="2026-01-01", end_offset=1)
"""UTC days, today included: a sandbox channel reports the same day."""
channel_days = dg.MultiPartitionsDefinition({"day": days, "channel": channels})


def channel_day_of(partition_key: str) -> tuple[str, date]:
    """Channel and day of a key of ``channel_days``."""
    parts = channel_days.get_partition_key_from_str(partition_key).keys_by_dimension
    return parts["channel"], date.fromisoformat(parts["day"])


def channel_day_key(channel: str, day: date) -> str:
    """The key of ``channel_days`` for one channel's day."""
    return str(dg.MultiPartitionKey({"channel": channel, "day": day.isoformat()}))
