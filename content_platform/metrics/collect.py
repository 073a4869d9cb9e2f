"""Asking platforms for a channel's numbers of a day, and keeping what is new.

Belongs here: which videos were live, what of an answer is worth a snapshot, and the day's revenue
so far. Where numbers come from is a ``MetricsSource``; what is made of them is ``dbt_analytics``.

A day may be asked for as often as one likes, in any order and by several processes at once: the
answer that was given last holds. Nothing is locked while a platform is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, case, select, text
from sqlalchemy.dialects.postgresql import insert

from content_platform.errors import BadInput, ContentPlatformError
from content_platform.metrics.models import (
    REPORTING_TIMEZONES,
    SETTLED_AFTER_DAYS,
    CollectionOutcome,
    DayNumbers,
    DayRevenue,
    MetricCollection,
    MetricsSource,
    PlatformRevenue,
)
from content_platform.storage.database import Database
from content_platform.storage.records import to_row
from content_platform.storage.tables import metric_collections, metric_snapshots, uploads
from content_platform.vocabulary import Format, Platform

_MONEY = Decimal("0.000001")
"""What the database keeps of an amount of money."""


class CollectionFailed(ContentPlatformError):
    """A platform could not be asked. What the others reported is saved."""

    def __init__(self, message: str, collections: tuple[MetricCollection, ...]) -> None:
        super().__init__(
            message, remedy="Collect the day again when the platform answers; nothing is lost."
        )
        self.collections = collections


@dataclass(frozen=True)
class _Video:
    story_id: str
    platform: Platform
    locale: str
    format: Format
    channel: str
    account: str
    remote_id: str
    first_day: date
    last_day: date | None

    def live_on(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass
class _Answer:
    """What one platform said of one channel's day."""

    channel: str
    day: date
    platform: Platform
    live: list[_Video]
    numbers: dict[str, DayNumbers]
    error: str = ""

    def collection(self, now: datetime) -> MetricCollection:
        reported = sum(video.remote_id in self.numbers for video in self.live)
        outcome = CollectionOutcome.REPORTED if reported else CollectionOutcome.EMPTY
        return MetricCollection(
            channel=self.channel,
            day=self.day,
            platform=self.platform,
            observed_at=now,
            outcome=CollectionOutcome.FAILED if self.error else outcome,
            videos_live=len(self.live),
            videos_reported=reported,
            error=self.error,
        )


def reporting_day(moment: datetime, platform: Platform) -> date:
    """The day ``moment`` belongs to where the platform counts."""
    zone = REPORTING_TIMEZONES.get(platform)
    return moment.astimezone(ZoneInfo(zone) if zone else UTC).date()


def collect_day(
    database: Database,
    channel: str,
    day: date,
    sources: Mapping[Platform, MetricsSource],
    now: datetime,
) -> list[MetricCollection]:
    """``collect_days`` for one channel's day."""
    return collect_days(database, [(channel, day)], sources, now)


def collect_days(
    database: Database,
    wanted: Iterable[tuple[str, date]],
    sources: Mapping[Platform, MetricsSource],
    now: datetime,
) -> list[MetricCollection]:
    """Ask every platform for the numbers of these channels' days; return what came of each.

    Asked are the videos that were public on the day, of archived stories and withdrawn ones too.
    Where none was, nothing is asked. A snapshot is kept when its numbers differ from the newest
    ones of the video and day. Raises CollectionFailed at the end when a platform failed, or has
    live videos and no source; BadInput for a day that has not begun.
    """
    pairs = sorted(set(wanted))
    for channel, day in pairs:
        if day > now.astimezone(UTC).date():
            raise BadInput(
                f"{channel}: {day} has not begun at {now:%Y-%m-%d %H:%M} UTC.",
                remedy="Name a day that has.",
            )
    if not pairs:
        return []
    videos = _public_videos(database, pairs)
    answers = [
        _ask(channel, day, platform, live, sources.get(platform))
        for channel, day in pairs
        for platform, live in _by_platform(videos[channel], day)
    ]
    collections = [answer.collection(now) for answer in answers]
    if answers:
        with database.transaction() as connection:
            _take_turns(connection, pairs)
            _keep_snapshots(connection, answers, pairs, now)
            _keep_collections(connection, collections)
    failed = [row for row in collections if row.outcome == CollectionOutcome.FAILED]
    if failed:
        lines = "; ".join(
            f"{row.platform.value} of {row.channel} on {row.day}: {row.error}" for row in failed
        )
        raise CollectionFailed(f"No numbers from {lines}.", tuple(collections))
    return collections


