"""Whatever happens and however often a worker dies: one video for each upload, no quota exceeded,
and published once the faults stop."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, text

from content_platform.errors import ContentPlatformError
from content_platform.publishing.models import DAY_S, QuotaRule, UploadState
from content_platform.publishing.uploads import Uploads
from content_platform.storage.database import Database
from content_platform.vocabulary import Format, Platform
from content_platform_tests.publishing.shop import Shop, Trouble
from content_platform_tests.publishing.stories import (
    START,
    MovableClock,
    channel_config,
    finished_story,
)
from content_platform_tests.publishing.test_uploads import run, the_upload

PER_DAY = 3
NUMBERS = itertools.count(1)
KINDS = [trouble for trouble in Trouble if trouble is not Trouble.REFUSE]
TROUBLES: dict[str, list[Trouble | None]] = {
    "publish": [*[None] * 4, *KINDS * 2, Trouble.REFUSE],
    "begin": [*[None] * 20, *KINDS, Trouble.KILL_AFTER, Trouble.REFUSE],
}
SELDOM: list[Trouble | None] = [*[None] * 40, *KINDS, Trouble.REFUSE]


MET: Counter[tuple[str, Trouble | None]] = Counter()
"""What calls met so far, in all worlds."""


class Killed(BaseException):
    """Stands for a process that is gone: nothing of it runs on, its database session ends."""


class World:
    """Three stories of one account, a platform and a worker, and all that may happen to them."""

    def __init__(self, database: Database, folder: Path) -> None:
        number = next(NUMBERS)
        self.database = database
        self.clock = MovableClock()
        config = channel_config(daily_limit=PER_DAY, accounts={"sandbox": f"account-{number}"})
        self.names = [
            finished_story(database, 3 * number + part, config=config) for part in range(3)
        ]
        self.shop = Shop(
            folder / f"shop-{number}.db",
            self.clock,
            processing_s=40,
            rules=(QuotaRule("sessions", PER_DAY, 1, DAY_S),),
            die=self._die,
        )
        self.commits_to_live: int | None = None
        self.uploads = self._new_worker()
        for name in self.names:
            self.uploads.plan(name)

    def _new_worker(self) -> Uploads:
        return Uploads(self.database, {Platform.SANDBOX: self.shop}, clock=self.clock)

    @staticmethod
    def _die() -> None:
        raise Killed

    @contextmanager
    def mortal(self) -> Iterator[None]:
        """While it lasts, the worker may die; then there is a new one."""

        def count(_connection: Connection) -> None:
            if self.commits_to_live is not None:
                self.commits_to_live -= 1
                if self.commits_to_live < 0:
                    self.commits_to_live = None
                    raise Killed

        event.listen(self.database.engine, "commit", count)
        try:
            yield
        except Killed:
            self.uploads = self._new_worker()
        finally:
            event.remove(self.database.engine, "commit", count)

    def act(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.names))
        key = the_upload(name)
        dice = random.Random(data.draw(st.integers(0, 2**32 - 1)))  # calls are made in threads

        def trouble(call: str) -> Trouble | None:
            drawn = dice.choice(TROUBLES.get(call, SELDOM))
            MET[call, drawn] += 1
            return drawn

        self.shop.trouble = trouble
        deed = data.draw(
            st.sampled_from(
                [*["advance"] * 3, *["on time"] * 6, "early", "plan", "expire", "retry", "commit"]
            )
        )
        due = self.uploads.register.upload(key).resume_at
        if due is not None and deed in {"on time", "commit"}:
            self.clock.now = max(self.clock.now, due)
        with self.mortal(), suppress(ContentPlatformError):
            if deed in {"advance", "on time"}:
                self.uploads.advance(name)
            elif deed == "early":
                self.clock.forward(seconds=data.draw(st.sampled_from([1, 15, 70])))
                self.uploads.retry(key, actor="ann")
                self.uploads.advance(name)
            elif deed == "plan":
                self.uploads.plan(name)
            elif deed == "expire":
                self.shop.expire_sessions()
            elif deed == "retry":
                self.uploads.retry(key, actor="ann")
            else:
                self.commits_to_live = data.draw(st.integers(0, 8))
                self.uploads.advance(name)
        self.check()

    def check(self) -> None:
        made = sum(self.shop.videos().values())
        assert made <= len(self.names), "a video was made twice"
        for name in self.names:
            keys = self.uploads.register.upload(the_upload(name))
            if keys.state is UploadState.FAILED:
                assert self.shop.videos().get(keys.idempotency_key, 0) == 0, "failed, yet there"
        days = Counter(at.date() for _, at in self.shop.sessions())
        assert not days or max(days.values()) <= PER_DAY, "the quota was exceeded"

    def end_well(self) -> None:
        """Faults stop; people retry what was given up: everything is published."""
        self.shop.trouble = lambda _call: None
        for name in self.names:
            (upload,) = run(self.uploads, self.clock, name)
            if upload.state is UploadState.FAILED:
                self.uploads.retry(upload.upload, actor="ann")
                (upload,) = run(self.uploads, self.clock, name)
            assert upload.state is UploadState.PUBLISHED
            assert self.shop.videos()[upload.idempotency_key] == 1
            self.check()
        assert sum(self.shop.videos().values()) == len(self.names)


def live_through(database: Database, folder: Path, data: st.DataObject, deeds: int) -> None:
    world = World(database, folder)
    for _ in range(data.draw(st.integers(3, deeds))):
        world.act(data)
    world.end_well()


@settings(max_examples=10, deadline=None, suppress_health_check=[*HealthCheck], print_blob=True)
@given(data=st.data())
def test_whatever_happens_each_video_is_published_exactly_once(
    database: Database, tmp_path: Path, data: st.DataObject
) -> None:
    live_through(database, tmp_path, data, 12)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@settings(max_examples=600, deadline=None, suppress_health_check=[*HealthCheck], print_blob=True)
@given(data=st.data())
def test_whatever_happens_for_long_each_video_is_published_exactly_once(
    database: Database, tmp_path: Path, data: st.DataObject
) -> None:
    live_through(database, tmp_path, data, 40)


@pytest.mark.soak
def test_every_call_met_every_trouble() -> None:
    """Of the test above, when both ran: it cannot have passed for lack of faults."""
    if not MET:
        pytest.skip("the worlds were not lived through in this run")
    calls = ("begin", "send", "find", "publish")
    assert {(call, kind) for call in calls for kind in Trouble} - set(MET) == set()


# Real processes, really killed


def start_worker(
    database: Database, shop: Shop, clock: MovableClock, point: str, *names: str
) -> subprocess.Popen[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "content_platform_tests.publishing.worker"),
            *(url, str(shop.file), clock().isoformat(), point, *names),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def go(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()


def let_go_of_locks(database: Database) -> None:
    """The server has seen that the killed worker is gone: a matter of milliseconds."""
    ends = time.monotonic() + 20
    query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    while time.monotonic() < ends:
        with database.transaction() as connection:
            if not connection.scalar(query):
                return
    raise AssertionError("a killed worker's lock is still held")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def shop(tmp_path: Path, clock: MovableClock) -> Shop:
    return Shop(tmp_path / "shop.db", clock, processing_s=30)


def finish_after_kill(database: Database, shop: Shop, clock: MovableClock, name: str) -> None:
    let_go_of_locks(database)
    uploads = Uploads(database, {Platform.SANDBOX: shop}, clock=clock)
    uploads.plan(name)
    (upload,) = run(uploads, clock, name)
    assert upload.state is UploadState.PUBLISHED
    assert list(shop.videos().values()) == [1]
    assert clock() - START < timedelta(minutes=10)


@pytest.mark.parametrize(
    "point", ["begin:kill-after", "send:kill", "publish:kill", "publish:kill-after", "commit:16"]
)
def test_a_killed_worker_leaves_nothing_undone_and_nothing_twice(
    point: str, database: Database, shop: Shop, clock: MovableClock
) -> None:
    name = finished_story(database, videos={Format.PORTRAIT: "a story"})
    worker = start_worker(database, shop, clock, point, name)
    go(worker)
    worker.communicate(timeout=60)
    assert worker.returncode == -9
    finish_after_kill(database, shop, clock, name)


@pytest.mark.soak
@pytest.mark.parametrize("commit", range(1, 30))
def test_a_worker_may_be_killed_before_any_commit(
    commit: int, database: Database, shop: Shop, clock: MovableClock
) -> None:
    name = finished_story(database)
    worker = start_worker(database, shop, clock, f"commit:{commit}", name)
    go(worker)
    worker.communicate(timeout=60)
    finish_after_kill(database, shop, clock, name)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(30))
def test_a_worker_may_be_killed_at_any_moment(
    seed: int, database: Database, shop: Shop, clock: MovableClock
) -> None:
    name = finished_story(database)
    worker = start_worker(database, shop, clock, "never", name)
    go(worker)
    time.sleep(random.Random(seed).uniform(0, 0.25))
    worker.kill()
    worker.communicate(timeout=60)
    finish_after_kill(database, shop, clock, name)


def test_two_workers_at_once_share_the_work_and_do_nothing_twice(
    database: Database, shop: Shop, clock: MovableClock
) -> None:
    names = [finished_story(database, number) for number in range(1, 7)]
    workers = [start_worker(database, shop, clock, "never", *names) for _ in range(2)]
    for worker in workers:
        go(worker)
    for worker in workers:
        worker.communicate(timeout=60)
        assert worker.returncode == 0
    uploads = Uploads(database, {Platform.SANDBOX: shop}, clock=clock)
    for name in names:
        assert run(uploads, clock, name)[0].state is UploadState.PUBLISHED
    assert list(shop.videos().values()) == [1] * 6
    for call in ("begin", "send", "publish"):
        assert len(shop.calls(call)) == 6
