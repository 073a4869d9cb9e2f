"""Which days' numbers are worth asking for now.

The decision is pure; the queries beside it only find what it needs. Asking is ``collect``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, func, select

from content_platform.storage.database import Database
from content_platform.storage.tables import metric_collections, metric_snapshots, uploads

RECENT_DAYS = 3
SETTLING_DAYS = 12
"""A day's numbers may come late and be revised until so long after it; the rest is a backfill's."""
USUAL_REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class LiveChannel:
    """A channel with something published, and how often its numbers are worth asking for."""

    channel: str
    first_day: date
    refresh: timedelta


@dataclass(frozen=True)
class ChannelDay:
    """One channel's day to collect."""

    channel: str
    day: date


def days_to_collect(
    channels: Sequence[LiveChannel],
    collected: Mapping[tuple[str, date], datetime],
    now: datetime,
    *,
    most: int = 20,
) -> list[ChannelDay]:
    """Which days are to be asked for now, the newest first.

    A day as often as the channel is refreshed until it was asked for after its end; then, while
    its numbers may still be revised, every ``USUAL_REFRESH`` for some days and daily for the rest.
    ``collected`` says when a channel's day was last asked for.
    """
    wanted: list[tuple[date, str]] = []
    for live in channels:
        for age in range(SETTLING_DAYS + 1):
            day = now.date() - timedelta(days=age)
            if day < live.first_day:
                break
            asked = collected.get((live.channel, day))
            if asked is None or now - asked >= _pause(live, day, age, asked):
                wanted.append((day, live.channel))
    wanted.sort(key=lambda entry: (-entry[0].toordinal(), entry[1]))
    return [ChannelDay(channel, day) for day, channel in wanted[:most]]


def _pause(live: LiveChannel, day: date, age: int, asked: datetime) -> timedelta:
    if asked.astimezone(UTC).date() <= day:  # it was not over yet
        return live.refresh
    return max(live.refresh, USUAL_REFRESH if age < RECENT_DAYS else timedelta(days=1))


def live_channels(database: Database, refresh: Mapping[str, timedelta]) -> list[LiveChannel]:
    """Every channel that ever published, with ``refresh`` by channel or ``USUAL_REFRESH``."""
    query: Select[str, datetime] = (
        select(uploads.c.channel, func.min(uploads.c.published_at))
        .where(uploads.c.published_at.is_not(None))
        .group_by(uploads.c.channel)
        .order_by(uploads.c.channel)
    )
    with database.transaction() as connection:
        rows = connection.execute(query).all()
    return [
        LiveChannel(channel, first.astimezone(UTC).date(), refresh.get(channel, USUAL_REFRESH))
        for channel, first in rows
    ]


def last_collected(database: Database, since: date) -> dict[tuple[str, date], datetime]:
    """When each channel's day from ``since`` on was last asked for, at all its platforms."""
    query: Select[str, date, datetime] = (
        select(
            metric_collections.c.channel,
            metric_collections.c.day,
            func.min(metric_collections.c.observed_at),
        )
        .where(metric_collections.c.day >= since)
        .group_by(metric_collections.c.channel, metric_collections.c.day)
    )
    with database.transaction() as connection:
        rows = connection.execute(query).all()
    return {(channel, day): at for channel, day, at in rows}


def newest_observation(database: Database) -> datetime | None:
    """When the newest number came in; None before the first."""
    with database.transaction() as connection:
        query: Select[datetime | None] = select(func.max(metric_snapshots.c.observed_at))
        return connection.scalar(query)
