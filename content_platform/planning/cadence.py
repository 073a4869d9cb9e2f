"""When a channel's stories are due: from a cadence to moments, in any time zone.

Pure. What becomes of a moment is ``calendar``'s business.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from content_platform.steering.models import CadenceConfig, Slot, Weekday

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_MONDAY = date(1970, 1, 5)
_WIDEST_GAP = timedelta(days=2)
"""More than any clock change ever moved local time (a day: Samoa, 30 December 2011)."""


def slots_between(cadence: CadenceConfig, start: datetime, end: datetime) -> list[datetime]:
    """The moments in ``[start, end)`` at which the cadence wants a story; UTC, in order, each once.

    ``every_minutes`` counts from midnight UTC of 1 January 1970, whatever the zone, so the grid
    has no seam. A local time the clock skips is moved to the first moment after the gap; one it
    strikes twice counts the first time.
    """
    return [moment for moment, _ in numbered_slots(cadence, start, end)]


def numbered_slots(
    cadence: CadenceConfig, start: datetime, end: datetime
) -> list[tuple[datetime, int]]:
    """``slots_between``, each with its number since 1970: the same whatever window is asked for."""
    if cadence.every_minutes is not None:
        step = timedelta(minutes=cadence.every_minutes)
        first = -((_EPOCH - start) // step)
        last = -((_EPOCH - end) // step)
        return [(_EPOCH + number * step, number) for number in range(first, last)]
    found: dict[datetime, int] = {}
    for moment, number in _weekly(cadence, start, end):
        if start <= moment < end:
            found.setdefault(moment, number)  # two times skipped by one gap are one moment
    return sorted(found.items())


def _weekly(
    cadence: CadenceConfig, start: datetime, end: datetime
) -> Iterator[tuple[datetime, int]]:
    zone = ZoneInfo(cadence.timezone)
    week = sorted((list(Weekday).index(day), slot.time) for slot, day in _named(cadence.slots))
    day = (start - _WIDEST_GAP).astimezone(zone).date()
    last = (end + _WIDEST_GAP).astimezone(zone).date()
    while day <= last:
        weeks = (day - _A_MONDAY).days // 7
        for place, (weekday, at) in enumerate(week):
            if weekday == day.weekday():
                local = datetime.combine(day, time.fromisoformat(at))
                yield moment_of(local, zone), weeks * len(week) + place
        day += timedelta(days=1)


def _named(slots: tuple[Slot, ...]) -> Iterator[tuple[Slot, Weekday]]:
    return ((slot, day) for slot in slots for day in slot.weekdays)


def moment_of(local: datetime, zone: tzinfo) -> datetime:
    """When clocks in ``zone`` first show the naive ``local`` time, in UTC.

    Where they skip it: the first moment after the gap.
    """
    before = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == local:
        return before
    # In a gap the two readings lie on either side of the clock change; close in on it.
    early, late = local.replace(tzinfo=zone, fold=1).astimezone(UTC), before
    skipped = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == skipped:
            late = middle
        else:
            early = middle
    return late
