"""The content calendar: which slots are coming, and the story of each one that is due.

Belongs here: planning slots from the channels' cadences and turning due ones into stories in the
register. When a cadence's moments are is ``cadence``; running the stories is the daemon's part.

A slot is planned, then started (it has a story) or missed or cancelled. Any process may be killed
anywhere: the slot and its story are written in one transaction.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, Select, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import INTERVAL, insert

from content_platform.clock import Clock
from content_platform.planning.cadence import numbered_slots
from content_platform.planning.models import PlannedSlot, SlotStatus
from content_platform.steering.models import ChannelConfig, ConfigVersion
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import calendar_slots, config_versions
from content_platform.stories.models import StoryOrigin, StoryRequest, StoryRow
from content_platform.stories.register import StoryRegister

DAYS_AHEAD = 14
GRACE = timedelta(hours=2)
"""How long after its moment a slot may still be started; then it is missed."""
NOBODY_STARTED_IT = "nobody started it in time: the platform was not running"
NO_ROOM = "the hot window has no room for another story: archive finished ones"


@dataclass(frozen=True)
class CalendarSummary:
    """What a refresh changed, for people."""

    planned: int = 0
    cancelled: int = 0
    missed: int = 0
    ahead: int = 0
    """Slots now planned and still to come."""


def plan_calendar(
    configs: Iterable[ConfigVersion],
    existing: Iterable[PlannedSlot],
    now: datetime,
    days: int = DAYS_AHEAD,
) -> list[PlannedSlot]:
    """The slots to write so that the calendar is right from ``now`` on for so many days.

    ``existing`` are the slots already written, at least those still planned and all from ``now``
    on. New ones are planned, planned ones no cadence wants any more are cancelled, and planned
    ones whose moment passed more than ``GRACE`` ago are missed. Started and missed slots are never
    touched. Planning again changes nothing.
    """
    by_channel = {version.channel: version for version in configs}
    kept: dict[str, dict[datetime, PlannedSlot]] = {channel: {} for channel in by_channel}
    for slot in existing:
        kept.setdefault(slot.channel, {})[slot.slot_at] = slot
    changes = []
    for channel, slots in sorted(kept.items()):
        changes += _plan_channel(by_channel.get(channel), slots, now, days)
    return changes


def _plan_channel(
    version: ConfigVersion | None, slots: dict[datetime, PlannedSlot], now: datetime, days: int
) -> list[PlannedSlot]:
    planned = {at: slot for at, slot in slots.items() if slot.status is SlotStatus.PLANNED}
    horizon = now + timedelta(days=days)
    wanted: dict[datetime, str | None] = {}
    if version is not None and version.config.active:
        end = max(horizon, max(planned, default=now) + timedelta(seconds=1))
        numbered = numbered_slots(version.config.cadence, now - GRACE, end)
        wanted = {at: _series_of(version.config, number) for at, number in numbered}
    changes = []
    for at, slot in planned.items():
        if at < now - GRACE:
            reason = slot.reason or NOBODY_STARTED_IT
            change: dict[str, object] = {"status": SlotStatus.MISSED, "reason": reason}
        elif at not in wanted:
            change = {"status": SlotStatus.CANCELLED, "reason": _why_cancelled(version)}
        elif version is not None and wanted[at] != slot.series:
            change = {"series": wanted[at], "config_version": version.version}
        else:
            continue
        changes.append(slot.model_copy(update={**change, "updated_at": now}))
    for at, series in wanted.items():
        there = slots.get(at)
        if version is None or not now <= at < horizon:
            continue
        if there is None or there.status is SlotStatus.CANCELLED:
            changes.append(
                PlannedSlot(
                    channel=version.channel,
                    slot_at=at,
                    config_version=version.version,
                    series=series,
                    updated_at=now,
                )
            )
    return sorted(changes, key=lambda slot: slot.slot_at)


def _series_of(config: ChannelConfig, number: int) -> str | None:
    """The series whose episode slot ``number`` is: every ``every``-th slot, the rarer series first."""
    turns = [
        (-series.every, place, series.name)
        for place, series in enumerate(config.series)
        if (number - place) % series.every == 0
    ]
    return min(turns)[2] if turns else None


def _why_cancelled(version: ConfigVersion | None) -> str:
    if version is None:
        return "the channel is gone"
    if not version.config.active:
        return f"the channel is closed since config version {version.version}"
    return f"the cadence of config version {version.version} has no such slot"


def slot_request(slot: PlannedSlot, *, media: bool = True) -> StoryRequest:
    """What the calendar asks for at a slot. The slot alone decides it, so it is asked for once."""
    seed = hashlib.sha256(f"{slot.channel}@{slot.slot_at.astimezone(UTC).isoformat()}".encode())
    return StoryRequest(
        channel=slot.channel,
        seed=int.from_bytes(seed.digest()[:4]) % 2**31,
        media=media,
        publish=True,
        publish_at=slot.slot_at,
        series=slot.series,
    )


class ContentCalendar:
    """The slots in Postgres. Safe to use from many processes at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._register = StoryRegister(database, clock)

    def refresh(self, configs: Sequence[ConfigVersion], days: int = DAYS_AHEAD) -> CalendarSummary:
        """Plan the coming days from the channels' configs in force; see ``plan_calendar``."""
        now = self._clock()
        query = select(calendar_slots).where(
            or_(
                calendar_slots.c.slot_at >= now - GRACE,
                calendar_slots.c.status == SlotStatus.PLANNED,
            )
        )
        with self._database.transaction() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
                               {"name": "content calendar"})  # fmt: skip
            existing = [_slot(row) for row in connection.execute(query).mappings()]
            changes = plan_calendar(configs, existing, now, days)
            _write(connection, changes)
            ahead = connection.scalar(
                select(func.count())
                .select_from(calendar_slots)
                .where(calendar_slots.c.status == SlotStatus.PLANNED)
                .where(calendar_slots.c.slot_at >= now)
            )
        counted = Counter(slot.status for slot in changes)
        return CalendarSummary(
            planned=counted[SlotStatus.PLANNED],
            cancelled=counted[SlotStatus.CANCELLED],
            missed=counted[SlotStatus.MISSED],
            ahead=ahead or 0,
        )

    def upcoming(self, channel: str | None = None, days: int = DAYS_AHEAD) -> list[PlannedSlot]:
        """The slots from ``GRACE`` ago to so many days ahead, in order, cancelled ones left out."""
        now = self._clock()
        query = (
            select(calendar_slots)
            .where(calendar_slots.c.slot_at >= now - GRACE)
            .where(calendar_slots.c.slot_at < now + timedelta(days=days))
            .where(calendar_slots.c.status != SlotStatus.CANCELLED)
            .order_by(calendar_slots.c.slot_at, calendar_slots.c.channel)
        )
        if channel is not None:
            query = query.where(calendar_slots.c.channel == channel)
        return self._slots(query)

    def due(self, now: datetime, limit: int) -> list[PlannedSlot]:
        """Planned slots whose story is to be begun, the earliest first.

        One is due ``lead_minutes`` (of the channel's config in force) before its moment, until
        ``GRACE`` after it.
        """
        return self._slots(_due(now).limit(limit))

    def start_due(
        self, now: datetime, limit: int, room: int, *, media: bool = True
    ) -> list[StoryRow]:
        """Register the stories of up to ``limit`` due slots, queued for the daemon.

        ``room`` is how many more stories the hot window takes: due slots beyond it stay planned
        with the reason, and are missed with it when their time is over. Each slot is one
        transaction: a kill loses none and starts none twice, and slots another process is
        starting are left to it. ``media`` False makes them rehearsals.
        """
        started: list[StoryRow] = []
        while len(started) < min(limit, room):
            with self._database.transaction() as connection:
                mine = _due(now).limit(1).with_for_update(of=calendar_slots, skip_locked=True)
                found = connection.execute(mine).mappings().first()
                if found is None:
                    return started
                slot = _slot(found)
                story = self._register.register_within(
                    connection,
                    slot_request(slot, media=media),
                    origin=StoryOrigin.CALENDAR,
                    queued=True,
                )
                connection.execute(
                    update(calendar_slots)
                    .where(calendar_slots.c.channel == slot.channel)
                    .where(calendar_slots.c.slot_at == slot.slot_at)
                    .values(
                        status=SlotStatus.STARTED,
                        story_id=story.story_id,
                        reason="",
                        updated_at=self._clock(),
                    )
                )
            started.append(story)
        if room <= limit:
            self._refuse(now)
        return started

    def _refuse(self, now: datetime) -> None:
        """Note on what is still due why it is not started; not on what others are starting now."""
        with self._database.transaction() as connection:
            locked = _due(now).with_for_update(of=calendar_slots, skip_locked=True)
            refused = [_slot(row) for row in connection.execute(locked).mappings()]
            _write(
                connection,
                [slot.model_copy(update={"reason": NO_ROOM, "updated_at": now})
                 for slot in refused if slot.reason != NO_ROOM],
            )  # fmt: skip

    def _slots(self, query: Select[Any]) -> list[PlannedSlot]:
        with self._database.transaction() as connection:
            return [_slot(row) for row in connection.execute(query).mappings()]


