"""Rates and slots of an account hold for all processes together; who waits, waits no longer than it may."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from content_platform.clock import utc_now
from content_platform.providers.limits import Limits, NoRoom, spacing
from content_platform.providers.models import CallContext
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.database import Database
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest
from content_platform_tests.providers.test_faults import MovableClock

Make = Callable[..., Pipeline]
STORY = "midnight-tales_20261122_0001"


@given(per_minute=st.integers(1, 3000), gaps=st.lists(st.integers(0, 90_000), max_size=200))
def test_no_minute_sees_more_calls_than_granted(per_minute: int, gaps: list[int]) -> None:
    ahead, every = spacing(per_minute)
    now = next_at = datetime(2026, 11, 22, tzinfo=UTC)
    begun: list[datetime] = []
    for gap in [0] * (per_minute % 50) + gaps:
        now += timedelta(milliseconds=gap)
        due = max(next_at, now) - ahead
        next_at = max(next_at, now) + every
        begun.append(max(due, now))
    begun.sort()
    for first, last in zip(begun, begun[per_minute:], strict=False):
        assert last - first >= timedelta(seconds=60) - timedelta(milliseconds=1)


class Waits:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.clock = MovableClock()
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += timedelta(seconds=seconds)


def test_calls_beyond_the_rate_wait_their_turn_and_no_longer_than_they_may(
    database: Database,
) -> None:
    waits = Waits()
    limits = Limits(database, waits.clock, waits.sleep)
    info = Sketcher("a", account="works:KEY", per_minute=20).info
    other = Sketcher("b", account="works:KEY", per_minute=20).info
    for _ in range(3):  # two may be ahead of an even flow
        with limits.hold(info, 0, 1):
            pass
    assert waits.slept == []
    with pytest.raises(NoRoom, match="20 calls a minute"), limits.hold(other, 3.3, 1):
        raise AssertionError("it must not run")
    with limits.hold(other, 3.4, 1):
        pass
    assert waits.slept == [pytest.approx(60 / 18, abs=0.001)]


def test_a_slot_is_given_back_and_a_lost_one_is_free_when_its_lease_is_over(
    database: Database,
) -> None:
    waits = Waits()
    limits = Limits(database, waits.clock, waits.sleep)
    info = Sketcher("a", account="works:KEY", concurrency=2).info
    with limits.hold(info, 0, 10), limits.hold(info, 0, 10):
        with pytest.raises(NoRoom, match="2 calls at once"), limits.hold(info, 1, 10):
            raise AssertionError("it must not run")
        waits.clock.now += timedelta(seconds=16)  # as if their process had been killed
        with limits.hold(info, 0, 10), limits.hold(info, 0, 10):
            pass
    with limits.hold(info, 0, 10), limits.hold(info, 0, 10):
        pass


def test_no_more_calls_than_granted_are_under_way_at_once(pipeline_with: Make) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def look(request: SketchRequest, context: CallContext) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1

    vendor = Sketcher("hosted", embedded=False, deed=look, account="works:KEY", concurrency=2)
    pipelines = [pipeline_with(vendor) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        made = list(
            threads.map(
                lambda n: pipelines[n % 2].run(SketchRequest(subject=str(n)), story_id=STORY),
                range(12),
            )
        )
    assert len(made) == vendor.asked == 12
    assert most == 2


def test_a_provider_without_room_in_time_is_left_and_not_held_against_it(
    pipeline_with: Make, database: Database
) -> None:
    vendor = Sketcher("hosted", embedded=False, account="works:KEY", concurrency=1, timeout_s=0.2)
    pipeline = pipeline_with(vendor, Sketcher("spare"))
    with Limits(database, utc_now).hold(vendor.info, 0, 60):
        assert pipeline.run(SketchRequest(subject="x"), story_id=STORY).provider == "spare"
    assert vendor.asked == 0
    assert pipeline.breakers.find() == {}
    assert pipeline.run(SketchRequest(subject="y"), story_id=STORY).provider == "hosted"


def test_an_account_without_limits_costs_no_statement(
    pipeline_with: Make, database: Database
) -> None:
    vendor = Sketcher("hosted", account="works:KEY")
    pipeline = pipeline_with(vendor)
    pipeline.run(SketchRequest(subject="warming up"), story_id=STORY)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    pipeline.run(SketchRequest(subject="x"), story_id=STORY)
    assert len(statements) == 3  # look, claim, settle


PROCESS = """
import sys, time
from content_platform.clock import utc_now
from content_platform.providers.limits import Limits
from content_platform.storage.database import Database
from content_platform_tests.providers.sample_provider import Sketcher
limits = Limits(Database(sys.argv[1]), utc_now)
info = Sketcher("a", account="works:KEY", per_minute=300).info
print("ready", flush=True)
sys.stdin.readline()
for _ in range(14):
    with limits.hold(info, 60, 1):
        print(time.time(), flush=True)
"""


def test_processes_share_the_rate_of_their_account(database: Database, tmp_path: Path) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    said = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        said += worker.communicate(timeout=60)[0].split()
    begun = sorted(map(float, said))
    assert len(begun) == 42
    ahead, every = spacing(300)  # 30 may be ahead, the others come evenly
    waited = (42 - 1 - 30) * every
    assert timedelta(seconds=begun[-1] - begun[0]) >= waited - timedelta(seconds=0.5)
    assert ahead == 30 * every
