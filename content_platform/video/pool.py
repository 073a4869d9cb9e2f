"""The parent's side of rendering: keeps worker processes busy to the end, and takes them along.

Which worker renders what, progress, failures. What a segment looks like is the worker's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from content_platform import errors
from content_platform.errors import ContentPlatformError, DefectiveMedia
from content_platform.video.encoder import part_of
from content_platform.video.worker import Job

_Answer = tuple[int, dict[str, Any] | None]


class _Queue:
    """Jobs in order, handed out so that each worker gets neighbours, which share pictures.

    A worker goes on with the job after its last one. Where that is taken, it begins in the
    middle of the longest stretch left, and leaves the nearer half to the one working there.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._stretches = [list(range(len(jobs)))] if jobs else []

    def next_after(self, last: int | None) -> int | None:
        for stretch in self._stretches:
            if last is not None and stretch[0] == last + 1:
                return self._take(stretch)
        if not self._stretches:
            return None
        longest = max(self._stretches, key=self._cost)
        untouched = longest[0] == 0
        if untouched or len(longest) == 1:
            return self._take(longest)
        half, cost = len(longest) - 1, 0
        while half > 1 and cost < self._cost(longest) / 2:
            cost += self._jobs[longest[half]].segment.cost
            half -= 1
        later = longest[half:]
        del longest[half:]
        self._stretches.append(later)
        return self._take(later)

    def _take(self, stretch: list[int]) -> int:
        job = stretch.pop(0)
        if not stretch:
            self._stretches.remove(stretch)
        return job

    def _cost(self, stretch: list[int]) -> int:
        return sum(self._jobs[number].segment.cost for number in stretch)


class _Worker:
    """One process, and a thread that passes its answers on; None means that it has ended."""

    def __init__(self, number: int, log: Path, answers: SimpleQueue[_Answer]) -> None:
        self.job: int | None = None
        self._log = log
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "content_platform.video.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                # Freed pictures go back to the system instead of waiting in arenas.
                env={**os.environ, "MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "8000000"},
            )
        threading.Thread(target=self._listen, args=(number, answers), daemon=True).start()

    def _listen(self, number: int, answers: SimpleQueue[_Answer]) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answers.put((number, json.loads(line)))
        answers.put((number, None))

    def start(self, number: int, job: Job) -> None:
        self.job = number
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(job.model_dump_json().encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died; its listener says so

    def last_words(self) -> str:
        code = self._process.wait()
        said = self._log.read_text(errors="replace").strip().splitlines()
        return f"exit code {code}" + (f": {said[-1]}" if said else "")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def render_segments(
    jobs: Sequence[Job],
    *,
    workers: int,
    logs: Path,
    drawn: Callable[[int], None],
    finished: Callable[[Job, float], None],
) -> None:
    """Render all ``jobs`` with up to ``workers`` processes.

    ``drawn(n)`` is told of every n frames, ``finished(job, seconds)`` of every job. The first
    failure ends all workers and is raised, naming scene and file. No process outlives the call,
    nor this process; no half-written segment outlives the call.
    """
    answers: SimpleQueue[_Answer] = SimpleQueue()
    queue = _Queue(jobs)
    team = [_Worker(i, logs / f"worker-{i}.log", answers) for i in range(min(workers, len(jobs)))]
    try:
        for worker in team:
            _hand_out(worker, queue, jobs)
        left = len(jobs)
        while left:
            number, answer = answers.get()
            worker = team[number]
            if answer is None:
                if worker.job is None:
                    continue
                raise DefectiveMedia(
                    f"a render worker died ({worker.last_words()}) in "
                    f"{_described(jobs[worker.job])}.",
                    remedy="Try again; give it more memory if this happens again.",
                )
            if "frames" in answer:
                drawn(answer["frames"])
            elif "done_s" in answer:
                assert worker.job is not None
                finished(jobs[worker.job], answer["done_s"])
                left -= 1
                _hand_out(worker, queue, jobs)
            else:
                assert worker.job is not None
                raise _failure(answer, jobs[worker.job])
    finally:
        for worker in team:
            worker.end()
        for job in jobs:
            part_of(job.target).unlink(missing_ok=True)


def _hand_out(worker: _Worker, queue: _Queue, jobs: Sequence[Job]) -> None:
    following = queue.next_after(worker.job)
    worker.job = None
    if following is not None:
        worker.start(following, jobs[following])


def _failure(answer: dict[str, Any], job: Job) -> ContentPlatformError:
    kind = getattr(errors, answer["error"], DefectiveMedia) if answer["error"] else DefectiveMedia
    failure: ContentPlatformError = kind(
        f"{answer['message'].rstrip('.')} (in {_described(job)}).", remedy=answer["remedy"]
    )
    return failure


def _described(job: Job) -> str:
    segment = job.segment
    scenes = " and ".join(
        {-1: "the closing card", -2: "the opening card"}.get(shot.scene, f"scene {shot.scene}")
        for shot in segment.shots
    )
    return f"{scenes}, format {segment.format}, frames {segment.start} to {segment.end}"
