"""What a sensor asks for, decided apart from Dagster: pure functions from rows to plans.

Nothing here reads or writes; sensors hand in what they read and carry out what comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

QUEUE_AHEAD = 12
"""Story runs queued or running at once: enough to keep the machine busy, few enough to stop soon."""


@dataclass(frozen=True)
class StoryRun:
    """A run to ask for. The same ``run_key`` twice is one run."""

    story_id: str
    run_key: str


def story_runs(
    waiting: Iterable[tuple[str, int]], in_flight: Collection[str], *, most: int = QUEUE_AHEAD
) -> list[StoryRun]:
    """The next runs for ``waiting`` stories (key and revision), so that ``most`` are in flight."""
    room = most - len(in_flight)
    runs = [
        StoryRun(story_id, f"{story_id}:r{revision}")
        for story_id, revision in waiting
        if story_id not in in_flight
    ]
    return runs[: max(0, room)]


def publish_runs(
    fresh: Iterable[tuple[str, int]],
    resuming: Iterable[tuple[str, datetime]],
    in_flight: Collection[str],
    *,
    most: int = QUEUE_AHEAD,
) -> list[StoryRun]:
    """Runs that begin publishing (story and revision), or go on with uploads last touched then."""
    wanted = {story_id: f"{story_id}:publish:r{revision}" for story_id, revision in fresh}
    for story_id, touched_at in resuming:
        wanted[story_id] = f"{story_id}:publish:{touched_at.isoformat()}"
    runs = [StoryRun(key, run_key) for key, run_key in wanted.items() if key not in in_flight]
    return runs[: max(0, most - len(in_flight))]
