"""The loop under a real daemon, with its processes killed while it works. Used by tests and the benchmark.

Stories are queued, ``content-platform dev`` makes and publishes them. Whoever is killed, in the end
every story has to be finished and published, and nothing done twice.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
from sqlalchemy import text

from content_platform.orchestration.instance import OWNER_TAG
from content_platform.runtime import Runtime
from content_platform.settings import Settings
from content_platform.stories.models import StoryRequest, StoryStatus
from content_platform_tests.orchestration.world import channel_config, opened

CHANNEL = "under-fire"
POLL_S = 2.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Dev:
    """``content-platform dev`` on a data folder: started, killed in part, started again."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "CONTENT_DATA_DIR": str(self._data_dir),
            "CONTENT_MEDIA_SERVER_URL": f"http://127.0.0.1:{_free_port()}",
        }
        command = "from content_platform.cli import main; main()"
        with (self._data_dir / "dev.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", command, "dev", "--port", str(self._port)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """What the UI's own interface answers to a GraphQL query, once it is up."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"content-type": "application/json"},
        )
        ends = time.monotonic() + 120
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    found: dict[str, Any] = json.load(answer)
            except OSError:
                if time.monotonic() > ends or not self.running:
                    raise
                time.sleep(POLL_S)
                continue
            data: dict[str, Any] = found["data"]
            return data

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def part(self, *words: str) -> psutil.Process | None:
        """The process below ``dev`` whose command line holds all ``words``."""
        if self._process is None or not self.running:
            return None
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.Error):
                line = " ".join(process.cmdline())
                if all(word in line for word in words):
                    return process
        return None

    def stop(self) -> None:
        """Ask it to end, as a person's Ctrl-C does, and wait until all of it is gone."""
        if self._process is None:
            return
        family: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self._process.pid).children(recursive=True)
        if self.running:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=60)
        _, alive = psutil.wait_procs(family, timeout=20)
        for process in alive:
            if "postgres" not in process.name():  # the database stays for the next command
                process.kill()


@dataclass
class Batch:
    """What came of the stories. ``notes`` are sentences on every loss; empty is good."""

    stories: int
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    duplicates: int = 0
    lost: int = 0
    notes: list[str] = field(default_factory=list)


Kill = Callable[[Dev, dg.DagsterInstance], bool]
"""Kills something and says whether it found it."""


def kill_a_run_worker(dev: Dev, instance: dg.DagsterInstance) -> bool:
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        pid = run.tags.get(OWNER_TAG, "").rpartition(":")[2].partition("-")[0]
        if pid:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(int(pid)).kill()
                return True
    return False


def kill_the_code_server(dev: Dev, instance: dg.DagsterInstance) -> bool:
    return _kill(dev.part("dagster", "api", "grpc"), dev)


def kill_the_daemon(dev: Dev, instance: dg.DagsterInstance) -> bool:
    return _kill(dev.part("dagster._daemon"), dev)


def _kill(process: psutil.Process | None, dev: Dev) -> bool:
    if process is None:
        return False
    with suppress(psutil.NoSuchProcess):
        process.kill()
    dev.stop()  # a person sees that it is broken, and starts it again
    dev.start()
    return True


def through_the_loop(
    data_dir: Path,
    *,
    rehearsals: int,
    with_media: int = 0,
    kills: tuple[Kill, ...] = (),
    patience_s: float = 300,
) -> Batch:
    """Make and publish a batch under a daemon, with ``kills`` spread over it; count what is wrong.

    Each kill waits until its share of the stories is finished. ``patience_s`` is for all of it.
    """
    batch = Batch(rehearsals + with_media)
    began = time.monotonic()
    dev = Dev(data_dir)
    with opened(Settings(data_dir=data_dir)) as world:
        _order(world.runtime, rehearsals, with_media)
        dev.start()
        try:
            left = list(kills)
            while time.monotonic() - began < patience_s:
                if not dev.running:
                    dev.start()
                done = _published(world.runtime)
                share = (len(kills) - len(left) + 1) / (len(kills) + 1)
                if left and done >= batch.stories * share * 0.7:
                    if left[0](dev, world.instance):
                        batch.faults.append(left.pop(0).__name__)
                elif done == batch.stories:
                    break
                time.sleep(POLL_S)
            batch.seconds = time.monotonic() - began
        finally:
            dev.stop()
        _count(world.runtime, batch)
        batch.notes += [f"{kill.__name__} was never done" for kill in left]
    return batch


