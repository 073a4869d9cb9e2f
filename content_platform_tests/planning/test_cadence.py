"""A cadence's moments: right through clock changes, none lost and none twice."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.planning.cadence import moment_of, numbered_slots, slots_between
from content_platform.steering.models import CadenceConfig, Slot, Weekday

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "Europe/Dublin", "America/Havana",
)  # fmt: skip

EARLIEST, LATEST = datetime.fromisoformat("2010-01-01"), datetime.fromisoformat("2040-01-01")
moments = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))
times = st.times().map(lambda at: f"{at:%H:%M}")
slots = st.builds(
    Slot, time=times, weekdays=st.sets(st.sampled_from(Weekday), min_size=1).map(tuple)
)
weekly = st.builds(
    CadenceConfig,
    timezone=st.sampled_from(ZONES),
    slots=st.lists(slots, min_size=1, max_size=5, unique_by=lambda slot: slot.time).map(tuple),
)
gridded = st.builds(
    CadenceConfig, timezone=st.sampled_from(ZONES), every_minutes=st.integers(5, 1440)
)
cadences = weekly | gridded


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(cadences, moments, st.integers(0, 40 * 24 * 60), st.integers(0, 40 * 24 * 60))
def test_adjacent_windows_lose_no_slot_and_repeat_none(
    cadence: CadenceConfig, start: datetime, first_minutes: int, second_minutes: int
) -> None:
    middle = start + timedelta(minutes=first_minutes)
    end = middle + timedelta(minutes=second_minutes)
    whole = numbered_slots(cadence, start, end)
    halves = numbered_slots(cadence, start, middle) + numbered_slots(cadence, middle, end)
    assert whole == halves
    found = [moment for moment, _ in whole]
    assert found == sorted(set(found))
    assert all(start <= moment < end for moment in found)
    numbers = [number for _, number in whole]
    assert numbers == sorted(set(numbers))


@given(weekly, moments)
def test_each_wanted_local_time_happens_once_a_week(
    cadence: CadenceConfig, start: datetime
) -> None:
    zone = ZoneInfo(cadence.timezone)
    found = set(slots_between(cadence, start, start + timedelta(days=9)))
    day = (start + timedelta(days=1)).astimezone(zone).date()
    for _ in range(6):
        day += timedelta(days=1)
        for slot in cadence.slots:
            if list(Weekday)[day.weekday()] in slot.weekdays:
                local = datetime.combine(day, time.fromisoformat(slot.time))
                assert moment_of(local, zone) in found


@given(st.sampled_from(ZONES), st.datetimes(EARLIEST, LATEST))
def test_a_local_time_is_the_first_moment_that_reaches_it(zone_name: str, local: datetime) -> None:
    zone, local = ZoneInfo(zone_name), local.replace(second=0, microsecond=0)
    moment = moment_of(local, zone)
    assert moment.astimezone(zone).replace(tzinfo=None) >= local
    earlier = moment - timedelta(seconds=1)
    assert earlier.astimezone(zone).replace(tzinfo=None) < local
    if moment.astimezone(zone).replace(tzinfo=None) != local:  # the clock skipped it
        hour_before = moment - timedelta(hours=1)
        assert hour_before.astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset()


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),  # skipped: 03:00 is next
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30"),  # half an hour is skipped
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),  # a whole day is skipped
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00"),  # no midnight that day
    ],
)
def test_clock_changes_known_by_date(zone: str, local: str, utc: str) -> None:
    assert moment_of(datetime.fromisoformat(local), ZoneInfo(zone)) == at(utc)


def test_two_times_that_one_clock_change_skips_are_one_slot() -> None:
    cadence = CadenceConfig(
        timezone="Europe/Berlin", slots=tuple(Slot(time=f"02:{m}") for m in ("10", "30", "50"))
    )
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]
    found = slots_between(cadence, at("2026-03-28T00:00"), at("2026-03-31T00:00"))
    local = [moment.astimezone(ZoneInfo("Europe/Berlin")) for moment in found]
    assert [sum(moment.date() == day for moment in local) for day in days] == [3, 1, 3]


def test_the_grid_of_minutes_has_no_seam_in_any_zone() -> None:
    for minutes, zone in ((5, "Europe/Berlin"), (7, "Asia/Kathmandu"), (1440, "UTC")):
        cadence = CadenceConfig(every_minutes=minutes, timezone=zone)
        found = slots_between(cadence, at("2026-03-28T00:00"), at("2026-04-04T00:00"))
        steps = {later - earlier for earlier, later in itertools.pairwise(found)}
        assert steps == {timedelta(minutes=minutes)}
        assert all(moment.timestamp() % (minutes * 60) == 0 for moment in found)


def test_a_channel_without_a_cadence_has_no_slots() -> None:
    assert slots_between(CadenceConfig(), at("2026-01-01T00:00"), at("2027-01-01T00:00")) == []
