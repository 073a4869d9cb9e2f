"""A process that makes one call and, if told to, is killed at a chosen point of it.

    python -m content_platform_tests.providers.worker URL FOLDER POINT [REPEATABILITY]

POINT is ``never``, ``call`` (while the provider works), ``stored`` (files in the media store,
nothing settled) or ``commit:N`` (just before the N-th commit: look, claim, settle).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from sqlalchemy import event

from content_platform.clock import utc_now
from content_platform.providers.models import CallContext, Repeatability
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest

STORY = "midnight-tales_20261122_0001"
REQUEST = SketchRequest(subject="a lighthouse in fog")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(LocalMediaStore):
    """Dies right after it has stored a file."""

    def put_file(self, path: Path, mime: str) -> MediaRef:
        super().put_file(path, mime)
        die()
        raise AssertionError


def main(url: str, folder: Path, point: str, repeatability: str) -> None:
    database = Database(url)
    where, _, number = point.partition(":")
    if where == "commit":
        left = int(number)

        def count_down(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                die()

        event.listen(database.engine, "commit", count_down)

    def deed(request: SketchRequest, context: CallContext) -> None:
        with (folder / "calls.log").open("a") as log:
            log.write(f"{os.getpid()}\n")
        if where == "call":
            (context.workspace / "half-written").write_bytes(b"x")
            die()
        time.sleep(0.4)  # an engine at work, long enough for two processes to meet

    store = MortalStore if where == "stored" else LocalMediaStore
    sketcher = Sketcher(
        deed=deed if where in ("call", "never") else lambda request, context: None,
        repeatability=Repeatability(repeatability),
        price="0.50",
    )
    pipeline = Pipeline(
        database,
        store(folder / "media"),
        [sketcher],
        clock=utc_now,
        scratch_dir=folder / "scratch",
    )
    if where == "never":
        print("ready", flush=True)
        sys.stdin.readline()
    print(pipeline.run(REQUEST, story_id=STORY).model_dump_json())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], (sys.argv[4:] or ["repeatable"])[0])
