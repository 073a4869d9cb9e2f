"""A vendor in a folder that bills what it did by key, and a process that is killed while buying from it.

    python -m content_platform_tests.providers.remembering URL FOLDER KIND MOMENT

KIND is a repeatability. A repeatable vendor is idempotent: asked again with the same key it bills once.
MOMENT is ``answered`` (the vendor has billed and answered), ``stored`` (files are in the media store) or
``commit:N`` (just before the N-th commit: look, breakers, claim, settle).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import event

from content_platform.clock import utc_now
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Produced,
    Repeatability,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform_tests.providers.sample_provider import Sketch, Sketcher, SketchRequest
from content_platform_tests.providers.worker import REQUEST, STORY, MortalStore, die

PRICE = Decimal("0.50")


def billed(folder: Path) -> list[Decimal]:
    """The vendor's own meter: each bill it wrote."""
    meter = folder / "vendor" / "bills"
    return [Decimal(line) for line in meter.read_text().split()] if meter.exists() else []


class Remembering(Sketcher):
    """Can be asked what became of a call. Loses so many answers or requests, and cannot always say."""

    def __init__(
        self,
        folder: Path,
        *,
        kind: str = Repeatability.PROBE_FIRST,
        loses_answers: int = 0,
        loses_requests: int = 0,
        cannot_say: int = 0,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder / "vendor"
        self._folder.mkdir(exist_ok=True)
        self._loses_answers = loses_answers
        self._loses_requests = loses_requests
        self._cannot_say = cannot_say
        self._then = then
        self.probed = 0
        super().__init__(
            "remembering",
            embedded=False,
            deed=self._sell,
            price=str(PRICE),
            repeatability=Repeatability(kind),
        )

    def _sell(self, request: SketchRequest, context: CallContext) -> None:
        if self._loses_requests:
            self._loses_requests -= 1
            raise TransientFailure("no answer", retry_after_s=0, cost_usd=None)
        done = self._folder / context.idempotency_key
        if not done.exists() or self.info.repeatability is not Repeatability.REPEATABLE:
            with (self._folder / "bills").open("a") as meter:
                meter.write(f"{PRICE}\n")
        done.write_text(request.subject)
        self._then()
        if self._loses_answers:
            self._loses_answers -= 1
            raise TransientFailure("no answer", retry_after_s=0, cost_usd=None)

    def probe(
        self, request: CallRequest[BaseModel], context: CallContext
    ) -> Produced[BaseModel] | None:
        assert isinstance(request, SketchRequest)
        self.probed += 1
        if self._cannot_say:
            self._cannot_say = 0
            raise TransientFailure("the vendor cannot be reached", retry_after_s=3600)
        done = self._folder / context.idempotency_key
        if not done.exists():
            return None
        file = context.workspace / "sketch.txt"
        file.write_text(done.read_text())
        return Produced(
            output=Sketch(caption=f"{request.subject} by {self.info.name}", strokes=3),
            files={"sketch": file},
            response_id="found",
            cost_usd=PRICE,
        )


def main(url: str, folder: Path, kind: str, moment: str) -> None:
    database = Database(url)
    where, _, number = moment.partition(":")
    if where == "commit":
        left = int(number)

        def count_down(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                die()

        event.listen(database.engine, "commit", count_down)
    vendor = Remembering(folder, kind=kind, then=die if where == "answered" else lambda: None)
    store = MortalStore if where == "stored" else LocalMediaStore
    Pipeline(
        database,
        store(folder / "media"),
        [vendor],
        clock=utc_now,
        scratch_dir=folder / "scratch",
    ).run(REQUEST, story_id=STORY)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4])