def revenue_of(database: Database, channel: str, day: date) -> DayRevenue:
    """What the channel's videos earned on ``day``, by platform, from the newest snapshots."""
    newest = (
        select(metric_snapshots)
        .where(metric_snapshots.c.channel == channel, metric_snapshots.c.day == day)
        .distinct(*(metric_snapshots.c[name] for name in _VIDEO_KEY))
        .order_by(
            *(metric_snapshots.c[name] for name in _VIDEO_KEY),
            metric_snapshots.c.observed_at.desc(),
        )
    )
    asked = select(metric_collections).where(
        metric_collections.c.channel == channel,
        metric_collections.c.day == day,
        metric_collections.c.outcome == CollectionOutcome.REPORTED.value,
    )
    with database.transaction() as connection:
        rows = connection.execute(newest).all()
        asked_at = {row.platform: row.observed_at for row in connection.execute(asked)}
    by_platform: dict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in rows:
        by_platform[row.platform].append(row)
    settled = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        days=1 + SETTLED_AFTER_DAYS
    )
    platforms = []
    for platform, theirs in sorted(by_platform.items()):
        known = [row.revenue_usd for row in theirs if row.revenue_usd is not None]
        seen = [row.observed_at for row in theirs]
        platforms.append(
            PlatformRevenue(
                platform=Platform(platform),
                revenue_usd=sum(known, Decimal(0)) if known else None,
                videos=len(theirs),
                videos_unknown=len(theirs) - len(known),
                provisional=asked_at.get(platform, max(seen)) < settled,
                simulated=any(row.simulated for row in theirs),
            )
        )
    return DayRevenue(channel=channel, day=day, platforms=tuple(platforms))


def _public_videos(
    database: Database, pairs: Sequence[tuple[str, date]]
) -> dict[str, list[_Video]]:
    """By channel, every video that may have been public on one of the days."""
    days = [day for _, day in pairs]
    first = datetime.combine(min(days), datetime.min.time(), UTC) - timedelta(days=1)
    last = datetime.combine(max(days), datetime.min.time(), UTC) + timedelta(days=2)
    columns = uploads.c
    query = (
        select(
            columns.story_id,
            columns.platform,
            columns.locale,
            columns.format,
            columns.channel,
            columns.account,
            columns.remote_id,
            columns.published_at,
            columns.withdrawn_at,
        )
        .where(
            columns.channel.in_({channel for channel, _ in pairs}),
            columns.published_at < last,
            columns.remote_id.is_not(None),
            columns.withdrawn_at.is_(None) | (columns.withdrawn_at >= first),
        )
        .order_by(columns.story_id, columns.platform, columns.locale, columns.format)
    )
    found: dict[str, list[_Video]] = defaultdict(list)
    with database.transaction() as connection:
        for row in connection.execute(query):
            platform = Platform(row.platform)
            found[row.channel].append(
                _Video(
                    story_id=row.story_id,
                    platform=platform,
                    locale=row.locale,
                    format=Format(row.format),
                    channel=row.channel,
                    account=row.account,
                    remote_id=row.remote_id,
                    first_day=reporting_day(row.published_at, platform),
                    last_day=reporting_day(row.withdrawn_at, platform)
                    if row.withdrawn_at
                    else None,
                )
            )
    return found


def _by_platform(videos: Iterable[_Video], day: date) -> Iterator[tuple[Platform, list[_Video]]]:
    live: dict[Platform, list[_Video]] = defaultdict(list)
    for video in videos:
        if video.live_on(day):
            live[video.platform].append(video)
    yield from sorted(live.items())


