"""The calendar plans what the cadence wants and starts each due slot exactly once."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.planning.calendar import (
    GRACE,
    NO_ROOM,
    ContentCalendar,
    plan_calendar,
    slot_request,
)
from content_platform.planning.models import PlannedSlot, SlotStatus
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.models import ConfigVersion
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import StoryOrigin, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform_tests.planning.conftest import (
    EVERY_TEN_MINUTES,
    NOON,
    TWICE_A_DAY,
    SetClock,
    a_config,
    a_version,
    change,
)

SERIES = """
series:
  - {name: harbour, title: The Harbour, world: a harbour town, every: 3,
     cast: [{name: Mara, kind: woman, noun: keeper}]}
  - {name: mill, title: The Mill, world: a mill by a river, every: 2,
     cast: [{name: Otto, kind: man, noun: miller}]}
"""
AddChannel = Callable[..., ConfigVersion]


@pytest.fixture
def calendar(database: Database, clock: SetClock) -> ContentCalendar:
    return ContentCalendar(database, clock)


def applied(slots: list[PlannedSlot], changes: list[PlannedSlot]) -> list[PlannedSlot]:
    by_key = {(slot.channel, slot.slot_at): slot for slot in [*slots, *changes]}
    return [by_key[key] for key in sorted(by_key)]


def test_the_coming_fourteen_days_are_planned_in_local_time() -> None:
    planned = plan_calendar([a_version(a_config())], [], NOON)
    assert len(planned) == 28
    assert [f"{slot.slot_at:%d %H:%M}" for slot in planned[:2]] == ["23 17:00", "24 01:30"]
    assert {f"{slot.slot_at:%H:%M}" for slot in planned[-8:]} == {"16:00", "00:30"}  # summer
    assert {slot.status for slot in planned} == {SlotStatus.PLANNED}


@given(
    st.integers(0, 5 * 24 * 60),
    st.sampled_from(["", TWICE_A_DAY, EVERY_TEN_MINUTES, TWICE_A_DAY + SERIES]),
    st.sampled_from([TWICE_A_DAY, EVERY_TEN_MINUTES + SERIES, ""]),
)
def test_planning_again_changes_nothing(minutes: int, before: str, after: str) -> None:
    slots = plan_calendar([a_version(a_config(more=before))], [], NOON, days=3)
    later = NOON + timedelta(minutes=minutes)
    version = a_version(a_config(more=after), 2)
    once = applied(slots, plan_calendar([version], slots, later, days=3))
    assert plan_calendar([version], once, later, days=3) == []
    planned = {slot.slot_at for slot in once if slot.status is SlotStatus.PLANNED}
    fresh = {slot.slot_at for slot in plan_calendar([version], [], later, days=3)}
    assert fresh <= planned
    assert all(at >= later - GRACE for at in planned)


def test_a_changed_cadence_cancels_its_slots_and_a_restored_one_plans_them_again() -> None:
    slots = plan_calendar([a_version(a_config())], [], NOON)
    evening = a_version(a_config(more=TWICE_A_DAY.replace("{time: '02:30'}, ", "")), 2)
    changes = plan_calendar([evening], slots, NOON)
    assert [slot.status for slot in changes] == [SlotStatus.CANCELLED] * 14
    assert changes[0].reason == "the cadence of config version 2 has no such slot"
    restored = plan_calendar([a_version(a_config(), 3)], applied(slots, changes), NOON)
    assert [slot.slot_at for slot in restored] == [slot.slot_at for slot in changes]
    assert {(slot.status, slot.reason) for slot in restored} == {(SlotStatus.PLANNED, "")}


def test_slots_of_a_channel_that_is_gone_or_closed_are_cancelled() -> None:
    slots = plan_calendar([a_version(a_config())], [], NOON)
    gone = plan_calendar([], slots, NOON)
    assert {(slot.status, slot.reason) for slot in gone} == {
        (SlotStatus.CANCELLED, "the channel is gone")
    }
    closed = a_version(a_config(more=TWICE_A_DAY + "active: false"), 2)
    assert len(plan_calendar([closed], slots, NOON)) == len(slots)
    assert plan_calendar([closed], [], NOON) == []


def test_a_slot_is_missed_after_two_hours_and_what_was_started_stays() -> None:
    version = a_version(a_config(more=EVERY_TEN_MINUTES))
    slots = plan_calendar([version], [], NOON, days=1)
    first = slots[0].model_copy(
        update={"status": SlotStatus.STARTED, "story_id": "night_20260323_0001"}
    )
    now = NOON + GRACE + timedelta(minutes=25)
    changes = plan_calendar([version], [first, *slots[1:]], now, days=1)
    missed = [slot for slot in changes if slot.status is SlotStatus.MISSED]
    assert [slot.slot_at for slot in missed] == [NOON + timedelta(minutes=m) for m in (10, 20)]
    assert missed[0].reason.startswith("nobody started it in time")
    assert first.slot_at not in {slot.slot_at for slot in changes}


def test_every_third_slot_is_the_series_episode_whenever_it_is_planned() -> None:
    version = a_version(a_config(more=EVERY_TEN_MINUTES + SERIES))
    now, slots = NOON, plan_calendar([version], [], NOON, days=1)
    for _ in range(5):
        now += timedelta(hours=7, minutes=13)
        slots = applied(slots, plan_calendar([version], slots, now, days=1))
    harbour = [number for number, slot in enumerate(slots) if slot.series == "harbour"]
    assert {later - earlier for earlier, later in itertools.pairwise(harbour)} == {3}
    mill = [slot for slot in slots if slot.series == "mill"]  # where the rarer series is not due
    assert len(slots) / 4 < len(mill) < len(slots) / 2


def test_a_due_slot_becomes_a_story_that_waits_for_the_daemon(
    calendar: ContentCalendar,
    register: StoryRegister,
    records: RecordStore,
    clock: SetClock,
    add_channel: AddChannel,
) -> None:
    cadence = "cadence: {lead_minutes: 90, slots: [{time: '14:00'}, {time: '15:00'}]}\n"
    version = add_channel(more=cadence)
    summary = calendar.refresh([version])
    assert (summary.planned, summary.ahead) == (28, 28)
    assert calendar.refresh([version]).planned == 0
    assert calendar.due(clock.now, 10) == []
    now = clock.advance(minutes=30)
    due = calendar.due(now, 10)
    assert [slot.slot_at for slot in due] == [NOON + timedelta(hours=2)]
    (story,) = calendar.start_due(now, 10, 100)
    assert register.waiting(10) == [story]
    assert (story.origin, story.queued) == (StoryOrigin.CALENDAR, True)
    assert story.request == slot_request(due[0])
    assert (story.request.publish, story.request.publish_at) == (True, due[0].slot_at)
    assert calendar.start_due(now, 10, 100) == []
    started = calendar.upcoming("night", 1)[0]
    assert (started.status, started.story_id) == (SlotStatus.STARTED, story.story_id)
    clock.advance(days=1)
    calendar.refresh([])
    (kept,) = records.find(PlannedSlot, status=SlotStatus.STARTED)
    assert kept == started


def test_a_full_hot_window_refuses_politely_and_the_slot_is_missed_with_that_reason(
    calendar: ContentCalendar, records: RecordStore, clock: SetClock, add_channel: AddChannel
) -> None:
    version = add_channel(more=EVERY_TEN_MINUTES)
    calendar.refresh([version])
    now = clock.advance(minutes=20)
    assert len(calendar.start_due(now, 10, 1)) == 1
    assert calendar.start_due(now, 10, 0) == []
    assert [slot.reason for slot in calendar.due(now, 10)] == [NO_ROOM, NO_ROOM]
    clock.advance(hours=3)
    assert calendar.refresh([version]).missed > 2
    missed = records.find(PlannedSlot, status=SlotStatus.MISSED)
    assert [slot.reason for slot in missed[:2]] == [NO_ROOM, NO_ROOM]
    assert missed[3].reason.startswith("nobody started it")


def test_a_closed_channel_starts_nothing_even_before_the_calendar_is_refreshed(
    calendar: ContentCalendar, configs: ChannelConfigs, clock: SetClock, add_channel: AddChannel
) -> None:
    calendar.refresh([add_channel(more=EVERY_TEN_MINUTES)])
    change(configs, "night", active=False)
    assert calendar.start_due(clock.advance(minutes=30), 10, 100) == []
    assert calendar.refresh(configs.channels()).cancelled > 2000


def test_the_lead_of_the_config_in_force_decides_when_a_slot_is_due(
    calendar: ContentCalendar, configs: ChannelConfigs, clock: SetClock, add_channel: AddChannel
) -> None:
    calendar.refresh([add_channel(more="cadence: {slots: [{time: '15:00'}]}")])
    assert calendar.due(clock.now, 5) == []
    change(configs, "night", cadence={"slots": [{"time": "15:00"}], "lead_minutes": 180})
    assert len(calendar.due(clock.now, 5)) == 1


def test_many_daemons_at_once_start_each_slot_once(
    database: Database,
    calendar: ContentCalendar,
    records: RecordStore,
    clock: SetClock,
    add_channel: AddChannel,
) -> None:
    versions = [add_channel(name, EVERY_TEN_MINUTES) for name in ("night", "day")]
    calendar.refresh(versions)
    now = clock.advance(hours=1)

    def daemon(_: int) -> list[str]:
        mine = ContentCalendar(database, clock)
        mine.refresh(versions)
        return [story.story_id for story in mine.start_due(now, 5, 100)]

    with ThreadPoolExecutor(6) as pool:
        started = [story for stories in pool.map(daemon, range(6)) for story in stories]
    assert len(started) == len(set(started)) == 14
    slots = records.find(PlannedSlot, status=SlotStatus.STARTED)
    assert sorted(slot.story_id or "" for slot in slots) == sorted(started)


DAEMON = """
import json, sys
from datetime import datetime
from content_platform.planning.calendar import ContentCalendar
from content_platform.storage.database import Database
url, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
calendar = ContentCalendar(Database(url), lambda: now)
print("ready", flush=True)
sys.stdin.readline()
while started := calendar.start_due(now, 1, 100):
    print(json.dumps(started[0].story_id), flush=True)
