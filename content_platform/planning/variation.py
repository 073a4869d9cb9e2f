"""What keeps a channel from repeating itself: what it told lately, and how alike a story is.

Belongs here: fingerprints of told stories, what the next one is to avoid, and the check. Choosing
a theme is ``stories.brief``; telling differently is the writer's part.

Two measures of likeness: the share of a text's 4-word sequences that another one has too, which
judges (tellings of one plot share about a quarter), and the cosine of embeddings, which is shown
and never judges: unrelated stories reach 0.8.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.planning.models import Fingerprint
from content_platform.quality import QualityReport
from content_platform.steering.models import ChannelConfig
from content_platform.storage.database import Database
from content_platform.storage.records import to_row
from content_platform.storage.tables import story_fingerprints, story_texts
from content_platform.stories.models import Brief, CastMember, Story
from content_platform.stories.sentences import sentences

Embedder = Callable[[str], tuple[float, ...]]
"""Turns a text into a vector of unit length; into an empty one where no model is installed."""

SEQUENCE = 4
"""Words in a row that count as told in the same words."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_THE = " the "
_LINES_OF_STORIES = 60
"""In how many stories no first or last sentence comes twice; a plot comes back far sooner."""


@dataclass(frozen=True)
class Recent:
    """What a channel's last stories were made of: one entry a story, newest first."""

    themes: tuple[str, ...] = ()
    kernels: tuple[str, ...] = ()
    casts: tuple[tuple[str, ...], ...] = ()
    looks: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What people were called, each once, newest first."""
        return _each_once(name for cast in self.casts for name in _names(cast))


def series_names(config: ChannelConfig, *, only: str | None = None) -> tuple[str, ...]:
    """The names in the casts of the channel's series, or of one of them."""
    return _each_once(
        member.name
        for series in config.series
        if only is None or series.name == only
        for member in series.cast
        if member.name != member.noun
    )


def sequences(words: str) -> set[tuple[str, ...]]:
    """The text's 4-word sequences, in lower case and without punctuation."""
    spoken = [word.casefold().replace("’", "'") for word in _WORD.findall(words)]
    return {tuple(spoken[at : at + SEQUENCE]) for at in range(len(spoken) - SEQUENCE + 1)}