def _ask(
    channel: str, day: date, platform: Platform, live: list[_Video], source: MetricsSource | None
) -> _Answer:
    answer = _Answer(channel, day, platform, live, {})
    if source is None:
        answer.error = "no source of metrics is set up for it"
        return answer
    accounts: dict[str, list[str]] = defaultdict(list)
    for video in live:
        accounts[video.account].append(video.remote_id)
    try:
        for account, remote_ids in accounts.items():
            answer.numbers.update(source.day_numbers(account, tuple(remote_ids), day))
    except Exception as error:  # one platform's trouble is not the others'
        answer.error = f"{type(error).__name__}: {error}"[:500]
    return answer


_INSERT_SNAPSHOTS = text(
    f"INSERT INTO {metric_snapshots.fullname} SELECT * FROM "
    f"jsonb_populate_recordset(NULL::{metric_snapshots.fullname}, CAST(:rows AS jsonb)) "
    "ON CONFLICT DO NOTHING"
)
_VIDEO_KEY = ("story_id", "platform", "locale", "format", "day")


def _take_turns(connection: Connection, pairs: Sequence[tuple[str, date]]) -> None:
    """Wait for whoever saves one of these channels' days; the order keeps us from a deadlock."""
    keys = sorted(
        int.from_bytes(
            hashlib.blake2b(f"metrics {channel} {day}".encode(), digest_size=8).digest(),
            signed=True,
        )
        for channel, day in pairs
    )
    connection.execute(
        text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"),
        {"keys": keys},
    )


def _keep_snapshots(
    connection: Connection,
    answers: Sequence[_Answer],
    pairs: Sequence[tuple[str, date]],
    now: datetime,
) -> None:
    """Insert the snapshots that say something new.

    When a later answer was saved already (two processes at once), this one is out of date, but
    for videos nobody has numbers of.
    """
    channels = {channel for channel, _ in pairs}
    days = {day for _, day in pairs}
    table, asked = metric_snapshots.c, metric_collections.c
    newest = connection.execute(
        select(metric_snapshots)
        .where(table.channel.in_(channels), table.day.in_(days))
        .distinct(*(table[name] for name in _VIDEO_KEY))
        .order_by(*(table[name] for name in _VIDEO_KEY), table.observed_at.desc())
    )
    held = {tuple(getattr(row, name) for name in _VIDEO_KEY): row for row in newest}
    later = {
        (row.channel, row.day, row.platform)
        for row in connection.execute(
            select(asked.channel, asked.day, asked.platform).where(
                asked.channel.in_(channels),
                asked.day.in_(days),
                asked.outcome == CollectionOutcome.REPORTED.value,
                asked.observed_at > now,
            )
        )
    }
    rows = []
    for answer in answers:
        overtaken = (answer.channel, answer.day, answer.platform) in later
        for video in answer.live:
            numbers = answer.numbers.get(video.remote_id)
            if numbers is None:
                continue
            before = held.get(
                (video.story_id, video.platform, video.locale, video.format, answer.day)
            )
            if before is None or not (overtaken or _same(numbers, before)):
                rows.append(
                    {
                        "story_id": video.story_id,
                        "platform": video.platform,
                        "locale": video.locale,
                        "format": video.format,
                        "day": answer.day.isoformat(),
                        "observed_at": now.isoformat(),
                        "channel": video.channel,
                        **numbers.model_dump(mode="json"),
                    }
                )
    if rows:
        # One statement and one parameter: a third of the time of an executemany.
        connection.execute(_INSERT_SNAPSHOTS, {"rows": json.dumps(rows)})


def _same(numbers: DayNumbers, before: Row[tuple[object, ...]]) -> bool:
    return all(_as_stored(new) == getattr(before, name) for name, new in numbers)


def _as_stored(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.quantize(_MONEY) if isinstance(value, Decimal) else value


def _keep_collections(connection: Connection, collections: Sequence[MetricCollection]) -> None:
    statement = insert(metric_collections)
    old, new = metric_collections.c, statement.excluded
    known = old.outcome == CollectionOutcome.REPORTED.value
    reported = new.outcome == CollectionOutcome.REPORTED.value
    changed = {
        name: case((known & ~reported, old[name]), else_=new[name])
        for name in ("observed_at", "outcome", "videos_live", "videos_reported")
    }
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(MetricCollection.key),
            set_=changed | {"error": new.error},
            where=(new.observed_at >= old.observed_at) | (reported & ~known),
        ),
        [to_row(row) for row in collections],
    )