"""


def start_daemon(database: Database, clock: SetClock) -> subprocess.Popen[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", DAEMON, url, clock.now.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def test_processes_that_start_at_once_and_are_killed_between_lose_nothing(
    database: Database,
    calendar: ContentCalendar,
    register: StoryRegister,
    records: RecordStore,
    clock: SetClock,
    add_channel: AddChannel,
) -> None:
    calendar.refresh([add_channel(more="cadence: {every_minutes: 5}")])
    clock.advance(hours=1, minutes=55)
    daemons = [start_daemon(database, clock) for _ in range(2)]
    said: list[Any] = []
    try:
        for daemon in daemons:
            assert daemon.stdout is not None
            assert daemon.stdout.readline() == "ready\n"
        for daemon in daemons:
            assert daemon.stdin is not None
            print(file=daemon.stdin, flush=True)
        killed, survivor = daemons
        assert killed.stdout is not None
        said = [json.loads(killed.stdout.readline()) for _ in range(2)]
        killed.kill()
        said += [json.loads(line) for line in survivor.communicate(timeout=60)[0].splitlines()]
        rest, _ = killed.communicate(timeout=60)
        said += [json.loads(line) for line in rest.splitlines() if line.endswith('"')]
    finally:
        for daemon in daemons:
            daemon.kill()
    assert len(said) == len(set(said))
    stories = register.stories(limit=1000)
    assert len(stories) == 24  # 12:00, 12:05 … 13:55
    assert set(said) <= {story.story_id for story in stories}
    assert len({story.request.publish_at for story in stories}) == 24
    slots = records.find(PlannedSlot, status=SlotStatus.STARTED)
    assert {slot.story_id for slot in slots} == {story.story_id for story in stories}
    assert {story.status for story in stories} == {StoryStatus.PLANNED}
