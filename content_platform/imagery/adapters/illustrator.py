"""Provider ``illustrator``: the embedded illustrator, painting in worker processes of its own.

Only starting, feeding and stopping the workers belongs here; what they paint is decided in
``imagery.illustrator``.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
import time
import weakref
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from content_platform.clock import utc_now
from content_platform.errors import BadInput
from content_platform.imagery.models import Box, Drawing, DrawRequest, FocalPoint
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
    TransientFailure,
)
from content_platform.vocabulary import Format

MODEL_VERSION = "27"
"""Raised whenever the same request gives other pixels."""

IDLE_S = 20.0
"""Workers that nobody asked for this long are stopped: each holds about 400 MB."""


class Illustrator:
    """Paints any scene in any format. Nothing leaves the machine."""

    def __init__(self, workers: int = 2) -> None:
        self.info = ProviderInfo(
            name="illustrator",
            vendor="content-platform",
            model="illustrator",
            model_version=MODEL_VERSION,
            capability=Capability.DRAW,
            licence="Apache-2.0",
            embedded=True,
            timeout_s=120,
        )
        self._workers = _Workers(max(1, workers))

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Only requests that are no drawing, or ask for no format, are refused."""
        if not isinstance(request, DrawRequest):
            return f"illustrator draws, it cannot do {type(request).__name__}"
        if not request.formats:
            return "the request names no format; name at least one of 16x9, 9x16, 1x1"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Embedded: free."""
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Paint the scene in each format, taken apart if asked. Same request, same bytes."""
        from content_platform.imagery.illustrator.director import describe

        if not isinstance(request, DrawRequest):
            raise BadInput(f"illustrator draws, it cannot do {type(request).__name__}.")
        patience_s = (context.deadline - utc_now()).total_seconds()
        answer = self._workers.paint(request, context.workspace, patience_s)
        focal_points = {
            Format(shape): FocalPoint(x=x, y=y) for shape, (x, y) in answer["focal_points"].items()
        }
        subjects = {
            Format(shape): tuple(Box.model_validate(box) for box in boxes)
            for shape, boxes in answer["subjects"].items()
        }
        return Produced(
            output=Drawing(
                focal_points=focal_points, subjects=subjects, alt_text=describe(request)
            ),
            files={role: Path(path) for role, path in answer["files"].items()},
        )


class _Workers:
    """Worker processes, started when first needed, each doing one scene at a time."""

    def __init__(self, limit: int) -> None:
        self._places = threading.BoundedSemaphore(limit)
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        self._reaper: threading.Timer | None = None
        weakref.finalize(self, _stop_all, self._idle, self._lock)

    def paint(self, request: DrawRequest, folder: Path, patience_s: float) -> dict[str, Any]:
        deadline = time.monotonic() + patience_s
        if not self._places.acquire(timeout=max(0.0, patience_s)):
            raise TransientFailure("every illustrator worker is busy")
        try:
            worker = self._idle_or_new()
            try:
                answer = worker.ask(request, folder, deadline - time.monotonic())
            except BaseException:
                worker.stop()
                raise
            with self._lock:
                self._idle.append(worker)
                self._stop_idle_later()
        finally:
            self._places.release()
        if "error" in answer:
            raise RuntimeError(f"the illustrator failed: {answer['error']}")
        return answer

    def _idle_or_new(self) -> _Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.stop()
        return _Worker()

    def _stop_idle_later(self) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        self._reaper = threading.Timer(IDLE_S, _stop_all, (self._idle, self._lock))
        self._reaper.daemon = True
        self._reaper.start()


def _stop_all(idle: list[_Worker], lock: threading.Lock) -> None:
    with lock:
        while idle:
            idle.pop().stop()


class _Worker:
    """One painting process. It ends when its standard input closes, also when we are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "content_platform.imagery.illustrator.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            close_fds=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: DrawRequest, folder: Path, patience_s: float) -> dict[str, Any]:
        questions, answers = self._process.stdin, self._process.stdout
        assert questions is not None
        assert answers is not None
        question = {"request": request.model_dump(mode="json"), "folder": str(folder)}
        try:
            questions.write(json.dumps(question).encode() + b"\n")
            questions.flush()
        except BrokenPipeError:
            raise TransientFailure("an illustrator worker ended unexpectedly") from None
        ready, _, _ = select.select([answers], [], [], max(0.0, patience_s))
        if not ready:
            raise TransientFailure(f"painting took longer than {patience_s:.0f} s")
        line = answers.readline()
        if not line:
            raise TransientFailure("an illustrator worker ended while painting")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        try:
            self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
