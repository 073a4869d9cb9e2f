"""Quotas: windows in the platform's own time, and never a unit too much, whoever asks at once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from content_platform.publishing.models import DAY_S, QuotaRule, UploadKey
from content_platform.publishing.quotas import release, reserve, spend, window_at
from content_platform.storage.database import Database
from content_platform.storage.tables import platform_quotas, quota_reservations
from content_platform.vocabulary import Format, Platform
from content_platform_tests.publishing.stories import START, finished_story, rows

RULE = QuotaRule("uploads", units=5, cost=1, window_s=DAY_S)
ZONES = (
    "UTC", "America/Los_Angeles", "Europe/Berlin", "Africa/Cairo", "Asia/Beirut",
    "America/Havana", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "Atlantic/Azores",
)  # fmt: skip


def key(name: str) -> UploadKey:
    return UploadKey(name, Platform.SANDBOX, "en", Format.PORTRAIT)


def used(database: Database) -> dict[datetime, int]:
    query = select(platform_quotas.c.window_start, platform_quotas.c.used_units)
    with database.transaction() as connection:
        return {row.window_start: row.used_units for row in connection.execute(query)}


def take(database: Database, name: str, now: datetime = START, *rules: QuotaRule) -> bool:
    with database.transaction() as connection:
        return reserve(connection, key(name), "me", rules or (RULE,), now) is None


@given(
    st.timedeltas(timedelta(days=-9000), timedelta(days=12000)).map(lambda delta: START + delta),
    st.sampled_from(ZONES),
    st.sampled_from((1, 60, 3600, 5 * 3600, DAY_S, 2 * DAY_S, 7 * DAY_S)),
)
def test_windows_hold_their_moment_and_touch_each_other(
    now: datetime, zone: str, window_s: int
) -> None:
    rule = QuotaRule("any", 1, 1, window_s, zone)
    window = window_at(rule, now)
    assert window.start <= now < window.end
    assert window_at(rule, window.start) == window
    assert window_at(rule, window.end - timedelta(microseconds=1)) == window
    assert window_at(rule, window.end).start == window.end
    hours = (window.end - window.start).total_seconds() / 3600
    assert hours <= window_s / 3600 + 1


def test_a_day_is_as_long_as_the_clocks_there_make_it() -> None:
    rule = QuotaRule("any", 1, 1, DAY_S, "America/Los_Angeles")
    starts = [window_at(rule, datetime(2026, 3, 7, 20, tzinfo=UTC)).start]
    while len(starts) < 4:
        starts.append(window_at(rule, starts[-1]).end)
    assert starts[0] == datetime(2026, 3, 7, 8, tzinfo=UTC)
    lengths = [after - before for before, after in pairwise(starts)]
    assert lengths == [timedelta(hours=24), timedelta(hours=23), timedelta(hours=24)]
    autumn = window_at(rule, datetime(2026, 11, 1, 20, tzinfo=UTC))
    assert autumn.end - autumn.start == timedelta(hours=25)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (("none", 0, 1, DAY_S), "costs 1 of 0 units"),
        (("dear", 5, 6, DAY_S), "costs 6 of 5 units"),
        (("odd", 5, 1, DAY_S + 1), "neither within a day nor whole days"),
        (("lost", 5, 1, DAY_S, "Mars/Olympus"), "time zone 'Mars/Olympus' is not known"),
    ],
)
def test_a_rule_under_which_nothing_could_go_is_refused(
    rule: tuple[str, int, int, int], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        QuotaRule(*rule)


def test_asking_again_in_the_same_window_takes_nothing_more(database: Database) -> None:
    name = finished_story(database)
    assert take(database, name)
    assert take(database, name)
    assert list(used(database).values()) == [1]


def test_what_was_not_used_moves_to_the_new_window_and_what_was_stays(database: Database) -> None:
    name = finished_story(database)
    today, tomorrow = START.replace(hour=0), START.replace(day=23, hour=0)
    assert take(database, name)
    assert take(database, name, START + timedelta(days=1))
    assert used(database) == {today: 0, tomorrow: 1}
    with database.transaction() as connection:
        spend(connection, key(name), ["uploads"])
        release(connection, key(name))
    assert take(database, name, START + timedelta(days=1))
    assert used(database) == {today: 0, tomorrow: 2}
    with database.transaction() as connection:
        release(connection, key(name))
        release(connection, key(name))
    assert used(database) == {today: 0, tomorrow: 1}


def test_all_rules_have_room_or_nothing_is_taken(database: Database) -> None:
    wide = QuotaRule("calls", 100, 10, 3600)
    narrow = QuotaRule("posts", 1, 1, DAY_S)
    first, second = (finished_story(database, number) for number in (1, 2))
    assert take(database, first, START, narrow, wide)
    with database.transaction() as connection:
        full = reserve(connection, key(second), "me", (wide, narrow), START)
    assert full is not None
    assert (full.rule, full.resume_at) == (narrow, START.replace(day=23, hour=0))
    assert sorted(used(database).values()) == [1, 10]


def test_a_lowered_limit_holds_at_once(database: Database) -> None:
    names = [finished_story(database, number) for number in range(1, 6)]
    assert [take(database, name) for name in names[:3]] == [True] * 3
    lower = QuotaRule("uploads", 2, 1, DAY_S)
    assert not take(database, names[3], START, lower)
    assert take(database, names[3], START, QuotaRule("uploads", 4, 1, DAY_S))
    assert not take(database, names[4], START, QuotaRule("uploads", 4, 1, DAY_S))


def test_many_threads_at_once_never_take_too_much(database: Database) -> None:
    names = [finished_story(database, number, cleared=False) for number in range(1, 25)]
    rules = (RULE, QuotaRule("calls", 100, 7, 3600, "Asia/Kathmandu"))
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda name: take(database, name, START, *rules), names))
    assert Counter(got) == {True: 5, False: 19}
    assert sorted(used(database).values()) == [5, 35]


PROCESS = """
import sys
from datetime import datetime
from content_platform.storage.database import Database
from content_platform_tests.publishing.test_quotas import take
url, now, *names = sys.argv[1:]
database = Database(url)
sys.stdin.readline()
print(sum(take(database, name, datetime.fromisoformat(now)) for name in names))
"""


def test_several_processes_at_once_never_take_too_much(database: Database) -> None:
    names = [finished_story(database, number, cleared=False) for number in range(1, 13)]
    url = database.engine.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, url, START.isoformat(), *names[part::3]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part in range(3)
    ]
    taken = 0
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        taken += int(process.communicate(timeout=60)[0])
    assert taken == 5
    assert list(used(database).values()) == [5]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_the_books_are_right_after_any_sequence(database: Database, data: st.DataObject) -> None:
    """Used is what was spent and what is held, in each window, and never above the limit."""
    with database.transaction() as connection:
        for table in (quota_reservations, platform_quotas):
            connection.execute(table.delete())
    names = [f"harbour-tales_20261122_{number:04d}" for number in range(1, 5)]
    if not rows(database, "stories"):
        for number in range(1, 5):
            finished_story(database, number, cleared=False)
    spent: Counter[datetime] = Counter()
    held: dict[str, datetime] = {}
    now = START
    for _ in range(data.draw(st.integers(1, 25))):
        name = data.draw(st.sampled_from(names))
        act = data.draw(st.sampled_from(("take", "take", "spend", "release", "tomorrow")))
        window = window_at(RULE, now).start
        if act == "take":
            room = RULE.units - spent[window] - sum(w == window for w in held.values())
            expected = held.get(name) == window or room > 0
            assert take(database, name, now) == expected
            if expected:
                held[name] = window
        elif act == "tomorrow":
            now += timedelta(days=1)
        else:
            with database.transaction() as connection:
                if act == "spend":
                    spend(connection, key(name), ["uploads"])
                else:
                    release(connection, key(name))
            if name in held:
                window = held.pop(name)
                spent[window] += act == "spend"
        expected_use = spent + Counter(held.values())
        assert +Counter(used(database)) == +expected_use
