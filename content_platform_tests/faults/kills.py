"""Killing a story's maker for real, and telling what was lost. Used by tests and the benchmark."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from content_platform.captions.models import CaptionTrack
from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration
from content_platform.runtime import open_runtime
from content_platform.settings import Settings
from content_platform.storage.models import Record
from content_platform.stories.models import StoryStatus
from content_platform.video.models import Video
from content_platform_tests.command import SHORT

KEPT: tuple[type[Record], ...] = (
    Narration,
    SceneImage,
    BackgroundMusic,
    CaptionTrack,
    Video,
    Thumbnail,
)


@dataclass
class Outcome:
    """What was found after kill and retry. ``losses`` are sentences; empty is good."""

    killed_after_s: list[float]
    losses: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    """An undisturbed run of the same story."""

    seconds: float
    calls: Counter[str]


def content_platform(data_dir: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the command line on a data folder of its own."""
    environment = {**os.environ, "CONTENT_DATA_DIR": str(data_dir)}
    log = (data_dir / "command.log").open("ab")
    return subprocess.Popen(
        [sys.executable, "-c", "from content_platform.cli import main; main()", *arguments],
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def undisturbed(data_dir: Path, seed: int) -> Reference:
    """Make the story once without a kill; ``data_dir`` may hold other stories."""
    began = time.monotonic()
    process = content_platform(data_dir, "story", "make", "--seed", str(seed), *SHORT)
    if process.wait(timeout=600) != 0:
        raise AssertionError((data_dir / "command.log").read_text()[-3000:])
    return Reference(time.monotonic() - began, _completed(data_dir))


def kill_and_retry(
    data_dir: Path, seed: int, reference: Reference, dice: random.Random, kills: int = 1
) -> Outcome:
    """Kill the maker at ``kills`` random moments of its work, retry, and look for losses."""
    outcome = Outcome([])
    for number in range(kills):
        moment = dice.uniform(0.3, reference.seconds / (number + 1))
        outcome.killed_after_s.append(round(moment, 1))
        process = _go_on(data_dir, seed)
        family = psutil.Process(process.pid)
        children: list[psutil.Process] = []
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            children = family.children(recursive=True)
            process.send_signal(signal.SIGKILL)
            process.wait()
        _, alive = psutil.wait_procs(children, timeout=20)
        outcome.losses += [
            f"an orphan lives on: {_command(child)}" for child in alive if not _is_database(child)
        ]
    if _go_on(data_dir, seed).wait(timeout=600) != 0:
        outcome.losses.append("retry failed: " + (data_dir / "command.log").read_text()[-1500:])
    else:
        outcome.losses += _losses(data_dir, reference)
    return outcome


def _go_on(data_dir: Path, seed: int) -> subprocess.Popen[bytes]:
    """Retry the story, or make it when the kill came before it was registered."""
    with open_runtime(Settings(data_dir=data_dir)) as runtime:
        rows = runtime.register.stories(limit=1)
    if rows:
        return content_platform(data_dir, "story", "retry", rows[0].story_id)
    return content_platform(data_dir, "story", "make", "--seed", str(seed), *SHORT)


def _losses(data_dir: Path, reference: Reference) -> list[str]:
    losses = []
    with open_runtime(Settings(data_dir=data_dir)) as runtime:
        rows = runtime.register.stories(limit=10)
        if [row.status for row in rows] != [StoryStatus.FINISHED]:
            losses.append(f"stories: {[(row.story_id, row.status) for row in rows]}")
        calls = runtime.pipeline.completed_counts()
        if dict(calls) != dict(reference.calls):
            losses.append(f"completed calls {dict(calls)} are not {dict(reference.calls)}")
        for record_type in KEPT:
            records = runtime.records.load(record_type, rows[0].story_id)
            if not records:
                losses.append(f"no {record_type.__name__}")
            for record in records:
                for value in vars(record).values():
                    if hasattr(value, "sha256"):
                        with runtime.media.open(value) as stream:
                            stream.read()
    kept = re.compile(r"segments/[0-9a-f]{64}\.(mp4|m4a|json)")  # for the next rendering
    scratch = data_dir / "scratch"
    losses += [
        f"left in scratch: {path}"
        for path in scratch.rglob("*")
        if path.is_file() and not kept.fullmatch(str(path.relative_to(scratch)))
    ]
    losses += [
        f"half-written in the media store: {path}"
        for path in (data_dir / "media/.incoming").rglob("*")
        if path.is_file()
    ]
    return losses


def _completed(data_dir: Path) -> Counter[str]:
    with open_runtime(Settings(data_dir=data_dir)) as runtime:
        return Counter(runtime.pipeline.completed_counts())


def _is_database(process: psutil.Process) -> bool:
    return "postgres" in _command(process)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:200]
    except psutil.Error:
        return ""