def _due(now: datetime) -> Select[Any]:
    config = config_versions.c.config
    in_force = (
        select(
            config_versions.c.channel,
            func.coalesce(cast(config["cadence"]["lead_minutes"].astext, Integer), 0).label("lead"),
            func.coalesce(cast(config["active"].astext, Boolean), True).label("active"),
        )
        .distinct(config_versions.c.channel)
        .order_by(config_versions.c.channel, config_versions.c.version.desc())
        .subquery()
    )
    lead = func.make_interval(0, 0, 0, 0, 0, in_force.c.lead, type_=INTERVAL)
    return (
        select(calendar_slots)
        .join(in_force, in_force.c.channel == calendar_slots.c.channel)
        .where(in_force.c.active)
        .where(calendar_slots.c.status == SlotStatus.PLANNED)
        .where(calendar_slots.c.slot_at >= now - GRACE)
        .where(calendar_slots.c.slot_at - lead <= now)
        .order_by(calendar_slots.c.slot_at, calendar_slots.c.channel)
    )


def _write(connection: Connection, slots: Sequence[PlannedSlot]) -> None:
    """Save slots, but never over one that was started meanwhile."""
    if not slots:
        return
    rows = [to_row(slot) for slot in slots]
    statement = insert(calendar_slots)
    kept = statement.on_conflict_do_update(
        index_elements=list(PlannedSlot.key),
        set_={name: statement.excluded[name] for name in rows[0] if name not in PlannedSlot.key},
        where=calendar_slots.c.status != SlotStatus.STARTED,
    )
    connection.execute(kept, rows)


def _slot(row: Any) -> PlannedSlot:
    return from_row(PlannedSlot, dict(row))
