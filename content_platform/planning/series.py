"""Series: which episode a story is, what it has to keep, and what later ones remember of it.

Belongs here: the numbering and the memory of a series. Its cast and world are the channel's config
(``steering.models.SeriesConfig``); telling an episode is the writer's part.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from content_platform.clock import Clock
from content_platform.errors import BadInput
from content_platform.planning.models import Episode
from content_platform.steering.models import ChannelConfig, SeriesConfig
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import briefs, episodes, stories
from content_platform.stories.models import Brief, CastMember, SeriesContext, Story, StoryStatus
from content_platform.stories.register import HAS_OPEN_REVIEW
from content_platform.stories.sentences import sentences

REMEMBERED = 5
"""How many of the last episodes the next one is told."""
MOST_PLACES = MOST_THINGS = 6


def series_named(config: ChannelConfig, name: str) -> SeriesConfig:
    """The channel's series of that name. Raises BadInput listing those it has."""
    for series in config.series:
        if series.name == name:
            return series
    known = ", ".join(series.name for series in config.series)
    raise BadInput(
        f"series: channel {config.channel!r} has no series {name!r}.",
        remedy=f"It has {known}." if known else "It has none: add one to the channel's config.",
    )


def series_context(
    config: ChannelConfig, name: str, past: Iterable[Episode], *, episode: int
) -> SeriesContext:
    """What episode ``episode`` has to keep: the series' cast and world, and its last episodes.

    Only episodes before it are told, so that telling it again is told the same. Raises BadInput
    for a series the channel does not have.
    """
    series = series_named(config, name)
    before = sorted(
        (known for known in past if known.episode < episode), key=lambda known: known.episode
    )[-REMEMBERED:]
    newest_first = list(reversed(before))
    return SeriesContext(
        name=series.name,
        title=series.title,
        world=series.world,
        episode=episode,
        cast=tuple(CastMember.model_validate(member.model_dump()) for member in series.cast),
        happened=tuple(known.happened for known in before),
        titles=tuple(known.title for known in before),
        places=_each_once(place for known in newest_first for place in known.places)[:MOST_PLACES],
        things=_each_once(thing for known in newest_first for thing in known.things)[:MOST_THINGS],
    )


def episode_of(story: Story, brief: Brief, now: datetime) -> Episode:
    """What the series remembers of ``story``: its logline and last sentence, places and things.

    Raises BadInput when the brief is of no series.
    """
    if brief.series is None or brief.episode is None:
        raise BadInput(f"{brief.story_id} is no episode of a series.")
    ending = sentences(story.scenes[-1].text)[-1:]
    bodies = {member.noun for member in story.cast}
    return Episode(
        story_id=story.story_id,
        channel=brief.channel,
        series=brief.series,
        episode=brief.episode,
        title=story.title,
        happened=" ".join([story.logline, *ending]),
        places=_each_once(scene.place for scene in story.scenes),
        things=_each_once(
            thing for scene in story.scenes for thing in scene.props if thing not in bodies
        ),
        created_at=now,
    )


def next_episode(
    connection: Connection, channel: str, series: str, *, story_id: str, before: int | None = None
) -> int:
    """The episode number of ``story_id``: the one it had ``before``, else the lowest that is free.

    A rejected story gives its number back, unless a person has still to decide on it. The caller
    holds off other numberings of the channel until its transaction ends.
    """
    held: set[int | None] = set(
        connection.scalars(
            select(briefs.c.episode)
            .join(stories, stories.c.story_id == briefs.c.story_id)
            .where(briefs.c.channel == channel, briefs.c.series == series)
            .where(briefs.c.episode.is_not(None), briefs.c.story_id != story_id)
            .where(_HOLDS_ITS_NUMBER)
        )
    )
    if before is not None and before not in held:
        return before
    return next(number for number in count(1) if number not in held)


_HOLDS_ITS_NUMBER: ColumnElement[bool] = or_(
    stories.c.status != StoryStatus.REJECTED, HAS_OPEN_REVIEW
)


def context_of(connection: Connection, brief: Brief) -> SeriesContext | None:
    """What the brief's episode has to keep; None for a story of its own."""
    if brief.series is None or brief.episode is None:
        return None
    past = _told(connection, brief.channel, brief.series, before=brief.episode, limit=REMEMBERED)
    return series_context(brief.config, brief.series, past, episode=brief.episode)


def _told(
    connection: Connection,
    channel: str,
    series: str,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> list[Episode]:
    """The last episodes (before number ``before``) that were not rejected, the first one first."""
    query = (
        select(episodes)
        .join(stories, stories.c.story_id == episodes.c.story_id)
        .where(episodes.c.channel == channel, episodes.c.series == series)
        .where(_HOLDS_ITS_NUMBER)
        .order_by(episodes.c.episode.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(episodes.c.episode < before)
    found = connection.execute(query).mappings().all()
    return [from_row(Episode, dict(row)) for row in reversed(found)]


class SeriesMemory:
    """The episodes told so far."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def episodes(self, channel: str, series: str) -> list[Episode]:
        """All episodes told so far, the first one first."""
        with self._database.transaction() as connection:
            return _told(connection, channel, series)

    def remember(self, story: Story, brief: Brief) -> Episode | None:
        """Keep what happened in ``story`` for later episodes; None for a story of its own.

        To be called once its text is allowed; again is the same. It takes the place of a rejected
        story that had its number before.
        """
        if brief.series is None:
            return None
        episode = episode_of(story, brief, self._clock())
        of_the_series = (episodes.c.channel == brief.channel, episodes.c.series == brief.series)
        with self._database.transaction() as connection:
            connection.execute(
                select(func.pg_advisory_xact_lock(func.hashtextextended(brief.channel, 1)))
            )
            connection.execute(
                delete(episodes)
                .where(*of_the_series, episodes.c.episode == episode.episode)
                .where(episodes.c.story_id != episode.story_id)
            )
            connection.execute(delete(episodes).where(episodes.c.story_id == episode.story_id))
            connection.execute(episodes.insert(), [to_row(episode)])
        return episode


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
