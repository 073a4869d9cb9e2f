"""The ``content-platform`` command as a person uses it: a process, on a data folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.storage.tables import provider_attempts

COMMAND = (sys.executable, "-c", "from content_platform.cli import main; main()")
SHORT = ("--channel", "ember-wood", "--seconds", "15", "--format", "1x1")
"""The smallest story there is."""
MADE_SEED = 7
"""The seed of the one that all look at."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True)
class Work:
    """What the engines have done so far."""

    completed: Counter[str]
    attempts: int


class Workplace:
    """A data folder and the command working on it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.settings = Settings(data_dir=data_dir)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONTENT")}
        return {**kept, "CONTENT_DATA_DIR": str(self.data_dir), "COLUMNS": "200", **more}

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start the command in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=self.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout_s: float = 280, **variables: str) -> Ended:
        """Run the command to its end."""
        began = time.monotonic()
        with self.start(*arguments, **variables) as process:
            try:
                out, err = process.communicate(timeout=timeout_s)
            except BaseException:
                process.kill()
                raise
        return Ended(process.returncode, out, err, time.monotonic() - began)

    @contextmanager
    def runtime(self) -> Iterator[Runtime]:
        with open_runtime(self.settings) as runtime:
            yield runtime

    def work(self) -> Work:
        with self.runtime() as runtime, runtime.database.transaction() as connection:
            attempts = connection.scalar(select(func.count()).select_from(provider_attempts)) or 0
            return Work(Counter(runtime.pipeline.completed_counts()), attempts)

    def close(self) -> None:
        EmbeddedPostgres(self.data_dir).stop()


@dataclass(frozen=True)
class MadeStory:
    """A real story, made by the command with a fixed seed."""

    place: Workplace
    wishes: tuple[str, ...]
    story_id: str
    made: Ended
    work: Work