def overlap(told: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    """The share of ``told`` that ``other`` has too; 0 when there is nothing to compare."""
    return len(told & other) / len(told) if told else 0.0


def digest(story: Story) -> str:
    """What is embedded of a story: its title, logline, first and last sentence, as one text."""
    first = sentences(story.scenes[0].text)[:1]
    last = sentences(story.scenes[-1].text)[-1:]
    return " ".join([f"{story.title}.", story.logline, *first, *last])


def check_variation(
    fingerprint: Fingerprint, config: ChannelConfig, lately: Recent, *, series: str | None = None
) -> QualityReport:
    """Whether a story is different enough from the channel's last ones (``lately``).

    Its text must not share more than ``variation.max_overlap`` with one of them; its theme must not
    come again while the channel has others, nor its plot right away, nor a name given to someone
    who is not of ``series``. The measures say how many stories ago each was last used; 0 is never.
    """
    problems = []
    if fingerprint.overlap > config.variation.max_overlap:
        problems.append(
            f"{fingerprint.overlap:.0%} of its 4-word sequences are in {fingerprint.nearest} too; "
            f"variation.max_overlap allows {config.variation.max_overlap:.0%}"
        )
    theme_ago = _ago(fingerprint.theme, lately.themes)
    if theme_ago and set(config.themes) - set(lately.themes) and fingerprint.theme in config.themes:
        problems.append(
            f"its theme {fingerprint.theme!r} was told {theme_ago} stories ago, and others are left"
        )
    kernel_ago = _ago(fingerprint.kernel, lately.kernels) if fingerprint.kernel else 0
    if kernel_ago == 1:
        problems.append(f"its plot {fingerprint.kernel} is the last story's too")
    own = series_names(config, only=series) if series else ()
    names = _names(fingerprint.cast)
    again = [name for name in names if name in lately.names and name not in own]
    if again:
        problems.append(f"the channel's last stories have a {' and a '.join(again)} already")
    measures: dict[str, float | int | str] = {
        "overlap": round(fingerprint.overlap, 3),
        "most_like": fingerprint.nearest or "none",
        "compared_with": len(lately.themes),
        "theme_stories_ago": theme_ago,
        "plot_stories_ago": kernel_ago,
        "look_stories_ago": _ago(fingerprint.look, lately.looks),
        "names_again": len(again),
    }
    if fingerprint.similarity is not None:
        measures["similarity"] = round(fingerprint.similarity, 3)
    return QualityReport(tuple(problems), measures)


class Variation:
    """The fingerprints of the stories told so far."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def recent(self, channel: str, window: int, *, before: str | None = None) -> Recent:
        """What the channel's last ``window`` told stories were made of.

        With ``before`` those that were told before that story, or all but it while it is untold.
        """
        with self._database.transaction() as connection:
            return recent(connection, channel, window, before=before)

    def remember(self, story: Story, brief: Brief, *, embed: Embedder | None = None) -> Fingerprint:
        """Fingerprint a told story against the channel's last ones, and keep it.

        ``story`` is in its original language. Its place among the others is that of its first
        telling. ``embed`` None leaves the embedding out.
        """
        window = brief.config.variation.window
        embedding = embed(digest(story)) if embed else ()
        told = sequences(story.text)
        with self._database.transaction() as connection:
            _one_at_a_time(connection, brief.channel)
            nearest, shared, similarity = None, 0.0, None
            for other in _others(connection, story, brief.channel, window):
                alike = overlap(told, sequences(other.text))
                cosine = _cosine(embedding, other.embedding)
                if nearest is None or (alike, cosine or 0) > (shared, similarity or 0):
                    nearest, shared, similarity = other.story_id, alike, cosine
            fingerprint = Fingerprint(
                story_id=brief.story_id,
                channel=brief.channel,
                theme=brief.theme,
                kernel=story.kernel,
                cast=tuple(map(_member, story.cast)),
                look=_look(story, brief),
                embedding=embedding,
                nearest=nearest,
                overlap=shared,
                similarity=similarity,
                created_at=_told_at(connection, brief.story_id) or self._clock(),
            )
            values = to_row(fingerprint)
            connection.execute(
                insert(story_fingerprints)
                .values(values)
                .on_conflict_do_update(index_elements=list(Fingerprint.key), set_=values)
            )
        return fingerprint

    def check(self, fingerprint: Fingerprint, brief: Brief) -> QualityReport:
        """``check_variation`` against what the channel told before this story."""
        window = brief.config.variation.window
        lately = self.recent(brief.channel, window, before=fingerprint.story_id)
        return check_variation(fingerprint, brief.config, lately, series=brief.series)


def recent(
    connection: Connection, channel: str, window: int, *, before: str | None = None
) -> Recent:
    """``Variation.recent`` as a part of the caller's transaction."""
    columns = (_TABLE.c.theme, _TABLE.c.kernel, _TABLE.c.cast, _TABLE.c.look)
    query = _last(connection, select(*columns), channel, window, before)
    found = connection.execute(query).all()
    return Recent(
        themes=tuple(row.theme for row in found),
        kernels=tuple(row.kernel for row in found),
        casts=tuple(tuple(row.cast) for row in found),
        looks=tuple(row.look for row in found),
    )


def lines_told(
    connection: Connection, channel: str, locale: str, *, before: str
) -> tuple[str, ...]:
    """The first and last sentences of the channel's last stories before ``before`` in ``locale``."""
    last = _last(
        connection,
        select(_TABLE.c.story_id, _TABLE.c.created_at),
        channel,
        _LINES_OF_STORIES,
        before,
    ).subquery()
    query: Select[list[dict[str, Any]]] = (
        select(story_texts.c.scenes)
        .join(last, last.c.story_id == story_texts.c.story_id)
        .where(story_texts.c.locale == locale)
        .order_by(last.c.created_at.desc(), last.c.story_id.desc())
    )
    lines: list[str] = []
    for scenes in connection.scalars(query):
        lines += [*sentences(scenes[0]["text"])[:1], *sentences(scenes[-1]["text"])[-1:]]
    return _each_once(lines)


_TABLE = story_fingerprints


@dataclass(frozen=True)
class _Other:
    story_id: str
    text: str
    embedding: tuple[float, ...]


def _others(connection: Connection, story: Story, channel: str, window: int) -> list[_Other]:
    """The channel's last stories in the same language."""
    last = _last(
        connection, select(_TABLE.c.story_id, _TABLE.c.embedding), channel, window, story.story_id
    ).subquery()
    query = select(last, story_texts.c.scenes).join(
        story_texts,
        (story_texts.c.story_id == last.c.story_id) & (story_texts.c.locale == story.locale),
    )
    return [
        _Other(row.story_id, " ".join(scene["text"] for scene in row.scenes), tuple(row.embedding))
        for row in connection.execute(query.order_by(last.c.story_id.desc()))
    ]


def _last(
    connection: Connection, query: Select[Any], channel: str, window: int, before: str | None
) -> Select[Any]:
    """``query`` on fingerprints narrowed to the channel's last ones, newest first."""
    query = query.where(_TABLE.c.channel == channel).limit(window)
    if before is not None:
        query = query.where(_TABLE.c.story_id != before)
        if (told_at := _told_at(connection, before)) is not None:
            query = query.where(tuple_(_TABLE.c.created_at, _TABLE.c.story_id) < (told_at, before))
    return query.order_by(_TABLE.c.created_at.desc(), _TABLE.c.story_id.desc())


def _told_at(connection: Connection, story_id: str) -> datetime | None:
    return connection.scalar(select(_TABLE.c.created_at).where(_TABLE.c.story_id == story_id))


def _cosine(one: Sequence[float], other: Sequence[float]) -> float | None:
    if not one or len(one) != len(other):
        return None
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _look(story: Story, brief: Brief) -> str:
    """What the first picture shows: the style, and where and when it plays."""
    first = story.scenes[0]
    return f"{brief.style}: {first.place}, {first.time_of_day}, {first.weather}"


def _member(member: CastMember) -> str:
    return member.noun if member.name == member.noun else f"{member.name}{_THE}{member.noun}"


def _names(cast: Iterable[str]) -> list[str]:
    return [name for member in cast if (name := member.rpartition(_THE)[0])]


def _ago(used: str, lately: Sequence[str]) -> int:
    """How many stories ago it was used last; 0 when not lately."""
    return lately.index(used) + 1 if used in lately else 0


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _one_at_a_time(connection: Connection, channel: str) -> None:
    """Hold off other fingerprints of this channel, so that of two at once one sees the other."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"fingerprints of {channel}"},
    )
