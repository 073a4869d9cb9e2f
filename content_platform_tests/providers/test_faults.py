"""Killed workers, two at once, late answers: nothing is lost, nothing is made or paid twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from content_platform.errors import NoProviderLeft
from content_platform.providers.models import CallContext, CallResult, Repeatability
from content_platform.providers.pipeline import Pipeline, call_key
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.storage.tables import cost_entries, media_assets, provider_attempts
from content_platform_tests.providers.sample_provider import Sketch, Sketcher, SketchRequest
from content_platform_tests.providers.worker import REQUEST, STORY

Make = Callable[..., Pipeline]


def start_worker(
    database: Database, folder: Path, point: str, repeatability: str = "repeatable"
) -> subprocess.Popen[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "content_platform_tests.providers.worker"),
            *(url, str(folder), point, repeatability),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_worker(
    database: Database, folder: Path, point: str, repeatability: str = "repeatable"
) -> bool:
    """Whether the worker lived to be killed at ``point``."""
    worker = start_worker(database, folder, point, repeatability)
    worker.communicate(timeout=60)
    assert worker.returncode in (0, -9)
    return worker.returncode == -9


def attempts(database: Database) -> list[str]:
    query = select(provider_attempts.c.status).order_by(provider_attempts.c.number)
    with database.transaction() as transaction:
        return list(transaction.scalars(query))


def charges(database: Database) -> list[tuple[int, str, Decimal]]:
    query = select(
        cost_entries.c.attempt_number, cost_entries.c.basis, cost_entries.c.amount_usd
    ).order_by(cost_entries.c.entry)
    with database.transaction() as transaction:
        return [tuple(row) for row in transaction.execute(query)]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def finish_after_kill(
    database: Database, pipeline_with: Make, media: LocalMediaStore, folder: Path
) -> list[str]:
    """Make the call again, check that all is well, and return the attempts' states."""
    sketcher = Sketcher(price="0.50")
    pipeline = pipeline_with(sketcher)
    result = pipeline.run(REQUEST, story_id=STORY)
    assert sketcher.asked == (0 if result.reused else 1)
    assert media.local_path(result.media["sketch"]).read_bytes() == b"a lighthouse in fog"
    assert pipeline.completed_counts() == {call_key(REQUEST): 1}
    assert len(files(folder / "media")) == 1
    assert files(folder / "scratch") == []
    with database.transaction() as transaction:
        assert len(transaction.execute(select(media_assets)).all()) == 1
    states = attempts(database)
    assert [number for number, _, _ in charges(database)] == list(range(1, len(states) + 1))
    assert pipeline.run(REQUEST, story_id=STORY).reused
    return states


@pytest.mark.parametrize(
    ("point", "states"),
    [
        ("commit:2", ["succeeded"]),  # before the claim is committed
        ("call", ["abandoned", "succeeded"]),
        ("stored", ["abandoned", "succeeded"]),
        ("commit:3", ["abandoned", "succeeded"]),  # before the settlement is committed
    ],
)
def test_a_killed_worker_is_taken_over_at_once(
    point: str,
    states: list[str],
    database: Database,
    pipeline_with: Make,
    media: LocalMediaStore,
    tmp_path: Path,
) -> None:
    assert killed_worker(database, tmp_path, point)
    assert finish_after_kill(database, pipeline_with, media, tmp_path) == states


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(30))
def test_a_worker_may_be_killed_at_any_moment(
    seed: int,
    database: Database,
    pipeline_with: Make,
    media: LocalMediaStore,
    tmp_path: Path,
) -> None:
    worker = start_worker(database, tmp_path, "never")
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    worker.stdin.write("go\n")
    worker.stdin.flush()
    time.sleep(random.Random(seed).uniform(0, 0.6))
    worker.kill()
    worker.communicate(timeout=60)
    finish_after_kill(database, pipeline_with, media, tmp_path)


def test_two_processes_asking_the_same_at_once_make_one_call(
    database: Database, tmp_path: Path
) -> None:
    workers = [start_worker(database, tmp_path, "never") for _ in range(2)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    results = [json.loads(worker.communicate(timeout=60)[0]) for worker in workers]
    assert len((tmp_path / "calls.log").read_text().splitlines()) == 1
    assert sorted(result.pop("reused") for result in results) == [False, True]
    assert results[0] == results[1]
    assert attempts(database) == ["succeeded"]


def test_a_call_that_must_not_be_repeated_stays_in_doubt_when_its_worker_is_killed(
    database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    assert killed_worker(database, tmp_path, "call", Repeatability.NEVER)
    never = Sketcher(repeatability=Repeatability.NEVER, price="0.50")
    spare = Sketcher("spare")
    pipeline = pipeline_with(never, spare)
    for _ in range(2):
        with pytest.raises(NoProviderLeft, match="sketcher was asked at") as doubt:
            pipeline.run(REQUEST, story_id=STORY)
        assert "attempt above 0" in doubt.value.remedy
    assert never.asked == spare.asked == 0
    (call,) = pipeline.calls(STORY)
    assert call.status == "ambiguous"
    assert charges(database) == [(1, "estimate", Decimal("0.50"))]
    assert not pipeline.run(REQUEST, story_id=STORY, attempt=1).reused
    assert never.asked == 1


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Overtaken:
    """A call whose worker has been silent for longer than its lease, but is not dead."""

    def __init__(self, pipeline_with: Make, repeatability: Repeatability) -> None:
        self.clock = MovableClock()
        self._at_work, self._go_on = threading.Event(), threading.Event()
        self.slow = Sketcher(
            deed=self._hold, repeatability=repeatability, price="0.40", timeout_s=60
        )
        pipeline = pipeline_with(self.slow, clock=self.clock)
        self.result: CallResult[Sketch] | None = None

        def run() -> None:
            self.result = pipeline.run(REQUEST, story_id=STORY)

        self._thread = threading.Thread(target=run)
        self._thread.start()
        assert self._at_work.wait(20)
        self.clock.now += timedelta(minutes=5)

    def _hold(self, request: SketchRequest, context: CallContext) -> None:
        self._at_work.set()
        assert self._go_on.wait(30)

    def answer(self) -> CallResult[Sketch]:
        self._go_on.set()
        self._thread.join(20)
        assert self.result is not None
        return self.result


def test_a_late_answer_to_a_call_that_was_taken_over_is_dropped(
    pipeline_with: Make, database: Database
) -> None:
    late = Overtaken(pipeline_with, Repeatability.REPEATABLE)
    quick = Sketcher("quick")
    taken_over = pipeline_with(quick, clock=late.clock).run(REQUEST, story_id=STORY)
    assert taken_over.provider == "quick"
    assert late.answer() == taken_over.model_copy(update={"reused": True})
    assert late.slow.asked == quick.asked == 1
    assert attempts(database) == ["abandoned", "succeeded"]


def test_a_late_answer_to_a_call_in_doubt_ends_the_doubt(
    pipeline_with: Make, database: Database
) -> None:
    late = Overtaken(pipeline_with, Repeatability.NEVER)
    pipeline = pipeline_with(Sketcher("quick"), clock=late.clock)
    with pytest.raises(NoProviderLeft, match="its answer was lost"):
        pipeline.run(REQUEST, story_id=STORY)
    assert not late.answer().reused
    after = pipeline.run(REQUEST, story_id=STORY)
    assert (after.reused, after.provider) == (True, "sketcher")
    assert attempts(database) == ["succeeded"]
    assert sum(amount for _, _, amount in charges(database)) == Decimal("0.40")
