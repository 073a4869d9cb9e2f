"""What a sensor asks for, decided apart from Dagster: pure functions from rows to plans.

Nothing here reads or writes; sensors hand in what they read and carry out what comes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from content_platform.steering.models import ConfigVersion

QUEUE_AHEAD = 12
"""Story runs queued or running at once: enough to keep the machine busy, few enough to stop soon."""


@dataclass(frozen=True)
class StoryRun:
    """A run to ask for. The same ``run_key`` twice is one run."""

    story_id: str
    run_key: str
    revision: int | None = None
    """The story's revision the run is to make; None when it makes nothing."""


def story_runs(
    waiting: Iterable[tuple[str, int]], in_flight: Collection[str], *, most: int = QUEUE_AHEAD
) -> list[StoryRun]:
    """The next runs for ``waiting`` stories (key and revision), so that ``most`` are in flight."""
    room = most - len(in_flight)
    runs = [
        StoryRun(story_id, f"{story_id}:r{revision}", revision)
        for story_id, revision in waiting
        if story_id not in in_flight
    ]
    return runs[: max(0, room)]


def publish_runs(
    fresh: Iterable[tuple[str, datetime]],
    resuming: Iterable[tuple[str, datetime]],
    in_flight: Collection[str],
    now: datetime,
    *,
    most: int = QUEUE_AHEAD,
) -> list[StoryRun]:
    """Runs that begin publishing stories, or go on with uploads; each with when it last changed.

    One that changed nothing (its process was stopped, say) is asked for again in the next hour.
    """
    touched = dict(fresh)
    for story_id, at in resuming:
        touched[story_id] = max(at, touched.get(story_id, at))
    runs = [
        StoryRun(story_id, f"{story_id}:publish:{at.isoformat()}:{now:%Y%m%dT%H}")
        for story_id, at in touched.items()
        if story_id not in in_flight
    ]
    return runs[: max(0, most - len(in_flight))]


def calendar_print(versions: Iterable[ConfigVersion]) -> str:
    """A fingerprint of all that the calendar is planned from: it is another when a slot may be."""
    wanted = [
        version.config.model_dump_json(include={"channel", "active", "cadence", "series"})
        for version in versions
    ]
    return hashlib.sha256("\n".join(sorted(wanted)).encode()).hexdigest()[:16]