def kill_the_loop(place: Path, *, rehearsals: int = 50, with_media: int = 6) -> dict[str, object]:
    """The benchmark's figures: a batch, four stories at a time, with three of its processes killed."""
    place.mkdir(parents=True, exist_ok=True)
    with _database_stopped_after(place):
        batch = through_the_loop(
            place,
            rehearsals=rehearsals,
            with_media=with_media,
            kills=(kill_a_run_worker, kill_the_code_server, kill_the_daemon),
            patience_s=3600,
        )
    return {
        "faults": len(batch.faults),
        "duplicates": batch.duplicates,
        "lost": batch.lost,
        "batch_minutes": round(batch.seconds / 60, 1),
        "notes": batch.notes,
    }


@contextmanager
def _database_stopped_after(place: Path) -> Iterator[None]:
    from content_platform.storage.postgres import EmbeddedPostgres

    try:
        yield
    finally:
        EmbeddedPostgres(place).stop()


def _order(runtime: Runtime, rehearsals: int, with_media: int) -> None:
    config = channel_config(CHANNEL, cadence={})
    runtime.configs.add_channel(config, author="test", reason="to be killed")
    runtime.sandbox.configure(CHANNEL, uploads_per_day=rehearsals + with_media + 10)
    requests = [
        StoryRequest(channel=CHANNEL, seed=seed, media=seed >= rehearsals, publish=True)
        for seed in range(rehearsals + with_media)
    ]
    runtime.register.register_all(requests, queued=True)


def _published(runtime: Runtime) -> int:
    """How many stories are finished, and out there with all their uploads."""
    with runtime.database.transaction() as connection:
        return int(
            connection.scalar(
                text(
                    "SELECT count(*) FROM content.stories s WHERE s.status = 'finished' AND ("
                    "SELECT bool_and(u.published_at IS NOT NULL) FROM content.uploads u "
                    "WHERE u.story_id = s.story_id)"
                )
            )
            or 0
        )


def _count(runtime: Runtime, batch: Batch) -> None:
    rows = runtime.register.stories(CHANNEL, limit=batch.stories + 100)
    unfinished = [row for row in rows if row.status is not StoryStatus.FINISHED]
    batch.notes += [f"{row.story_id} is {row.status.value}: {row.error}" for row in unfinished]
    uploads = [up for row in rows for up in runtime.uploads.register.of_story(row.story_id)]
    shared = {upload.story_id for upload in uploads if upload.published_at is not None}
    unshared = {row.story_id for row in rows} - shared
    batch.notes += [f"{story_id} was not published" for story_id in sorted(unshared)]
    batch.lost = len({row.story_id for row in unfinished} | unshared) + batch.stories - len(rows)

    with runtime.database.transaction() as connection:
        accepted = connection.scalar(
            text("SELECT count(*) FROM sandbox.videos WHERE accepted_at IS NOT NULL")
        )
        twice = connection.scalar(
            text(
                "SELECT count(*) FROM (SELECT call_key, attempt_number FROM content.cost_entries "
                "GROUP BY call_key, attempt_number HAVING count(*) > 1) AS doubled"
            )
        )
    found = {
        "videos at the platform beyond the uploads": int(accepted or 0)
        - sum(upload.published_at is not None for upload in uploads),
        "ledger entries of one attempt beyond the first": int(twice or 0),
        "answers kept beyond the first of a call": sum(
            times - 1 for times in runtime.pipeline.completed_counts().values()
        ),
        "config versions nobody made": len(runtime.configs.history(CHANNEL)) - 1,
    }
    batch.duplicates = sum(max(0, times) for times in found.values())
    batch.notes += [f"{times} {what}" for what, times in found.items() if times > 0]
