"""The hot window: which stories stay live partitions, which are archived, how many more fit.

Belongs here: the decision (pure) and reading what it is made on. An archived story keeps its rows,
media and events; only its partition goes, and may come back. Taking partitions out is Dagster's
layer's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from content_platform.errors import BadInput
from content_platform.quality import QualityReport
from content_platform.storage.database import Database
from content_platform.storage.tables import stories
from content_platform.stories.models import StoryStatus
from content_platform.stories.register import HAS_OPEN_REVIEW, HAS_OPEN_UPLOAD

_OVER = (StoryStatus.FINISHED, StoryStatus.REJECTED)


@dataclass(frozen=True)
class HotWindowSettings:
    """How many stories may be live. Each one costs the web server in every story asset."""

    story_assets: int = 18
    """How many assets have a partition for each story."""
    cells: int = 40_000
    """Live stories × story assets that the web server bears."""
    keep_days: int = 30
    """How long a story that is over stays live while there is room."""
    at_most: int = 100
    """How many are archived at once: taking out a partition takes some 25 ms."""

    @property
    def limit(self) -> int:
        """Live stories from which on finished ones are archived early, and a check warns."""
        return self.cells // self.story_assets

    @property
    def hard_limit(self) -> int:
        """Live stories from which on no new one is begun, and the check fails."""
        return 2 * self.limit


@dataclass(frozen=True)
class LiveStory:
    """What the decision needs of a story that is not archived."""

    story_id: str
    status: StoryStatus
    updated_at: datetime
    open_review: bool = False
    open_upload: bool = False


@dataclass(frozen=True)
class ArchivePlan:
    """``archive`` goes out now, the longest over first; ``held`` would, but for the reason named."""

    archive: tuple[str, ...]
    held: dict[str, str]


def plan_archive(
    live: Iterable[LiveStory],
    in_flight: Collection[str],
    now: datetime,
    settings: HotWindowSettings = HotWindowSettings(),
) -> ArchivePlan:
    """Which stories leave the hot window: what is finished or rejected, and over for long.

    Over the limit the longest over go early, until nine tenths of it are left: each batch makes
    the web server count every partition anew. Never one with a run ``in_flight``, an open review
    or an upload that goes on, and at most ``settings.at_most`` at once.
    """
    rows = sorted(live, key=lambda story: (story.updated_at, story.story_id))
    over = [story for story in rows if story.status in _OVER]
    long_over = now - timedelta(days=settings.keep_days)
    too_many = len(rows) - settings.limit * 9 // 10 if len(rows) > settings.limit else 0
    archive: list[str] = []
    held: dict[str, str] = {}
    for story in over:
        if len(archive) == settings.at_most:
            break
        if story.updated_at > long_over and len(archive) >= too_many:
            break
        if story.story_id in in_flight:
            held[story.story_id] = "a run of it goes on"
        elif story.open_review:
            held[story.story_id] = "a person has still to decide on it"
        elif story.open_upload:
            held[story.story_id] = "an upload of it goes on"
        else:
            archive.append(story.story_id)
    return ArchivePlan(tuple(archive), held)


def live_stories(database: Database) -> list[LiveStory]:
    """Every story that is not archived."""
    query = select(
        stories.c.story_id,
        stories.c.status,
        stories.c.updated_at,
        HAS_OPEN_REVIEW.label("open_review"),
        HAS_OPEN_UPLOAD.label("open_upload"),
    ).where(stories.c.archived_at.is_(None))
    with database.transaction() as connection:
        return [
            LiveStory(
                row.story_id,
                StoryStatus(row.status),
                row.updated_at,
                row.open_review,
                row.open_upload,
            )
            for row in connection.execute(query)
        ]


def hot_window_report(
    live: int, settings: HotWindowSettings = HotWindowSettings()
) -> tuple[QualityReport, bool]:
    """Whether the hot window is within its limit, and whether it is past the hard one."""
    problems: tuple[str, ...] = ()
    if live > settings.limit:
        problems = (
            f"{live:,} stories are live, {settings.limit:,} are borne well and "
            f"{settings.hard_limit:,} at most: archive finished ones, mend or reject failed ones",
        )
    measures: dict[str, float | int | str] = {
        "live": live,
        "limit": settings.limit,
        "hard_limit": settings.hard_limit,
        "story_assets": settings.story_assets,
    }
    return QualityReport(problems, measures), live >= settings.hard_limit


def room_for_new(live: int, limit: int = HotWindowSettings().hard_limit) -> int:
    """How many more stories may be begun beside ``live`` ones."""
    return max(0, limit - live)


def require_room(
    live: int, wanted: int = 1, *, limit: int = HotWindowSettings().hard_limit
) -> None:
    """Raise BadInput when ``wanted`` more stories do not fit."""
    room = room_for_new(live, limit)
    if wanted > room:
        raise BadInput(
            f"{wanted} more {'story does' if wanted == 1 else 'stories do'} not fit: {live:,} are "
            f"live, and {limit:,} may be.",
            remedy="Archive finished ones (`content-platform story archive`), or ask for fewer."
            if room == 0
            else f"Ask for at most {room:,}, or archive finished ones first.",
        )
