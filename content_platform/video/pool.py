"""The parent's side of rendering: keeps renderers busy to the end, and takes them along.

Which of them renders what, in which processes, progress, failures. What a segment looks like is
the worker's.
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
from content_platform.video.segments import Job

_Answer = tuple[int, dict[str, Any] | None]

_RENDERERS_A_PROCESS = 2
"""More would wait for Python's lock. Two take a third of a second less CPU than two processes, and
a hundred megabytes less memory."""


class _Queue:
    """Jobs in order, handed out so that each renderer gets neighbours, which share pictures.

    A renderer goes on with the job after its last one. Where that is taken, it begins in the
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


class _Process:
    """One worker process with ``count`` renderers, numbered from ``first`` on in the whole team.

    A thread passes its answers on; None, from its first renderer, means that it has ended.
    """

    def __init__(self, first: int, count: int, log: Path, answers: SimpleQueue[_Answer]) -> None:
        self._first = first
        self._log = log
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "content_platform.video.worker", str(count)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env={
                    **os.environ,
                    # Freed pictures go back to the system instead of waiting in arenas.
                    "MALLOC_ARENA_MAX": "1",
                    "MALLOC_TRIM_THRESHOLD_": "8000000",
                    "OPENBLAS_NUM_THREADS": "1",  # nothing here multiplies matrices
                },
            )
        threading.Thread(target=self._listen, args=(answers,), daemon=True).start()

    def _listen(self, answers: SimpleQueue[_Answer]) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            answers.put((self._first + answer.pop("renderer"), answer))
        answers.put((self._first, None))

    def start(self, renderer: int, job: Job) -> None:
        assert self._process.stdin is not None
        try:
            line = f"{renderer - self._first} {job.model_dump_json()}\n"
            self._process.stdin.write(line.encode())
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


class _Renderer:
    """One who renders a segment at a time, in a process it may share with others."""

    def __init__(self, number: int, process: _Process) -> None:
        self.process = process
        self.job: int | None = None
        self._number = number

    def take_next(self, queue: _Queue, jobs: Sequence[Job]) -> None:
        """Begin with what suits best after the last job, if anything is left."""
        self.job = queue.next_after(self.job)
        if self.job is not None:
            self.process.start(self._number, jobs[self.job])


def _team(
    jobs: Sequence[Job], workers: int, logs: Path, answers: SimpleQueue[_Answer]
) -> list[_Renderer]:
    count = min(workers, len(jobs))
    # Effects are Python of the user's, who would wait for each other's lock.
    together = 1 if any(job.segment.effects for job in jobs) else _RENDERERS_A_PROCESS
    team: list[_Renderer] = []
    for first in range(0, count, together):
        size = min(together, count - first)
        process = _Process(first, size, logs / f"worker-{first}.log", answers)
        team += [_Renderer(first + number, process) for number in range(size)]
    return team


def render_segments(
    jobs: Sequence[Job],
    *,
    workers: int,
    logs: Path,
    drawn: Callable[[int], None],
    finished: Callable[[Job, float], None],
) -> None:
    """Render all ``jobs``, up to ``workers`` at a time.

    ``drawn(n)`` is told of every n frames, ``finished(job, seconds)`` of every job. The first
    failure ends all and is raised, naming scene and file. No process outlives the call, nor this
    process; no half-written segment outlives the call.
    """
    answers: SimpleQueue[_Answer] = SimpleQueue()
    queue = _Queue(jobs)
    team = _team(jobs, workers, logs, answers)
    try:
        for renderer in team:
            renderer.take_next(queue, jobs)
        left = len(jobs)
        while left:
            number, answer = answers.get()
            renderer = team[number]
            if answer is None:
                broken = [
                    jobs[one.job]
                    for one in team
                    if one.process is renderer.process and one.job is not None
                ]
                if not broken:
                    continue
                raise DefectiveMedia(
                    f"a render worker died ({renderer.process.last_words()}) in "
                    f"{' or '.join(map(_described, broken))}.",
                    remedy="Try again; give it more memory if this happens again.",
                )
            if "frames" in answer:
                drawn(answer["frames"])
            elif "done_s" in answer:
                assert renderer.job is not None
                finished(jobs[renderer.job], answer["done_s"])
                left -= 1
                renderer.take_next(queue, jobs)
            else:
                assert renderer.job is not None
                raise _failure(answer, jobs[renderer.job])
    finally:
        for renderer in team:
            renderer.process.end()
        for job in jobs:
            part_of(job.target).unlink(missing_ok=True)


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
